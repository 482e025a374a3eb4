"""Typed values as clients send them (``reference/jbpm-rest-api.md`` 5.5).

Simple types of XML Schema, lists, sets, arrays and maps in their wrapper, generated array types,
and objects of classes we have not got, which become beans. Whoever reads this also reads what a
class of a deployment looks like: its fields in XML form.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from procession.errors import Invalid
from procession.rest.jbpm.execute.document import Element
from procession.values import (
    EMPTY,
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

SCHEMA = "http://www.w3.org/2001/XMLSchema"
ARRAYS = "http://jaxb.dev.java.net/array"
LIST_WRAPPER, PAIR = "jaxbListWrapper", "jaxbStringObjectPair"
_FRACTION = re.compile(r"(\.\d{6})\d+")


def value_of(element: Element | None) -> Value:
    """The value of an element; without a type a text is a text."""
    if element is None or element.is_nil:
        return None
    if element.type is None:
        return _untyped(element)
    space, name = element.type
    if space == SCHEMA:
        return simple(name, element.text)
    if space == ARRAYS and name.endswith("Array"):
        return tuple([simple(name[: -len("Array")], item.text) for item in element.all("item")])
    if name == LIST_WRAPPER:
        return _wrapped(element)
    if name == PAIR:
        return Map({element.attributes.get("key", ""): value_of(element.first("value"))})
    if element.text.strip() and not element.children and not element.attributes:
        return element.text  # a constant of an enumeration
    return Bean(name, _fields(element))


def simple(name: str, text: str) -> Value:
    """The value of a simple type of XML Schema, by the type's name."""
    read = _SIMPLE.get(name)
    if read is None:
        return text
    try:
        return read(text.strip())
    except (ValueError, InvalidOperation, OverflowError, binascii.Error) as error:
        raise Invalid(f"'{text.strip()[:100]}' is no xs:{name}") from error


def moment_of(text: str) -> datetime:
    """An ``xs:dateTime`` or ``xs:date``; without a zone it is UTC."""
    text = _FRACTION.sub(r"\1", text.strip())
    if len(text) > 10 and "T" not in text:  # a date with a zone
        text = f"{text[:10]}T00:00:00{text[10:]}"
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def map_of(element: Element | None) -> Map:
    """The items of a map: ``<item key="…"><value/></item>``; an item without a value is null."""
    if element is None:
        return EMPTY
    return Map(
        {
            item.attributes.get("key", ""): value_of(item.first("value"))
            for item in element.all("item")
        }
    )


def _untyped(element: Element) -> Value:
    if element.children:
        return _fields(element)
    return element.text


def _wrapped(element: Element) -> Value:
    items = [value_of(item) for item in element.all("element")]
    match element.said("type"):
        case "SET":
            return Set(items)
        case "MAP":
            found: dict[Value, Value] = {}
            for item in items:
                if isinstance(item, Map):
                    found.update(item)
            return Map(found)
        case _:
            return tuple(items)


def _fields(element: Element) -> Map:
    """The fields of an object; an element that repeats is a list."""
    found: dict[str, Value] = dict(element.attributes)
    repeated: dict[str, list[Value]] = {}
    for child in element.children:
        repeated.setdefault(child.name, []).append(value_of(child))
    for name, values in repeated.items():
        found[name] = values[0] if len(values) == 1 else tuple(values)
    return Map(found)


def _whole(kind: type[int], bits: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if len(text) > 40:
            raise ValueError("too many digits")
        number = int(text)
        if not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise ValueError("out of range")
        return kind(number)

    return read


def _integer(text: str) -> BigInteger:
    if len(text) > 1_000:
        raise ValueError("too many digits")
    return BigInteger(text)


def _decimal(text: str) -> Decimal:
    if len(text) > 1_000:
        raise ValueError("too many digits")
    found = Decimal(text)
    if not found.is_finite() or abs(found.adjusted()) > 10_000:
        raise ValueError("not a decimal")
    return found


def _boolean(text: str) -> bool:
    if text not in {"true", "false", "1", "0"}:
        raise ValueError("neither true nor false")
    return text in {"true", "1"}


def _character(text: str) -> Char:
    return Char(chr(_whole(int, 17)(text)))


_SIMPLE: dict[str, Callable[[str], Value]] = {
    "int": _whole(int, 32), "long": _whole(Long, 64), "short": _whole(Short, 16),
    "byte": _whole(Byte, 8), "unsignedInt": _whole(Long, 64), "unsignedByte": _whole(Short, 16),
    "unsignedShort": _character, "boolean": _boolean, "double": float, "float": Float,
    "decimal": _decimal, "dateTime": moment_of, "date": moment_of,
    "base64Binary": lambda text: b64decode("".join(text.split()), validate=True),
    "hexBinary": bytes.fromhex,
    **dict.fromkeys(
        (
            "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
            "negativeInteger", "unsignedLong",
        ),
        _integer,
    ),
}  # fmt: skip
