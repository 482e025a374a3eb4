"""Draws lines: sequence and message flows, associations, their heads and labels."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from lxml import etree

from procession.bpmn.diagram.drawing import Line, Point
from procession.bpmn.diagram.figures import COLOURS, Mark
from procession.bpmn.diagram.lettering import width_of, wrap
from procession.bpmn.diagram.pen import Ink, add, number, path_of, towards

_HEAD: Final = 9.0
_SIZE: Final = 11.0
_LEADING: Final = 13.5
_DASHES: Final = {
    "messageFlow": "7 5",
    "association": "2 4",
    "dataInputAssociation": "2 4",
    "dataOutputAssociation": "2 4",
}


def draw_line(parent: etree._Element, line: Line, mark: Mark) -> None:
    """One flow or association; only sequence flows show marks."""
    ink = COLOURS[mark].stroke if line.tag == "sequenceFlow" else Ink.QUIET
    group = add(parent, "g", data_element=line.id, data_type=line.tag)
    if mark is not Mark.NONE:
        group.set("data-state", mark.value)
    if line.name:
        add(group, "title", line.name)
    points = list(line.points)
    is_flow = line.tag == "sequenceFlow"
    if is_flow:
        points[-1] = towards(points[-1], points[-2], _HEAD * 0.7)
    dashes = {"stroke_dasharray": _DASHES[line.tag]} if line.tag in _DASHES else {}
    add(
        group,
        "path",
        d=path_of(points),
        fill="none",
        stroke=ink,
        stroke_width=2.2 if mark is not Mark.NONE else 1.5,
        **dashes,
    )
    if is_flow:
        _filled_head(group, line.points, ink)
        _start_sign(group, line, ink)
    elif line.tag != "association":
        _open_head(group, line.points, ink)
        if line.tag == "messageFlow":
            x, y = line.points[0]
            add(group, "circle", cx=x, cy=y, r=3.5, fill=Ink.PAPER, stroke=ink, stroke_width=1.4)


def draw_label(parent: etree._Element, line: Line) -> None:
    """The name of a line, on a light ground so that it reads across other lines."""
    if not line.name:
        return
    box = line.label
    room = max(box.width, 60.0) + 6 if box is not None else 110.0
    lines = wrap(line.name, _SIZE, room, 4)
    x, y = box.centre if box is not None else _beside_first_part(line.points, lines)
    top = y - len(lines) * _LEADING / 2
    width = max(width_of(text, _SIZE) for text in lines) + 6
    group = add(parent, "g", data_label=line.id)
    add(
        group,
        "rect",
        x=x - width / 2,
        y=top,
        width=width,
        height=len(lines) * _LEADING,
        rx=3,
        fill=Ink.PAPER,
        fill_opacity=0.85,
    )
    made = add(group, "text", fill=Ink.TEXT, font_size=_SIZE, text_anchor="middle")
    for place, text in enumerate(lines):
        add(made, "tspan", text, x=x, y=top + place * _LEADING + 10.5)


def _beside_first_part(points: tuple[Point, ...], lines: list[str]) -> Point:
    """Above the longest level part of a line, or right of its longest upright one."""
    parts = list(pairwise(points))
    start, end = max(parts, key=lambda part: _length(*part))
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if abs(end[0] - start[0]) >= abs(end[1] - start[1]):
        return (x, y - 2 - len(lines) * _LEADING / 2)
    return (x + 5 + max(width_of(text, _SIZE) for text in lines) / 2, y)


def _length(start: Point, end: Point) -> float:
    return abs(end[0] - start[0]) + abs(end[1] - start[1])


def _directions(tip: Point, before: Point) -> tuple[Point, Point]:
    """Along the line, away from its tip, and across it, both of length one."""
    across, down = before[0] - tip[0], before[1] - tip[1]
    length = (across**2 + down**2) ** 0.5 or 1.0
    along = (across / length, down / length)
    return along, (-along[1], along[0])


def _head(points: tuple[Point, ...]) -> tuple[Point, Point, Point]:
    tip = points[-1]
    (ax, ay), (nx, ny) = _directions(tip, points[-2])
    wide = _HEAD * 0.45
    back = (tip[0] + ax * _HEAD, tip[1] + ay * _HEAD)
    return (
        (back[0] + nx * wide, back[1] + ny * wide),
        tip,
        (back[0] - nx * wide, back[1] - ny * wide),
    )


def _corners(points: tuple[Point, ...]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _filled_head(group: etree._Element, points: tuple[Point, ...], ink: str) -> None:
    add(
        group,
        "polygon",
        points=_corners(_head(points)),
        fill=ink,
        stroke=ink,
        stroke_width=1,
        stroke_linejoin="round",
    )


def _open_head(group: etree._Element, points: tuple[Point, ...], ink: str) -> None:
    add(
        group,
        "polyline",
        points=_corners(_head(points)),
        fill="none",
        stroke=ink,
        stroke_width=1.4,
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def _start_sign(group: etree._Element, line: Line, ink: str) -> None:
    """The stroke of a default flow, the diamond of a conditional one."""
    (x, y), following = line.points[0], line.points[1]
    (ax, ay), (nx, ny) = _directions((x, y), following)
    if line.is_default:
        cx, cy = x + ax * 11, y + ay * 11
        slant = ((nx + ax * 0.6) * 5.5, (ny + ay * 0.6) * 5.5)
        add(
            group,
            "path",
            d=f"M{number(cx - slant[0])} {number(cy - slant[1])}"
            f"L{number(cx + slant[0])} {number(cy + slant[1])}",
            stroke=ink,
            stroke_width=1.6,
        )
    elif line.is_conditional:
        shape = (
            (x, y),
            (x + ax * 8 + nx * 5, y + ay * 8 + ny * 5),
            (x + ax * 16, y + ay * 16),
            (x + ax * 8 - nx * 5, y + ay * 8 - ny * 5),
        )
        add(
            group,
            "polygon",
            points=_corners(shape),
            fill=Ink.PAPER,
            stroke=ink,
            stroke_width=1.4,
            stroke_linejoin="round",
        )
