"""Process values on the wire of the jBPM dialect, where they are not plain JSON.

``reference/jbpm-rest-api.md`` R09, R11, 5.5 and Annex A; Java's text forms ``jbpm-engine.md`` 2.9.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from procession.rest.jbpm.java_serialization import class_name, serialize
from procession.rest.shapes import (
    DECLARATION,
    Kind,
    encode_json,
    escape,
    escape_attribute,
    plain,
    typed,
    xml_name,
    xs_type,
)
from procession.scripting.rendering import java_text
from procession.values import Array, Bean, Byte, Char, Float, Long, Map, Set, Short, Value


def _java_entries(items: Mapping[str, Value]) -> str:
    """Entries that carry a Java object stream in base64; null has neither class nor text."""
    out = []
    for key, value in items.items():
        name = class_name(value)
        opening = f'<entry key="{escape_attribute(str(key))}"'
        if name is None:
            out.append(f"{opening}/>")
        else:
            content = b64encode(serialize(value)).decode()
            out.append(f'{opening} class-name="{escape_attribute(name)}">{content}</entry>')
    return "".join(out)


JAVA_MAP = Kind(lambda zone: _java_entries, plain, collapses=True)
"""The key/class-name/base64 layout of Annex A; in JSON real values."""


def _text_or_typed(zone: tzinfo) -> Callable[[Mapping[str, Value]], str]:
    def write(items: Mapping[str, Value]) -> str:
        return "".join(
            f"<entry><key>{escape(str(key))}</key>{_simple('value', value, zone, null='')}</entry>"
            for key, value in items.items()
        )

    return write


PARAMETERS = Kind(_text_or_typed, plain, collapses=True)
"""Typed entries of a 6.0 work item; a list or an object is written as its Java text."""


def _simple(name: str, value: Value, zone: tzinfo, *, null: str | None = None) -> str:
    if value is None and null is not None:
        return null
    if value is None or xs_type(value, zone) is not None:
        return typed(name, value, zone)
    return typed(name, java_text(value, zone), zone)


LONGEST_TEXT = 255
"""Audit cuts the text of a value here (``reference/jbpm-engine.md`` 2.9)."""


def as_texts(variables: Map, zone: tzinfo) -> Map:
    """Variables as audit shows them: their Java texts; those that have no value are left out."""
    return Map(
        {
            name: java_text(value, zone)[:LONGEST_TEXT]
            for name, value in variables.items()
            if value is not None
        }
    )


# -- one variable (R09) -------------------------------------------------------------------------

_ROOTS: dict[type, str] = {
    int: "int-type", Long: "long-type", bool: "boolean-type", float: "double-type",
    Float: "float-type", Short: "short-type", Byte: "byte-type", Char: "char-type",
}  # fmt: skip


def variable_json(value: Value, zone: tzinfo) -> bytes:
    """A value as bare JSON."""
    return encode_json(plain(value))


def variable_xml(value: Value, zone: tzinfo) -> bytes:
    """A value as a document of its own; texts, and what has no document, are written bare."""
    document = _document(value, zone)
    if document is not None:
        return f"{DECLARATION}{document}".encode()
    known = xs_type(value, zone) if isinstance(value, datetime | bytes | Decimal) else None
    return (known[1] if known else java_text(value, zone)).encode("utf-8", "replace")


def _document(value: Value, zone: tzinfo) -> str | None:
    kind = type(value)
    root = _ROOTS.get(kind)
    if kind is int and not -(2**31) <= value < 2**31:
        root = "long-type"
    if root is not None:
        return f"<{root}><value>{escape(java_text(value, zone))}</value></{root}>"
    if isinstance(value, Array):
        return _collection("array-type", value, zone)
    if isinstance(value, tuple):
        return _collection("list-type", value, zone)
    if isinstance(value, Set):
        return _collection("set-type", value, zone)
    if isinstance(value, Bean):
        return _object(_type_name(value.type_name), value.fields, zone)
    if isinstance(value, Mapping):
        return _map(value, zone)
    return None


def _collection(root: str, items: Iterable[Value], zone: tzinfo) -> str:
    content = "".join(_simple("value", item, zone) for item in items)
    return f"<{root}>{content}</{root}>" if content else f"<{root}/>"


def _map(items: Mapping[Value, Value], zone: tzinfo) -> str:
    content = "".join(
        f"<entry>{_simple('key', key, zone)}{_simple('value', value, zone, null='')}</entry>"
        for key, value in items.items()
    )
    inner = f"<value>{content}</value>" if content else "<value/>"
    return f"<map-type>{inner}</map-type>"


def _type_name(java_class: str) -> str:
    """The XML type name of a class: its simple name, the first letter small, as beans have it."""
    simple = java_class.rpartition(".")[2].rpartition("$")[2]
    if simple[:2].isupper() and len(simple) > 1:
        end = next((i for i, c in enumerate(simple) if not c.isupper()), len(simple) + 1)
        return xml_name(simple[: end - 1].lower() + simple[end - 1 :])
    return xml_name(simple[:1].lower() + simple[1:])


def _object(name: str, fields: Mapping[str, Value], zone: tzinfo) -> str:
    content = "".join(_field(xml_name(str(k)), v, zone) for k, v in fields.items())
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _field(name: str, value: Value, zone: tzinfo) -> str:
    """One property in XML form: null is left out, a list repeats the element."""
    if value is None:
        return ""
    if isinstance(value, Bean):
        return _object(name, value.fields, zone)
    if isinstance(value, Mapping):
        return _object(name, value, zone)
    if isinstance(value, tuple | Set):
        return "".join(_field(name, item, zone) for item in value)
    known = xs_type(value, zone)
    content = known[1] if known else escape(java_text(value, zone))
    return f"<{name}>{content}</{name}>"
