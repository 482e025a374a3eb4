"""Documents: the XML that clients send, read into a small tree within bounds.

``reference/jbpm-rest-api.md`` 5.2: no document type, any prefixes, comments anywhere. A name is
its local part; the prefix of an ``xsi:type`` is resolved where it stands, because it may be bound
anew on any element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from procession.errors import Invalid
from procession.web.http import Request, UnsupportedMediaType
from procession.xml_bounds import MOST_ELEMENTS, Attributes, feed

DEEPEST = 150
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_TYPES = frozenset({"", "application/xml", "text/xml"})
_CHARSET = re.compile(r"""charset\s*=\s*"?([\w.:-]+)""", re.IGNORECASE)


class Element:
    """One element: ``type`` is its ``xsi:type`` as namespace and name."""

    __slots__ = ("attributes", "children", "is_nil", "name", "text", "type")

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self.text = text
        self.attributes: dict[str, str] = {}
        self.children: list[Element] = []
        self.type: tuple[str, str] | None = None
        self.is_nil = False

    def all(self, *names: str) -> Iterator[Element]:
        """The children of those names, in order."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> Element | None:
        """The first child of one of those names."""
        return next(self.all(*names), None)

    def said(self, name: str) -> str | None:
        """The trimmed text of a child; ``None`` without such a child."""
        child = self.first(name)
        return None if child is None else child.text.strip()


class _Builder:
    """What the parser reports, put together."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[tuple[Element, list[str]]] = []
        self._prefixes: dict[str, list[str]] = {}
        self._count = 0
        self._attributes = Attributes()

    def bind(self, prefix: str | None, uri: str | None) -> None:
        self._attributes.more(1)
        self._prefixes.setdefault(prefix or "", []).append(uri or "")

    def unbind(self, prefix: str | None) -> None:
        self._prefixes[prefix or ""].pop()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise Invalid(
                f"the document has more than {MOST_ELEMENTS} elements or {DEEPEST} levels"
            )
        self._attributes.element(len(attributes))
        element = Element(_local(name))
        for key, value in attributes.items():
            if key == f"{XSI} type":
                element.type = self._resolved(value)
            elif key == f"{XSI} nil":
                element.is_nil = value.strip() in {"true", "1"}
            else:
                element.attributes[_local(key)] = value
        if self._open:
            self._open[-1][0].children.append(element)
        else:
            self.root = element
        self._open.append((element, []))

    def end(self, _: str) -> None:
        element, pieces = self._open.pop()
        element.text = "".join(pieces)

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def _resolved(self, name: str) -> tuple[str, str]:
        prefix, colon, local = name.strip().rpartition(":")
        bound = self._prefixes.get(prefix)
        if colon and not bound:
            raise Invalid(f"the prefix of the type '{name[:100]}' is not declared")
        return bound[-1] if bound else "", local


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_: object) -> NoReturn:
    raise Invalid("the document may not have a document type")


def read_document(content: bytes, encoding: str | None = None) -> Element:
    """The root element. Raises :class:`Invalid` for what is not XML or beyond the bounds."""
    builder = _Builder()
    try:
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartNamespaceDeclHandler = builder.bind
        parser.EndNamespaceDeclHandler = builder.unbind
        parser.StartElementHandler = builder.start
        parser.EndElementHandler = builder.end
        parser.CharacterDataHandler = builder.data
        feed(parser, content)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # LookupError and ValueError: encodings that nobody knows, or that no parser takes
        raise Invalid(f"the body is not XML: {error}") from error
    assert builder.root is not None
    return builder.root


def read_body(request: Request, root: str) -> Element:
    """The body of a request, which must be XML with that root element."""
    if request.content_type not in XML_TYPES and not request.content_type.endswith("+xml"):
        raise UnsupportedMediaType("send the commands as application/xml")
    found = _CHARSET.search(request.headers.get("content-type", ""))
    element = read_document(request.body, found[1] if found else None)
    if element.name != root:
        raise Invalid(f"the body is a '{element.name[:100]}', not a '{root}'")
    return element
