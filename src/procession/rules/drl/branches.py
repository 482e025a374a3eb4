"""``or`` taken out of conditions: a rule with it becomes several paths.

``not (A or B)`` is ``not A and not B``; ``exists (A or B)`` is one path for each; ``forall`` is a
``not`` within a ``not``.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import msgspec

from procession.rules.drl.lexer import NAME, SIGN, Token
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import And, Condition, Exists, Forall, Not, Or, Pattern, Piece

MOST: Final = 200


def branches(condition: Condition) -> list[list[Condition]]:
    """The lists of conditions of which any must hold as a whole."""
    match condition:
        case And():
            ways = [branches(part) for part in condition.parts]
            found = [[one for part in way for one in part] for way in product(*ways)]
        case Or():
            found = [way for part in condition.parts for way in branches(part)]
        case Not():
            found = [
                [Not(condition.line, condition.column, _all(w)) for w in branches(condition.part)]
            ]
        case Exists():
            place = (condition.line, condition.column)
            found = [[Exists(*place, _all(way))] for way in branches(condition.part)]
        case Forall():
            found = branches(_forall(condition))
        case _:
            found = [[condition]]
    if len(found) > MOST:
        raise Mistake(f"'or' makes more than {MOST} branches", condition.line, condition.column)
    return found


def _all(parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    return And(parts[0].line if parts else 1, parts[0].column if parts else 1, tuple(parts))


def _forall(condition: Forall) -> Condition:
    place = (condition.line, condition.column)
    first = condition.parts[0] if condition.parts else None
    if not isinstance(first, Pattern):
        raise Mistake("'forall' must begin with a pattern", *place)
    rest: tuple[Condition, ...] = condition.parts[1:]
    if not rest:
        name = first.binding or f"$forall{condition.line}_{condition.column}"
        same: Piece = tuple(
            Token(kind, text, 0, 0, first.line, first.column)
            for kind, text in ((NAME, "this"), (SIGN, "=="), (NAME, name))
        )
        again = msgspec.structs.replace(
            first, binding="", constraints=(same, *first.constraints), positional=first.positional
        )
        first = Pattern(first.line, first.column, first.type_name, name, source=first.source)
        rest = (again,)
    return Not(*place, And(*place, (first, Not(*place, _all(list(rest))))))
