"""BPMN diagram interchange (BPMN 2.0.2, chapter 12) -> drawing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from lxml import etree

from procession.bpmn.diagram.drawing import Box, Drawing, Figure, Line, Meaning
from procession.bpmn.diagram.meanings import (
    LINES,
    SUB_PROCESSES,
    flag,
    is_conditional,
    is_default,
    meaning_of,
    text_of,
)
from procession.bpmn.reader import local_name

_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
_DD: Final = "http://www.omg.org/spec/DD/20100524/DI"
_FARTHEST: Final = 1_000_000.0


def drawing_of(
    root: etree._Element, process: etree._Element, elements: dict[str, etree._Element]
) -> Drawing | None:
    """The diagram that shows the process; ``None`` if there is none."""
    inside = {text_of(at, "id") for at in process.iter(etree.Element)} - {""}
    for plane in root.iter(f"{{{_DI}}}BPMNPlane"):
        shapes = list(plane.iter(f"{{{_DI}}}BPMNShape"))
        shown = {_element_id(shape) for shape in shapes}
        if _element_id(plane) not in _sub_process_ids(elements) and shown & inside:
            figures = tuple(_figures(shapes, elements))
            if figures:
                lines = tuple(_lines(plane, elements))
                return Drawing(_title(process), figures, lines)
    return None


def _title(process: etree._Element) -> str:
    return text_of(process, "name") or text_of(process, "id")


def _sub_process_ids(elements: dict[str, etree._Element]) -> set[str]:
    return {name for name, xml in elements.items() if local_name(xml) in SUB_PROCESSES}


def _element_id(xml: etree._Element) -> str:
    """The id named by ``bpmnElement``, a qualified name whose prefix does not matter here."""
    return text_of(xml, "bpmnElement").rpartition(":")[2]


def _figures(shapes: list[etree._Element], elements: dict[str, etree._Element]) -> Iterator[Figure]:
    for shape in shapes:
        name = _element_id(shape)
        box = _bounds(shape)
        if box is None or not name:
            continue
        xml = elements.get(name)
        meaning = Meaning(name, "unknown") if xml is None else meaning_of(xml)
        if meaning.tag in LINES:
            continue
        is_container = meaning.tag in SUB_PROCESSES
        yield Figure(
            meaning,
            box,
            _label(shape),
            is_expanded=is_container and _is_expanded(shape, box),
            is_horizontal=flag(shape, "isHorizontal", box.width >= box.height),
            has_marker=flag(shape, "isMarkerVisible", meaning.tag != "exclusiveGateway"),
        )


def _is_expanded(shape: etree._Element, box: Box) -> bool:
    """What the file says, else whether it is too big for a closed one."""
    return flag(shape, "isExpanded", box.width > 150 or box.height > 110)


def _lines(plane: etree._Element, elements: dict[str, etree._Element]) -> Iterator[Line]:
    for edge in plane.iter(f"{{{_DI}}}BPMNEdge"):
        name = _element_id(edge)
        xml = elements.get(name)
        points = [_point(at) for at in edge.iter(f"{{{_DD}}}waypoint")]
        known = tuple(point for point in points if point is not None)
        if xml is None or len(known) < 2:
            continue
        yield Line(
            name,
            local_name(xml),
            known,
            text_of(xml, "name").strip(),
            _label(edge),
            is_default=is_default(xml, elements),
            is_conditional=is_conditional(xml, elements),
        )


def _label(xml: etree._Element) -> Box | None:
    label = xml.find(f"{{{_DI}}}BPMNLabel")
    return None if label is None else _bounds(label)


def _bounds(xml: etree._Element) -> Box | None:
    bounds = xml.find(f"{{{_DC}}}Bounds")
    if bounds is None:
        return None
    sizes = [_number(bounds, name) for name in ("x", "y", "width", "height")]
    x, y, width, height = (size if size is not None else math.nan for size in sizes)
    if math.isnan(x + y + width + height) or width < 0 or height < 0:
        return None
    return Box(x, y, width, height)


def _point(xml: etree._Element) -> tuple[float, float] | None:
    x, y = _number(xml, "x"), _number(xml, "y")
    return None if x is None or y is None else (x, y)


def _number(xml: etree._Element, name: str) -> float | None:
    try:
        number = float(text_of(xml, name))
    except ValueError:
        return None
    return number if abs(number) <= _FARTHEST else None
