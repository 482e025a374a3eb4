"""What is certain before a script runs about objects of classes that the deployment brings.

A call whose body nobody has, a field that is not there, a constructor that does not exist: each is
a warning with line and call (``reference/rulings.md`` 7).
"""

from __future__ import annotations

from typing import Final

from procession.core.data_types import DataType
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.machine.compiler import Code, Compiler
from procession.scripting.objects import ListObject
from procession.scripting.throwables import throw
from procession.scripting.tree import Expr
from procession.scripting.typed_beans import answered
from procession.values import Value

_OF_OBJECTS: Final = frozenset(
    {("toString", 0), ("hashCode", 0), ("getClass", 0), ("equals", 1), ("compareTo", 1)}
)
_HOW: Final = "register a Python function for it (setting methods)"


def type_at(c: Compiler, node: Expr) -> DataType | None:
    """The declared class of what an expression gives, where that is certain."""
    match node:
        case tree.Name():
            return _named(c, _written_type(c, node.name))
        case tree.New() | tree.Cast():
            return None if node.type.dims else _named(c, node.type.name)
        case tree.Field():
            owner = type_at(c, node.target)
            return _named(c, owner.fields.get(node.name, "")) if owner else None
        case tree.Call() if node.target is not None:
            owner = type_at(c, node.target)
            field = owner.field_of(node.name, len(node.args)) if owner else None
            return _named(c, owner.fields[field]) if owner and field and not node.args else None
    return None


def _written_type(c: Compiler, name: str) -> str:
    slot = c.local(name)
    if slot is not None:
        return slot.type.name if slot.type and not slot.type.dims else ""
    return c.scope.types.get(name) or c.scope.globals.get(name) or ""


def _named(c: Compiler, written: str) -> DataType | None:
    types = c.scope.data_types
    if not written or not types:
        return None
    return types.get(c.classes.full_name(written)) or types.named(written)


def _foreign(c: Compiler, node: Expr) -> str | None:
    """The class of an expression that is imported but told of nowhere."""
    written = ""
    if isinstance(node, tree.Name):
        written = _written_type(c, node.name)
    elif isinstance(node, tree.New | tree.Cast) and not node.type.dims:
        written = node.type.name
    full = c.classes.full_name(written) if written else ""
    return full if full and c.classes.is_bean(full) else None


def checks_call(c: Compiler, node: tree.Call) -> bool:
    """Whether a call is on an object of a class from elsewhere; what is wrong becomes a warning."""
    if node.target is None:
        return False
    name, count = node.name, len(node.args)
    known = type_at(c, node.target)
    if known is None:
        full = _foreign(c, node.target)
        if full is None:
            return False
        accessor = (name[:3] in ("get", "set") or name[:2] == "is") and count < 2
        is_known = accessor or (name, count) in _OF_OBJECTS or f"{full}.{name}" in c.scope.bodies
        if not is_known:
            c.warn(node, f"{full}.{name}(…)", f"only the data of this class is kept; {_HOW}")
        return True
    if (name, count) in _OF_OBJECTS or f"{known.name}.{name}" in c.scope.bodies:
        return True
    if known.field_of(name, count) is not None:
        return True
    if (name, count) in known.methods:
        c.warn(node, f"{known.name}.{name}(…)", f"its body is not known here; {_HOW}")
    else:
        c.warn(node, f"{known.name}.{name}(…)", f"{known.name} has no such method")
    return True


def checks_field(c: Compiler, node: tree.Field) -> None:
    """Warn of a field that a declared class has not got."""
    known = type_at(c, node.target)
    if known is None or node.name in known.fields or node.name == "class":
        return
    if known.field_of(f"get{node.name[:1].upper()}{node.name[1:]}", 0) is None:
        c.warn(node, f"{known.name}.{node.name}", f"{known.name} has no such field")


def checks_new(c: Compiler, node: tree.New, name: str) -> None:
    """Warn of a constructor that a declared class has not got."""
    known = c.scope.data_types.get(name)
    if known is not None and known.accepts(len(node.args)) is None:
        c.warn(node, f"new {name}(…)", f"no constructor takes {len(node.args)} arguments")


def constant_of(c: Compiler, name: str, field: str) -> str | None:
    """The constant of an enum, which is its name as a text."""
    known = c.scope.data_types.get(name)
    return field if known is not None and field in known.constants else None


def static_call(c: Compiler, name: str, node: tree.Call, args: list[Code]) -> Code | None:
    """``values()`` and ``valueOf(text)`` of an enum, and static methods with a body."""
    known = c.scope.data_types.get(name)
    body = c.scope.bodies.get(f"{name}.{node.name}")
    if body is not None:
        return _static_body(body, args)
    if known is None or not known.constants:
        return None
    constants = known.constants
    if node.name == "values" and not args:
        return lambda f: ListObject(constants)
    if node.name == "valueOf" and len(args) == 1:
        wanted = args[0]

        def value_of(f: Frame) -> Value:
            found = wanted(f)
            if found not in constants:
                raise throw("IllegalArgumentException", f"No enum constant {name}.{f.text(found)}")
            return found

        return value_of
    return None


def _static_body(body: Code, args: list[Code]) -> Code:
    return lambda f: answered(f, body, [arg(f) for arg in args])
