"""What Java knows of an expression before it runs, as far as it changes what comes out.

Values carry their types, so little is needed: the type of a choice (``true ? 1 : 2.0`` is a
double, JLS 15.25), and whether an argument is a number or a box (``remove(1)`` of a list).
"""

from __future__ import annotations

from typing import Final

from procession.scripting import tree
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.compiler import Compiler
from procession.scripting.tree import Expr, TypeName
from procession.values import Byte, Char, Float, Long, Short, Value

BOXES: Final = {
    "Integer": "int",
    "Long": "long",
    "Short": "short",
    "Byte": "byte",
    "Character": "char",
    "Float": "float",
    "Double": "double",
    "Boolean": "boolean",
}
_RANKS: Final = {"byte": 1, "short": 2, "char": 2, "int": 3, "long": 4, "float": 5, "double": 6}
_OF_VALUE: Final[dict[type, str]] = {
    int: "int",
    Long: "long",
    Short: "short",
    Byte: "byte",
    Char: "char",
    Float: "float",
    float: "double",
    bool: "boolean",
    str: "String",
    type(None): "null",
}
_RANGES: Final = {"byte": (-128, 127), "short": (-32768, 32767), "char": (0, 0xFFFF)}
_TESTS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})


def primitive(kind: str | None) -> str | None:
    """The primitive type behind a type or its box; None for what is no number and no truth."""
    if kind is None:
        return None
    return BOXES.get(kind, kind if kind in _RANKS or kind == "boolean" else None)


def is_box(kind: str | None) -> bool:
    """Whether a type is known not to be a primitive one."""
    return kind is not None and kind not in _RANKS and kind != "boolean"


def type_of(c: Compiler, node: Expr) -> str | None:
    """``int``, ``Integer``, ``String``, another class's simple name, ``null``; None if unknown."""
    match node:
        case tree.Literal():
            return _OF_VALUE.get(type(node.value))
        case tree.Name():
            return _named(c, node.name)
        case tree.Cast():
            return _simple(node.type)
        case tree.New():
            return _simple(node.type)
        case tree.Unary():
            return "boolean" if node.op == "!" else _widened(primitive(type_of(c, node.operand)))
        case tree.Logical() | tree.InstanceOf():
            return "boolean"
        case tree.Chain():
            return _chained(c, node)
        case tree.Ternary():
            return choice(c, node.yes, node.no)
        case tree.Assign() | tree.Step():
            return type_of(c, node.target)
        case tree.Index():
            return _element(c, node.target)
        case tree.Field():
            return _field(c, node)
        case tree.Call():
            return _call(c, node)
    return None


def choice(c: Compiler, yes: Expr, no: Expr) -> str | None:
    """The type of ``test ? yes : no``."""
    left, right = type_of(c, yes), type_of(c, no)
    if left == right:
        return left
    one, other = primitive(left), primitive(right)
    if one is None or other is None or "boolean" in (one, other):
        if "null" in (left, right):
            return next((box for box, kind in BOXES.items() if kind in (one, other)), None)
        return one if one == other else None
    if one == other:
        return one
    if {one, other} == {"byte", "short"}:
        return "short"
    for kind, constant in ((one, no), (other, yes)):
        if kind in _RANGES and _fits(constant, *_RANGES[kind]):
            return kind
    return promoted(one, other)


def promoted(one: str, other: str) -> str:
    """Binary numeric promotion."""
    rank = max(_RANKS[one], _RANKS[other], 3)
    return next(kind for kind, at in _RANKS.items() if at == rank)


def _fits(node: Expr, low: int, high: int) -> bool:
    if isinstance(node, tree.Unary) and node.op == "-" and isinstance(node.operand, tree.Literal):
        value: Value = node.operand.value
        return type(value) is int and low <= -value <= high
    return isinstance(node, tree.Literal) and type(node.value) is int and low <= node.value <= high


def _widened(kind: str | None) -> str | None:
    return kind if kind in (None, "boolean") else promoted(kind, kind)


def _simple(kind: TypeName | None) -> str | None:
    if kind is None:
        return None
    return kind.name.rpartition(".")[2] + "[]" * kind.dims


def _named(c: Compiler, name: str) -> str | None:
    slot = c.local(name)
    if slot is not None:
        return _simple(slot.type)
    declared = c.scope.types.get(name)
    return declared.rpartition(".")[2].rpartition(":")[2] if declared else None


def _chained(c: Compiler, node: tree.Chain) -> str | None:
    kind = type_of(c, node.first)
    for op, operand in node.rest:
        if op in _TESTS:
            kind = "boolean"
            continue
        other = type_of(c, operand)
        if op == "+" and "String" in (kind, other):
            kind = "String"
            continue
        one, two = primitive(kind), primitive(other)
        if op in ("<<", ">>", ">>>"):
            kind = _widened(one)
        elif one in _RANKS and two in _RANKS:
            kind = promoted(one, two)
        else:
            kind = "boolean" if one == two == "boolean" else None
    return kind


def _element(c: Compiler, target: Expr) -> str | None:
    owner = type_of(c, target)
    return owner[:-2] if owner and owner.endswith("[]") else None


def _field(c: Compiler, node: tree.Field) -> str | None:
    reference = c.class_reference(node.target)
    if reference is None:
        owner = type_of(c, node.target)
        return "int" if node.name == "length" and owner and owner.endswith("[]") else None
    known = LIBRARY.classes.get(reference.name)
    return _OF_VALUE.get(type(known.constants.get(node.name, c))) if known else None


def _call(c: Compiler, node: tree.Call) -> str | None:
    if node.target is None:
        return None
    reference = c.class_reference(node.target)
    count = len(node.args)
    if reference is not None:
        known = LIBRARY.classes.get(reference.name)
        member = known.statics.get((node.name, count)) if known else None
    else:
        owner = c.static_type(node.target)
        member = c.classes.method(owner, node.name, count) if owner else None
    if member is None:
        return None
    if member.returns == "Number":
        kinds = [primitive(type_of(c, arg)) for arg in node.args]
        known_kinds = [kind for kind in kinds if kind in _RANKS]
        if len(known_kinds) < len(kinds):
            return None
        return promoted(str(known_kinds[0]), str(known_kinds[-1]))
    name = member.returns.rpartition(".")[2]
    return name if primitive(name) or name == "String" else None
