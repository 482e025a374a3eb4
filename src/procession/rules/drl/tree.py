"""What a rule file says, before it is known what its names mean."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from procession.rules.drl.lexer import Token

Piece: TypeAlias = tuple[Token, ...]
"""The words of one expression, as written."""


class Place(msgspec.Struct, frozen=True):
    """Something with a place in the file."""

    line: int
    column: int


class EntryPoint(Place, frozen=True):
    """``from entry-point "x"``."""

    name: str


class FromExpression(Place, frozen=True):
    """``from $order.items``."""

    piece: Piece


class Collect(Place, frozen=True):
    """``from collect( pattern )``."""

    pattern: Condition


class Function(Place, frozen=True):
    """``$sum : sum( $x )`` in an accumulate."""

    binding: str
    name: str
    arguments: tuple[Piece, ...]


class Custom(Place, frozen=True):
    """``init(…) action(…) reverse(…) result(…)``: the texts in the parentheses."""

    init: tuple[str, int]
    action: tuple[str, int]
    reverse: tuple[str, int] | None
    result: tuple[str, int]


class Accumulation(Place, frozen=True):
    """``accumulate( conditions; functions; constraints )``, also behind ``from``."""

    condition: Condition
    functions: tuple[Function, ...]
    custom: Custom | None = None
    constraints: tuple[Piece, ...] = ()


Source: TypeAlias = EntryPoint | FromExpression | Collect | Accumulation


class Pattern(Place, frozen=True):
    """``$p : Person( age > 3 ) from …``, or a call of a query."""

    type_name: str
    binding: str = ""
    positional: tuple[Piece, ...] = ()
    constraints: tuple[Piece, ...] = ()
    source: Source | None = None
    pull: bool = False


class And(Place, frozen=True):
    """All of these."""

    parts: tuple[Condition, ...]


class Or(Place, frozen=True):
    """Any of these."""

    parts: tuple[Condition, ...]


class Not(Place, frozen=True):
    """None of this."""

    part: Condition


class Exists(Place, frozen=True):
    """At least one of this."""

    part: Condition


class Forall(Place, frozen=True):
    """For all of the first, the others too."""

    parts: tuple[Condition, ...]


class Evaluation(Place, frozen=True):
    """``eval( … )``."""

    piece: Piece


class Arm(Place, frozen=True):
    """``if ( … ) do[name]``: without a piece it is taken always; ``breaks`` ends the rule there."""

    piece: Piece | None
    name: str
    breaks: bool


class Branch(Place, frozen=True):
    """``do[name]``, ``if ( … ) do[a] else if ( … ) break[b] else do[c]``: the first arm counts."""

    arms: tuple[Arm, ...]


class Choice(Place, frozen=True):
    """A branch in one path: the first arm whose piece holds counts.

    In the path of the ``chosen`` consequences each row goes on with the number of its arm; in that
    of the whole rule it goes on unless that arm breaks.
    """

    arms: tuple[tuple[Piece | None, bool], ...]
    chosen: bool


Condition: TypeAlias = (
    Pattern | And | Or | Not | Exists | Forall | Evaluation | Accumulation | Branch | Choice
)


class Attribute(Place, frozen=True):
    """``salience 10`` and its sisters, the value as written."""

    name: str
    piece: Piece


class RuleText(Place, frozen=True):
    """A rule. ``consequence`` has the line on which it begins."""

    name: str
    extends: str
    metadata: tuple[tuple[str, str], ...]
    attributes: tuple[Attribute, ...]
    condition: And
    consequence: tuple[str, int]
    named: tuple[tuple[str, tuple[str, int]], ...] = ()
    """``then[name] …``: consequences of branches."""


class QueryText(Place, frozen=True):
    """A query with the names and types of its parameters."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    condition: And


class FunctionText(Place, frozen=True):
    """A function: its parameters and its body."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    body: tuple[str, int]


class FieldText(Place, frozen=True):
    """A field of a declared type."""

    name: str
    type_name: str
    initial: str | None
    is_key: bool
    position: int | None


class ConstantText(Place, frozen=True):
    """A constant of an enum with the literals that its fields get."""

    name: str
    arguments: tuple[str, ...]


class TypeText(Place, frozen=True):
    """A declared type; an enum has constants."""

    name: str
    extends: str
    metadata: tuple[tuple[str, str], ...]
    fields: tuple[FieldText, ...]
    constants: tuple[ConstantText, ...] = ()


class FileText(msgspec.Struct):
    """A whole file."""

    path: str = ""
    package: str = ""
    imports: list[str] = []
    statics: list[tuple[str, Place]] = []
    """Methods and constants that are imported by name, ``*`` for all of a class."""
    globals: list[tuple[str, str, Place]] = []
    types: list[TypeText] = []
    functions: list[FunctionText] = []
    rules: list[RuleText] = []
    queries: list[QueryText] = []
