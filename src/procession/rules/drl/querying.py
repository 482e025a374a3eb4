"""``?query( $a, b; )`` in a rule: asked when the row comes, and each answer goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procession.rules.drl.lexer import NAME
from procession.rules.drl.names import Bound
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Pattern
from procession.rules.matcher.fresh import OPEN, Unify, rows
from procession.rules.matcher.sources import From

if TYPE_CHECKING:
    from procession.rules.drl.paths import PathBuilder

_WORDS = ("true", "false", "null")


def call_query(builder: PathBuilder, pattern: Pattern) -> tuple[From, list[Unify]]:
    """The node that asks a query; names that nothing binds yet are found by it."""
    names, bindings, position = builder.names, builder.bindings, builder.width
    query = names.queries.get(pattern.type_name)
    place = (pattern.line, pattern.column)
    if query is None:
        raise Mistake(f"there is no query '{pattern.type_name}'", *place)
    if not pattern.pull and builder.number >= 0:
        what = f"a query in a rule is asked, not watched: write ?{pattern.type_name}(…)"
        raise Mistake(what, *place)
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

    def ask(run: Any, facts: Any) -> list[Any]:
        given = tuple(OPEN if one is None else one(run, facts) for one in readers)
        session = run.context.memory.session
        run.depth += 1
        try:
            found = rows(session, holder[0], given, run.depth)
        finally:
            run.depth -= 1
        return [row[0].object for row in found]

    return From(source=ask, identity=_identity), unified


def _identity(run: Any, answer: Any) -> Any:
    return tuple(id(one) if not isinstance(one, str | int | float) else one for one in answer)


def _answer(position: int, at: int) -> Any:
    return lambda run, facts: facts[position].object[at]
