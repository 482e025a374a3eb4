"""Expressions as closures: constants, names, operators, choices."""

from __future__ import annotations

import operator
from collections.abc import Callable

from procession.core.ports import UNDEFINED
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.machine.compiler import UNSET, Code, Compiler, expression
from procession.scripting.machine.operators import (
    COMPARISONS,
    add,
    calculated,
    contains,
    is_empty,
    ordered,
    same_value,
    similarity,
    soundex,
    truth,
)
from procession.scripting.machine.static_types import choice, primitive, type_of
from procession.scripting.numerals import RANK, arithmetic, invert, narrow, negate, plus, shift
from procession.scripting.regex import compiled
from procession.values import Value

_ARITHMETIC = frozenset("-*/%&|^")


@expression(tree.Literal)
def _literal(c: Compiler, node: tree.Literal) -> Code:
    value = node.value
    return lambda f: value


@expression(tree.Name)
def _name(c: Compiler, node: tree.Name) -> Code:
    slot = c.local(node.name)
    if slot is not None:
        c.used.add(slot.index)
        return read_slot(slot.index)
    host = c.host(node.name)
    if host is not None:
        return host
    reference = c.class_reference(node)
    if reference is not None and node.name not in c.variables:
        return lambda f: reference
    c.check_name(node.name, node)
    return read_variable(node.name, c.variable_slot(node.name), c.text_reader(node.name))


def read_slot(index: int) -> Code:
    """Read a local."""
    return lambda f: f.slots[index]


def read_variable(name: str, index: int, take: Callable[[str], Value] | None = None) -> Code:
    """Read a bare name of the process; ``take`` reads a text as the declared type."""

    def read(f: Frame) -> Value:
        value = f.slots[index]
        return f.load(name, index) if value is UNSET else value

    if take is None:
        return read

    def read_typed(f: Frame) -> Value:
        value = f.slots[index]
        if value is UNSET:
            value = f.load(name, index)
            if type(value) is str:
                value = f.slots[index] = take(value)
        return value

    return read_typed


@expression(tree.IsDefined)
def _is_defined(c: Compiler, node: tree.IsDefined) -> Code:
    name = node.name
    if c.local(name) is not None or c.host(name) is not None:
        return lambda f: True
    return lambda f: f.resolve(name) is not UNDEFINED


@expression(tree.Empty)
def _empty(c: Compiler, node: tree.Empty) -> Code:
    return lambda f: ""


@expression(tree.Unary)
def _unary(c: Compiler, node: tree.Unary) -> Code:
    operand = c.expr(node.operand)
    if node.op == "!":

        def opposite(f: Frame) -> Value:
            value = operand(f)
            return not (value if value is True or value is False else truth(value, "operand of !"))

        return opposite
    apply = {"-": negate, "+": plus, "~": invert}[node.op]
    return lambda f: apply(operand(f))


@expression(tree.Logical)
def _logical(c: Compiler, node: tree.Logical) -> Code:
    stop = node.op == "||"
    where = f"operand of {node.op}"
    operands = [c.expr(operand) for operand in node.operands]
    if len(operands) == 2:
        left, right = operands

        def two(f: Frame) -> Value:
            value = left(f)
            if (value if value is True or value is False else truth(value, where)) is stop:
                return stop
            value = right(f)
            return value if value is True or value is False else truth(value, where)

        return two

    def many(f: Frame) -> Value:
        for operand in operands:
            value = operand(f)
            if (value if value is True or value is False else truth(value, where)) is stop:
                return stop
        return not stop

    return many


@expression(tree.Ternary)
def _ternary(c: Compiler, node: tree.Ternary) -> Code:
    test, yes, no = c.expr(node.test), _branch(c, node, node.yes), _branch(c, node, node.no)

    def choose(f: Frame) -> Value:
        value = test(f)
        if value is True:
            return yes(f)
        return no(f) if value is False or not truth(value, "condition of ?:") else yes(f)

    return choose


def _branch(c: Compiler, node: tree.Ternary, branch: tree.Expr) -> Code:
    """One side of a choice, as the type that both sides have together."""
    code = c.expr(branch)
    if c.dialect.coerces or c.dialect.name != "Java":
        return code
    kind = primitive(choice(c, node.yes, node.no))
    own = type_of(c, branch)
    if kind is None or kind == "boolean" or own in (kind, None, "null") or primitive(own) == kind:
        return code
    return lambda f: narrow(code(f), kind)


@expression(tree.Chain)
def _chain(c: Compiler, node: tree.Chain) -> Code:
    made = c.expr(node.first)
    before: tree.Expr = node.first
    if len(node.rest) > 12:
        return _long(c, made, node)
    for op, operand in node.rest:
        made = _binary(c, op, made, operand, before)
        before = operand
    return made


def _long(c: Compiler, first: Code, node: tree.Chain) -> Code:
    steps = [(meaning(c, op), c.expr(operand)) for op, operand in node.rest]

    def run(f: Frame) -> Value:
        value = first(f)
        for apply, operand in steps:
            value = apply(f, value, operand(f))
        return value

    return run


