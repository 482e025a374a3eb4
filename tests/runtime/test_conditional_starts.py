"""Processes that start by a condition, over data from outside and over data stores."""

from __future__ import annotations

import pytest

from procession.errors import ExecutionFailure, Unauthenticated
from procession.identity.model import Actor
from procession.services.paging import EVERYTHING
from procession.services.processes import ProcessRef
from procession.testing import model
from procession.testing.models import conditional, message, parameters
from tests.runtime.rooms import UNIT, deploy, only_item, visited

RULE = "http://www.jboss.org/drools/rule"


def alarm(id="alarm", text="temperature > 30", **given):
    process = model(id, **given).variable("temperature")
    return process.start("hot", conditional(text)).user("look").end()


def evaluate(engine, unit=None, **variables):
    return engine.processes.evaluate_conditions(engine.admin, variables, deployment=unit)


def test_a_condition_that_holds_starts_an_instance_with_the_data(engine):
    deploy(engine, alarm())

    (begun,) = evaluate(engine, temperature=31)

    assert (begun.process_id, begun.state, begun.started_by) == ("alarm", 1, engine.admin.name)
    assert begun.variables == {"temperature": 31}
    assert visited(engine, begun.id, "hot") == 1


def test_one_that_does_not_hold_or_has_no_value_starts_nothing(engine):
    deploy(engine, alarm())

    assert evaluate(engine, temperature=30) == ()
    assert evaluate(engine) == ()
    assert evaluate(engine, other=31) == ()


def test_each_condition_that_holds_starts_one(engine):
    deploy(engine, alarm(), alarm("fire", "temperature > 60"), alarm("cold", "temperature < 0"))
    deploy(engine, alarm("elsewhere"), unit="org.test:other:1.0")

    everywhere = [view.process_id for view in evaluate(engine, temperature=61)]
    here = [view.process_id for view in evaluate(engine, UNIT, temperature=61)]

    assert everywhere == ["alarm", "fire", "elsewhere"]
    assert here == ["alarm", "fire"]


def test_a_message_beside_it_starts_the_process_as_well(engine):
    process = model("either").root('<message id="m" name="Come"/>').variable("x")
    either = conditional("x == 1") + conditional("x == 2") + message("m")
    deploy(engine, process.start("s", either).user("u").end())

    assert engine.processes.message(engine.admin, "Come") == 1
    assert len(evaluate(engine, x=2)) == 1
    assert evaluate(engine, x=3) == ()


def test_in_jbpm_files_an_expression_is_evaluated(engine):
    process = model("java", jbpm=True).variable("x", "Integer")
    given = conditional("eval(x != null && x > 5)", RULE)
    deploy(engine, process.start("s", given).user("u").end())

    assert evaluate(engine, x=5) == ()
    assert len(evaluate(engine, x=6)) == 1


def test_a_condition_that_fails_starts_nothing_and_is_named(engine):
    deploy(engine, alarm(), alarm("broken", "temperature.nothing()"))

    with pytest.raises(ExecutionFailure, match="broken"):
        evaluate(engine, temperature=31)

    page = engine.processes.active(engine.admin, None, EVERYTHING)
    assert not page.items


def test_a_deployment_that_is_gone_or_rests_does_not_listen(engine):
    deploy(engine, alarm())
    engine.deployments.deactivate(engine.admin, UNIT)
    assert evaluate(engine, temperature=31) == ()

    engine.deployments.activate(engine.admin, UNIT)
    engine.deployments.undeploy(engine.admin, UNIT)
    assert evaluate(engine, temperature=31) == ()


def test_listens_again_after_the_engine_was_opened_again(opening):
    first = opening()
    deploy(first, alarm())
    first.close()

    assert len(evaluate(opening(), temperature=31)) == 1


def test_nobody_starts_a_process_by_data(engine):
    deploy(engine, alarm())

    with pytest.raises(Unauthenticated):
        engine.processes.evaluate_conditions(Actor(""), {"temperature": 31})


# -- data stores ---------------------------------------------------------------------------------


def storing():
    """Its task has the store hold what the task gives."""
    process = model("storing").root('<dataStore id="level"/>')
    process.inside('<dataStoreReference id="ref" dataStoreRef="level"/>')
    return process.start().service("a", parameters(outputs={"r": "ref"})).end()


def flood():
    process = model("flood").root('<dataStore id="level"/>')
    process.inside('<dataStoreReference id="height" dataStoreRef="level"/>')
    return process.start("s", conditional("height > 5")).user("u").end()


def rise(engine, value):
    """Have the store hold a value; how many floods have begun since the first."""
    instance = engine.processes.start(engine.admin, ProcessRef(UNIT, "storing")).id
    engine.work_items.complete(engine.admin, only_item(engine, instance), {"r": value})
    return engine.processes.active(engine.admin, None, EVERYTHING).total


def test_a_data_store_starts_a_process_when_its_condition_becomes_true(engine):
    deploy(engine, storing(), flood())
    deploy(engine, flood(), unit="org.test:other:1.0")

    assert [rise(engine, level) for level in (5, 6, 7, 1, 9)] == [0, 1, 1, 1, 2]


def test_what_is_given_goes_before_what_a_store_holds(engine):
    deploy(engine, storing(), flood())
    rise(engine, 3)

    assert evaluate(engine) == ()
    assert len(evaluate(engine, height=6)) == 1

    rise(engine, 8)
    assert len(evaluate(engine)) == 1
    assert evaluate(engine, height=1) == ()
