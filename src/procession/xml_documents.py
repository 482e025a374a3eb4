"""Safe reading of XML that people bring: process files, decisions.

No document type, no entities, no network; bounded in size and depth, and looked over
(:mod:`procession.xml_bounds`) before anything is built.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from procession.errors import Invalid
from procession.xml_bounds import check_bounds

MAX_BYTES: Final = 20_000_000
MAX_DEPTH: Final = 200


class Unreadable(Exception):
    """The document is not one we read at all; ``line`` says where that was noticed."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.line = line


def parse(xml: bytes) -> etree._Element:
    """The root of a document. Raises :class:`Unreadable`."""
    if len(xml) > MAX_BYTES:
        raise Unreadable(f"the document has more than {MAX_BYTES} bytes")
    try:
        check_bounds(xml)
    except Invalid as fault:
        raise Unreadable(fault.message) from None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as fault:
        raise Unreadable(f"not well-formed XML: {fault.msg}", fault.lineno or 1) from None
    except ValueError as fault:
        raise Unreadable(f"not XML: {fault}") from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise Unreadable("a document type declaration is not allowed")
    todo = [(root, 1)]
    while todo:
        at, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise Unreadable(f"elements are nested more than {MAX_DEPTH} deep", at.sourceline or 0)
        todo.extend((child, depth + 1) for child in at)
    return root
