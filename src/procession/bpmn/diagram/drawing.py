"""What is to be drawn: figures with boxes and lines with points, before any SVG."""

from __future__ import annotations

import msgspec

Point = tuple[float, float]


class Box(msgspec.Struct, frozen=True):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.x + self.width / 2, self.y + self.height / 2)

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def moved(self, right: float, down: float) -> Box:
        """The same box somewhere else."""
        return Box(self.x + right, self.y + down, self.width, self.height)


class Meaning(msgspec.Struct, frozen=True):
    """What an element is, as far as its picture shows it.

    ``event`` is the kind of event definition (``timer``, ``multiple``, ``""``), ``markers`` are
    the signs at the lower edge of an activity, in their order.
    """

    id: str
    tag: str
    name: str = ""
    event: str = ""
    is_interrupting: bool = True
    is_event_sub_process: bool = False
    calls: bool = False
    markers: tuple[str, ...] = ()


class Figure(msgspec.Struct, frozen=True):
    """An element with its place; ``label`` is where its name goes if not at the usual place."""

    meaning: Meaning
    box: Box
    label: Box | None = None
    is_expanded: bool = False
    is_horizontal: bool = True
    has_marker: bool = True


class Line(msgspec.Struct, frozen=True):
    """A flow or an association with its way."""

    id: str
    tag: str
    points: tuple[Point, ...]
    name: str = ""
    label: Box | None = None
    is_default: bool = False
    is_conditional: bool = False


class Drawing(msgspec.Struct, frozen=True):
    """All of one diagram."""

    title: str
    figures: tuple[Figure, ...]
    lines: tuple[Line, ...]
