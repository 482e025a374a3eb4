"""Between the values of a process, which never change, and what a script may change.

``thaw`` makes a script's own copy, ``freeze`` makes a value of it again. A map that a script made
as a ``HashMap`` is frozen in Java's order of iteration; one that came from a process keeps its
order (``reference/rulings.md`` 7).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from procession.errors import LimitExceeded
from procession.scripting.equality import MAX_DEPTH
from procession.scripting.meter import Meter
from procession.scripting.objects import (
    ARRAY_LIST,
    LINKED_MAP,
    LINKED_SET,
    ArrayObject,
    BeanObject,
    Container,
    Entry,
    ListObject,
    MapObject,
    SetObject,
    TextBuilder,
    from_pairs,
    set_of,
)
from procession.scripting.throwables import Throwable, throw
from procession.values import (
    Array,
    Bean,
    BigInteger,
    Byte,
    Char,
    Float,
    Long,
    Map,
    Set,
    Short,
    Value,
)

_SCALARS = frozenset(
    {type(None), bool, float, str, bytes, Decimal, datetime}
    | {Long, Short, Byte, BigInteger, Float, Char}
)


def thaw(value: Value, meter: Meter) -> Value:
    """A script's own copy of a value; whole numbers beyond 32 bits become Longs."""
    kind = type(value)
    if kind is int:
        return value if -0x80000000 <= value <= 0x7FFFFFFF else Long(value)
    if kind in _SCALARS:
        return value
    if isinstance(value, tuple):
        meter.allocate(len(value) + 2)
        meter.walk(len(value))
        items = [thaw(item, meter) for item in value]
        if isinstance(value, Array):
            return ArrayObject(items, value.component)
        return ListObject(items, ARRAY_LIST)
    if isinstance(value, Map):
        meter.walk(len(value))
        pairs = [(thaw(k, meter), thaw(v, meter)) for k, v in value.items()]
        return from_pairs(pairs, LINKED_MAP, meter)
    if isinstance(value, Set):
        meter.walk(len(value))
        return set_of([thaw(item, meter) for item in value], LINKED_SET, meter)
    if isinstance(value, Bean):
        if value.type_name.endswith(("Exception", "Error")) and "message" in value.fields:
            return Throwable(value.type_name, value.fields["message"])
        meter.allocate(len(value.fields) * 2 + 2)
        fields = {str(name): thaw(field, meter) for name, field in value.fields.items()}
        return bean_of(value.type_name, fields, meter)
    return value


def bean_of(name: str, fields: dict[str, Value], meter: Meter) -> BeanObject:
    """An object of a class; of one that the deployment brings it has all the fields."""
    known = meter.data_types.named(name) if meter.data_types else None
    if known is None:
        return BeanObject(name, fields)
    from procession.scripting.typed_beans import made

    return made(known, fields, meter)


def freeze(value: Value, meter: Meter, depth: int = 0) -> Value:
    """A value that nobody can change. Raises a Java exception for what is none (a stream, …)."""
    kind = type(value)
    if kind in _SCALARS or kind is int:
        return value
    if depth > MAX_DEPTH:
        raise LimitExceeded("a value may not contain itself, nor be nested this deeply")
    depth += 1
    if kind is ListObject:
        return tuple(_all(value.items, meter, depth))
    if kind is ArrayObject:
        return Array(_all(value.items, meter, depth), value.component)
    if kind is MapObject:
        entries = value.ordered(meter)
        keys = _all([entry.key for entry in entries], meter, depth)
        values = _all([entry.value for entry in entries], meter, depth)
        return Map(zip(keys, values, strict=True))
    if kind is SetObject:
        return Set(_all(value.members(meter), meter, depth))
    if isinstance(value, BeanObject) and not hasattr(value, "plain"):
        values = _all(list(value.fields.values()), meter, depth)
        return Bean(value.type_name, Map(zip(value.fields, values, strict=True)))
    if isinstance(value, Throwable):
        return value.frozen()
    if isinstance(value, Entry):
        return Map({freeze(value.key, meter, depth): freeze(value.value, meter, depth)})
    if isinstance(value, TextBuilder):
        return value.joined(meter)
    if isinstance(value, tuple | Map | Set | Bean):
        return value
    shown = getattr(value, "plain", None)
    if shown is not None:
        return shown()
    raise throw("IllegalArgumentException", f"a variable cannot hold a {kind.__name__}")


def _all(items: list[Value], meter: Meter, depth: int) -> list[Value]:
    meter.allocate(len(items) + 2)
    meter.walk(len(items) + 8)
    return [freeze(item, meter, depth) for item in items]


def same(a: Value, b: Value) -> bool:
    """Whether two frozen values are alike in content, number types and order."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, Map):
        return same(tuple(a), tuple(b)) and same(tuple(a.values()), tuple(b.values()))
    if isinstance(a, Set):
        return same(a.items, b.items)
    if isinstance(a, Bean):
        return a.type_name == b.type_name and same(a.fields, b.fields)
    return bool(a == b)


def is_changed(value: Value, meter: Meter, seen: set[int] | None = None) -> bool:
    """Whether a container, or one inside it, was changed in place since it was thawed."""
    if not isinstance(value, Container):
        return False
    if value.changed:
        return True
    seen = set() if seen is None else seen
    if id(value) in seen:
        return False
    seen.add(id(value))
    if isinstance(value, ListObject | ArrayObject):
        inside = value.items
    elif isinstance(value, BeanObject):
        inside = list(value.fields.values())
    else:
        inside = [x for entry in value.entries.values() for x in (entry.key, entry.value)]
    meter.walk(len(inside))
    return any(is_changed(item, meter, seen) for item in inside if isinstance(item, Container))
