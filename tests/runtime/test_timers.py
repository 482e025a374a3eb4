"""Timers: by a clock that is moved by hand, by the worker, by two workers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from procession.testing import ManualClock
from procession.testing.models import model, timer
from tests.runtime.rooms import (
    UNIT,
    deploy,
    is_over,
    jobs,
    only_item,
    state_of,
    straight,
    until,
    visited,
    work_item,
)


def by_hand(opening):
    clock = ManualClock()
    return opening(clock=clock, threads=False), clock


def beginning(text: str, kind: str = "timeCycle", id: str = "begun"):
    return model(id).start("start", timer(text, kind)).task("w").end()


def begun(engine, process="begun"):
    return len(engine.history.by_process(engine.admin, process).items)


def test_a_timer_fires_when_its_time_has_come(opening):
    engine, clock = by_hand(opening)
    deploy(engine, straight("p", lambda m: m.timer("t", "PT1H")))
    view = engine.processes.start(engine.admin, "p")

    assert engine.run_due_jobs() == 0
    clock.advance(3599.999)
    assert engine.run_due_jobs() == 0
    clock.advance(0.001)
    assert engine.run_due_jobs() == 1

    assert is_over(engine, view.id)
    assert not jobs(engine)


def test_a_boundary_timer_goes_with_its_host(opening):
    engine, clock = by_hand(opening)
    process = straight("p", work_item("u", "Wait"))
    process.boundary("u", "late", timer("PT1H")).node("manualTask", "hurry").end("end2")
    deploy(engine, process)
    done = engine.processes.start(engine.admin, "p").id
    late = engine.processes.start(engine.admin, "p").id
    engine.work_items.complete(engine.admin, only_item(engine, done))
    assert len(jobs(engine, kind="timer")) == 1

    clock.advance(3600)
    assert engine.run_due_jobs() == 1

    assert visited(engine, late, "hurry") == 1
    assert visited(engine, done, "hurry") == 0


def test_a_cycle_on_the_boundary_fires_again_and_again(opening):
    engine, clock = by_hand(opening)
    process = straight("p", work_item("u", "Wait"))
    process.boundary("u", "tick", timer("R3/PT10M", "timeCycle"), interrupting=False)
    deploy(engine, process.node("manualTask", "tock").end("end2"))
    view = engine.processes.start(engine.admin, "p")

    for _ in range(5):
        clock.advance(timedelta(minutes=10))
        engine.run_due_jobs()

    assert visited(engine, view.id, "tock") in (3, 4)
    assert state_of(engine, view.id) == 1
    assert not jobs(engine, kind="timer")


@pytest.mark.parametrize("where", ["boundary", "start"])
def test_a_cycle_that_is_served_late_does_not_drift(opening, where):
    """Each due time is reckoned from the one before, not from when that was served."""
    engine, clock = by_hand(opening)
    began = clock.now()
    if where == "start":
        deploy(engine, beginning("R/PT10S"))
    else:
        inside = timer("R/PT10S", "timeCycle")
        process = straight("p", work_item("w", "Wait"))
        deploy(engine, process.boundary("w", "b", inside, interrupting=False).end("rung"))
        engine.processes.start(engine.admin, "p")

    due = []
    for late in (0.7, 3.2, 0.1, 9.9, 0.004):
        [moment] = [job.due for job in jobs(engine) if "timer" in job.kind]
        due.append((moment - began).total_seconds())
        clock.advance((moment - clock.now()).total_seconds() + late)
        assert engine.run_due_jobs() == 1

    assert due == [due[0] + 10 * round for round in range(5)]


def test_many_timers_that_are_due_share_leases_and_commits(opening):
    engine = opening()
    deploy(engine, straight("p", lambda m: m.catch("t", timer("2020-01-01T00:00:00Z", "timeDate"))))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: engine.processes.start(engine.admin, "p"), range(400)))
    before, leases = engine.executive.commits, []
    lease = engine.room.store.lease_jobs
    engine.room.store.lease_jobs = lambda *a, **k: leases.append(1) or lease(*a, **k)

    engine.worker().start()

    assert until(lambda: not jobs(engine))
    assert engine.executive.commits - before <= 40
    assert len(leases) <= 12


def test_a_timer_start_event_begins_instances_as_long_as_the_unit_is_deployed(opening):
    engine, clock = by_hand(opening)
    deploy(engine, beginning("R/PT10M"))
    assert len(jobs(engine, kind="start_timer")) == 1
    engine.run_due_jobs()
    before = begun(engine)

    for _ in range(3):
        clock.advance(timedelta(minutes=10))
        engine.run_due_jobs()
    assert begun(engine) == before + 3
    engine.deployments.deactivate(engine.admin, UNIT)
    clock.advance(timedelta(minutes=10))
    engine.run_due_jobs()
    assert begun(engine) == before + 3
    engine.deployments.activate(engine.admin, UNIT)
    clock.advance(timedelta(minutes=10))
    engine.run_due_jobs()
    assert begun(engine) == before + 4

    assert engine.deployments.undeploy(engine.admin, UNIT).success
    assert not jobs(engine)


def test_a_timer_start_event_at_a_moment_fires_once(opening):
    engine, clock = by_hand(opening)
    deploy(engine, beginning("PT10M", "timeDuration"))

    for _ in range(3):
        clock.advance(timedelta(minutes=10))
        engine.run_due_jobs()

    assert begun(engine) == 1


def test_a_timer_of_a_suspended_instance_fires_when_it_is_resumed(opening):
    engine, clock = by_hand(opening)
    deploy(engine, straight("p", lambda m: m.timer("t", "PT1H")))
    view = engine.processes.start(engine.admin, "p")
    engine.processes.suspend(engine.admin, view.id)
    clock.advance(timedelta(hours=2))
    engine.run_due_jobs()
    assert state_of(engine, view.id) == 4

    engine.processes.resume(engine.admin, view.id)
    engine.run_due_jobs()

    assert is_over(engine, view.id)


def test_suspending_and_resuming_does_not_hasten_a_timer(opening):
    engine, clock = by_hand(opening)
    deploy(engine, straight("p", lambda m: m.timer("t", "PT1H")))
    view = engine.processes.start(engine.admin, "p")
    engine.processes.suspend(engine.admin, view.id)
    engine.processes.resume(engine.admin, view.id)

    assert engine.run_due_jobs() == 0
    clock.advance(timedelta(hours=1))
    engine.run_due_jobs()
    assert is_over(engine, view.id)


def test_a_job_of_a_suspended_instance_runs_when_it_is_resumed(opening):
    engine, _ = by_hand(opening)
    called = []
    engine.handler("Post", mode="job")(lambda item: called.append(item.id))
    deploy(engine, straight("p", work_item("w", "Post")))
    view = engine.processes.start(engine.admin, "p")
    engine.processes.suspend(engine.admin, view.id)
    engine.run_due_jobs()
    assert not called

    engine.processes.resume(engine.admin, view.id)
    engine.run_due_jobs()

    assert len(called) == 1
    assert is_over(engine, view.id)


def test_the_worker_is_up_in_time_for_the_next_timer(engine):
    """It sleeps until the next is due, and is woken for an earlier one."""
    deploy(
        engine,
        straight("long", lambda m: m.timer("t", "PT1H")),
        straight("short", lambda m: m.timer("t", "PT0.1S")),
    )
    engine.worker().start()
    engine.processes.start(engine.admin, "long")

    ids = [engine.processes.start(engine.admin, "short").id for _ in range(20)]

    until(lambda: all(is_over(engine, id) for id in ids), 5)
    assert all(visited(engine, id, "t") == 1 for id in ids)


def test_two_workers_on_one_database_fire_each_timer_once(nodes):
    one, other = nodes
    deploy(one, straight("p", lambda m: m.timer("t", "PT0.3S"), lambda m: m.timer("u", "PT0.1S")))
    ids = [node.processes.start(node.admin, "p").id for _ in range(40) for node in nodes]
    one.worker().start()
    other.worker().start()

    until(lambda: all(is_over(one, id) for id in ids), 15)

    for id in ids:
        assert visited(one, id, "t") == visited(one, id, "u") == visited(one, id, "end") == 1
    assert not jobs(one)
