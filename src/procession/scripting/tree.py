"""The one small tree that every language is parsed into.

Nodes are plain frozen structs with their place in the text. What an operator means is settled by
the machine, with the few differences between languages in :class:`Dialect`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from procession.values import EMPTY, Value


class Dialect(msgspec.Struct, frozen=True):
    """How a language differs from Java where the tree is the same."""

    name: str
    coerces: bool = False
    """Texts are compared with numbers, null is less than nothing, casts convert (MVEL)."""
    operators: Mapping[str, Callable[..., Value]] = EMPTY
    """Binary operators that the language brings along: functions of the frame and two values."""
    absent_fails: bool = False
    """A map has no property that it has no entry for (MVEL)."""
    typed: bool = True
    """Locals hold what they are declared to hold."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """Anything in the tree."""

    line: int = 0
    column: int = 0


class TypeName(msgspec.Struct, frozen=True):
    """A type as written, without generics; ``dims`` counts the brackets."""

    name: str
    dims: int = 0


# -- expressions -----------------------------------------------------------------------------


class Literal(Node, frozen=True):
    """A constant."""

    value: Value


class Name(Node, frozen=True):
    """A name by itself: a local, a variable, a global, a class."""

    name: str


class Field(Node, frozen=True):
    """``target.name``; ``safe`` gives null for a null target."""

    target: Expr
    name: str
    safe: bool = False


class Index(Node, frozen=True):
    """``target[index]``."""

    target: Expr
    index: Expr


class Call(Node, frozen=True):
    """``target.name(args)``, without a target a function."""

    target: Expr | None
    name: str
    args: tuple[Expr, ...]
    safe: bool = False


class New(Node, frozen=True):
    """``new Type(args)``."""

    type: TypeName
    args: tuple[Expr, ...]


class NewArray(Node, frozen=True):
    """``new T[n]``, ``new T[]{…}`` or ``{…}``; ``items`` is None where sizes are given."""

    type: TypeName
    sizes: tuple[Expr, ...]
    items: tuple[Expr, ...] | None = None


class ListLiteral(Node, frozen=True):
    """``[a, b]``."""

    items: tuple[Expr, ...]


class MapLiteral(Node, frozen=True):
    """``[k: v]``."""

    pairs: tuple[tuple[Expr, Expr], ...]


class Unary(Node, frozen=True):
    """``! - + ~`` before an operand."""

    op: str
    operand: Expr


class Chain(Node, frozen=True):
    """Operators of one precedence, applied from the left: ``a + b - c``."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


class Logical(Node, frozen=True):
    """``a && b && c`` or the same with ``||``."""

    op: str
    operands: tuple[Expr, ...]


class Ternary(Node, frozen=True):
    """``test ? yes : no``."""

    test: Expr
    yes: Expr
    no: Expr


class Cast(Node, frozen=True):
    """``(Type) operand``."""

    type: TypeName
    operand: Expr


class InstanceOf(Node, frozen=True):
    """``operand instanceof Type``."""

    operand: Expr
    type: TypeName


class ClassLiteral(Node, frozen=True):
    """``Type.class``."""

    type: TypeName


class Assign(Node, frozen=True):
    """``target = value`` or with an operator, ``op`` being ``""`` for plain assignment."""

    target: Expr
    op: str
    value: Expr


class Step(Node, frozen=True):
    """``++x``, ``x++`` and their sisters."""

    target: Expr
    op: str
    before: bool


class Projection(Node, frozen=True):
    """``(body in source if test)``: a list of what ``body`` gives for each ``$``."""

    body: Expr
    source: Expr
    test: Expr | None = None


class IsDefined(Node, frozen=True):
    """``isdef name``."""

    name: str


class Empty(Node, frozen=True):
    """``empty``: equal to null, zero, false, and to texts and collections without content."""


class Apply(Node, frozen=True):
    """An operation that a language brings along: a function of the frame and the operands."""

    function: Callable[..., Value]
    args: tuple[Expr, ...]


class Form(Node, frozen=True):
    """An expression that a language brings along and that decides when its parts are run.

    ``outer`` are compiled before the locals ``names`` exist, ``parts`` with them. ``make`` gets the
    slots of the names, the code of outer parts, of inner parts, and what one round of them costs.
    """

    make: Callable[..., Value]
    outer: tuple[Expr, ...]
    parts: tuple[Expr, ...] = ()
    names: tuple[str, ...] = ()


