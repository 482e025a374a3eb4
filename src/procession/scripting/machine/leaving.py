"""Statements that leave, and those that something is left through: ``try`` and its sisters."""

from __future__ import annotations

from typing import Final

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.library.beans import call_bean
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.compiler import Code, Compiler, statement
from procession.scripting.machine.statements import BREAK, CONTINUE, HOST_ERRORS, RETURN
from procession.scripting.objects import BeanObject
from procession.scripting.throwables import (
    Throwable,
    Thrown,
    ancestry,
    null_pointer,
    throw,
    translated,
)
from procession.values import Value


@statement(tree.Return)
def _return(c: Compiler, node: tree.Return) -> Code:
    if node.value is None:
        return lambda f: RETURN
    value = c.expr(node.value)

    def run(f: Frame) -> str:
        f.value = value(f)
        return RETURN

    return run


@statement(tree.Break, tree.Continue)
def _jump(c: Compiler, node: tree.Break | tree.Continue) -> Code:
    sign = BREAK if isinstance(node, tree.Break) else CONTINUE
    if node.label:
        if node.label not in c.labels:
            raise ScriptSyntax(f"there is no label '{node.label}'", node.line, node.column)
        sign = f"{sign} {node.label}"
    return lambda f: sign


@statement(tree.Using)
def _using(c: Compiler, node: tree.Using) -> Code:
    value = c.expr(node.value)
    c.scopes.append({})
    index = c.declare(node.name, node.type, node).index
    body = c.stmt(node.body)
    c.scopes.pop()

    def run(f: Frame) -> Value:
        held = f.slots[index] = value(f)
        try:
            sign = body(f)
        except (Thrown, *HOST_ERRORS) as error:
            thrown = translated(error)
            try:
                _close(f, held)
            except (Thrown, *HOST_ERRORS) as other:
                thrown.throwable.suppressed.append(translated(other).throwable)
            raise thrown from None
        left = f.value
        _close(f, held)
        f.value = left
        return sign

    return run


def _close(f: Frame, held: Value) -> None:
    if held is None:
        return
    close = _CLOSERS.get(type(held))
    if close is not None:
        close(f, held)
    elif isinstance(held, BeanObject):
        call_bean(f, held, "close", [])


_CLOSERS: Final = LIBRARY.calls("close", 0)


@statement(tree.Throw)
def _throw(c: Compiler, node: tree.Throw) -> Code:
    value = c.expr(node.value)

    def run(f: Frame) -> Value:
        thrown = value(f)
        if thrown is None:
            raise null_pointer("throw null")
        if not isinstance(thrown, Throwable):
            raise throw("ClassCastException", f"{class_word(thrown)} is not a Throwable")
        raise Thrown(thrown)

    return run


@statement(tree.Try)
def _try(c: Compiler, node: tree.Try) -> Code:
    body = c.stmt(node.body)
    catches: list[tuple[frozenset[str], int, Code]] = []
    for kinds, name, block in node.catches:
        c.scopes.append({})
        index = c.declare(name, None, node).index
        names = frozenset(c.classes.full_name(kind.name) for kind in kinds)
        catches.append((names, index, c.stmt(block)))
        c.scopes.pop()
    last = c.stmt(node.last) if node.last is not None else None

    def guarded(f: Frame) -> Value:
        try:
            return body(f)
        except Thrown as thrown:
            return _caught(f, thrown, catches)
        except HOST_ERRORS as error:
            return _caught(f, translated(error), catches)

    if last is None:
        return guarded

    def run(f: Frame) -> Value:
        try:
            sign = guarded(f)
        except Thrown:
            after = last(f)
            if after is not None:
                return after
            raise
        value = f.value
        after = last(f)
        if after is not None:
            return after
        f.value = value
        return sign

    return run


def _caught(f: Frame, thrown: Thrown, catches: list[tuple[frozenset[str], int, Code]]) -> Value:
    f.burn(20)
    ancestors = ancestry(thrown.throwable.type_name)
    for names, index, block in catches:
        if not names.isdisjoint(ancestors):
            f.slots[index] = thrown.throwable
            return block(f)
    raise thrown
