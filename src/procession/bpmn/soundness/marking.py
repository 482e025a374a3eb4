"""Marking: what of a state decides how it goes on, without numbers and data.

Two states with the same marking are the same to the search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from procession.core.continuing import NAME
from procession.core.state import ROOT, ElementInstance, InstanceState, Wait

Marking = tuple[Any, ...]


def marking(state: InstanceState, queue: tuple[int, ...], spent: frozenset[str]) -> Marking:
    """What the state is, with the order in which tokens that rest go on."""
    parked: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
    for (scope, node), tokens in state.parked.items():
        parked.setdefault(scope, []).append((node, tuple(sorted(tokens.flows))))
    tree = _tree(state, ROOT, parked) if ROOT in state.elements else ()
    order = tuple([_wait(state.waits[number]) for number in queue])
    return int(state.status), tree, order, spent


def tokens(state: InstanceState, queue: tuple[int, ...]) -> Counter[tuple[str, str]]:
    """How many tokens there are at each place."""
    found: Counter[tuple[str, str]] = Counter((e.node, "") for e in state.elements.values())
    for (_, node), parked in state.parked.items():
        found.update((node, flow) for flow in parked.flows)
    found.update((state.waits[number].handler, NAME) for number in queue)
    return found


def _tree(
    state: InstanceState, number: int, parked: dict[int, list[tuple[str, tuple[str, ...]]]]
) -> Marking:
    element = state.elements[number]
    waits = sorted(_wait(state.waits[wait]) for wait in state.owned.get(number, ()))
    inside = sorted(_tree(state, child, parked) for child in state.children.get(number, ()))
    return (
        element.node,
        int(element.role),
        "" if number == ROOT else repr(element.memo),
        _done(element),
        tuple(waits),
        tuple(sorted(parked.get(number, ()))),
        tuple(inside),
    )


def _wait(wait: Wait) -> tuple[str, int, int, str]:
    flow = str(wait.parameters.get("flow", "")) if wait.name == NAME else ""
    return wait.handler, int(wait.kind), wait.part, flow


def _done(element: ElementInstance) -> tuple[str, ...]:
    """What could be undone: which activities, not how often."""
    return tuple(sorted(set(_undoable(element.log))))


def _undoable(log: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    for chunk in log:
        for entry in chunk:
            yield f"{entry[1]} {entry[2]}"
            if isinstance(entry[4], tuple) and entry[4] and isinstance(entry[4][0], tuple):
                yield from _undoable(entry[4])
