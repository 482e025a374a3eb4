"""The engine as a library: no server, no globals, as many as one likes."""

from __future__ import annotations

import threading

import pytest

from procession import Engine, ModelError
from procession.errors import Rejected, StoreFault
from procession.server import create_app
from procession.services.paging import EVERYTHING
from procession.testing import ManualClock, model
from procession.testing.models import error, parameters, timer
from tests.runtime.rooms import deploy, is_over, settings, straight, visited, work_item


def booking():
    process = model("booking", jbpm=True).variable("nights").variable("room").variable("approved")
    process.root('<error id="e" errorCode="TOO_LONG"/>')
    io = parameters(inputs={"nights": "nights"}, outputs={"room": "room"})
    owner = parameters(constants={"ActorId": "ann"}, outputs={"approved": "approved"})
    process.start().task("book", io, taskName="Book room").user("approve", owner).end()
    process.boundary("book", "too_long", error("e")).end("refused")
    return process.boundary("approve", "late", timer("P1D")).end("expired")


@pytest.mark.sqlite_only
def test_the_whole_of_an_embedded_engine(database_url):
    clock = ManualClock()
    with Engine.open(database_url, clock=clock, threads=False) as engine:
        engine.people.add_user(engine.admin, "ann", None)
        files = {"booking.bpmn": booking().xml()}
        engine.deployments.deploy(engine.admin, "org.acme:hotel:1.0", files)

        @engine.handler("Book room")
        def book_room(item):
            if item.parameters["nights"] > 30:
                raise ModelError("TOO_LONG")
            return {"room": 12}

        instance = engine.processes.start(engine.admin, "booking", {"nights": 2})
        [task] = engine.tasks.of_instance(engine.admin, instance.id, EVERYTHING).items
        engine.tasks.start("ann", task.id)
        engine.tasks.complete("ann", task.id, {"approved": True})
        assert is_over(engine, instance.id)

        refused = engine.processes.start(engine.admin, "booking", {"nights": 31})
        assert refused.state == 2
        assert visited(engine, refused.id, "refused") == 1

        late = engine.processes.start(engine.admin, "booking", {"nights": 1})
        clock.advance(86_400)
        assert engine.run_due_jobs() == 1
        assert visited(engine, late.id, "expired") == 1


def test_engines_in_memory_know_nothing_of_each_other():
    with Engine.open() as one, Engine.open() as other:
        deploy(one, straight("p", work_item("w", "Wait")))
        one.processes.start(one.admin, "p")

        assert one.deployments.list(one.admin).total == 1
        assert other.deployments.list(other.admin).total == 0


def test_an_engine_leaves_no_threads_behind(database_url):
    before = set(threading.enumerate())
    engine = Engine.open(database_url, settings=settings(database_url))
    engine.worker().start()
    deploy(engine, straight("p", work_item("w", "Slow")))
    engine.handler("Slow", may_block=True)(lambda item: {})
    engine.processes.start(engine.admin, "p")
    create_app(engine).close()
    engine.close()
    engine.close()

    left = [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert not left


@pytest.mark.sqlite_only
def test_a_file_has_one_exclusive_engine(database_url):
    with (
        Engine.open(database_url, exclusive=True),
        pytest.raises(StoreFault, match="another process"),
    ):
        Engine.open(database_url, exclusive=True)
    Engine.open(database_url, exclusive=True).close()


def test_what_a_turn_does_is_one_even_when_it_calls_many_services(database_url):
    """Several service calls in one turn: together or not at all."""
    with Engine.open(database_url) as engine:
        deploy(engine, straight("p", work_item("w", "Wait")))

        def both():
            first = engine.processes.start(engine.admin, "p", correlation_key="k")
            engine.processes.set_variables(engine.admin, first.id, {"a": 1})
            engine.processes.suspend(engine.admin, first.id)
            engine.processes.suspend(engine.admin, first.id)

        with pytest.raises(Rejected):
            engine.executive.run(both, actor="ann")
        assert engine.processes.active(engine.admin, None, EVERYTHING).total == 0
        engine.processes.start(engine.admin, "p", correlation_key="k")
