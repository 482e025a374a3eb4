"""The pen: makes SVG elements. Texts go through lxml, which escapes them; nothing is pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from procession.bpmn.diagram.drawing import Point

SVG: Final = "http://www.w3.org/2000/svg"
FONT: Final = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Ink:
    """The colours."""

    TEXT: Final = "#1e293b"
    QUIET: Final = "#64748b"
    LINE: Final = "#475569"
    FAINT: Final = "#cbd5e1"
    PAPER: Final = "#ffffff"
    BAND: Final = "#f1f5f9"
    WASH: Final = "#f8fafc"
    ACTIVE: Final = "#2563eb"
    ACTIVE_WASH: Final = "#eff6ff"
    ACTIVE_GLOW: Final = "#bfdbfe"
    DONE: Final = "#15803d"
    DONE_WASH: Final = "#f0fdf4"


def sheet() -> etree._Element:
    """An empty picture."""
    return etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})


def clean(text: str) -> str:
    """A text without the characters that XML cannot carry."""
    return _NOT_IN_XML.sub("\ufffd", text)


def add(
    parent: etree._Element, tag: str, text: str = "", /, **attributes: str | float
) -> etree._Element:
    """A new element; ``stroke_width=2`` becomes ``stroke-width="2"``."""
    made = etree.SubElement(parent, f"{{{SVG}}}{tag}")
    for name, value in attributes.items():
        shown = clean(value) if isinstance(value, str) else number(value)
        made.set(name.rstrip("_").replace("_", "-"), shown)
    if text:
        made.text = clean(text)
    return made


def number(value: float) -> str:
    """A coordinate, rounded to hundredths."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def path_of(points: Sequence[Point], radius: float = 8) -> str:
    """A line through the points with rounded corners."""
    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start = towards(corner, before, radius)
        end = towards(corner, after, radius)
        parts.append(f"L{number(start[0])} {number(start[1])}")
        parts.append(f"Q{number(corner[0])} {number(corner[1])} {number(end[0])} {number(end[1])}")
    parts.append(f"L{number(points[-1][0])} {number(points[-1][1])}")
    return "".join(parts)


def towards(start: Point, goal: Point, length: float) -> Point:
    """The point that far from the start on the way to the goal, at most half of it."""
    across, down = goal[0] - start[0], goal[1] - start[1]
    distance = (across**2 + down**2) ** 0.5
    if distance == 0:
        return start
    share = min(length / distance, 0.5)
    return (start[0] + across * share, start[1] + down * share)
