"""Live objects of a working memory: made of values, changed in place, made values again.

Unlike what :mod:`~procession.scripting.freezing` thaws, a bean of a working memory is itself and
no other, as a Java object without ``equals`` is; a declared type may name fields that make two
of them equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from procession.core.live import Known, Shape
from procession.scripting.equality import Key, hash_code, key_of, wrap32
from procession.scripting.hashing import LINKED_MAP, LINKED_SET, Entry
from procession.scripting.library.rules import PROCESS_METHODS
from procession.scripting.meter import Meter, unlimited
from procession.scripting.numerals import RANK, narrow
from procession.scripting.objects import (
    ARRAY_LIST,
    ArrayObject,
    BeanObject,
    ListObject,
    MapObject,
    SetObject,
)
from procession.scripting.throwables import throw
from procession.values import Bean, Long, Map, Set, Value

_METER: Final = unlimited()
PRIMITIVE_ZERO: Final[dict[str, Value]] = {
    "int": 0,
    "long": Long(0),
    "short": narrow(0, "short"),
    "byte": narrow(0, "byte"),
    "float": narrow(0, "float"),
    "double": 0.0,
    "boolean": False,
    "char": narrow(0, "char"),
}
_BOXES: Final = {
    "Integer": "int",
    "Long": "long",
    "Short": "short",
    "Byte": "byte",
    "Float": "float",
    "Double": "double",
    "Boolean": "boolean",
    "Character": "char",
}
_KIE: Final = "org.kie.api.runtime.process."
PROCESS_NAMES: Final = (
    f"{_KIE}WorkflowProcessInstance",
    f"{_KIE}ProcessInstance",
    "org.jbpm.workflow.instance.WorkflowProcessInstance",
    "org.jbpm.ruleflow.instance.RuleFlowProcessInstance",
    "org.drools.runtime.process.WorkflowProcessInstance",
    "org.drools.runtime.process.ProcessInstance",
)
"""A process instance has all these classes."""
_WORDS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
_REAL: Final = frozenset({"double", "float", "Double", "Float"})


TASK_REQUEST: Final = "org.jbpm.services.task.rule.TaskServiceRequest"
"""What rules of tasks answer through (``reference/jbpm-engine.md`` 5.12)."""


class FactObject(BeanObject):
    """A bean that is equal to itself alone, or to those with the same key fields."""

    __slots__ = ("shape",)

    def __init__(self, type_name: str, fields: dict[str, Value], shape: Shape | None) -> None:
        super().__init__(type_name, fields)
        self.shape = shape

    def put(self, name: str, value: Value) -> None:
        """Set a property; a declared type has no others than it declares."""
        shape = self.shape
        if shape is not None:
            if name not in self.fields:
                raise throw("NoSuchMethodError", f"{self.type_name} has no field '{name}'")
            value = fitted(shape, name, value)
        self.fields[name] = value
        self.changed = True

    def method(self, name: str, count: int) -> Callable[..., Value] | None:
        """Methods of process instances, and ``toString`` of declared types."""
        if self.type_name in PROCESS_NAMES:
            return PROCESS_METHODS.get((name, count))
        if self.type_name == TASK_REQUEST and (name, count) == ("addReason", 1):
            return _add_reason
        return None

    def shown(self, text: Callable[[Value], str]) -> str:
        """What it prints as."""
        shape = self.shape
        if shape is None:
            return f"{self.type_name}@1f"
        fields = ", ".join(f"{n}={text(v)}" for n, v in self.fields.items())
        return f"{self.type_name.rpartition('.')[2]}( {fields} )"

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By key fields, else by identity."""
        shape = self.shape
        if shape is None or not shape.keys:
            return ("fact", self)
        keys = [key_of(self.fields.get(key), meter, depth) for key in shape.keys]
        return ("keys", self.type_name, *keys)

    def content_hash(self, meter: Meter, depth: int) -> int:
        """By key fields, else one that every bean shares."""
        shape = self.shape
        if shape is None or not shape.keys:
            return 31
        code = 1
        for key in shape.keys:
            code = 31 * code + hash_code(self.fields.get(key), meter, depth)
        return wrap32(code)


