"""Names inside of projections: what nothing else has belongs to the object at hand.

``(name in people)`` is ``($.name in people)``, ``(toUpperCase() in words)`` calls the method of
each word. A local, a declared variable or a class goes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from procession.core.ports import UNDEFINED
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.library.beans import get_property
from procession.scripting.library.families import LIBRARY
from procession.scripting.library.process import FUNCTIONS
from procession.scripting.machine.compiler import Compiler
from procession.scripting.tree import Expr
from procession.values import Value

ITEM: Final = "$"


def of_each(c: Compiler, node: Expr) -> Expr:
    """The same expression, its free names read from the object at hand."""
    if isinstance(node, tree.Name):
        return node if _is_known(c, node) else _property(node)
    if isinstance(node, tree.Projection | tree.Form | tree.Lambda):
        return node
    if isinstance(node, tree.Field) and c.class_reference(node) is not None:
        return node
    changed: dict[str, Any] = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if name == "target" and value is not None and c.class_reference(value) is not None:
            continue
        made = _inside(c, value)
        if made is not value:
            changed[name] = made
    if isinstance(node, tree.Call) and node.target is None and not _is_function(c, node):
        changed["target"] = tree.Name(ITEM, line=node.line, column=node.column)
    return msgspec.structs.replace(node, **changed) if changed else node


def _inside(c: Compiler, value: Any) -> Any:
    if isinstance(value, tree.Node):
        return of_each(c, value)  # type: ignore[arg-type]
    if isinstance(value, tuple):
        made = tuple([_inside(c, item) for item in value])
        return value if all(map(_same, made, value)) else made
    return value


def _same(one: Any, other: Any) -> bool:
    return one is other


def _is_known(c: Compiler, node: tree.Name) -> bool:
    if node.name == ITEM or c.is_variable(node.name) or c.host(node.name) is not None:
        return True
    return c.class_reference(node) is not None


def _is_function(c: Compiler, node: tree.Call) -> bool:
    kie = LIBRARY.classes["org.jbpm.process.core.KieFunctions"]
    key = (node.name, len(node.args))
    if c.local(node.name) is not None:
        return True
    return (key in kie.statics or key in FUNCTIONS) and not LIBRARY.knows_method(node.name)


def _property(node: tree.Name) -> Expr:
    item = tree.Name(ITEM, line=node.line, column=node.column)
    return tree.Apply(_reader(node.name), (item,), line=node.line, column=node.column)


def _reader(name: str) -> Callable[..., Value]:
    capital = name[:1].upper() + name[1:]
    getters = [LIBRARY.calls(one, 0) for one in (f"get{capital}", f"is{capital}", name)]

    def read(f: Frame, item: Value) -> Value:
        value = f.resolve(name)
        return get_property(f, item, name, getters) if value is UNDEFINED else value

    return read
