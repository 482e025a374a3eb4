"""Writer: shapes compiled into functions of the view, once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any, TypeAlias

from procession.rest.shapes.fields import Field, OneOf, Shape
from procession.rest.shapes.kinds import NUMBER, TEXT, Kind, Plain, encode_json
from procession.rest.shapes.source import Source
from procession.rest.shapes.text import DECLARATION, XSI, Text

Body: TypeAlias = Callable[[Any, Any], tuple[str, str]]
ToPlain: TypeAlias = Callable[[Any, Any], dict[str, Any]]


class Writer:
    """Writes views by their shapes; what a shape compiles to is kept."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self._bodies: dict[int, tuple[Shape, Body]] = {}
        self._plains: dict[int, tuple[Shape, ToPlain]] = {}

    def xml(self, root: str, shape: Shape, view: Any, frame: Any = None) -> bytes:
        """A whole document."""
        attributes, content = self.body(shape)(view, frame)
        tag = f"{DECLARATION}\n<{root}" if shape.indented else f"{DECLARATION}<{root}"
        if not content:
            return f"{tag}{attributes}/>".encode()
        return f"{tag}{attributes}>{content}</{root}>".encode()

    def json(self, shape: Shape, view: Any, frame: Any = None) -> bytes:
        """A whole document."""
        return encode_json(self.plain(shape)(view, frame))

    def body(self, shape: Shape) -> Body:
        """The function that writes a shape's attributes and content."""
        known = self._bodies.get(id(shape))
        if known is None:
            known = self._bodies[id(shape)] = (shape, self._compile_body(shape))
        return known[1]

    def plain(self, shape: Shape) -> ToPlain:
        """The function that turns a view into what JSON says of it."""
        known = self._plains.get(id(shape))
        if known is None:
            known = self._plains[id(shape)] = (shape, self._compile_plain(shape))
        return known[1]

    def _compile_body(self, shape: Shape) -> Body:
        attributes = tuple(f for f in shape.fields if f.xml is not None and f.attribute)
        children = tuple(f for f in shape.fields if f.xml is not None and not f.attribute)
        made = Source()
        for number, field in enumerate((*attributes, *children)):
            made.line(f"v = {made.getter(field, number)}")
            written = (
                made.attribute(field.xml or "")
                if field.attribute
                else self._expression(made, field, number)
            )
            made.line(f"x{number} = {_null(field)!r} if v is None else {written}")
        names = [f"x{number}" for number in range(len(attributes) + len(children))]
        head, rest = names[: len(attributes)], names[len(attributes) :]
        content = made.on_lines(rest) if shape.indented else made.joined(rest)
        made.line(f"return {made.joined(head)}, {content}")
        body: Body = made.function()
        return body

    def _expression(self, made: Source, field: Field, number: int) -> str:
        """How the source writes ``v``, a field that is not null, its element included."""
        name, kind = field.xml or "", field.kind
        if not field.many and kind is TEXT:
            return made.element(name, "escape(v)")
        if not field.many and kind is NUMBER:
            return made.element(name, "str(v)")
        return f"{made.given(self._element(field), number, 'w')}(v)"

    def _element(self, field: Field) -> Text:
        """The function that writes one field that is not null, its element included."""
        one = self._single(field.xml or "", field.kind)
        return (lambda items: "".join(map(one, items))) if field.many else one

    def _single(self, name: str, kind: Kind | Shape | OneOf) -> Text:
        opening, closing, empty = f"<{name}>", f"</{name}>", f"<{name}/>"
        if isinstance(kind, OneOf):
            return self._one_of(kind)
        if isinstance(kind, Shape):
            body = self.body(kind)

            def nested(view: Any) -> str:
                attributes, content = body(view, None)
                tail = f">{content}{closing}" if content else "/>"
                return f"<{name}{attributes}{tail}"

            return nested
        render = kind.xml(self.zone)
        if kind is NUMBER:
            return lambda value: f"{opening}{value}{closing}"
        if kind.collapses:

            def collapsing(value: Any) -> str:
                content = render(value)
                return f"{opening}{content}{closing}" if content else empty

            return collapsing
        return lambda value: f"{opening}{render(value)}{closing}"

    def _one_of(self, kind: OneOf) -> Text:
        writers = {case: self._single(xml, shape) for case, (xml, shape, _) in kind.cases.items()}
        return lambda item: writers[type(item)](item)

    def _compile_plain(self, shape: Shape) -> ToPlain:
        made = Source()
        pairs = []
        for number, field in enumerate(f for f in shape.fields if f.json is not None):
            change = self._converter(field)
            value = made.getter(field, number)
            if change is not None:
                made.line(f"v{number} = {value}")
                call = made.given(change, number, "c")
                value = f"None if v{number} is None else {call}(v{number})"
            pairs.append(f"{field.json!r}: {value}")
        made.line("return {" + ", ".join(pairs) + "}")
        convert: ToPlain = made.function()
        return convert

    def _converter(self, field: Field) -> Plain | None:
        one = self._plain_single(field.kind)
        if one is None or not field.many:
            return one
        return lambda items: [one(item) for item in items]

    def _plain_single(self, kind: Kind | Shape | OneOf) -> Plain | None:
        if isinstance(kind, Kind):
            return kind.json
        if isinstance(kind, Shape):
            nested = self.plain(kind)
            return lambda view: nested(view, None)
        cases = {
            case: (wrapper, self.plain(shape)) for case, (_, shape, wrapper) in kind.cases.items()
        }

        def wrapped(item: Any) -> dict[str, Any]:
            wrapper, convert = cases[type(item)]
            return {wrapper: convert(item, None)}

        return wrapped


def _null(field: Field) -> str:
    return f'<{field.xml} xsi:nil="true" {XSI}/>' if field.nillable else ""
