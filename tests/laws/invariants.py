"""What must hold of every step of the engine, whatever the model: told from its records.

Each check takes the state before, the records and the state after, so that histories may branch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from procession.core import records as r
from procession.core.commands import Command
from procession.core.evolve import evolve
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env
from procession.core.state import ROOT, InstanceState, Role, WaitKind
from procession.core.step import Outcome, step
from procession.errors import Fault
from procession.history.projector import HistoryProjector
from procession.runtime.projection import InstanceContext, recorded
from procession.store.codec import decode_records, decode_state, encode_records, encode_state
from procession.store.rows import NodeLogRow
from tests.history.entries import Entries

PROJECTOR = HistoryProjector()


class Broken(AssertionError):
    """A law does not hold."""


def need(holds: bool, text: str, *what: object) -> None:
    """A law: without it, the text and what shows it."""
    if not holds:
        raise Broken(": ".join([text, *map(repr, what)]))


def lawful_step(
    definition: ProcessDefinition,
    state: InstanceState,
    command: Command,
    env: Env,
) -> Outcome | Fault:
    """A step, or how it failed, with every law held against it."""
    stored = encode_state(state, {})
    try:
        outcome = step(definition, state, command, env)
    except Fault as fault:
        need(encode_state(state, {}) == stored, "a failed command changed the state")
        return fault
    need(encode_state(state, {}) == stored, "a step changed the state it was given")
    check_the_same_again(definition, stored, outcome, command, env)
    check_replay(state, outcome)
    check_tokens(state, outcome.records, outcome.state)
    check_waits(definition, state, outcome.records, outcome.state)
    check_scopes(outcome.state)
    check_audit(definition, state, outcome)
    return outcome


def check_the_same_again(
    definition: ProcessDefinition, stored: bytes, outcome: Outcome, command: Command, env: Env
) -> None:
    """Laws 3 and 4: from what was stored the same command gives the same records."""
    loaded, _ = decode_state(stored)
    again = step(definition, loaded, command, env)
    need(again.records == outcome.records, "the same command gave other records", again.records)
    need(again.state == outcome.state, "the same records gave another state")


def check_replay(before: InstanceState, outcome: Outcome) -> None:
    """Law 4: the records, as they are stored, turn the old state into the new one."""
    replayed = before.fork()
    for record in decode_records(encode_records(outcome.records)):
        evolve(replayed, record)
    need(replayed == outcome.state, "the records do not give the state")


def check_tokens(before: InstanceState, records: Sequence[r.Record], after: InstanceState) -> None:
    """Tokens conserved: what begins ends once, what is put on a flow arrives once."""
    alive = set(before.elements)
    parked: dict[tuple[int, str], Counter[str]] = {
        place: Counter(tokens.flows) for place, tokens in before.parked.items()
    }
    reserved = {number for tokens in before.parked.values() for number in tokens.numbers}
    on_the_way: Counter[tuple[str, int]] = Counter()
    for record in records:
        match record:
            case r.ElementActivated():
                is_new = record.element >= before.next_id or record.element in reserved
                need(is_new and record.element not in alive, "an element began twice", record)
                inside = record.scope in alive or not record.scope
                need(inside, "an element began in a scope that has ended", record)
                alive.add(record.element)
                if record.flow is not None:
                    on_the_way[record.flow, record.scope] -= 1
            case r.ElementCompleted() | r.ElementCancelled():
                need(record.element in alive, "an element ended twice", record)
                alive.remove(record.element)
            case r.SequenceFlowTaken():
                on_the_way[record.flow, record.scope] += 1
            case r.TokenParked():
                on_the_way[record.flow, record.scope] -= 1
                reserved.add(record.element)
                place = parked.setdefault((record.scope, record.node), Counter())
                place[record.flow] += 1
            case r.TokensJoined():
                place = parked[record.scope, record.node]
                need(
                    place >= Counter(record.flows), "a join took tokens that were not there", record
                )
                place.subtract(record.flows)
    lost = {flow: count for flow, count in on_the_way.items() if count}
    need(not lost, "tokens were lost or made on their way", lost)
    need(alive == set(after.elements), "what is alive is not what began and has not ended")
    left = {place: +flows for place, flows in parked.items() if +flows}
    held = {place: Counter(tokens.flows) for place, tokens in after.parked.items()}
    need(left == held, "parked tokens are not arrivals without joins", left, held)


def check_waits(
    definition: ProcessDefinition,
    before: InstanceState,
    records: Sequence[r.Record],
    after: InstanceState,
) -> None:
    """No orphan wait, and one open state for each task."""
    open_waits = dict(before.waits)
    for record in records:
        if isinstance(record, r.WaitOpened):
            need(record.wait.id not in open_waits, "a wait was opened twice", record)
            open_waits[record.wait.id] = record.wait
        elif isinstance(record, r.WaitClosed):
            wait = open_waits.pop(record.wait, None)
            need(wait is not None, "a wait was closed twice", record)
            told = (wait.kind, wait.name, wait.owner) if wait else ()
            need((record.kind, record.name, record.owner) == told, "closed as another", record)
    need(open_waits == after.waits, "what waits is not what was opened and not closed")
    items = Counter(w.owner for w in after.waits.values() if w.kind is WaitKind.WORK_ITEM)
    for wait in after.waits.values():
        owner = after.elements.get(wait.owner)
        need(owner is not None, "a wait without an owner", wait)
        handler = definition.nodes.get(wait.handler)
        need(handler is not None, "a wait without a handler", wait)
        host = getattr(handler, "attached_to", "")
        need(
            not host or (owner is not None and owner.node == host),
            "a boundary of something else",
            wait,
        )
    for element in after.elements.values():
        if definition.node(element.node).audit_type == "HumanTaskNode":
            expected = 0 if element.role is Role.BODY else 1
            need(items[element.id] == expected, "a task without one state", element)


def check_scopes(state: InstanceState) -> None:
    """Everything stands in something that is alive, and who has ended has nothing left."""
    for element in state.elements.values():
        need(element.scope in state.elements or element.id == ROOT, "an orphan", element)
    for scope in state.variables:
        need(scope in state.elements or scope == ROOT, "variables of nothing", scope)
    for scope, node in state.parked:
        need(scope in state.elements, "tokens parked in a scope that has ended", node)
    if state.is_over:
        need(not (state.elements or state.waits or state.parked), "over, with something left")
    else:
        need(ROOT in state.elements, "not over, but the process itself has ended")
        need(len(state.elements) > 1 or bool(state.parked or state.waits), "alive with no token")


def check_audit(
    definition: ProcessDefinition,
    before: InstanceState,
    outcome: Outcome,
) -> None:
    """Audit equals state: what was entered and not left is what is alive, or parked at a join."""
    rows: list[NodeLogRow] = []
    context = InstanceContext(1, "u", 1, 0, definition, outcome.state, 0, not before.seq)
    batch = [recorded(outcome.records, context, before.seq + 1, 0)]
    PROJECTOR.project(batch, _turn(rows))
    inside, left = _inside(definition, before), set()
    for row in rows:
        if row.type == 0:
            inside.add(row.node_instance_id)
        else:
            need(row.node_instance_id in inside, "left without having been entered", row)
            left.add(row.node_instance_id)
    left |= {row.node_instance_id for row in rows if row.node_type == "FaultNode"}
    shown, held = inside - left, _inside(definition, outcome.state)
    need(shown == held, "audit is not the state", shown, held)


def _inside(definition: ProcessDefinition, state: InstanceState) -> set[int]:
    """The element instances that history shows as entered and not left.

    It shows no rounds of a repeated sub-process (``reference/jbpm-engine.md`` 4.7).
    """
    found: set[int] = set()
    for element in state.elements.values():
        node = definition.node(element.node)
        is_round_of_scope = element.role is Role.ITERATION and node.is_scope
        if not (node.is_hidden or is_round_of_scope):
            found.add(element.id - 2)
    return found | {n - 2 for parked in state.parked.values() for n in parked.numbers}


def _turn(rows: list[NodeLogRow]) -> Any:
    uow = SimpleNamespace(
        insert=lambda _: None,
        log_nodes=lambda *shared: Entries(rows, shared),
        end_process_log=lambda *_: None,
    )
    return SimpleNamespace(uow=uow, work_item_id=lambda *_: 1)
