"""Text as XML and JSON can carry it: escaping, names, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeAlias

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

Text: TypeAlias = Callable[[Any], str]

_ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
SPECIAL = re.compile(f"[&<>\r{_ILLEGAL}]")
_SPECIAL_IN_ATTRIBUTE = re.compile(f'[&<>"\r\n\t{_ILLEGAL}]')
_ENTITIES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    "\r": "&#13;", "\n": "&#10;", "\t": "&#9;",
}  # fmt: skip
_NOT_A_NAME = re.compile(r"[^\w.-]", re.ASCII)
SURROGATES = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def _entity(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], REPLACEMENT)


def escape(text: str) -> str:
    """Text as element content; characters that XML cannot carry become U+FFFD."""
    if not text.isprintable():  # none of those that need a closer look is printable
        return SPECIAL.sub(_entity, text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def escape_attribute(text: str) -> str:
    """Text between the quotes of an attribute."""
    return _SPECIAL_IN_ATTRIBUTE.sub(_entity, text)


def xml_name(text: str) -> str:
    """A text made fit to be an element name."""
    name = _NOT_A_NAME.sub("_", text)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def xml_date(zone: tzinfo) -> Text:
    """``xs:dateTime`` with milliseconds in a zone; UTC is written ``Z``."""

    if str(zone) == "UTC":
        zone = UTC  # moments are in UTC already: this one object saves the arithmetic

    def write(moment: datetime) -> str:
        text = moment.astimezone(zone).isoformat("T", "milliseconds")
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text

    return write
