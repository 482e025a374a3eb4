"""Inline handlers: in the turn, in the pool, what they may throw; and jobs with retries."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from procession.errors import ExecutionFailure, HandlerFailure, ModelError, NotFound
from procession.runtime.work_items import PENDING
from procession.testing import ManualClock
from procession.testing.models import error, parameters
from procession.values import Map
from tests.runtime.rooms import (
    contents,
    deploy,
    is_over,
    jobs,
    only_item,
    state_of,
    straight,
    until,
    variables,
    visited,
    work_item,
)


def guarded(code: str = "NO_ROOM"):
    """A work item whose failure of that code leads to a wait named Help."""
    process = straight("guarded", work_item("book", "Book", room="room"), variables="room")
    process.root(f'<error id="e" errorCode="{code}"/>')
    process.boundary("book", "failed", error("e"))
    return process.task("help", taskName="Help").end("helped")


@pytest.mark.parametrize("may_block", [False, True])
def test_what_a_handler_answers_is_mapped_before_the_start_is_answered(engine, may_block):
    deploy(engine, straight("p", work_item("book", "Book", room="room"), variables="room"))
    engine.handler("Book", may_block=may_block)(lambda item: {"room": 12})

    view = engine.processes.start(engine.admin, "p")

    assert view.state == 2
    assert view.variables == {"room": 12}
    assert variables(engine, view.id) == {"room": "12"}


@pytest.mark.parametrize("may_block", [False, True])
def test_a_handler_speaks_to_the_diagram_by_an_error(engine, may_block):
    deploy(engine, guarded())

    @engine.handler("Book", may_block=may_block)
    def book(item):
        raise ModelError("NO_ROOM")

    view = engine.processes.start(engine.admin, "guarded")

    assert view.state == 1
    assert visited(engine, view.id, "help") == 1


@pytest.mark.parametrize("may_block", [False, True])
def test_a_boundary_event_may_catch_an_exception_by_its_class(engine, may_block):
    deploy(engine, guarded("java.lang.RuntimeException"))

    @engine.handler("Book", may_block=may_block)
    def book(item):
        raise OSError("line is dead")

    view = engine.processes.start(engine.admin, "guarded")

    assert visited(engine, view.id, "help") == 1


@pytest.mark.parametrize("may_block", [False, True])
def test_any_other_exception_is_told_to_the_caller_and_nothing_has_happened(engine, may_block):
    deploy(engine, guarded())

    @engine.handler("Book", may_block=may_block)
    def book(item):
        raise OSError("line is dead")

    before = contents(engine)
    with pytest.raises(HandlerFailure, match="'Book' failed with OSError: line is dead"):
        engine.processes.start(engine.admin, "guarded")
    assert contents(engine) == before


def test_an_error_of_the_handler_that_nothing_catches_is_told_to_the_caller(engine):
    deploy(engine, guarded("OTHER"))

    @engine.handler("Book")
    def book(item):
        raise ModelError("NO_ROOM")

    before = contents(engine)
    with pytest.raises(ExecutionFailure, match="NO_ROOM"):
        engine.processes.start(engine.admin, "guarded")
    assert contents(engine) == before


def test_a_turn_that_waited_for_its_handlers_calls_each_once_and_keeps_its_ids(engine):
    """The turn is computed once more after each handler; what it drew is the same."""
    items = [work_item(f"w{n}", "Slow", **{f"r{n}": f"r{n}"}) for n in range(3)]
    deploy(engine, straight("p", *items, work_item("last", "Wait"), variables="r0 r1 r2"))
    seen = []

    @engine.handler("Slow", may_block=True)
    def slow(item):
        seen.append(item)
        return dict.fromkeys(("r0", "r1", "r2"), item.id)

    view = engine.processes.start(engine.admin, "p")

    assert [item.node_id for item in seen] == ["w0", "w1", "w2"]
    assert {item.process_instance_id for item in seen} == {view.id}
    assert len({item.key for item in seen}) == 3
    stored = engine.processes.get(engine.admin, view.id)
    assert stored.uuid == view.uuid
    assert list(stored.variables.values()) == [item.id for item in seen]
    assert only_item(engine, view.id) > max(item.id for item in seen)


def test_what_needs_a_parked_instance_waits_and_nothing_locks_up(engine):
    """Two instances that signal each other after a slow handler, over and over."""
    signal = '<signalEventDefinition signalRef="S"/>'
    listening = straight("listening", lambda m: m.catch("c", signal))
    deploy(
        engine,
        straight(
            "p",
            work_item("a", "Wait"),
            work_item("b", "Slow"),
            lambda m: m.throw("t", signal),
            work_item("d", "Wait"),
        ),
        listening,
    )
    engine.handler("Slow", may_block=True)(lambda item: threading.Event().wait(0.01))
    ids = [engine.processes.start(engine.admin, "p").id for _ in range(6)]
    heard = [engine.processes.start(engine.admin, "listening").id for _ in range(6)]
    items = [only_item(engine, id) for id in ids]

    futures = [
        engine.executive.submit(
            lambda item=item: engine.work_items.complete(engine.admin, item), actor="system"
        )
        for item in items
    ]

    for future in futures:
        future.result(20)
    assert all(is_over(engine, id) for id in heard)
    assert all(visited(engine, id, "c") == 1 for id in heard)


def test_a_blocking_handler_has_a_time_limit(engine):
    deploy(engine, straight("p", work_item("w", "Stuck")))
    gate = threading.Event()
    engine.handler("Stuck", may_block=True, time_limit=0.1)(lambda item: gate.wait(10))

    with pytest.raises(HandlerFailure, match="did not answer within"):
        engine.processes.start(engine.admin, "p")
    gate.set()


def test_a_handler_may_use_the_engine_within_its_turn(engine):
    deploy(
        engine,
        straight("p", work_item("w", "Begin"), work_item("x", "Wait"), variables="n"),
        straight("other", work_item("x", "Wait")),
    )

    @engine.handler("Begin")
    def begin(item):
        engine.processes.set_variables(engine.admin, item.process_instance_id, {"n": 5})
        return {"n": engine.processes.start(engine.admin, "other").id}

    view = engine.processes.start(engine.admin, "p")

    assert view.variables == {"n": 5}


def test_a_handler_that_answers_pending_leaves_the_item_open(engine):
    deploy(engine, straight("p", work_item("w", "Begin", n="n"), variables="n"))
    engine.handler("Begin")(lambda item: PENDING)

    view = engine.processes.start(engine.admin, "p")
    assert view.state == 1
    engine.work_items.complete(engine.admin, only_item(engine, view.id), {"n": 3})

    assert variables(engine, view.id) == {"n": "3"}


def test_a_handler_is_told_when_its_item_is_cancelled(engine):
    class Begin:
        def __init__(self):
            self.aborted = threading.Event()
            self.items = []

        def execute(self, item):
            return PENDING

        def abort(self, item):
            self.items.append(item.id)
            self.aborted.set()

    handler = Begin()
    engine.room.handlers.register("Begin", handler)
    deploy(engine, straight("p", work_item("w", "Begin")))
    view = engine.processes.start(engine.admin, "p")
    item = only_item(engine, view.id)

    engine.processes.abort(engine.admin, view.id)

    assert handler.aborted.wait(5)
    assert handler.items == [item]


def test_a_service_task_is_found_by_interface_and_operation(engine):
    process = straight(
        "p",
        lambda m: m.service("s", parameters(outputs={"Result": "x"}), operationRef="op"),
        variables="x",
    )
    process.root('<message id="m"/>')
    process.root(
        '<interface id="i" name="Hello"><operation id="op" name="hello">'
        "<inMessageRef>m</inMessageRef></operation></interface>"
    )
    deploy(engine, process)
    engine.handler("Hello/hello")(lambda item: {"Result": "hi"})

    assert engine.processes.start(engine.admin, "p").variables == {"x": "hi"}


# -- as jobs -----------------------------------------------------------------------------------


def by_hand(opening):
    clock = ManualClock()
    return opening(clock=clock, threads=False), clock


def test_a_job_s_handler_runs_after_the_answer_and_again_after_pauses(opening):
    engine, clock = by_hand(opening)
    deploy(engine, straight("p", work_item("w", "Post", n="n"), variables="n"))
    attempts = []

    @engine.handler("Post", mode="job")
    def post(item):
        attempts.append((item.attempt, item.key))
        if len(attempts) < 3:
            raise OSError("mailbox full")
        return {"n": len(attempts)}

    view = engine.processes.start(engine.admin, "p")
    assert view.state == 1
    assert not attempts

    engine.run_due_jobs()
    [job] = jobs(engine)
    assert (job.retries, job.failures, job.last_error) == (2, 1, "OSError: mailbox full")
    assert job.due == clock.now() + timedelta(seconds=10)
    assert engine.run_due_jobs() == 0
    clock.advance(10)
    engine.run_due_jobs()
    assert jobs(engine)[0].due == clock.now() + timedelta(minutes=1)
    clock.advance(60)
    engine.run_due_jobs()

    assert [attempt for attempt, _ in attempts] == [1, 2, 3]
    assert len({key for _, key in attempts}) == 1
    assert variables(engine, view.id) == {"n": "3"}
    assert state_of(engine, view.id) == 2
    assert not jobs(engine)


def test_when_retries_are_used_up_there_is_an_incident_to_retry_or_cancel(opening):
    engine, clock = by_hand(opening)
    deploy(engine, straight("p", work_item("w", "Post")))
    broken = [True]

    @engine.handler("Post", mode="job", retries=2)
    def post(item):
        if broken:
            raise OSError("mailbox full")

    ids = [engine.processes.start(engine.admin, "p").id for _ in range(2)]
    for _ in range(3):
        engine.run_due_jobs()
        clock.advance(timedelta(minutes=10))

    first, second = engine.jobs.incidents(engine.admin).items
    assert [first.process_instance_id, second.process_instance_id] == ids
    assert (first.node_id, first.message) == ("w", "OSError: mailbox full")
    assert {job.state for job in jobs(engine)} == {"failed"}

    broken.clear()
    engine.jobs.retry(engine.admin, first.job_id)
    engine.jobs.cancel(engine.admin, second.job_id)
    engine.run_due_jobs()

    assert [state_of(engine, id) for id in ids] == [2, 1]
    assert not jobs(engine)
    assert not engine.jobs.incidents(engine.admin).items
    with pytest.raises(NotFound):
        engine.jobs.retry(engine.admin, second.job_id)


def test_a_job_s_handler_speaks_to_the_diagram_at_once(opening):
    engine, _ = by_hand(opening)
    deploy(engine, guarded())

    @engine.handler("Book", mode="job")
    def book(item):
        raise ModelError("NO_ROOM")

    view = engine.processes.start(engine.admin, "guarded")
    engine.run_due_jobs()

    assert visited(engine, view.id, "help") == 1
    assert not [job for job in jobs(engine) if job.topic == "Book"]


def test_the_last_failure_of_a_job_may_be_caught_by_its_class(opening):
    engine, _ = by_hand(opening)
    deploy(engine, guarded("java.lang.RuntimeException"))

    @engine.handler("Book", mode="job", retries=1)
    def book(item):
        raise OSError("line is dead")

    view = engine.processes.start(engine.admin, "guarded")
    engine.run_due_jobs()

    assert visited(engine, view.id, "help") == 1
    assert not engine.jobs.incidents(engine.admin).items


def test_a_caught_failure_whose_consequence_fails_leaves_the_instance_as_it_was(opening):
    """The boundary's way calls a process that does not exist: an incident, and no half-way."""
    engine, _ = by_hand(opening)
    process = straight("p", work_item("book", "Book"))
    process.root('<error id="e" errorCode="java.lang.RuntimeException"/>')
    process.boundary("book", "failed", error("e"))
    deploy(engine, process.call("c", "nowhere").end("end2"))

    @engine.handler("Book", mode="job", retries=1)
    def book(item):
        raise OSError("line is dead")

    view = engine.processes.start(engine.admin, "p")
    before = contents(engine)
    engine.run_due_jobs()
    after = contents(engine)

    [incident] = engine.jobs.incidents(engine.admin).items
    assert incident.process_instance_id == view.id
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"job", "incident"}


