"""Asynchronous tasks: registered commands as durable jobs."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from procession.errors import HandlerFailure, Invalid
from tests.runtime.handlers.house import begin, calling, incident, run
from tests.runtime.rooms import deploy, is_over, jobs, state_of, variables, visited

PRINT = "com.example.PrintCommand"
seen: list[object] = []


def remember(item):
    seen.append(item.parameters)
    return {"Paper": "A4"}


@pytest.fixture
def engine(open_engine):
    return open_engine()


@pytest.fixture
def attempts(engine):
    """A command that always fails, and when it was called."""
    times: list[object] = []

    @engine.command(PRINT)
    def broken(item):
        times.append(engine.room.clock.now())
        raise OSError("no paper")

    return times


def advance(engine, clock, step, count):
    for _ in range(count):
        clock.advance(step)
        engine.run_due_jobs()


def test_a_command_runs_after_the_answer_and_its_results_are_mapped(engine):
    items = []

    @engine.command(PRINT)
    def print_it(item):
        items.append(item)
        return {"Paper": "A4"}

    id = run(engine, "async", outputs="Paper", CommandClass=PRINT, Owner="node-1")

    assert variables(engine, id) == {"Paper": "A4"}
    [item] = items
    assert item.parameters["BusinessKey"] == f"{id}:{item.id}"
    assert item.parameters["Owner"] == "node-1"


def test_a_business_key_may_be_given(engine):
    keys = []
    engine.command(PRINT)(lambda item: keys.append(item.parameters["BusinessKey"]))

    run(engine, "async", CommandClass=PRINT, BusinessKey="order-7")

    assert keys == ["order-7"]


def test_the_settings_say_what_stands_for_a_command(open_engine):
    engine = open_engine(commands=(f"{PRINT}={__name__}:remember",))
    seen.clear()

    id = run(engine, "async", outputs="Paper", CommandClass=PRINT)

    assert variables(engine, id) == {"Paper": "A4"}
    assert len(seen) == 1


def test_a_setting_must_name_something(open_engine):
    with pytest.raises(Invalid, match="commands"):
        open_engine(commands=("x=nothing",))


def test_it_is_tried_three_times_more_by_default(engine, clock, attempts):
    run(engine, "async", CommandClass=PRINT)
    advance(engine, clock, timedelta(minutes=10), 6)

    assert len(attempts) == 4
    assert incident(engine) == "OSError: no paper"


def test_its_status_is_what_the_executor_calls_it(engine, clock, attempts):
    deploy(engine, calling("async", CommandClass=PRINT, Retries="1"))
    engine.processes.start(engine.admin, "p")
    statuses = [jobs(engine)[0].status]
    for _ in range(2):
        engine.run_due_jobs()
        statuses.append(jobs(engine)[0].status)
        clock.advance(timedelta(minutes=10))

    assert statuses == ["QUEUED", "RETRYING", "ERROR"]


@pytest.mark.parametrize(("retries", "count"), [("0", 1), ("1", 2), ("5", 6)])
def test_the_model_says_how_often(engine, clock, attempts, retries, count):
    run(engine, "async", CommandClass=PRINT, Retries=retries)
    advance(engine, clock, timedelta(minutes=10), 8)

    assert len(attempts) == count


def test_the_model_says_how_long_to_wait_between_tries(engine, clock, attempts):
    run(engine, "async", CommandClass=PRINT, Retries="4", RetryDelay="5s, 1m, 2h")
    advance(engine, clock, timedelta(seconds=5), 4_000 // 5)
    advance(engine, clock, timedelta(minutes=1), 400)

    waited = [later - earlier for earlier, later in pairwise(attempts)]
    assert [round(pause.total_seconds()) // 60 for pause in waited] == [0, 1, 120, 120]


def test_it_may_wait_before_the_first_try(engine, clock):
    engine.command(PRINT)(lambda item: None)

    id = run(engine, "async", CommandClass=PRINT, Delay="1h")
    assert state_of(engine, id) == 1
    clock.advance(timedelta(minutes=59))
    assert engine.run_due_jobs() == 0
    clock.advance(timedelta(minutes=1))
    engine.run_due_jobs()

    assert is_over(engine, id)


def test_of_those_due_together_the_more_urgent_goes_first(engine):
    order = []
    engine.command(PRINT)(lambda item: order.append(item.parameters["BusinessKey"]))
    for priority in (1, 9, 5, 0):
        key = f"p{priority}"
        begin(engine, calling("async", CommandClass=PRINT, Priority=priority, BusinessKey=key))

    engine.run_due_jobs()

    assert order == ["p9", "p5", "p1", "p0"]


def test_the_final_failure_may_be_caught_by_its_class(engine, clock, attempts):
    id = run(engine, "async", code="java.lang.Exception", CommandClass=PRINT, Retries=1)
    assert visited(engine, id, "caught") == 0
    advance(engine, clock, timedelta(minutes=10), 1)

    assert visited(engine, id, "caught") == 1
    assert len(attempts) == 2


def test_a_command_nobody_registered_fails_for_good(engine):
    id = run(engine, "async", code="java.lang.ClassNotFoundException", CommandClass="com.x.Y")

    assert visited(engine, id, "caught") == 1


def test_with_auto_complete_the_process_goes_on_and_the_job_by_itself(engine):
    done = []
    engine.command(PRINT)(lambda item: done.append(item.parameters["CommandClass"]))
    deploy(engine, calling("async", CommandClass=PRINT, AutoComplete="true"))

    view = engine.processes.start(engine.admin, "p")

    assert view.state == 2
    assert not done
    engine.run_due_jobs()
    assert done == [PRINT]
    assert not jobs(engine)


def test_a_job_by_itself_is_tried_again_and_ends_as_an_incident(engine, clock, attempts):
    run(engine, "async", CommandClass=PRINT, AutoComplete="true", Retries="2", RetryDelay="1s")
    advance(engine, clock, timedelta(seconds=2), 5)

    assert len(attempts) == 3
    assert incident(engine) == "OSError: no paper"


def test_a_job_goes_with_its_instance_but_one_by_itself_does_not(engine):
    engine.command(PRINT)(lambda item: None)
    deploy(engine, calling("async", CommandClass=PRINT, Delay="1h"))
    view = engine.processes.start(engine.admin, "p")
    assert len(jobs(engine)) == 1

    engine.processes.abort(engine.admin, view.id)

    assert not jobs(engine)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Retries": "many"}, "Retries is not a whole number"),
        ({"Retries": "-1"}, "Retries must be 0"),
        ({"Priority": "10"}, "Priority must be 0 to 9"),
        ({"Delay": "soon"}, "Delay is not a time"),
        ({"RetryDelay": "1s,x"}, "RetryDelay is not a time"),
    ],
)
def test_what_makes_no_sense_is_told_to_who_starts_it(engine, given, told):
    with pytest.raises(HandlerFailure, match=told):
        run(engine, "async", CommandClass=PRINT, **given)
