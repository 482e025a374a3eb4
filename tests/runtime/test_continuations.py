"""Asynchronous continuation, and signals delivered later: durable work in turns of its own."""

from __future__ import annotations

import pytest

from procession.errors import ScriptFailure
from procession.testing import ManualClock, Model, model
from procession.testing.models import signal
from tests.runtime.rooms import (
    JAVA,
    contents,
    deploy,
    is_over,
    jobs,
    only_item,
    straight,
    variables,
    visited,
    work_item,
)

ASYNC = (
    '<extensionElements><d:metaData name="customAsync"><d:metaValue>true</d:metaValue>'
    "</d:metaData></extensionElements>"
)


def later(text: str = 'kcontext.setVariable("x", "done");') -> Model:
    process = model("later", jbpm=True, language=JAVA).variable("x").start()
    inside = f"{ASYNC}<script>{text}</script>"
    return process.node("scriptTask", "s", inside, scriptFormat=JAVA).end()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def engine(opening, clock):
    return opening(clock=clock, threads=False)


def test_the_caller_is_answered_before_the_node_is_entered(engine):
    deploy(engine, later())

    view = engine.processes.start(engine.admin, "later")
    assert view.state == 1
    assert visited(engine, view.id, "s") == 0
    assert [job.kind for job in jobs(engine)] == ["continuation"]

    assert engine.run_due_jobs() == 1
    assert is_over(engine, view.id)
    assert variables(engine, view.id)["x"] == "done"
    assert visited(engine, view.id, "s") == 1
    assert not jobs(engine)


def test_it_is_tried_again_and_then_an_incident(engine, clock):
    deploy(engine, later('throw new RuntimeException("no");'))
    view = engine.processes.start(engine.admin, "later")

    for pause in (0, 10, 60):
        clock.advance(pause)
        assert engine.run_due_jobs() == 1
    assert engine.run_due_jobs() == 0

    [incident] = engine.jobs.incidents(engine.admin).items
    assert "RuntimeException" in incident.message
    assert not is_over(engine, view.id)
    assert visited(engine, view.id, "s") == 0

    engine.jobs.retry(engine.admin, incident.job_id)
    assert engine.run_due_jobs() == 1


def test_without_it_the_same_failure_refuses_the_start(engine):
    process = model("now", jbpm=True, language=JAVA).start()
    deploy(engine, process.script("s", 'throw new RuntimeException("no");').end())

    with pytest.raises(ScriptFailure):
        engine.processes.start(engine.admin, "now")


def test_it_survives_the_end_of_the_engine(opening, clock):
    first = opening(clock=clock, threads=False)
    deploy(first, later())
    view = first.processes.start(first.admin, "later")
    first.close()

    second = opening(clock=clock, threads=False)
    assert second.run_due_jobs() == 1
    assert is_over(second, view.id)


def test_aborting_takes_the_job_along(engine):
    deploy(engine, later())
    view = engine.processes.start(engine.admin, "later")

    engine.processes.abort(engine.admin, view.id)

    assert not jobs(engine)
    assert engine.run_due_jobs() == 0


def test_while_suspended_it_rests(engine, clock):
    deploy(engine, later())
    view = engine.processes.start(engine.admin, "later")
    engine.processes.suspend(engine.admin, view.id)
    clock.advance(1)

    engine.run_due_jobs()
    assert visited(engine, view.id, "s") == 0

    engine.processes.resume(engine.admin, view.id)
    engine.run_due_jobs()
    assert is_over(engine, view.id)


# -- signals -------------------------------------------------------------------------------------


def thrower(scope: str = "") -> Model:
    """Throws a signal with an input called ``async``, and waits for the same signal beside it."""
    given = '<dataInput id="when" name="async"/><dataInput id="what" name="what"/>'
    given += "<dataInputAssociation><sourceRef>x</sourceRef><targetRef>what</targetRef>"
    given += "</dataInputAssociation>"
    if scope:
        given = (
            f'<extensionElements><d:metaData name="customScope"><d:metaValue>{scope}</d:metaValue>'
            f"</d:metaData></extensionElements>{given}"
        )
    process = model("thrower", jbpm=True).variable("x").start()
    return process.throw("t", given + signal("news")).task("w", taskName="Wait").end()


def listener(id: str = "listener") -> Model:
    process = model(id, jbpm=True).variable("heard").start()
    heard = '<dataOutput id="o"/><dataOutputAssociation><sourceRef>o</sourceRef>'
    heard += "<targetRef>heard</targetRef></dataOutputAssociation>"
    return process.catch("c", heard + signal("news")).end()


def test_a_signal_thrown_later_is_heard_when_the_job_runs(engine):
    deploy(engine, thrower(), listener())
    hears = engine.processes.start(engine.admin, "listener")
    engine.processes.start(engine.admin, "thrower", {"x": "hello"})

    assert not is_over(engine, hears.id)
    assert [(job.kind, job.topic) for job in jobs(engine, kind="signal")] == [("signal", "news")]

    assert engine.run_due_jobs() == 1
    assert is_over(engine, hears.id)
    assert variables(engine, hears.id)["heard"] == "hello"


def test_who_begins_to_listen_before_the_job_runs_hears_it_too(engine):
    deploy(engine, thrower(), listener())
    engine.processes.start(engine.admin, "thrower", {"x": "hello"})
    hears = engine.processes.start(engine.admin, "listener")

    engine.run_due_jobs()

    assert is_over(engine, hears.id)


def test_one_for_its_own_instance_ends_with_it(engine):
    deploy(engine, thrower("processInstance"), listener())
    hears = engine.processes.start(engine.admin, "listener")
    view = engine.processes.start(engine.admin, "thrower", {"x": "hello"})

    engine.processes.abort(engine.admin, view.id)
    engine.run_due_jobs()

    assert not is_over(engine, hears.id)
    assert not jobs(engine)


def test_a_client_may_ask_for_it_by_the_prefix(engine):
    deploy(engine, listener())
    hears = engine.processes.start(engine.admin, "listener")

    engine.processes.signal(engine.admin, "ASYNC-news", "hi", instance=hears.id)
    assert not is_over(engine, hears.id)
    engine.run_due_jobs()
    assert is_over(engine, hears.id)


def test_a_failed_turn_leaves_no_job(engine):
    process = model("fails", jbpm=True, language=JAVA).start()
    process.throw("t", '<dataInput id="when" name="async"/>' + signal("news"))
    deploy(engine, process.script("s", 'throw new RuntimeException("no");').end())
    before = contents(engine)

    with pytest.raises(ScriptFailure):
        engine.processes.start(engine.admin, "fails")

    assert contents(engine) == before


def test_a_work_item_after_it_is_handled_in_the_turn_of_the_job(engine):
    deploy(engine, straight("p", lambda p: p.node("task", "a", ASYNC, **{"d:taskName": "Add"})))
    seen = []
    engine.handler("Add")(lambda item: seen.append(item.node_id))
    engine.processes.start(engine.admin, "p")

    assert not seen
    engine.run_due_jobs()
    assert seen == ["a"]


def test_a_called_process_that_begins_later_is_waited_for(engine):
    process = straight("outer", lambda p: p.call("c", "later"), work_item("w", "Wait"))
    deploy(engine, process, later())
    view = engine.processes.start(engine.admin, "outer")

    assert visited(engine, view.id, "w") == 0
    engine.run_due_jobs()
    engine.work_items.complete(engine.admin, only_item(engine, view.id))
    assert is_over(engine, view.id)
