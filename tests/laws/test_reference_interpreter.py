"""The reference interpreter by itself: cases whose outcome the specification says in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.laws.chart import Chart
from tests.laws.description import Flow, Loop, Node, Plan
from tests.laws.reference_interpreter import Endless, Interpreter, NoWayOut


def drawn(flows: str, **more: dict[str, object]) -> Plan:
    """A plan from ``start1>task1 task1>end1``: a node's kind is its id without the number.

    ``or1>task1?2`` asks the condition 2. ``more`` are further attributes of nodes, by id.
    """
    parts = [flow.partition("?") for flow in flows.split()]
    ids = dict.fromkeys(id for ends, _, _ in parts for id in ends.split(">"))
    nodes = [Node(id, id.rstrip("0123456789")) for id in dict.fromkeys((*ids, *more))]
    made = [replace(node, **more.get(node.id, {})) for node in nodes]  # type: ignore[arg-type]
    lines = []
    for number, (ends, _, bit) in enumerate(parts, 1):
        source, target = ends.split(">")
        lines.append(Flow(f"f{number}", source, target, int(bit) if bit else None))
    return Plan(tuple(made), tuple(lines))


def started(plan: Plan, data: int = 0) -> Interpreter:
    interpreter = Interpreter(Chart(plan))
    interpreter.start(data)
    return interpreter


def waiting(interpreter: Interpreter) -> list[str]:
    return [wait.handler for wait in interpreter.waits.values()]


def meet(interpreter: Interpreter, node: str, data: int | None = None) -> None:
    number = next(n for n, wait in interpreter.waits.items() if wait.handler == node)
    interpreter.trigger(number, data)


def test_a_parallel_join_waits_for_every_flow() -> None:
    run = started(
        drawn("start1>and1 and1>task1 and1>task2 task1>and2 task2>and2 and2>task3 task3>end1")
    )

    meet(run, "task1")
    assert waiting(run) == ["task2"]
    meet(run, "task2")
    assert waiting(run) == ["task3"]
    meet(run, "task3")
    assert run.is_over


def test_a_parallel_join_keeps_surplus_tokens() -> None:
    """13.4.1: it consumes exactly one token from each incoming flow."""
    run = started(drawn("start1>task1 start1>task1 start1>task2 task1>and1 task2>and1 and1>end1"))

    meet(run, "task1")
    meet(run, "task1")
    assert run.parked == {("and1", "f4"): 2}
    meet(run, "task2")
    assert run.parked == {("and1", "f4"): 1}
    assert run.visits["end1"] == 1
    assert not run.is_over


def test_an_exclusive_gateway_takes_the_first_flow_that_holds() -> None:
    plan = drawn("start1>xor1 xor1>task1?0 xor1>task2?1 xor1>task3", xor1={"default": "f4"})

    assert waiting(started(plan, 0b11)) == ["task1"]
    assert waiting(started(plan, 0b10)) == ["task2"]
    assert waiting(started(plan, 0b00)) == ["task3"]


def test_a_gateway_without_a_way_out_fails() -> None:
    with pytest.raises(NoWayOut):
        started(drawn("start1>xor1 xor1>task1?0 xor1>task2?1"))


def test_an_inclusive_join_waits_for_what_can_come_by_an_empty_flow() -> None:
    """Table 13.3."""
    plan = drawn("start1>or1 or1>task1?0 or1>task2?1 or1>task3?2 task1>or2 task2>or2 task3>or2")
    run = started(plan, 0b011)

    meet(run, "task1")
    assert run.visits["or2"] == 0
    meet(run, "task2")
    assert run.visits["or2"] == 1
    assert run.is_over


def test_an_inclusive_join_does_not_wait_for_what_can_come_by_a_flow_that_has_a_token() -> None:
    """Table 13.3, (iv) to (vi)."""
    plan = drawn(
        "start1>task1 start1>task2 task1>xor1 task2>xor1 xor1>or1?0 xor1>or1 or1>task3",
        xor1={"default": "f6"},
    )
    run = started(plan)

    meet(run, "task1", 1)
    assert waiting(run) == ["task2", "task3"]


def test_two_inclusive_joins_that_wait_for_each_other_are_stuck() -> None:
    plan = drawn(
        "start1>and1 and1>or1 and1>or2 or1>xor1 xor1>or2?0 xor1>end1?1 "
        "or2>xor2 xor2>or1?0 xor2>end1?1"
    )
    run = started(plan, 0b10)

    assert run.visits["or1"] == run.visits["or2"] == 0
    assert not run.waits
    assert not run.is_over


def test_a_token_that_can_come_by_a_boundary_event_is_waited_for() -> None:
    plan = drawn(
        "start1>or1 start1>task1 task1>end1 boundary1>or1 or1>task2",
        boundary1={"host": "task1", "trigger": "message"},
    )
    run = started(plan)

    assert run.visits["or1"] == 0
    meet(run, "boundary1")
    assert waiting(run) == ["task2"]


def test_terminate_ends_only_its_own_scope() -> None:
    plan = drawn(
        "start1>sub1 sub1>task9 start2>task1 start2>end1",
        start2={"scope": "sub1"},
        task1={"scope": "sub1"},
        end1={"scope": "sub1", "trigger": "terminate"},
    )

    assert waiting(started(plan)) == ["task9"]


@pytest.mark.parametrize(("code", "caught"), [("E1", "task1"), ("E2", "task2")])
def test_an_error_is_caught_by_name_before_it_is_caught_by_all(code: str, caught: str) -> None:
    plan = drawn(
        "start1>sub1 sub1>end9 start2>end1 boundary1>task2 boundary2>task1",
        start2={"scope": "sub1"},
        end1={"scope": "sub1", "trigger": "error", "name": code},
        boundary1={"host": "sub1", "trigger": "error"},
        boundary2={"host": "sub1", "trigger": "error", "name": "E1"},
    )

    assert waiting(started(plan)) == [caught]


def test_an_uncaught_error_aborts() -> None:
    run = started(drawn("start1>task1 start1>end1", end1={"trigger": "error", "name": "E1"}))

    assert run.is_aborted
    assert run.outcome == "E1"
    assert not run.waits


def test_an_uncaught_escalation_goes_on() -> None:
    run = started(
        drawn("start1>throw1 throw1>task1", throw1={"trigger": "escalation", "name": "E1"})
    )

    assert waiting(run) == ["task1"]


@pytest.mark.parametrize(("stops", "left"), [(True, ["task9"]), (False, ["task1", "task9"])])
def test_an_escalation_stops_what_it_interrupts(stops: bool, left: list[str]) -> None:
    plan = drawn(
        "start1>sub1 start2>throw1 throw1>task1 boundary1>task9",
        start2={"scope": "sub1"},
        task1={"scope": "sub1"},
        throw1={"scope": "sub1", "trigger": "escalation", "name": "E1"},
        boundary1={"host": "sub1", "trigger": "escalation", "interrupting": stops},
    )

    assert sorted(waiting(started(plan))) == left


def test_an_interrupting_event_sub_process_ends_the_rest_of_its_scope() -> None:
    """13.5.4: no other is begun then; when it is done, so is the scope."""
    plan = drawn(
        "start1>sub1 sub1>task9 start2>task1 start3>task3 start4>task4",
        start2={"scope": "sub1"},
        task1={"scope": "sub1"},
        esub1={"scope": "sub1"},
        start3={"scope": "esub1", "trigger": "message"},
        task3={"scope": "esub1"},
        esub2={"scope": "sub1"},
        start4={"scope": "esub2", "trigger": "message"},
        task4={"scope": "esub2"},
    )
    run = started(plan)

    meet(run, "start3")
    assert waiting(run) == ["task3"]
    meet(run, "task3")
    assert waiting(run) == ["task9"]


def test_a_signal_is_not_heard_by_who_listens_because_of_it() -> None:
    plan = drawn(
        "start1>catch1 start1>throw1 catch1>catch2",
        catch1={"trigger": "signal", "name": "red"},
        catch2={"trigger": "signal", "name": "red"},
        throw1={"trigger": "signal", "name": "red"},
    )

    assert waiting(started(plan)) == ["catch2"]


def test_the_first_event_behind_an_event_based_gateway_ends_the_waiting() -> None:
    plan = drawn(
        "start1>event1 event1>catch1 event1>catch2 catch1>task1 catch2>task2",
        catch1={"trigger": "message"},
        catch2={"trigger": "message"},
    )
    run = started(plan)

    meet(run, "catch2")
    assert waiting(run) == ["task2"]


@pytest.mark.parametrize(
    ("loop", "at_once", "in_all"),
    [
        (Loop("parallel", 3), 3, 3),
        (Loop("sequential", 3), 1, 3),
        (Loop("until", 3, 0), 1, 1),
        (Loop("while", 3, 0), 0, 0),
        (Loop("until", 3, 1), 1, 3),
        (Loop("while", 3, 1), 1, 3),
    ],
)
def test_a_repeated_task(loop: Loop, at_once: int, in_all: int) -> None:
    run = started(drawn("start1>task1 task1>end1", task1={"loop": loop}), 0b10)

    assert waiting(run) == ["task1"] * at_once
    done = 0
    while run.waits:
        meet(run, "task1")
        done += 1
    assert done == in_all
    assert run.is_over


def test_a_loop_without_a_wait_is_found() -> None:
    with pytest.raises(Endless):
        started(drawn("start1>xor1 xor1>pass1 pass1>xor1"))
