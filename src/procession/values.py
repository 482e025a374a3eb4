"""Values: plain, deeply immutable data that processes hold and records carry.

A value is ``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes``, :class:`~decimal.Decimal`,
an aware ``datetime``, a ``tuple`` (a list), a :class:`Map`, a :class:`Set` or a :class:`Bean`.
An :class:`Array` is a list that was a Java array.
Existing models and clients tell Java's number types apart (``reference/jbpm-rest-api.md`` 3.2 and
Annex A), so the ones that plain Python cannot express are thin subclasses: a bare ``int`` is an
Integer while it fits 32 bits and a Long beyond; :class:`Long`, :class:`Short`, :class:`Byte`,
:class:`BigInteger`, :class:`Float` and :class:`Char` say otherwise. A ``float`` is a Double.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Never, Self, TypeAlias

from procession.errors import InvalidValue

Value: TypeAlias = Any
"""Any value of the closed set named above; checked by :func:`freeze`, not by the type checker."""


class Long(int):
    """A 64-bit integer, where a bare ``int`` of the same size would be a 32-bit one."""

    __slots__ = ()


class Short(int):
    """A 16-bit integer."""

    __slots__ = ()


class Byte(int):
    """An 8-bit integer."""

    __slots__ = ()


class BigInteger(int):
    """An integer without limits."""

    __slots__ = ()


class Float(float):
    """A 32-bit floating-point number."""

    __slots__ = ()


class Char(str):
    """One UTF-16 code unit."""

    __slots__ = ()


class Array(tuple[Any, ...]):
    """A list that is an array to Java: with the name of the class or type of its items."""

    component: str

    def __new__(cls, items: Iterable[Any] = (), component: str = "java.lang.Object") -> Self:
        """An array of those items; the class of their names is not checked."""
        made = super().__new__(cls, items)
        made.component = component
        return made


class Map(dict[str, Any]):
    """An object: an immutable, insertion-ordered mapping. Keys are values, almost always text."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("a value cannot be changed in place; make a new one")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def with_items(self, items: Mapping[str, Any]) -> Map:
        """A copy with some items added or replaced."""
        return Map({**self, **items})

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Map], tuple[dict[str, Any]]]:
        return (Map, (dict(self),))


EMPTY = Map()


class Set:
    """A set that keeps the order in which its members came."""

    __slots__ = ("items",)
    items: tuple[Value, ...]

    def __init__(self, items: Iterable[Value] = ()) -> None:
        object.__setattr__(self, "items", tuple(dict.fromkeys(items)))

    def __setattr__(self, *_: object) -> Never:
        raise TypeError("a value cannot be changed in place; make a new one")

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: Value) -> bool:
        return item in self.items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Set) and frozenset(self.items) == frozenset(other.items)

    def __hash__(self) -> int:
        return hash(frozenset(self.items))

    def __repr__(self) -> str:
        return f"Set({list(self.items)!r})"


class Bean:
    """An object of a class we have not got: its type name and its fields.

    ``reference/jbpm-engine.md`` 2.9 and ``reference/jbpm-rest-api.md`` 5.5: such objects are kept,
    offered to scripts as properties, and written out again as they came.
    """

    __slots__ = ("fields", "type_name")
    type_name: str
    fields: Map

    def __init__(self, type_name: str, fields: Mapping[str, Value] = EMPTY) -> None:
        object.__setattr__(self, "type_name", type_name)
        object.__setattr__(self, "fields", fields if type(fields) is Map else Map(fields))

    def __setattr__(self, *_: object) -> Never:
        raise TypeError("a value cannot be changed in place; make a new one")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Bean)
            and self.type_name == other.type_name
            and self.fields == other.fields
        )

    def __hash__(self) -> int:
        return hash((self.type_name, self.fields))

    def __repr__(self) -> str:
        return f"Bean({self.type_name!r}, {dict(self.fields)!r})"


_SCALARS = frozenset(
    {type(None), bool, int, float, str, bytes, Decimal}
    | {Long, Short, Byte, BigInteger, Float, Char}
)
MAX_DEPTH = 200


def freeze(value: object, _depth: int = 0) -> Value:
    """Turn ordinary Python data into a :data:`Value`; what is one already is returned as it is.

    Lists become tuples, mappings :class:`Map`, sets :class:`Set`; a naive ``datetime`` is taken as
    UTC, a ``date`` as its midnight in UTC. Raises :class:`InvalidValue` for anything else and for
    nesting beyond :data:`MAX_DEPTH`.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value
    if _depth >= MAX_DEPTH:
        raise InvalidValue(f"a value may be nested {MAX_DEPTH} levels deep at most")
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, list | tuple):
        items = [freeze(item, _depth + 1) for item in value]
        return Array(items, value.component) if isinstance(value, Array) else tuple(items)
    if isinstance(value, Mapping):
        return Map({freeze(k, _depth + 1): freeze(v, _depth + 1) for k, v in value.items()})
    if isinstance(value, Set):
        return Set([freeze(item, _depth + 1) for item in value])
    if isinstance(value, set | frozenset):
        return Set([freeze(item, _depth + 1) for item in sorted(value, key=repr)])
    if isinstance(value, Bean):
        return Bean(value.type_name, freeze(value.fields, _depth + 1))
    raise InvalidValue(
        f"cannot hold a {kind.__name__}; use null, booleans, numbers, text, dates, lists, objects"
    )


def freeze_all(variables: Mapping[str, object]) -> Map:
    """Freeze a mapping of variable names to values."""
    return Map({str(name): freeze(value) for name, value in variables.items()})
