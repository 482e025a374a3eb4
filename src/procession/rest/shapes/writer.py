"""Writer: shapes compiled into functions of the view, once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from operator import attrgetter
from typing import Any, TypeAlias

from procession.rest.shapes.fields import Field, OneOf, Shape
from procession.rest.shapes.kinds import NUMBER, TEXT, Kind, Plain, encode_json
from procession.rest.shapes.text import DECLARATION, SPECIAL, XSI, Text, escape, escape_attribute

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
        attribute_values = _values(attributes)
        names = tuple(f.xml for f in attributes)
        values = _values(children)
        writers = tuple((self._element(f), _null(f)) for f in children)
        before, after = ("\n    ", "\n") if shape.indented else ("", "")

        def content(view: Any, frame: Any) -> str:
            parts = []
            for value, (write, null) in zip(values(view, frame), writers, strict=False):
                if value is not None:
                    parts.append(write(value))
                elif null:
                    parts.append(null)
            return before + before.join(parts) + after if before else "".join(parts)

        def whole(view: Any, frame: Any) -> tuple[str, str]:
            pairs = zip(names, attribute_values(view, frame), strict=True)
            quoted = [f' {n}="{escape_attribute(str(v))}"' for n, v in pairs if v is not None]
            return "".join(quoted), content(view, frame)

        return whole if attributes else lambda view, frame: ("", content(view, frame))

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
        if kind is TEXT:  # the commonest kind, without a second call
            is_special = SPECIAL.search
            return lambda value: (
                f"{opening}{escape(value) if is_special(value) else value}{closing}"
            )
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
        fields = tuple(f for f in shape.fields if f.json is not None)
        names = tuple(f.json or "" for f in fields)
        values = _values(fields)
        changes = tuple(
            (place, change)
            for place, field in enumerate(fields)
            if (change := self._converter(field)) is not None
        )

        def convert(view: Any, frame: Any) -> dict[str, Any]:
            items = list(values(view, frame))
            for place, change in changes:
                if items[place] is not None:
                    items[place] = change(items[place])
            return dict(zip(names, items, strict=True))

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


def _values(fields: tuple[Field, ...]) -> Callable[[Any, Any], Any]:
    """The function that fetches the values of all fields; one C call if all are attributes."""
    if len(fields) > 1 and all(isinstance(f.get, str) for f in fields):
        fetch = attrgetter(*[str(f.get) for f in fields])
        return lambda view, frame: fetch(view)
    getters = tuple(
        (attrgetter(f.get) if isinstance(f.get, str) else f.get, f.of_frame) for f in fields
    )
    return lambda view, frame: [get(frame if framed else view) for get, framed in getters]
