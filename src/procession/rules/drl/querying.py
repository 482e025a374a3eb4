"""Queries in rules: ``?query( $a, b; )`` is asked when the row comes, ``query( $a, b; )`` watched.

A query that asks another one asks it afresh, with or without the question mark: it is itself asked
afresh whenever a rule that watches it must know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from procession.rules.drl.lexer import NAME
from procession.rules.drl.names import Bound
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Pattern
from procession.rules.matcher.asking import Answer, Asked
from procession.rules.matcher.fresh import OPEN, Unify, rows
from procession.rules.matcher.network import Alpha, Query
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.sources import From

if TYPE_CHECKING:
    from procession.rules.drl.paths import PathBuilder

_WORDS = ("true", "false", "null")


def call_query(
    builder: PathBuilder, pattern: Pattern, where: tuple[int, ...]
) -> tuple[From | Asked, list[Unify]]:
    """The node that asks a query; names that nothing binds yet are found by it."""
    names, bindings, position = builder.names, builder.bindings, builder.width
    query = names.queries.get(pattern.type_name)
    place = (pattern.line, pattern.column)
    if query is None:
        raise Mistake(f"there is no query '{pattern.type_name}'", *place)
    pieces = pattern.positional or pattern.constraints
    parameters, holder = query
    if len(pieces) != len(parameters):
        raise Mistake(f"the query '{pattern.type_name}' takes {len(parameters)} arguments", *place)
    readers: list[Any] = []
    unified: list[Unify] = []
    for at, piece in enumerate(pieces):
        single = piece[0].text if len(piece) == 1 and piece[0].kind == NAME else ""
        fresh = bool(single) and single not in bindings and single not in names.globals
        if fresh and single not in _WORDS:
            readers.append(None)
            bindings[single] = Bound(_answer(position, at))
            continue
        readers.append(builder.reader(piece))
        if single in builder.open_names:
            order = builder.argument_of(single)
            unified.append(Unify(argument=order, value=_answer(position, at)))

    def ask(run: Any, facts: Any) -> list[Answer]:
        given = tuple(OPEN if one is None else one(run, facts) for one in readers)
        session = run.context.memory.session
        run.depth += 1
        try:
            found = rows(session, holder[0], given, run.depth)
        finally:
            run.depth -= 1
        return [_answered(row) for row in found]

    return _node(builder, pattern, where, holder, ask), unified


def _node(
    builder: PathBuilder,
    pattern: Pattern,
    where: tuple[int, ...],
    holder: list[Query],
    ask: Callable[[Any, Any], list[Answer]],
) -> From | Asked:
    identity = builder.names.live.identity
    if builder.number < 0:
        return From(source=ask, identity=identity, asks=holder)
    if pattern.pull:

        def answers(run: Any, facts: Any) -> list[tuple[Any, ...]]:
            return [tuple(one) for one in ask(run, facts)]

        def same(run: Any, answer: Any) -> Any:
            return tuple([identity(run, one) for one in answer])

        return From(source=answers, identity=same)
    about = {(id(one.tests), one.type_name, one.entry_point): one for one in _alphas(holder, set())}
    for alpha in about.values():
        builder.watch(alpha, where)
    return Asked(source=ask, identity=identity)


def _answered(row: tuple[Handle, ...]) -> Answer:
    found = Answer([None if one is OPEN else one for one in row[0].object])
    support: list[int] = []
    for handle in row[1:]:
        if handle.number:
            support.append(handle.number)
        elif isinstance(handle.object, Answer):
            support.extend(handle.object.support)
    found.support = tuple(support)
    return found


def _alphas(holder: list[Query], seen: set[str]) -> Iterator[Alpha]:
    """The alpha patterns of a query and of all that it asks."""
    for query in holder:
        if query.name in seen:
            continue
        seen.add(query.name)
        for nodes, _ in query.branches:
            yield from _alphas_of(nodes, seen)


def _alphas_of(nodes: tuple[Any, ...], seen: set[str]) -> Iterator[Alpha]:
    for node in nodes:
        if isinstance(node, From):
            yield from _alphas(node.asks or [], seen)
        if getattr(node, "alpha", None) is not None:
            yield node.alpha
        if getattr(node, "inner", None) is not None:
            yield from _alphas_of(node.inner.nodes, seen)


def _answer(position: int, at: int) -> Any:
    return lambda run, facts: facts[position].object[at]
