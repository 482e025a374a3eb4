"""Statements as closures: each answers None to go on, or a sign to leave.

Where an exception passes a statement for the first time it is told the place.
"""

from __future__ import annotations

from typing import Final

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.machine.casts import declared, default_of
from procession.scripting.machine.compiler import Code, Compiler, statement
from procession.scripting.machine.operators import same_value, truth
from procession.scripting.objects import MapObject, elements
from procession.scripting.throwables import (
    Thrown,
    null_pointer,
    throw,
    translated,
)
from procession.values import Value

BREAK: Final = "break"
CONTINUE: Final = "continue"
RETURN: Final = "return"
HOST_ERRORS: Final = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What a fault in a library function can raise; scripts see the Java exception nearest to it."""


def sequence(c: Compiler, body: tuple[tree.Stmt, ...]) -> Code:
    """Statements one after the other."""
    steps = [(c.stmt(node), node.line, node.column) for node in body]
    if not steps:
        return lambda f: None
    if len(steps) == 1:
        return _single(*steps[0])

    def run(f: Frame) -> Value:
        line = column = 0
        try:
            for step, line, column in steps:  # noqa: B007
                sign = step(f)
                if sign is not None:
                    return sign
        except Thrown as thrown:
            raise _placed(thrown, line, column) from None
        except HOST_ERRORS as error:
            raise _placed(translated(error), line, column) from None
        return None

    return run


def _single(step: Code, line: int, column: int) -> Code:
    def run(f: Frame) -> Value:
        try:
            return step(f)
        except Thrown as thrown:
            raise _placed(thrown, line, column) from None
        except HOST_ERRORS as error:
            raise _placed(translated(error), line, column) from None

    return run


def _placed(thrown: Thrown, line: int, column: int) -> Thrown:
    if not thrown.line:
        thrown.line, thrown.column = line, column
    return thrown


@statement(tree.Expression)
def _expression(c: Compiler, node: tree.Expression) -> Code:
    value = c.expr(node.value)

    def run(f: Frame) -> None:
        value(f)

    return run


@statement(tree.Local)
def _local(c: Compiler, node: tree.Local) -> Code:
    steps: list[Code] = []
    for name, dims, initial in node.names:
        if any(name in scope for scope in c.scopes) and not c.dialect.coerces:
            raise ScriptSyntax(f"'{name}' is declared twice", node.line, node.column)
        kind = node.type
        if kind is not None and dims:
            kind = tree.TypeName(kind.name, kind.dims + dims)
        value = c.expr(initial) if initial is not None else None
        index = c.declare(name, kind, node).index
        empty = default_of(kind) if c.dialect.typed else None
        steps.append(_initialise(index, value, declared(c, kind), empty))
    if len(steps) == 1:
        return steps[0]

    def run(f: Frame) -> None:
        for step in steps:
            step(f)

    return run


def _initialise(index: int, value: Code | None, convert: Value, default: Value) -> Code:
    def unset(f: Frame) -> None:
        f.slots[index] = default

    def plain(f: Frame) -> None:
        f.slots[index] = value(f) if value is not None else None

    def converted(f: Frame) -> None:
        f.slots[index] = convert(f, value(f)) if value is not None else None

    if value is None:
        return unset
    return plain if convert is None else converted


@statement(tree.Block)
def _block(c: Compiler, node: tree.Block) -> Code:
    c.scopes.append({})
    code = sequence(c, node.body)
    c.scopes.pop()
    return code


def _test(c: Compiler, node: tree.Expr, where: str) -> Code:
    code = c.expr(node)

    def test(f: Frame) -> Value:
        value = code(f)
        return value if value is True or value is False else truth(value, where)

    return test


@statement(tree.If)
def _if(c: Compiler, node: tree.If) -> Code:
    test = _test(c, node.test, "condition of if")
    yes = _body(c, node.yes)
    no = _body(c, node.no) if node.no is not None else None

    def run(f: Frame) -> Value:
        if test(f):
            return yes(f)
        return no(f) if no is not None else None

    return run


def _body(c: Compiler, node: tree.Stmt) -> Code:
    c.scopes.append({})
    code = sequence(c, (node,)) if not isinstance(node, tree.Block) else c.stmt(node)
    c.scopes.pop()
    return code


@statement(tree.While)
def _while(c: Compiler, node: tree.While) -> Code:
    again = _again(c)
    before = c.size
    test = _test(c, node.test, "condition of while")
    body = _body(c, node.body)
    cost, sense, after = c.size - before + 1, node.sense, node.after

    def run(f: Frame) -> Value:
        first = after
        while first or test(f) is sense:
            first = False
            f.burn(cost)
            sign = body(f)
            if sign is not None and sign not in again:
                return None if sign == BREAK else sign
        return None

    return run


def _again(c: Compiler) -> frozenset[str]:
    """The signs that mean the next round of the loop about to be compiled."""
    found = frozenset([CONTINUE, *[f"{CONTINUE} {label}" for label in c.pending]])
    c.pending = ()
    return found


@statement(tree.Labelled)
def _labelled(c: Compiler, node: tree.Labelled) -> Code:
    if node.label in c.labels:
        raise ScriptSyntax(f"label '{node.label}' stands twice", node.line, node.column)
    c.labels = (*c.labels, node.label)
    loop = isinstance(node.body, tree.While | tree.For | tree.ForEach | tree.Labelled)
    c.pending = (*c.pending, node.label) if loop else ()
    body = _body(c, node.body)
    c.labels = c.labels[:-1]
    leaves = f"{BREAK} {node.label}"

    def run(f: Frame) -> Value:
        sign = body(f)
        return None if sign == leaves else sign

    return run


@statement(tree.For)
def _for(c: Compiler, node: tree.For) -> Code:
    again = _again(c)
    c.scopes.append({})
    start = sequence(c, node.start)
    before = c.size
    test = _test(c, node.test, "condition of for") if node.test is not None else None
    steps = [c.expr(step) for step in node.steps]
    body = _body(c, node.body)
    cost = c.size - before + 1
    c.scopes.pop()

    def run(f: Frame) -> Value:
        start(f)
        while test is None or test(f):
            f.burn(cost)
            sign = body(f)
            if sign is not None and sign not in again:
                return None if sign == BREAK else sign
            for step in steps:
                step(f)
        return None

    return run


@statement(tree.ForEach)
def _for_each(c: Compiler, node: tree.ForEach) -> Code:
    again = _again(c)
    source = c.expr(node.source)
    c.scopes.append({})
    index = c.declare(node.name, node.type, node).index
    convert = declared(c, node.type)
    loose = c.dialect.coerces
    before = c.size
    body = _body(c, node.body)
    cost = c.size - before + 1
    c.scopes.pop()

    def run(f: Frame) -> Value:
        for item in _looped(f, source(f), loose):
            f.burn(cost)
            f.slots[index] = item if convert is None else convert(f, item)
            sign = body(f)
            if sign is not None and sign not in again:
                return None if sign == BREAK else sign
        return None

    return run


def _looped(f: Frame, over: Value, loose: bool) -> Value:
    found = elements(over, f)
    if found is not None:
        return found
    if over is None:
        raise null_pointer("loop over null")
    if loose and type(over) is str:
        return iter(over)
    if loose and isinstance(over, MapObject):
        return iter(over.ordered(f))
    raise throw("ClassCastException", f"cannot loop over {class_word(over)}")


@statement(tree.Switch)
def _switch(c: Compiler, node: tree.Switch) -> Code:
    subject = c.expr(node.subject)
    c.scopes.append({})
    cases: list[tuple[list[Value], Code]] = []
    default = -1
    for at, (labels, body) in enumerate(node.cases):
        if labels is None:
            default = at
        cases.append(([_label(c, label) for label in labels or ()], sequence(c, body)))
    c.scopes.pop()
    loose = c.dialect.coerces

    def run(f: Frame) -> Value:
        value = subject(f)
        if value is None:
            raise null_pointer("switch over null")
        start = default
        for at, (labels, _) in enumerate(cases):
            if any(same_value(f, value, label(f), loose) for label in labels):
                start = at
                break
        if start < 0:
            return None
        for _, body in cases[start:]:
            sign = body(f)
            if sign is not None:
                return None if sign == BREAK else sign
        return None

    return run


def _label(c: Compiler, label: tree.Expr) -> Code:
    if isinstance(label, tree.Name) and not c.is_variable(label.name):
        value = label.name
        return lambda f: value
    return c.expr(label)
