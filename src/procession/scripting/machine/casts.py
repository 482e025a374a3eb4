"""Types at run time: casts, ``instanceof``, what a declared local holds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.classes import is_instance
from procession.scripting.machine.compiler import Code, Compiler, expression
from procession.scripting.numerals import RANK, narrow
from procession.scripting.objects import ClassObject
from procession.scripting.throwables import null_pointer, throw
from procession.scripting.tree import TypeName
from procession.values import Value

NUMERIC = {
    "int": "int",
    "java.lang.Integer": "int",
    "long": "long",
    "java.lang.Long": "long",
    "short": "short",
    "java.lang.Short": "short",
    "byte": "byte",
    "java.lang.Byte": "byte",
    "char": "char",
    "java.lang.Character": "char",
    "float": "float",
    "java.lang.Float": "float",
    "double": "double",
    "java.lang.Double": "double",
}
Conversion = Callable[[Frame, Value], Value]


def cannot_cast(value: Value, name: str) -> Exception:
    """The exception for a cast that fails."""
    return throw("ClassCastException", f"{class_word(value)} cannot be cast to {name}")


def _from_text(value: str, target: str) -> Value:
    try:
        return narrow(Decimal(value.strip()), target)
    except InvalidOperation:
        raise throw("NumberFormatException", f'For input string: "{value}"') from None


@expression(tree.Cast)
def _cast(c: Compiler, node: tree.Cast) -> Code:
    operand = c.expr(node.operand)
    convert = _casting(c, node.type)
    return lambda f: convert(f, operand(f))


def _casting(c: Compiler, kind: TypeName) -> Conversion:
    full = kind.name if kind.name in NUMERIC else c.classes.full_name(kind.name)
    target = NUMERIC.get(full)
    loose, dims = c.dialect.coerces, kind.dims
    primitive = target == full and not dims

    def cast(f: Frame, value: Value) -> Value:
        if value is None:
            if primitive or full == "boolean":
                raise null_pointer(f"null cannot be unboxed to {full}")
            return None
        if target is not None and not dims:
            if type(value) in RANK and (primitive or loose):
                return narrow(value, target)
            if loose and type(value) is str:
                return _from_text(value, target)
        elif loose and full == "java.lang.String" and type(value) in (*RANK, bool):
            return f.text(value)
        if is_instance(LIBRARY, value, full, dims) is False:
            raise cannot_cast(value, full)
        return value

    return cast


def declared(c: Compiler, kind: TypeName | None) -> Conversion | None:
    """How a value becomes what a declared local holds; None where it stays as it is."""
    if kind is None or kind.dims or not c.dialect.typed:
        return None
    full = kind.name if kind.name in NUMERIC else c.classes.full_name(kind.name)
    target = NUMERIC.get(full)
    if target is None and full not in ("boolean", "java.lang.String"):
        return None
    loose, primitive = c.dialect.coerces, target == full or full == "boolean"

    def convert(f: Frame, value: Value) -> Value:
        if value is None:
            if primitive:
                raise null_pointer(f"null cannot be unboxed to {full}")
            return None
        if target is not None:
            if type(value) in RANK:
                return narrow(value, target)
            if loose and type(value) is str:
                return _from_text(value, target)
            raise cannot_cast(value, full)
        if full == "boolean" and type(value) is not bool:
            raise cannot_cast(value, full)
        if full == "java.lang.String" and type(value) is not str and loose:
            return f.text(value)
        return value

    return convert


def default_of(kind: TypeName | None) -> Value:
    """What a declared local holds before it is set, and the elements of a new array."""
    if kind is None or kind.dims:
        return None
    if kind.name == "boolean":
        return False
    return narrow(0, kind.name) if NUMERIC.get(kind.name) == kind.name else None


@expression(tree.InstanceOf)
def _instance_of(c: Compiler, node: tree.InstanceOf) -> Code:
    operand = c.expr(node.operand)
    full, dims = c.classes.full_name(node.type.name), node.type.dims
    return lambda f: bool(is_instance(LIBRARY, operand(f), full, dims))


@expression(tree.ClassLiteral)
def _class_literal(c: Compiler, node: tree.ClassLiteral) -> Code:
    value = ClassObject(c.classes.full_name(node.type.name))
    return lambda f: value