def test_a_job_whose_consequence_fails_is_counted_and_changes_nothing_else(opening):
    engine, _ = by_hand(opening)
    deploy(engine, straight("p", work_item("w", "Post"), lambda m: m.call("c", "nowhere")))
    engine.handler("Post", mode="job", retries=1)(lambda item: {})
    engine.processes.start(engine.admin, "p")
    before = contents(engine)

    engine.run_due_jobs()

    after = contents(engine)
    assert {name for name in before if before[name] != after[name]} == {"job", "incident"}
    assert "nowhere" in engine.jobs.incidents(engine.admin).items[0].message


def test_a_cancelled_instance_takes_its_jobs_with_it(opening):
    engine, _ = by_hand(opening)
    deploy(engine, straight("p", work_item("w", "Post")))
    called = []
    engine.handler("Post", mode="job")(called.append)
    view = engine.processes.start(engine.admin, "p")

    engine.processes.abort(engine.admin, view.id)

    assert not jobs(engine)
    assert engine.run_due_jobs() == 0
    assert not called


def test_the_worker_runs_jobs_in_the_background(engine):
    deploy(engine, straight("p", work_item("w", "Post", n="n"), variables="n"))
    engine.handler("Post", mode="job")(lambda item: Map(n=1))
    engine.worker().start()

    ids = [engine.processes.start(engine.admin, "p").id for _ in range(20)]

    until(lambda: all(is_over(engine, id) for id in ids))


def test_an_engine_may_leave_its_jobs_to_others(opening):
    engine = opening(worker_threads=0)
    deploy(engine, straight("p", work_item("w", "Post")))
    engine.handler("Post", mode="job")(lambda item: {})
    engine.worker().start()
    engine.processes.start(engine.admin, "p")

    threading.Event().wait(0.1)

    assert [job.state for job in jobs(engine)] == ["ready"]
