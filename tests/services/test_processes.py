"""Process instances through the service: who may do what, what is told of ended ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.errors import InvalidValue, NotFound
from procession.identity.model import Actor
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.processes import ProcessRef
from tests.runtime.rooms import UNIT, deploy, is_over, only_item, settings, straight, work_item

ANN = Actor("ann", frozenset(), frozenset())
BOB = Actor("bob", frozenset(), frozenset())
WAITING = straight("p", work_item("w", "Wait", n="n"), variables="n")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with Engine.open(database_url, settings=settings(database_url)) as engine:
        deploy(engine, WAITING)
        yield engine


def test_what_one_started_is_one_s_own_and_hidden_from_others(engine):
    view = engine.processes.start(ANN, "p", {"n": 1})
    assert view.started_by == "ann"
    assert engine.processes.get(ANN, view.id).variables == {"n": 1}
    item = only_item(engine, view.id)

    for operation in (
        lambda: engine.processes.get(BOB, view.id),
        lambda: engine.processes.last_known(BOB, view.id),
        lambda: engine.processes.variable(BOB, view.id, "n"),
        lambda: engine.processes.abort(BOB, view.id),
        lambda: engine.processes.set_variables(BOB, view.id, {"n": 2}),
        lambda: engine.processes.suspend(BOB, view.id),
        lambda: engine.work_items.get(BOB, item),
        lambda: engine.work_items.complete(BOB, item, missing_ok=False),
        lambda: engine.work_items.abort(BOB, item, missing_ok=False),
    ):
        with pytest.raises(NotFound) as hidden:
            operation()
        with pytest.raises(NotFound):
            engine.processes.get(BOB, 99_999)
        assert "could not be found" in hidden.value.message
    assert engine.processes.active(BOB, UNIT, EVERYTHING).items == ()
    assert [one.id for one in engine.processes.active(ANN, UNIT, EVERYTHING).items] == [view.id]
    assert engine.processes.get(engine.admin, view.id).variables == {"n": 1}


def test_an_ended_instance_is_known_from_history_alone(engine):
    view = engine.processes.start(ANN, "p", {"n": 1})
    engine.processes.abort(ANN, view.id)

    with pytest.raises(NotFound):
        engine.processes.get(ANN, view.id)
    with pytest.raises(NotFound):
        engine.processes.abort(ANN, view.id)
    ended = engine.processes.last_known(ANN, view.id)
    assert (ended.state, ended.uuid, ended.variables) == (3, view.uuid, {"n": "1"})
    assert ended.ended_at is not None


def test_variables_are_set_and_read_with_their_types(engine):
    view = engine.processes.start(ANN, "p", {"n": 1})

    engine.processes.set_variables(ANN, view.id, {"n": 2.5, "more": [1, {"a": None}]})

    assert engine.processes.variable(ANN, view.id, "n") == 2.5
    assert engine.processes.variables(ANN, view.id)["more"] == (1, {"a": None})
    with pytest.raises(NotFound, match="no variable"):
        engine.processes.variable(ANN, view.id, "none")
    with pytest.raises(InvalidValue):
        engine.processes.set_variables(ANN, view.id, {"n": object()})


def test_a_deployment_in_the_address_must_be_the_instance_s(engine):
    view = engine.processes.start(ANN, ProcessRef(deployment=UNIT, process_id="p"))

    with pytest.raises(NotFound):
        engine.processes.get(ANN, view.id, deployment="other")
    with pytest.raises(NotFound):
        engine.processes.abort(ANN, view.id, deployment="other")
    assert engine.processes.signal(ANN, "S", instance=view.id, deployment="other") == 0
    engine.processes.abort(ANN, view.id, deployment=UNIT)
    assert is_over(engine, view.id)


def test_pages_of_running_instances(engine):
    ids = [engine.processes.start(ANN, "p").id for _ in range(5)]

    page = engine.processes.active(ANN, None, PageRequest(2, 2))

    assert [one.id for one in page.items] == ids[2:4]
    assert page.total == 5


def test_a_work_item_is_shown_completed_and_given_up(engine):
    first, second = (engine.processes.start(ANN, "p", {"n": 1}).id for _ in range(2))
    item = only_item(engine, first)
    shown = engine.work_items.get(ANN, item)
    assert (shown.name, shown.process_instance_id, shown.node_id) == ("Wait", first, "w")

    engine.work_items.complete(ANN, item, {"n": 8})
    engine.work_items.abort(ANN, only_item(engine, second))

    assert is_over(engine, first)
    assert is_over(engine, second)
    assert engine.processes.last_known(ANN, first).variables == {"n": "8"}
    assert engine.processes.last_known(ANN, second).variables == {"n": "1"}
    engine.work_items.complete(ANN, item)
    for finished in (engine.work_items.complete, engine.work_items.abort):
        with pytest.raises(NotFound):
            finished(ANN, item, missing_ok=False)
    with pytest.raises(NotFound):
        engine.work_items.get(ANN, item)


def test_unknown_processes_say_what_is_missing(engine):
    with pytest.raises(NotFound, match="no deployment nowhere"):
        engine.processes.start(ANN, ProcessRef(deployment="nowhere", process_id="p"))
    with pytest.raises(NotFound, match="Unknown process ID: q"):
        engine.processes.start(ANN, ProcessRef(deployment=UNIT, process_id="q"))
    with pytest.raises(NotFound, match="no deployment has a process q"):
        engine.processes.start(ANN, "q")
