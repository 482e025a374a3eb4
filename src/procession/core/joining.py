"""Tokens that wait at a join, and which firing each of them will take part in.

History shows a token at a join as entered when it comes, under the number that the firing will have
(``reference/jbpm-engine.md`` 4.2). So the number is kept from then on: the first tokens of all
flows belong to one firing, the second ones to the next, and so on. Tokens of one ``startQuantity``
all belong together, by whatever flow they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from procession.core import records as r
from procession.core.state import Parked

if TYPE_CHECKING:
    from procession.core.graph import FlowNode
    from procession.core.transition import Transition

NOTHING: frozenset[str] = frozenset()


def park(
    t: Transition,
    node: FlowNode,
    flow: str,
    scope: int,
    had: frozenset[str] = NOTHING,
    *,
    together: bool = False,
) -> None:
    """A token waits at a join.

    ``had`` are flows whose tokens take no part in the next firing but in the ones after it: they
    have had their turn (BPMN 2.0.2, 13.4.5). ``together``: whatever waits takes part in one.
    """
    parked = t.state.parked.get((scope, node.id))
    number = 0
    if parked and together:
        number = parked.numbers[0]
    elif parked:
        rank = parked.flows.count(flow) + (flow in had)
        number = next((n for n, place in _ranks(parked, had) if place == rank), 0)
    t.append(r.TokenParked(node.id, flow, scope, number or t.state.next_id))


def take(t: Transition, node: FlowNode, flows: Iterable[str], scope: int) -> int:
    """Take one parked token of each flow; gives the number that is kept for that firing."""
    taken = tuple(flows)
    number = number_of(t.state.parked[scope, node.id], taken[0])
    t.append(r.TokensJoined(node.id, taken, scope))
    return number


def drop(t: Transition, node: str, flows: Iterable[str], scope: int) -> None:
    """Take one parked token of each flow, which go nowhere."""
    taken = tuple(flows)
    number = number_of(t.state.parked[scope, node], taken[0])
    t.append(r.TokensJoined(node, taken, scope, number))


def drop_all(t: Transition, scope: int) -> None:
    """Let the tokens that wait at joins of a scope vanish; it counts against no limit."""
    for place, node in [key for key in t.state.parked if key[0] == scope]:
        parked = t.state.parked[place, node]
        firings: dict[int, list[str]] = {}
        for number, flow in zip(parked.numbers, parked.flows, strict=True):
            firings.setdefault(number, []).append(flow)
        for number, flows in firings.items():
            t.most += 1
            t.append(r.TokensJoined(node, tuple(flows), place, number))


def number_of(parked: Parked, flow: str) -> int:
    """The number of the firing that the oldest token of a flow takes part in."""
    return parked.numbers[parked.flows.index(flow)]


def _ranks(parked: Parked, had: frozenset[str]) -> Iterable[tuple[int, int]]:
    """The number of each token, and how many firings come before that one."""
    before: Counter[str] = Counter(had)
    for number, flow in zip(parked.numbers, parked.flows, strict=True):
        yield number, before[flow]
        before[flow] += 1
