"""Methods of Python's texts, lists, maps and sets.

A method is found by the host type of its object in these tables and nowhere else; objects of other
kinds have the methods of the library (:mod:`procession.scripting.library`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.equality import class_word, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.beans import call_bean
from procession.scripting.library.families import LIBRARY
from procession.scripting.objects import (
    LINKED_MAP,
    BeanObject,
    ListObject,
    MapObject,
    SetObject,
)
from procession.scripting.pythonic.functions import arranged
from procession.scripting.pythonic.operators import TUPLE, contained, equal, iterated
from procession.scripting.throwables import null_pointer, throw
from procession.values import Char, Value

Method = Callable[..., Value]


def _text(method: Callable[..., Value]) -> Method:
    def run(f: Frame, o: str, *args: Value) -> Value:
        f.walk(len(o) >> 2)
        made = method(str(o), *args)
        if isinstance(made, str):
            f.make_text(len(made))
        return made

    return run


def _join(f: Frame, o: str, items: Value) -> str:
    parts = iterated(f, items)
    if not all(isinstance(part, str) for part in parts):
        raise throw("ClassCastException", "join takes texts")
    f.make_text(sum(map(len, parts)) + len(o) * len(parts))
    return str(o).join(parts)


def _split(f: Frame, o: str, sign: Value = None, most: Value = -1) -> ListObject:
    f.make_text(len(o) * 2)
    parts = str(o).split(sign, most)
    f.allocate(len(parts))
    return ListObject(parts)


def _lines(f: Frame, o: str) -> ListObject:
    f.make_text(len(o) * 2)
    parts = str(o).splitlines()
    f.allocate(len(parts))
    return ListObject(parts)


def _replace(f: Frame, o: str, old: str, new: str, most: Value = -1) -> str:
    f.walk(len(o) >> 2)
    times = str(o).count(old) if most < 0 else min(most, str(o).count(old))
    f.make_text(max(0, len(o) + times * (len(new) - len(old))))
    return str(o).replace(old, new, most)


def _padded(method: Callable[..., str]) -> Method:
    def run(f: Frame, o: str, width: Value, *fill: Value) -> str:
        f.make_text(max(len(o), int(width)))
        return method(str(o), int(width), *fill)

    return run


def _starts(method: Callable[..., bool]) -> Method:
    def run(f: Frame, o: str, part: Value) -> bool:
        parts = part.items if isinstance(part, ListObject) else [part]
        return any(method(str(o), one) for one in parts)

    return run


_UNARY: Final = (
    *("upper", "lower", "title", "capitalize", "swapcase", "casefold"),
    *("isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "isnumeric"),
)
TEXT: Final[dict[str, Method]] = {
    **{name: _text(getattr(str, name)) for name in _UNARY},
    **{name: _text(getattr(str, name)) for name in ("strip", "lstrip", "rstrip")},
    **{name: _text(getattr(str, name)) for name in ("find", "rfind", "index", "rindex", "count")},
    **{name: _text(getattr(str, name)) for name in ("removeprefix", "removesuffix")},
    **{name: _padded(getattr(str, name)) for name in ("ljust", "rjust", "center", "zfill")},
    "startswith": _starts(str.startswith),
    "endswith": _starts(str.endswith),
    "join": _join,
    "split": _split,
    "splitlines": _lines,
    "replace": _replace,
}


def _changeable(o: ListObject) -> list[Value]:
    if o.kind == TUPLE:
        raise throw("UnsupportedOperationException", "a tuple cannot be changed")
    return o.writable()


def _append(f: Frame, o: ListObject, value: Value) -> None:
    f.allocate(1)
    _changeable(o).append(value)


def _extend(f: Frame, o: ListObject, more: Value) -> None:
    _changeable(o).extend(iterated(f, more))


def _insert(f: Frame, o: ListObject, at: Value, value: Value) -> None:
    f.allocate(1)
    f.walk(len(o.items) >> 3)
    _changeable(o).insert(at, value)


def _index(f: Frame, o: ListObject, value: Value) -> int:
    f.walk(len(o.items))
    for at, item in enumerate(o.items):
        if equal(f, item, value):
            return at
    raise throw("IllegalArgumentException", "no such element")


def _pop(f: Frame, o: ListObject, at: Value = -1) -> Value:
    f.walk(len(o.items) >> 3)
    return _changeable(o).pop(at)


def _remove(f: Frame, o: ListObject, value: Value) -> None:
    del _changeable(o)[_index(f, o, value)]


def _sort(f: Frame, o: ListObject, key: Value = None, reverse: Value = False) -> None:
    _changeable(o)[:] = arranged(f, list(o.items), key, reverse)


def _reverse(f: Frame, o: ListObject) -> None:
    f.walk(len(o.items))
    _changeable(o).reverse()


LIST: Final[dict[str, Method]] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "index": _index,
    "pop": _pop,
    "remove": _remove,
    "sort": _sort,
    "reverse": _reverse,
    "count": lambda f, o, value: sum(equal(f, item, value) for item in iterated(f, o)),
    "clear": lambda f, o: _changeable(o).clear(),
    "copy": lambda f, o: ListObject(iterated(f, o)),
}


def _take(f: Frame, o: MapObject, key: Value, *default: Value) -> Value:
    if key_of(key, f) not in o.entries:
        if default:
            return default[0]
        raise throw("IndexOutOfBoundsException", "no such key")
    return o.remove(key, f)


def _pairs(f: Frame, o: MapObject) -> ListObject:
    f.allocate(len(o) * 4)
    return ListObject([ListObject((e.key, e.value), TUPLE) for e in o.ordered(f)])


def _update(f: Frame, o: MapObject, other: Value = None, **given: Value) -> None:
    if isinstance(other, MapObject):
        for entry in list(other.ordered(f)):
            o.put(entry.key, entry.value, f)
    elif other is not None:
        raise throw("ClassCastException", "update takes a dict")
    for name, value in given.items():
        o.put(name, value, f)


def _set_default(f: Frame, o: MapObject, key: Value, value: Value = None) -> Value:
    if key_of(key, f) not in o.entries:
        o.put(key, value, f)
    return o.get(key, f)


def _copied(f: Frame, o: MapObject) -> MapObject:
    made = MapObject(LINKED_MAP)
    _update(f, made, o)
    return made


MAP: Final[dict[str, Method]] = {
    "get": lambda f, o, key, default=None: o.get(key, f, default),
    "keys": lambda f, o: ListObject(iterated(f, o)),
    "values": lambda f, o: ListObject([o.get(key, f) for key in iterated(f, o)]),
    "items": _pairs,
    "pop": _take,
    "update": _update,
    "setdefault": _set_default,
    "clear": lambda f, o: o.writable().clear(),
    "copy": _copied,
}


def _discard(f: Frame, o: SetObject, value: Value) -> None:
    o.discard(value, f)


def _add(f: Frame, o: SetObject, value: Value) -> None:
    o.add(value, f)


def _merged(f: Frame, o: SetObject, other: Value) -> SetObject:
    made = SetObject(o.kind)
    for item in [*iterated(f, o), *iterated(f, other)]:
        made.add(item, f)
    return made


def _chosen(wanted: bool) -> Method:
    def choose(f: Frame, o: SetObject, other: Value) -> SetObject:
        made = SetObject(o.kind)
        for item in iterated(f, o):
            if contained(f, item, other) is wanted:
                made.add(item, f)
        return made

    return choose


SET: Final[dict[str, Method]] = {
    "add": _add,
    "discard": _discard,
    "remove": _discard,
    "union": _merged,
    "intersection": _chosen(True),
    "difference": _chosen(False),
    "issubset": lambda f, o, other: all(contained(f, i, other) for i in iterated(f, o)),
    "clear": lambda f, o: o.writable().clear(),
}
_TABLES: Final[dict[type, dict[str, Method]]] = {
    str: TEXT,
    Char: TEXT,
    ListObject: LIST,
    MapObject: MAP,
    SetObject: SET,
}
NAMES: Final = frozenset(name for table in _TABLES.values() for name in table)
"""All methods that any of these kinds has."""


def caller(name: str, count: int, keywords: tuple[str, ...] = ()) -> Method:
    """The function that calls the method of that name on what it is given first."""
    methods = {kind: table[name] for kind, table in _TABLES.items() if name in table}
    functions = LIBRARY.calls(name, count)

    def call(f: Frame, o: Value, *args: Value) -> Value:
        method = methods.get(type(o))
        if method is not None:
            if keywords:
                plain = args[: -len(keywords)]
                named = dict(zip(keywords, args[-len(keywords) :], strict=True))
                return method(f, o, *plain, **named)
            return method(f, o, *args)
        if o is None:
            raise null_pointer(f"{name}(…) was called on None")
        function = functions.get(type(o))
        if function is not None and not keywords:
            return function(f, o, *args)
        if isinstance(o, BeanObject) and not keywords:
            return call_bean(f, o, name, list(args))
        what = f"{class_word(o)}.{name} with {len(args)} arguments is not available in scripts"
        raise throw("NoSuchMethodError", what)

    return call
