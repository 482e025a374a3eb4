"""Bounds of documents that strangers send, kept before anything is built of them.

A parser reports a tag once it has read it to its end, with all of its attributes: a single tag with
a hundred thousand of them costs a tenth of a second before anybody is asked. So a document is read
piece by piece, and one whose tag is still open after too many bytes is refused. ``check_bounds``
looks over a document that another parser is going to build.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from procession.errors import Invalid

MOST_ELEMENTS: Final = 100_000
LONGEST_TAG: Final = 64 * 1024
"""Bytes of one tag, comment or instruction."""
ATTRIBUTES: Final = 5_000
ATTRIBUTES_EACH: Final = 8
"""How many attributes and prefixes a document may have, and how many more for each element."""
DEEPEST: Final = 1_000
"""Levels of any document; those who read it may want fewer."""
_CHUNK: Final = 16 * 1024


class Attributes:
    """Counts the attributes and prefixes of a document as they come."""

    def __init__(self) -> None:
        self._elements = 0
        self._attributes = 0

    def element(self, attributes: int) -> None:
        """Count an element with its attributes. Raises :class:`Invalid` if there are too many."""
        self._elements += 1
        self.more(attributes)

    def more(self, attributes: int) -> None:
        """Count attributes or prefixes of an element that is still to come."""
        self._attributes += attributes
        if self._attributes > ATTRIBUTES + ATTRIBUTES_EACH * self._elements:
            raise Invalid("the document has too many attributes")


def feed(parser: expat.XMLParserType, content: bytes) -> None:
    """Have a parser read a whole document, and stop where a bound is passed.

    Raises :class:`Invalid`, beside what the parser and its handlers raise.
    """
    _check_tags(content)
    for _ in _fed(parser, content):
        pass


def _fed(parser: expat.XMLParserType, content: bytes) -> Iterator[bytes]:
    """Each piece of a document once the parser has read it."""
    for begin in range(0, len(content), _CHUNK):
        piece = content[begin : begin + _CHUNK]
        parser.Parse(piece, False)
        if begin + len(piece) - parser.CurrentByteIndex > LONGEST_TAG:
            raise Invalid(f"a tag or a comment of the document has more than {LONGEST_TAG} bytes")
        yield piece
    parser.Parse(b"", True)


def _check_tags(content: bytes) -> None:
    if content.count(b"<") > 2 * MOST_ELEMENTS:
        raise Invalid("the document has too many tags")


def check_bounds(content: bytes) -> None:
    """Raise :class:`Invalid` for a document beyond the bounds or with a document type.

    What is no XML is left to the parser that is going to read it, which says more of it.
    """
    _check_tags(content)
    glance = _Glance()
    try:
        if any(glance.may_be_beyond(piece) for piece in _fed(_parser(), content)):
            parser = _parser()
            _Counting().watch(parser)
            feed(parser, content)
    except (expat.ExpatError, LookupError, ValueError):
        return


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    return parser


class _Glance:
    """What the bytes alone tell of a document, piece by piece.

    Looking costs a part of what counting elements does. It goes beside the parser, not before it:
    of a tag of eight megabytes no more is looked at than the parser takes to refuse it.
    """

    def __init__(self) -> None:
        self._equals = self._marks = self._level = 0

    def may_be_beyond(self, piece: bytes) -> bool:
        """Whether what was seen so far leaves room for too many attributes or levels."""
        self._equals += piece.count(b"=")
        marks = piece.count(b"<")
        if marks:
            closed = 2 * piece.count(b"</") + piece.count(b"/>")
            self._marks += marks
            self._level += marks - closed - piece.count(b"<!") - piece.count(b"<?")
        too_many = self._equals > ATTRIBUTES + ATTRIBUTES_EACH * self._marks
        return too_many or self._level > DEEPEST


class _Counting:
    """Counts what a document has, element by element."""

    def __init__(self) -> None:
        self._attributes = Attributes()
        self._level = 0

    def watch(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self._attributes.element(len(attributes))
        self._level += 1
        if self._level > DEEPEST:
            raise Invalid("the document is nested too deeply")

    def _end(self, _: str) -> None:
        self._level -= 1


def _refuse(*_: object) -> None:
    raise Invalid("a document type declaration is not allowed")