def meaning(c: Compiler, op: str) -> Callable[[Frame, Value, Value], Value]:
    """What a binary operator does with two values in the language of the text."""
    return c.dialect.operators.get(op) or application(op, c.dialect.coerces)


def application(op: str, loose: bool) -> Callable[[Frame, Value, Value], Value]:
    """What a binary operator does with two values."""
    if op == "+":
        return lambda f, a, b: add(f, a, b, loose)
    if op in COMPARISONS:
        return lambda f, a, b: ordered(f, op, a, b, loose)
    if op in ("==", "!="):
        return lambda f, a, b: same_value(f, a, b, loose) is (op == "==")
    if op in _ARITHMETIC:
        return lambda f, a, b: calculated(f, op, a, b)
    if op in ("<<", ">>", ">>>"):
        return lambda f, a, b: shift(op, a, b)
    return _worded(op)


def _binary(c: Compiler, op: str, left: Code, node: tree.Expr, before: tree.Expr) -> Code:
    right = c.expr(node)
    loose = c.dialect.coerces
    own = c.dialect.operators.get(op)
    if own is not None and not isinstance(node, tree.Empty) and not isinstance(before, tree.Empty):
        return lambda f: own(f, left(f), right(f))
    if op == "+":
        return _sum(left, right, loose)
    if op in COMPARISONS:
        return _comparison(op, left, right, node, loose)
    if op in ("==", "!="):
        return _equality(op == "==", left, right, (before, node), loose)
    if op in _ARITHMETIC:
        return _calculation(op, left, right)
    apply = application(op, loose)
    return lambda f: apply(f, left(f), right(f))


def _sum(left: Code, right: Code, loose: bool) -> Code:
    def total(f: Frame) -> Value:
        a = left(f)
        b = right(f)
        if type(a) is int and type(b) is int:
            value = a + b
            return value if -0x80000000 <= value <= 0x7FFFFFFF else arithmetic("+", a, b)
        return add(f, a, b, loose)

    return total


_QUICK = {"-": operator.sub, "*": operator.mul, "&": operator.and_, "|": operator.or_}


def _calculation(op: str, left: Code, right: Code) -> Code:
    quick = _QUICK.get(op)

    def between(f: Frame) -> Value:
        a = left(f)
        b = right(f)
        if type(a) is int and type(b) is int:
            value = quick(a, b)  # type: ignore[misc]
            if -0x80000000 <= value <= 0x7FFFFFFF:
                return value
        return calculated(f, op, a, b)

    def rest(f: Frame) -> Value:
        a = left(f)
        b = right(f)
        if type(a) is int and type(b) is int and a >= 0 and b > 0:
            return a % b if op == "%" else a // b
        return calculated(f, op, a, b)

    if quick is not None:
        return between
    return rest if op in "%/" else lambda f: calculated(f, op, left(f), right(f))


def _comparison(op: str, left: Code, right: Code, node: tree.Expr, loose: bool) -> Code:
    apply = COMPARISONS[op]
    if isinstance(node, tree.Literal) and type(node.value) in RANK and type(node.value) is int:
        constant = node.value

        def with_constant(f: Frame) -> Value:
            a = left(f)
            return apply(a, constant) if type(a) is int else ordered(f, op, a, constant, loose)

        return with_constant

    def compare(f: Frame) -> Value:
        a = left(f)
        b = right(f)
        if type(a) is int and type(b) is int:
            return apply(a, b)
        return ordered(f, op, a, b, loose)

    return compare


def _equality(
    wanted: bool, left: Code, right: Code, nodes: tuple[tree.Expr, tree.Expr], loose: bool
) -> Code:
    if isinstance(nodes[1], tree.Empty):
        return lambda f: is_empty(left(f)) is wanted
    if isinstance(nodes[0], tree.Empty):
        return lambda f: is_empty(right(f)) is wanted
    if isinstance(nodes[1], tree.Literal):
        constant = nodes[1].value
        kind = type(constant)
        if constant is None:
            return lambda f: (left(f) is None) is wanted
        if kind is bool or kind is str or kind is int:

            def with_constant(f: Frame) -> Value:
                a = left(f)
                if type(a) is kind:
                    return (a == constant) is wanted
                return same_value(f, a, constant, loose) is wanted

            return with_constant
    return lambda f: same_value(f, left(f), right(f), loose) is wanted


def _matches(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and compiled(f.text(b), f).matches(f.text(a), f)


def _worded(op: str) -> Callable[[Frame, Value, Value], Value]:
    if op == "contains":
        return lambda f, a, b: contains(f, a, b, True)
    if op == "~=":
        return _matches
    if op == "strsim":
        return similarity
    if op == "soundslike":
        return lambda f, a, b: soundex(f.text(a)) == soundex(f.text(b))
    return lambda f, a, b: _convertible(a, b)


def _convertible(value: Value, target: Value) -> bool:
    name = str(getattr(target, "name", "")).rpartition(".")[2]
    if name == "String":
        return True
    if isinstance(value, str) and name in ("Integer", "Long", "Double", "Float"):
        return value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    return type(value) in RANK
