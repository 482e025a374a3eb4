"""Queries: their patterns are walked over the facts as they are, remembering nothing.

The first fact of every row is the tuple of the query's arguments. An argument that was left open
is :data:`OPEN` until a pattern unifies it with something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from procession.errors import LimitExceeded
from procession.rules.matcher.accumulate import Accumulate
from procession.rules.matcher.existential import Existential
from procession.rules.matcher.join import Join
from procession.rules.matcher.network import Query, Reader
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.sources import Eval, From

if TYPE_CHECKING:
    from procession.rules.matcher.session import Session

MAX_DEPTH: Final = 60


class Open:
    """An argument that is to be found."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "OPEN"


OPEN: Final = Open()
Facts = tuple[Handle, ...]


@dataclass(frozen=True, kw_only=True)
class Unify:
    """``name := field``: an open argument becomes the field, a given one must equal it."""

    argument: int
    value: Reader


def rows(s: Session, query: Query, arguments: tuple[Any, ...], depth: int = 0) -> list[Facts]:
    """All rows of a query, the last branch first, in each the oldest facts first."""
    if depth > MAX_DEPTH:
        raise LimitExceeded(f'query "{query.name}" asks itself more than {MAX_DEPTH} levels deep')
    first = Handle(0, arguments)
    found: list[Facts] = []
    for nodes, _ in reversed(query.branches):  # what is found last goes on first
        found.extend(_walk(s, nodes, (first,), depth))
    return found


def rows_with_bindings(
    s: Session, query: Query, arguments: tuple[Any, ...]
) -> Iterator[tuple[Mapping[str, Reader], Facts]]:
    """All rows of a query with the bindings by which they are read."""
    s.flush()
    for nodes, bindings in query.branches:
        for facts in _walk(s, nodes, (Handle(0, arguments),), 0):
            yield bindings, facts


def _walk(s: Session, nodes: tuple[Any, ...], facts: Facts, depth: int) -> Iterator[Facts]:
    s.run.burn(2)
    if not nodes:
        yield facts
        return
    node, rest = nodes[0], nodes[1:]
    for longer in _step(s, node, facts, depth):
        yield from _walk(s, rest, longer, depth)


def _step(s: Session, node: Any, facts: Facts, depth: int) -> Iterator[Facts]:
    run = s.run
    match node:
        case Join():
            for handle in _candidates(s, node, facts):
                yield (*facts, handle)
        case Existential():
            if _exists(s, node, facts, depth) is node.wanted:
                yield facts
        case Eval():
            if node.test(run, facts, None):
                yield facts
        case Unify():
            yield from _unify(s, node, facts)
        case Accumulate():
            yield from _accumulate(s, node, facts, depth)
        case From():
            for thing in node.source(run, facts):
                if all(test(run, facts, thing) for test in node.tests):
                    yield (*facts, Handle(0, thing))


def _candidates(s: Session, node: Any, facts: Facts) -> Iterator[Handle]:
    alpha, run = node.alpha, s.run
    for handle in list(s.state.handles.values()):
        if handle.entry_point != alpha.entry_point:
            continue
        if alpha.type_name not in s.class_names(handle.object):
            continue
        thing = handle.object
        if all(test(run, thing) for test in alpha.tests) and all(
            test(run, facts, thing) for test in node.tests
        ):
            yield handle


def _exists(s: Session, node: Existential, facts: Facts, depth: int) -> bool:
    if node.inner is not None:
        return next(_walk(s, node.inner.nodes, facts, depth), None) is not None
    return next(_candidates(s, node, facts), None) is not None


def _unify(s: Session, node: Unify, facts: Facts) -> Iterator[Facts]:
    value = node.value(s.run, facts)
    given = facts[0].object
    held = given[node.argument]
    if held is OPEN:
        changed = (*given[: node.argument], value, *given[node.argument + 1 :])
        yield (Handle(0, changed), *facts[1:])
    elif s.live.key(s.run, held) == s.live.key(s.run, value):
        yield facts


def _accumulate(s: Session, node: Accumulate, facts: Facts, depth: int) -> Iterator[Facts]:
    run = s.run
    states = [one.start(run, facts) for one in node.functions]
    if node.inner is not None:
        matches = list(_walk(s, node.inner.nodes, facts, depth))
    else:
        matches = [(*facts, handle) for handle in _candidates(s, node, facts)]
    for match in matches:
        for at, one in enumerate(node.functions):
            states[at] = one.add(run, states[at], one.contribution(run, match))
    given = [
        one.result(run, state, facts) for one, state in zip(node.functions, states, strict=True)
    ]
    value = tuple(given) if node.many else given[0]
    if value is not None and all(test(run, facts, value) for test in node.fits):
        yield (*facts, Handle(0, value))
