"""The raw bytes of a task's document, as the content helper class of the Java clients reads them.

``reference/jbpm-rest-api.md`` Annex A.2 has the form of 6.2 and later. Before, a document that is a
map was one variable whose value is a map of messages, and any other was called ``results``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from procession.rest.jbpm.java_serialization import HEADER, Message, blocks, serialize
from procession.values import Map, Value

_STRATEGY = b"org.drools.core.marshalling.impl.SerializablePlaceholderResolverStrategy"
_VERSION = b"\x08\x06\x10\x00\x18\x00"
_VARIABLE = "org.jbpm.marshalling.impl.JBPMMessages$Variable"


def raw_document(value: Value) -> bytes:
    """In the form of 6.2 and later: one variable for each entry."""
    entries = value if isinstance(value, Mapping) else {"_results_": value}
    variables = (_message(1, _variable(str(name), at)) for at, name in enumerate(entries))
    return _document(tuple(entries.values()), b"".join(variables))


def legacy_document(value: Value) -> bytes:
    """In the form of 6.0 and 6.1."""
    if not isinstance(value, Mapping):
        return _document((value,), _variable("results", 0))
    messages = {
        str(name): Message(_VARIABLE, _variable(str(name), at)) for at, name in enumerate(value)
    }
    items = (*value.values(), Map(messages))
    return _document(items, _variable("variablesMap", len(items) - 1))


def _document(items: tuple[Value, ...], payload: bytes) -> bytes:
    """A header with the version, the values of the one strategy, and what refers to them."""
    strategy = b"\x08\x00" + _message(2, _STRATEGY) + _message(3, serialize(items))
    header = _message(1, _VERSION) + _message(9, strategy) + _message(10, payload)
    return HEADER + blocks(header)


def _variable(name: str, place: int) -> bytes:
    known = name.encode("utf-8", "replace")
    return _message(1, known) + b"\x10\x00" + _message(3, struct.pack(">I", place))


def _message(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
