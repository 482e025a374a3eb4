"""External workers: fetch and lock, complete, fail, extend; and who may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.errors import Denied, ExecutionFailure, Invalid, Rejected
from procession.identity.model import Actor
from procession.testing import ManualClock
from procession.testing.models import error, parameters
from tests.runtime.rooms import (
    contents,
    deploy,
    is_over,
    jobs,
    only_item,
    script,
    settings,
    state_of,
    straight,
    variables,
    visited,
    work_item,
)

ANN = Actor("ann", frozenset(), frozenset({"worker"}))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(database_url: str, clock: ManualClock) -> Iterator[Engine]:
    given = settings(database_url)
    with Engine.open(database_url, settings=given, clock=clock, threads=False) as engine:
        yield engine


def printing():
    io = parameters(constants={"copies": "2"}, outputs={"pages": "pages"})
    process = straight("p", lambda m: m.task("print", io, taskName="Print"), variables="pages")
    process.root('<error id="e" errorCode="JAM"/>').boundary("print", "jam", error("e"))
    return process.node("manualTask", "clear").end("cleared")


def begun(engine, count=1):
    deploy(engine, printing())
    return [engine.processes.start(engine.admin, "p").id for _ in range(count)]


def fetch(engine, worker="printer-1", topics=("Print",), limit=10, lease_ms=5000):
    return engine.jobs.fetch(ANN, worker, topics, limit, lease_ms)


def test_a_worker_fetches_what_nobody_else_has_locked_oldest_first(engine):
    ids = begun(engine, 3)

    first = fetch(engine, limit=2)
    second = fetch(engine, "printer-2")

    assert [job.process_instance_id for job in first] == ids[:2]
    assert [job.process_instance_id for job in second] == ids[2:]
    assert first[0].parameters == {"copies": "2"}
    assert first[0].locked_by == "printer-1"
    assert len({job.key for job in first + second}) == 3
    assert fetch(engine, topics=("Scan",)) == ()
    assert fetch(engine) == ()


def test_what_a_worker_reports_is_mapped_and_the_process_goes_on(engine):
    [id] = begun(engine)
    [job] = fetch(engine)

    engine.jobs.complete(ANN, job.id, "printer-1", {"pages": 7})

    assert is_over(engine, id)
    assert variables(engine, id) == {"pages": "7"}
    assert not jobs(engine)


def test_a_lock_that_ran_out_is_another_s(engine, clock):
    [id] = begun(engine)
    [job] = fetch(engine)
    clock.advance(4)
    engine.jobs.extend(ANN, job.id, "printer-1", 5000)
    clock.advance(4)
    assert fetch(engine, "printer-2") == ()
    clock.advance(2)
    with pytest.raises(Rejected, match="not locked by printer-1"):
        engine.jobs.complete(ANN, job.id, "printer-1")
    [again] = fetch(engine, "printer-2")
    assert (again.id, again.key) == (job.id, job.key)

    for late in (
        lambda: engine.jobs.complete(ANN, job.id, "printer-1"),
        lambda: engine.jobs.extend(ANN, job.id, "printer-1", 1000),
        lambda: engine.jobs.fail(ANN, job.id, "printer-1", "jam"),
    ):
        with pytest.raises(Rejected):
            late()
    engine.jobs.complete(ANN, job.id, "printer-2")
    assert visited(engine, id, "end") == 1


def test_a_failed_one_is_offered_again_until_its_retries_are_used_up(engine, clock):
    [id] = begun(engine)
    for left in (2, 1):
        [job] = fetch(engine)
        engine.jobs.fail(ANN, job.id, "printer-1", "no paper", delay_ms=1000)
        assert fetch(engine) == ()
        clock.advance(1)
        assert jobs(engine)[0].retries == left
    [job] = fetch(engine)
    engine.jobs.fail(ANN, job.id, "printer-1", "no paper")

    [incident] = engine.jobs.incidents(engine.admin).items
    assert (incident.message, incident.process_instance_id) == ("no paper", id)
    assert incident.node_id == "print"
    clock.advance(100)
    assert fetch(engine) == ()
    engine.jobs.retry(engine.admin, job.id)
    assert not engine.jobs.incidents(engine.admin).items
    [job] = fetch(engine)
    engine.jobs.complete(ANN, job.id, "printer-1")
    assert is_over(engine, id)


def test_an_error_of_the_model_is_caught_by_the_model(engine):
    [id] = begun(engine)
    [job] = fetch(engine)

    engine.jobs.fail(ANN, job.id, "printer-1", "paper jam", code="JAM")

    assert visited(engine, id, "clear") == 1
    assert is_over(engine, id)


def test_an_error_nobody_catches_is_told_to_the_worker(engine):
    begun(engine)
    [job] = fetch(engine)
    before = contents(engine)

    with pytest.raises(ExecutionFailure, match="FIRE"):
        engine.jobs.fail(ANN, job.id, "printer-1", "smoke", code="FIRE")

    assert contents(engine) == before


def test_a_report_the_process_cannot_go_on_with_changes_nothing(engine):
    failing = script("s", 'throw new RuntimeException("no");')
    deploy(engine, straight("p", work_item("w", "Print"), failing))
    engine.processes.start(engine.admin, "p")
    [job] = fetch(engine)
    before = contents(engine)

    with pytest.raises(ExecutionFailure, match="no"):
        engine.jobs.complete(ANN, job.id, "printer-1")

    assert contents(engine) == before


def test_a_report_for_a_suspended_instance_is_refused_and_may_be_repeated(engine):
    [id] = begun(engine)
    [job] = fetch(engine)
    engine.processes.suspend(engine.admin, id)
    with pytest.raises(Rejected, match="suspended"):
        engine.jobs.complete(ANN, job.id, "printer-1")
    assert state_of(engine, id) == 4

    engine.processes.resume(engine.admin, id)
    engine.jobs.complete(ANN, job.id, "printer-1")

    assert is_over(engine, id)


def test_a_work_item_that_was_completed_otherwise_is_nobody_s_job_any_more(engine):
    [id] = begun(engine)
    [job] = fetch(engine)
    engine.work_items.complete(engine.admin, only_item(engine, id))

    assert not jobs(engine)
    with pytest.raises(Exception, match=f"no job {job.id}"):
        engine.jobs.complete(ANN, job.id, "printer-1")


def test_what_is_asked_must_make_sense(engine):
    for wrong in ({"worker": ""}, {"topics": ()}, {"limit": 0}, {"limit": 10_000}, {"lease_ms": 0}):
        with pytest.raises(Invalid):
            fetch(engine, **wrong)


def test_only_workers_fetch_and_only_operators_look(engine):
    nobody = Actor("carl", frozenset(), frozenset())
    with pytest.raises(Denied):
        engine.jobs.fetch(nobody, "w", ("Print",), 1, 1000)
    for operation in (
        lambda: engine.jobs.list(nobody),
        lambda: engine.jobs.incidents(nobody),
        lambda: engine.jobs.retry(nobody, 1),
        lambda: engine.jobs.cancel(nobody, 1),
        lambda: engine.jobs.complete(nobody, 1, "w"),
    ):
        with pytest.raises(Denied):
            operation()
