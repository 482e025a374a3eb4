"""Values as XML documents, for languages that walk through documents, and back.

An object becomes an element named after its variable or field, a list one element for each of its
items, all of that name; any other value becomes text. A text that is itself a well-formed document
without a document type is read as one: that is how XML comes to a process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lxml import etree

from procession.scripting.frame import Frame
from procession.values import Bean, Map, Set, Value

_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_DOCUMENT: Final = re.compile(r"\s*<[?!\w]")
_CELLS: Final = 16
"""What an element costs, beside its text."""


def elements(name: str, value: Value, frame: Frame) -> list[etree._Element]:
    """A variable as elements of its name: none for null, one for each item of a list."""
    if value is None:
        return []
    if isinstance(value, tuple | Set):
        return [_element(name, item, frame) for item in value]
    return [_element(name, value, frame)]


def is_structured(value: Value) -> bool:
    """Whether a value has parts that a path could lead to."""
    return isinstance(value, Mapping | Bean | tuple | Set)


def read_document(text: str, frame: Frame) -> etree._Element | None:
    """The root element of a text that is a document, else nothing."""
    if not _DOCUMENT.match(text):
        return None
    frame.allocate(len(text))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    info = root.getroottree().docinfo
    return None if info.internalDTD is not None or info.doctype else root


def value_of(element: etree._Element) -> Value:
    """What an element says: its text, or an object of what is in it."""
    children = list(element.iterchildren(etree.Element))
    if not children and not element.attrib:
        return "".join(element.itertext())
    found: dict[str, Value] = {str(name): str(text) for name, text in element.attrib.items()}
    for child in children:
        name, value = str(etree.QName(child).localname), value_of(child)
        if name in found:
            before = found[name]
            found[name] = (*before, value) if isinstance(before, tuple) else (before, value)
        else:
            found[name] = value
    if not children:
        found["text"] = "".join(element.itertext())
    return Map(found)


def _element(name: str, value: Value, frame: Frame) -> etree._Element:
    frame.allocate(_CELLS)
    is_name = _NAME.fullmatch(name) is not None
    made = etree.Element(name if is_name else "entry")
    if not is_name:
        made.set("key", _plain(name))
    fields = value.fields if isinstance(value, Bean) else value
    if isinstance(fields, Mapping):
        for key, item in fields.items():
            made.extend(elements(str(key), item, frame))
    elif isinstance(fields, tuple | Set):
        for item in fields:
            made.extend(elements("item", item, frame))
    elif fields is not None:
        text = _text(fields, frame)
        frame.make_text(len(text))
        made.text = _plain(text)
    return made


def _text(value: Value, frame: Frame) -> str:
    return value.isoformat() if isinstance(value, datetime) else frame.text(value)


def _plain(text: str) -> str:
    """Without the control characters that no document may hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", text)
