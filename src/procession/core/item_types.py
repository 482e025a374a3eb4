"""What a declared variable may hold (``reference/jbpm-engine.md`` 1.3).

Values are checked, never rewritten. ONEWEB's five field types and its nested business objects
(``reference/oneweb-rest-api.md`` 3.4) are checked by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from procession.errors import InvalidValue
from procession.values import Bean, Set, Value

UNTYPED: Final = frozenset({"", "Object", "java.lang.Object"})


@dataclass(frozen=True, kw_only=True)
class ItemType:
    """A declared variable or parameter: its type name as written, and whether it is a list."""

    name: str
    structure: str = ""
    is_collection: bool = False
    default: object = None

    @property
    def is_untyped(self) -> bool:
        """Whether anything may be held."""
        return self.structure in UNTYPED

    def check(self, value: Value) -> None:
        """Raise :class:`InvalidValue` if the value does not fit; null fits every type."""
        if self.is_collection and value is not None and not is_list(self.structure):
            if not isinstance(value, tuple | Set):
                raise InvalidValue(f"{self.name} must be a list, not {_kind(value)}")
            for item in value:
                check_simple(self.name, self.structure, item)
        else:
            check_simple(self.name, self.structure, value)


def check_simple(place: str, structure: str, value: Value) -> None:
    """Raise :class:`InvalidValue` unless the value fits the type; types we do not know fit all.

    Names of Java and of XML Schema are known, with what a collection is made of: ``String[]``,
    ``java.util.List<Integer>``, ``Map<String, Boolean>``.
    """
    if value is None:
        return
    outer, inner = _parameters(structure.strip())
    fits = _FITS.get(re.split(r"[.:]", outer)[-1].lower())
    if fits is not None and not fits(value):
        raise InvalidValue(f"{place} must be {structure}, not {_kind(value)} {_short(value)}")
    if not inner:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            check_simple(f"{place}.{key}", inner[-1], item)
    elif isinstance(value, tuple | Set):
        for item in value:
            check_simple(place, inner[0], item)


def is_known(structure: str) -> bool:
    """Whether a type says what fits, or that everything does."""
    outer, inner = _parameters(structure.strip())
    if outer not in UNTYPED and re.split(r"[.:]", outer)[-1].lower() not in _FITS:
        return False
    return all(is_known(each) for each in inner)


def is_list(structure: str) -> bool:
    """Whether a type is a list by itself."""
    outer, _ = _parameters(structure.strip())
    return _FITS.get(re.split(r"[.:]", outer)[-1].lower()) is _is_list


def _parameters(structure: str) -> tuple[str, tuple[str, ...]]:
    """A type's own name, and those of what it is made of."""
    if structure.endswith("[]"):
        return "list", (structure[:-2],)
    outer, bracket, rest = structure.partition("<")
    if not bracket or not rest.endswith(">"):
        return structure, ()
    parts, depth = [""], 0
    for letter in rest[:-1]:
        depth += (letter == "<") - (letter == ">")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return outer.strip(), tuple(part.strip() for part in parts)


def check_object(place: str, fields: Mapping[str, Value], value: Value) -> None:
    """Check an object's declared fields; a list of objects is checked one by one.

    ``fields`` maps a field to its type name, or to the fields of an inner object. Fields that are
    not declared may hold anything.
    """
    if value is None:
        return
    if isinstance(value, tuple | Set):
        for item in value:
            check_object(place, fields, item)
        return
    held = value.fields if isinstance(value, Bean) else value
    if not isinstance(held, Mapping):
        raise InvalidValue(f"{place} must be an object, not {_kind(value)} {_short(value)}")
    for name, declared in fields.items():
        inner, where = held.get(name), f"{place}.{name}"
        if isinstance(declared, Mapping):
            check_object(where, declared, inner)
        elif isinstance(inner, tuple | Set):
            for item in inner:
                check_simple(where, str(declared), item)
        else:
            check_simple(where, str(declared), inner)


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_whole(value: Value) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[+-]?[0-9]+", value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Value) -> bool:
    if isinstance(value, str):
        try:
            return Decimal(value).is_finite()
        except InvalidOperation:
            return False
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_flag(value: Value) -> bool:
    return isinstance(value, bool)


def _is_date(value: Value) -> bool:
    if isinstance(value, str):
        return _parses(date.fromisoformat, value) or _parses(datetime.fromisoformat, value)
    return isinstance(value, datetime) or (isinstance(value, int) and not isinstance(value, bool))


def _is_time(value: Value) -> bool:
    if isinstance(value, str):
        return _parses(time.fromisoformat, value)
    return _is_date(value)


def _is_list(value: Value) -> bool:
    return isinstance(value, tuple | Set)


def _is_map(value: Value) -> bool:
    return isinstance(value, Mapping)


def _parses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_FITS: Final[dict[str, Callable[[Value], bool]]] = {
    "string": _is_text,
    "integer": _is_whole,
    "int": _is_whole,
    "long": _is_whole,
    "short": _is_whole,
    "byte": _is_whole,
    "biginteger": _is_whole,
    "decimal": _is_number,
    "double": _is_number,
    "float": _is_number,
    "bigdecimal": _is_number,
    "boolean": _is_flag,
    "date": _is_date,
    "datetime": _is_date,
    "localdate": _is_date,
    "localdatetime": _is_date,
    "time": _is_time,
    "list": _is_list,
    "arraylist": _is_list,
    "linkedlist": _is_list,
    "hashset": _is_list,
    "collection": _is_list,
    "set": _is_list,
    "map": _is_map,
    "hashmap": _is_map,
    "linkedhashmap": _is_map,
}


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    for kind, word in ((str, "text"), (int, "number"), (float, "number"), (Decimal, "number")):
        if isinstance(value, kind):
            return word
    return "list" if isinstance(value, tuple | Set) else "object"


def _short(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
