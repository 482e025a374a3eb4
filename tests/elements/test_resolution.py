"""``#{...}``: every place where the reference resolves it, and those where it does not (2.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from procession.core import records as r
from procession.core.state import WaitKind
from procession.testing import model
from procession.testing.models import error, message, parameters, signal, timer
from python_scripts import play

OWNER = (
    "<potentialOwner><resourceAssignmentExpression><formalExpression>{}</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner>"
)


def one(process, **variables):
    (wait,) = play(process, **variables).waits(WaitKind.WORK_ITEM)
    return wait


@pytest.mark.parametrize("name", ["Comment", "GroupId", "Subject", "Priority"])
def test_in_every_text_of_a_work_item_also_inside_a_variable(name: str):
    process = model(jbpm=True).start().user("u", parameters(inputs={name: "x"})).end()

    assert one(process, x="for #{who}", who="ann").parameters[name] == "for ann"


def test_in_constants_of_any_file():
    process = model().start().service("t", parameters(constants={"p": "#{n}"})).end()

    assert one(process, n=4).parameters == {"p": 4}


def test_in_potential_owners():
    process = model(jbpm=True).start().user("u", OWNER.format("#{boss},ann")).end()

    assert one(process, boss="mary").parameters["ActorId"] == "mary,ann"


@pytest.mark.parametrize("kind", ["timeDuration", "timeDate", "timeCycle"])
def test_in_timer_expressions_when_they_begin(kind: str):
    texts = {"timeDuration": "PT2H", "timeDate": "2031-01-01T00:00:00Z", "timeCycle": "R3/PT2H"}
    process = model().start().catch("c", timer("#{when}", kind)).end()

    run = play(process, when=texts[kind])

    due = run.wait_at("c").due
    assert due is not None
    if kind == "timeDate":
        assert due.year == 2031
    else:
        assert due - run.clock.now() == timedelta(hours=2)


@pytest.mark.parametrize("by_name", [False, True])
def test_in_the_process_that_is_called(by_name: bool):
    process = model(jbpm=True).start()
    if by_name:
        process.node("callActivity", "c", **{"d:calledElementByName": "#{which}"})
    else:
        process.call("c", "#{which}")

    (called,) = play(process.end(), which="other").of(r.ProcessCalled)

    assert (called.called, called.by_name) == ("other", by_name)


def test_in_names_of_signals_that_are_thrown():
    process = model().root('<signal id="s" name="S-#{n}"/>').start().throw("t", signal("s"))
    run = play(process.end("e", signal("s")), n=1)

    assert [record.name for record in run.of(r.SignalThrown)] == ["S-1", "S-1"]


@pytest.mark.parametrize("position", ["catch", "boundary", "event sub-process"])
def test_in_names_of_signals_that_are_waited_for(position: str):
    process = model().root('<signal id="s" name="S-#{n}"/>')
    if position == "event sub-process":
        process.sub("inner", triggeredByEvent="true").start("w", signal("s")).end().end_sub()
    process.start()
    if position == "catch":
        process.catch("w", signal("s"))
    process.user("u").end()
    if position == "boundary":
        process.boundary("u", "w", signal("s")).end("caught")
    run = play(process, n=2)

    assert [wait.name for wait in run.waits(WaitKind.SIGNAL)] == ["S-2"]


# -- and not in --------------------------------------------------------------------------------


def test_not_in_names_of_messages():
    process = model().root('<message id="m" name="M-#{n}"/>').start().catch("c", message("m"))

    assert play(process.end(), n=1).wait_at("c").name == "M-#{n}"


def test_not_in_codes_of_errors():
    process = model().root('<error id="e" errorCode="E-#{n}"/>').start().end("end", error("e"))

    assert play(process, n=1).state.outcome == "E-#{n}"


def test_not_in_names_of_lanes():
    process = model(jbpm=True)
    lane = '<laneSet id="l"><lane id="a" name="#{n}"><flowNodeRef>u</flowNodeRef></lane></laneSet>'
    process.inside(lane).start().user("u").end()

    assert play(process, n=1).definition.nodes["u"].lane == "#{n}"
