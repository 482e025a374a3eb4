"""``or`` taken out of conditions: a rule with it becomes several paths.

``not (A or B)`` is ``not A and not B``; ``exists (A or B)`` is one path for each; ``forall`` is a
``not`` within a ``not``.
"""

from __future__ import annotations

from itertools import product
from typing import Final, TypeAlias

import msgspec

from procession.rules.drl.lexer import NAME, SIGN, Token
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import (
    And,
    Branch,
    Choice,
    Condition,
    Exists,
    Forall,
    Not,
    Or,
    Pattern,
    Piece,
    RuleText,
)

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


Texts: TypeAlias = tuple[tuple[str, int], ...]


def forks(rule: RuleText, way: list[Condition]) -> list[tuple[list[Condition], Texts]]:
    """The paths of conditions with branches, and their consequences.

    One path for each branch, with a consequence for each of its arms, and the whole.
    """
    texts = dict(rule.named)
    found: list[tuple[list[Condition], Texts]] = []
    before: list[Condition] = []
    for condition in way:
        if not isinstance(condition, Branch):
            before.append(condition)
            continue
        place, arms = (condition.line, condition.column), condition.arms
        if not before or not isinstance(before[-1], Pattern | Choice):
            raise Mistake("a branch must stand behind a pattern", *place)
        for arm in arms:
            if arm.name not in texts:
                raise Mistake(f"there is no consequence 'then[{arm.name}]'", arm.line, arm.column)
        made = tuple((arm.piece, not arm.breaks) for arm in arms)
        always = arms[0].piece is None
        conditions = before if always else [*before, Choice(*place, made, True)]
        found.append((list(conditions), tuple(texts[arm.name] for arm in arms)))
        if always and arms[0].breaks:
            return found
        if any(arm.breaks for arm in arms):
            before.append(Choice(*place, made, False))
    return [*found, (before, (rule.consequence,))]


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