class Lambda(Node, frozen=True):
    """A function without a name, or with one in ``name``, by which it can call itself."""

    parameters: tuple[str, ...]
    body: Block
    name: str = ""


class MethodReference(Node, frozen=True):
    """``Type::method``, ``value::method``, ``Type::new``."""

    target: Expr
    name: str


class MaybeName(Node, frozen=True):
    """A name that is null where nothing has it."""

    name: str


Expr: TypeAlias = (
    Literal | Name | Field | Index | Call | New | NewArray | ListLiteral | MapLiteral | Unary
    | Chain | Logical | Ternary | Cast | InstanceOf | ClassLiteral | Assign | Step | Projection
    | IsDefined | Empty | Apply | Form | Lambda | MethodReference | MaybeName
)  # fmt: skip

# -- statements ------------------------------------------------------------------------------


class Expression(Node, frozen=True):
    """An expression for its effect."""

    value: Expr


class Local(Node, frozen=True):
    """``Type a = 1, b;``; the type is None for ``var`` and ``def``."""

    type: TypeName | None
    names: tuple[tuple[str, int, Expr | None], ...]


class Block(Node, frozen=True):
    """Statements with locals of their own."""

    body: tuple[Stmt, ...]


class If(Node, frozen=True):
    """``if (test) yes else no``."""

    test: Expr
    yes: Stmt
    no: Stmt | None = None


class While(Node, frozen=True):
    """``while (test) body``; ``after`` for ``do body while (test)``, ``sense`` false for until."""

    test: Expr
    body: Stmt
    after: bool = False
    sense: bool = True


class For(Node, frozen=True):
    """``for (start; test; steps) body``."""

    start: tuple[Stmt, ...]
    test: Expr | None
    steps: tuple[Expr, ...]
    body: Stmt


class ForEach(Node, frozen=True):
    """``for (T name : source) body``."""

    type: TypeName | None
    name: str
    source: Expr
    body: Stmt


class Switch(Node, frozen=True):
    """``switch``: each case has its labels (none for default) and its statements."""

    subject: Expr
    cases: tuple[tuple[tuple[Expr, ...] | None, tuple[Stmt, ...]], ...]


class Return(Node, frozen=True):
    """``return value;``."""

    value: Expr | None


class Throw(Node, frozen=True):
    """``throw value;``."""

    value: Expr


class Try(Node, frozen=True):
    """``try … catch … finally …``; each catch has types, a name and a body."""

    body: Block
    catches: tuple[tuple[tuple[TypeName, ...], str, Block], ...]
    last: Block | None = None


class Using(Node, frozen=True):
    """``try (Type name = value) body``: ``value`` is closed whatever happens."""

    name: str
    type: TypeName | None
    value: Expr
    body: Stmt


class Labelled(Node, frozen=True):
    """``label: body``."""

    label: str
    body: Stmt


class Break(Node, frozen=True):
    """``break`` or ``break label``."""

    label: str = ""


class Continue(Node, frozen=True):
    """``continue`` or ``continue label``."""

    label: str = ""


class WriteBack(Node, frozen=True):
    """A whole script after which the process variables among ``names`` are set to their locals."""

    body: tuple[Stmt, ...]
    names: tuple[str, ...]


Stmt: TypeAlias = (
    Expression | Local | Block | If | While | For | ForEach | Switch | Return | Throw | Try
    | Using | Labelled | Break | Continue | WriteBack
)  # fmt: skip


def valued(body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The same statements, the value of the last one being the value of the whole."""
    if not body:
        return body
    return (*body[:-1], _valued(body[-1]))


def _valued(last: Stmt) -> Stmt:
    match last:
        case Expression():
            return Return(last.value, line=last.line, column=last.column)
        case Block():
            return _block(last)
        case If():
            no = None if last.no is None else _valued(last.no)
            return If(last.test, _valued(last.yes), no, line=last.line, column=last.column)
        case Try():
            body = _block(last.body)
            catches = tuple([(kinds, name, _block(own)) for kinds, name, own in last.catches])
            return Try(body, catches, last.last, line=last.line, column=last.column)
        case _:
            return last


def _block(body: Block) -> Block:
    return Block(valued(body.body), line=body.line, column=body.column)
