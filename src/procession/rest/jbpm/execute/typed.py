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
from procession.rest.jbpm.java_reading import read_java
from procession.values import (
    EMPTY,
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

SCHEMA = "http://www.w3.org/2001/XMLSchema"
ARRAYS = "http://jaxb.dev.java.net/array"
LIST_WRAPPER, PAIR = "jaxbListWrapper", "jaxbStringObjectPair"
LONGEST_NAME = 500
_COLLECTIONS = frozenset(
    {"arrayList", "linkedList", "hashSet", "linkedHashSet", "treeSet", "hashMap",
     "linkedHashMap", "treeMap"}
)  # fmt: skip
_COMPONENTS = {
    "boolean": "boolean", "byte": "byte", "double": "double", "float": "float", "int": "int",
    "long": "long", "short": "short", "unsignedShort": "char", "string": "java.lang.String",
    "dateTime": "java.util.Date", "decimal": "java.math.BigDecimal",
    "integer": "java.math.BigInteger",
}  # fmt: skip
_PRIMITIVES: dict[str, type] = {
    "boolean": bool, "byte": Byte, "char": Char, "double": float, "float": Float, "int": int,
    "long": Long, "short": Short,
}  # fmt: skip
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
        return _array(name[: -len("Array")], element)
    if name == LIST_WRAPPER:
        return _wrapped(element)
    if name in _COLLECTIONS:
        return _collection(name, element)
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
    """The items of a map: ``<item key="…"><value/></item>``; an item without a value is null.

    Also the entries of Annex A, as answers have them, whose texts are Java objects.
    """
    if element is None:
        return EMPTY
    found = {
        item.attributes.get("key", ""): value_of(item.first("value"))
        for item in element.all("item")
    }
    for entry in element.all("entry"):
        found[entry.attributes.get("key", "")] = _java_object(entry)
    return Map(found)


def _java_object(entry: Element) -> Value:
    """A Java object stream in base64; without a class it is null."""
    if "class-name" not in entry.attributes:
        return None
    return read_java(_base64(entry.text))


def _base64(text: str) -> bytes:
    found = simple("base64Binary", text)
    return found if isinstance(found, bytes) else b""


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
        case "ARRAY":
            component = element.attributes.get("componentType", "java.lang.Object")
            if component == "byte" and all(isinstance(item, int) for item in items):
                return bytes([item & 0xFF for item in items])
            return Array(items, _of_primitives(component, items))
        case _:
            return tuple(items)


def _collection(name: str, element: Element) -> Value:
    """A collection under the name of its Java class, as the client of 6.2 sends those inside
    others; it leaves out what they hold.
    """
    if name.endswith("Map"):
        return map_of(element)
    items = [value_of(child) for child in element.children]
    return Set(items) if name.endswith("Set") else tuple(items)


def _array(name: str, element: Element) -> Array:
    """A generated array type: ``intArray`` has items of ``xs:int``, ``stringArray`` of text."""
    items = [None if item.is_nil else simple(name, item.text) for item in element.all("item")]
    return Array(items, _of_primitives(_COMPONENTS.get(name, "java.lang.Object"), items))


def _of_primitives(component: str, items: list[Value]) -> str:
    """The component type, which may be a primitive one only if every item is such a value."""
    expected = _PRIMITIVES.get(component)
    if expected is None:
        return component[:LONGEST_NAME]
    return component if all(type(item) is expected for item in items) else "java.lang.Object"


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