class Constant(FactObject):
    """A constant of a declared enum: one object, wherever it is held. Outside it is its name."""

    __slots__ = ("name", "ordinal")

    def __init__(self, shape: Shape, name: str, ordinal: int, fields: dict[str, Value]) -> None:
        super().__init__(shape.name, fields, shape)
        self.name = name
        self.ordinal = ordinal

    def put(self, name: str, value: Value) -> None:
        """Nothing can be set."""
        raise throw("UnsupportedOperationException", f"{self.type_name}.{self.name} is a constant")

    def method(self, name: str, count: int) -> Callable[..., Value] | None:
        """Methods of every enum."""
        return _ENUM_METHODS.get((name, count))

    def plain(self) -> Value:
        """What it is outside of rules."""
        return self.name

    def shown(self, text: Callable[[Value], str]) -> str:
        """What it prints as."""
        return self.name

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By identity; the same constant of another run is the same."""
        return ("constant", self.type_name, self.name)


_ENUM_METHODS: Final[dict[tuple[str, int], Callable[..., Value]]] = {
    ("name", 0): lambda f, one: one.name,
    ("toString", 0): lambda f, one: one.name,
    ("ordinal", 0): lambda f, one: one.ordinal,
    ("compareTo", 1): lambda f, one, other: one.ordinal - other.ordinal,
}


@lru_cache(maxsize=4096)
def constants_of(shape: Shape) -> dict[str, Constant]:
    """The constants of an enum by name."""
    made = {}
    for at, (name, texts) in enumerate(shape.constants):
        pairs = zip(shape.fields, texts, strict=True)
        fields = {field: initial(kind, text) for (field, kind, _), text in pairs}
        made[name] = Constant(shape, name, at, fields)
    return made


def _add_reason(f: Any, request: FactObject, reason: Value) -> None:
    """``request.addReason(…)``."""
    f.allocate(2)
    reasons = request.fields.get("reasons")
    if isinstance(reasons, ListObject):
        reasons.writable().append(reason)


def bean_classes(name: str, shapes: Mapping[str, Shape]) -> tuple[str, ...]:
    """The class of a bean and its ancestors."""
    if name in PROCESS_NAMES:
        return (*PROCESS_NAMES, "java.lang.Object")
    shape = shapes.get(name)
    return (name, *(shape.parents if shape else ()), "java.lang.Object")


def make_fact(name: str, shape: Shape | None) -> FactObject:
    """An object of a declared type with the initial values of its fields."""
    fields = {} if shape is None else {one[0]: initial(one[1], one[2]) for one in shape.fields}
    return FactObject(name, fields, shape)


def initial(kind: str, text: str | None) -> Value:
    """The initial value of a declared field: a literal, else what Java gives."""
    if text is None:
        return PRIMITIVE_ZERO.get(_BOXES.get(kind.rpartition(".")[2], kind))
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] == '"':
        return text[1:-1]
    if kind in _REAL:
        return float(text.rstrip("dDfF"))
    number = int(text.rstrip("lL"))
    return Long(number) if kind in ("long", "Long") else number


def fitted(shape: Shape | None, name: str, value: Value) -> Value:
    """A value as a field of a declared type holds it."""
    if shape is None:
        return value
    if type(value) is str and shape.enums:
        enum = next((one for field, one in shape.enums if field == name), None)
        return value if enum is None else constants_of(enum).get(value, value)
    if type(value) not in RANK:
        return value
    for field, kind, _ in shape.fields:
        if field == name and kind in _REAL and type(value) is not float:
            return float(value)
        if field == name and kind in ("long", "Long") and type(value) is int:
            return Long(value)
    return value


def live(value: Value, shapes: Mapping[str, Shape], known: Known | None = None) -> Any:
    """A live object of a value; beans inside that are known already are the same again."""
    kind = type(value)
    if kind is int:
        return value if -0x80000000 <= value <= 0x7FFFFFFF else Long(value)
    if kind is Bean:
        if known is not None and id(value) in known:
            return known[id(value)][1]
        shape = shapes.get(value.type_name)
        made = make_fact(value.type_name, shape)
        if known is not None:
            known[id(value)] = (value, made)
        for name, field in value.fields.items():
            made.fields[str(name)] = fitted(shape, str(name), live(field, shapes, known))
        return made
    if kind is tuple:
        return ListObject([live(item, shapes, known) for item in value])
    if kind is Map:
        made_map = MapObject(LINKED_MAP)
        for name, item in value.items():
            made_map.put(live(name, shapes, known), live(item, shapes, known), _METER)
        return made_map
    if kind is Set:
        made_set = SetObject(LINKED_SET)
        for item in value:
            made_set.add(live(item, shapes, known), _METER)
        return made_set
    return value


def parts(thing: Any) -> tuple[str, str, list[Any]] | None:
    """A container taken apart: its sort, its class and what it holds; None for plain values."""
    if isinstance(thing, Constant):
        return ("constant", f"{thing.type_name}.{thing.name}", [])
    if isinstance(thing, BeanObject):
        held = [x for pair in thing.fields.items() for x in pair]
        return ("bean", thing.type_name, held)
    if isinstance(thing, ListObject):
        return ("list", thing.kind, thing.items)
    if isinstance(thing, MapObject):
        return ("map", thing.kind, [x for e in thing.entries.values() for x in (e.key, e.value)])
    if isinstance(thing, SetObject):
        return ("set", thing.kind, [entry.key for entry in thing.entries.values()])
    if isinstance(thing, ArrayObject):
        return ("array", thing.component, thing.items)
    return None


def empty(sort: str, type_name: str, shapes: Mapping[str, Shape]) -> Any:
    """A container without content."""
    match sort:
        case "constant":
            enum, _, name = type_name.rpartition(".")
            return constants_of(shapes[enum])[name]
        case "bean":
            return FactObject(type_name, {}, shapes.get(type_name))
        case "list":
            return ListObject([], type_name or ARRAY_LIST)
        case "map":
            return MapObject(type_name or LINKED_MAP)
        case "set":
            return SetObject(type_name or LINKED_SET)
        case _:
            return ArrayObject([], type_name)


def fill(thing: Any, held: list[Any]) -> None:
    """Fill a container with what :func:`parts` gave."""
    if isinstance(thing, Constant):
        return
    if isinstance(thing, BeanObject):
        thing.fields.update(zip(held[::2], held[1::2], strict=True))
    elif isinstance(thing, MapObject):
        for key, value in zip(held[::2], held[1::2], strict=True):
            thing.entries[key_of(key, _METER)] = Entry(key, value, thing)
        thing.peak = max(thing.peak, len(thing.entries))
    elif isinstance(thing, SetObject):
        for member in held:
            thing.entries[key_of(member, _METER)] = Entry(member, True)
        thing.peak = max(thing.peak, len(thing.entries))
    else:
        thing.items.extend(held)


def join_key(value: Any, meter: Meter) -> Any:
    """Something hashable that is equal where ``==`` is: numbers by value, the rest by content."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is bool:
        return ("boolean", value)
    if kind in RANK:
        return value
    return key_of(value, meter)
