"""What the laws found and has been mended since: it stays so."""

from __future__ import annotations

from procession.core import commands as c
from procession.core.state import InstanceState, empty_state
from procession.core.step import Outcome, step
from procession.values import Map
from tests.laws.description import Flow, Node, Plan
from tests.laws.histories import ENV, Move, compiled, follow
from tests.laws.invariants import check_audit


def flows(*ends: tuple[str, str]) -> tuple[Flow, ...]:
    return tuple(Flow(f"f{number}", *pair) for number, pair in enumerate(ends, 1))


def test_audit_shows_surplus_tokens_at_a_join_as_entered() -> None:
    """``reference/jbpm-engine.md`` 4.2: a join has one enter row for each token."""
    nodes = [Node(id, id.rstrip("12")) for id in ("start1", "task1", "task2", "and1", "end1")]
    arrows = flows(
        ("start1", "task1"),
        ("start1", "task1"),
        ("start1", "task2"),
        ("task1", "and1"),
        ("task2", "and1"),
        ("and1", "end1"),
    )
    definition = compiled(Plan(tuple(nodes), arrows))
    state: InstanceState = empty_state(1, definition.key)
    done: list[tuple[InstanceState, Outcome]] = []

    def do(command: c.Command) -> None:
        nonlocal state
        outcome = step(definition, state, command, ENV)
        done.append((state, outcome))
        state = outcome.state

    do(c.StartProcess(Map(d=0), root=1))
    for task in ("task1", "task1", "task2"):
        do(c.TriggerWait(next(w.id for w in state.waits.values() if w.handler == task), Map(d=0)))

    for before, outcome in done:
        check_audit(definition, before, outcome)


def test_no_event_sub_process_is_begun_while_its_scope_completes() -> None:
    """13.5.4: a scope that only waits for its event sub-processes begins no other."""
    nodes = (
        Node("start1", "start"),
        Node("task1", "task"),
        Node("esub1", "esub"),
        Node("start2", "start", "esub1", trigger="message", interrupting=False),
        Node("task2", "task", "esub1"),
    )

    follow(
        Plan(nodes, flows(("start1", "task1"), ("start2", "task2"))),
        (Move("", 0, 0), Move("start2", 0, 0), Move("task1", 0, 0)),
    )
