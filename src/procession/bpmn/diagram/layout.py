"""A plain layout for processes without diagram interchange: layers from left to right.

Each node stands one layer right of the farthest of those that lead to it; flows that lead back
run below. Flows over several layers keep a lane of their own there, so they pass beside nodes.
Sub-processes are laid out first, by themselves, and then count as one big node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from procession.bpmn.diagram.drawing import Box, Drawing, Figure, Line, Point
from procession.bpmn.diagram.layers import Arrow, Plan, arrange
from procession.bpmn.diagram.lettering import wrap
from procession.bpmn.diagram.meanings import (
    EVENTS,
    FLOW_NODES,
    GATEWAYS,
    SUB_PROCESSES,
    children,
    is_conditional,
    is_default,
    meaning_of,
    text_of,
)
from procession.bpmn.reader import local_name

_PADDING: Final = 30.0
_TITLE: Final = 24.0
_STEP: Final = 96.0


def drawing_of(process: etree._Element, elements: dict[str, etree._Element]) -> Drawing:
    """The process in a layout of our own."""
    figures, lines, _ = _contents(process, elements)
    title = text_of(process, "name") or text_of(process, "id")
    return Drawing(title, tuple(figures), tuple(lines))


Parts = tuple[list[Figure], list[Line], tuple[float, float]]
"""What a container holds, and how much room that takes, from 0 on."""


def _contents(container: etree._Element, elements: dict[str, etree._Element]) -> Parts:
    nodes = {text_of(at, "id"): at for at in children(container, *FLOW_NODES)}
    flows = [
        flow
        for flow in children(container, "sequenceFlow")
        if text_of(flow, "sourceRef") in nodes and text_of(flow, "targetRef") in nodes
    ]
    hosts = dict(_attached(nodes))
    guests = Counter(hosts.values())
    inner = {
        name: _contents(at, elements)
        for name, at in nodes.items()
        if local_name(at) in SUB_PROCESSES
    }
    sizes = {
        name: _size(at, inner[name][2] if name in inner else None, guests[name])
        for name, at in nodes.items()
        if name not in hosts
    }
    plan = arrange(sizes, [_arrow(flow, hosts) for flow in flows])
    boxes = {name: _trimmed(box, guests[name]) for name, box in plan.boxes.items()}
    boxes.update(_on_borders(hosts, boxes))
    figures: list[Figure] = []
    lines: list[Line] = []
    for name, at in nodes.items():
        box = boxes[name]
        holds = name in inner and bool(inner[name][0])
        label = Box(box.right + 2, box.bottom - 15, 52, 28) if name in hosts else None
        figures.append(Figure(meaning_of(at), box, label, is_expanded=holds))
        if holds:
            right, down = box.x + _PADDING, box.y + _PADDING + _TITLE
            figures += [_moved_figure(figure, right, down) for figure in inner[name][0]]
            lines += [_moved_line(line, right, down) for line in inner[name][1]]
    for flow in flows:
        lines.append(_line(flow, _way(flow, plan, boxes, hosts), elements))
    right = max([plan.width, *(x for line in lines for x, _ in line.points)])
    bottom = max([plan.height, *(y for line in lines for _, y in line.points)])
    return figures, lines, (right, bottom)


def _attached(nodes: dict[str, etree._Element]) -> Iterator[tuple[str, str]]:
    """Boundary events and what they stand on."""
    for name, at in nodes.items():
        host = text_of(at, "attachedToRef")
        if local_name(at) != "boundaryEvent" or host not in nodes:
            continue
        if local_name(nodes[host]) != "boundaryEvent":
            yield name, host


def _arrow(flow: etree._Element, hosts: dict[str, str]) -> Arrow:
    source, target = text_of(flow, "sourceRef"), text_of(flow, "targetRef")
    return Arrow(text_of(flow, "id"), hosts.get(source, source), hosts.get(target, target))


def _way(
    flow: etree._Element, plan: Plan, boxes: dict[str, Box], hosts: dict[str, str]
) -> tuple[Point, ...]:
    points, source = plan.ways[text_of(flow, "id")], text_of(flow, "sourceRef")
    if source not in hosts:
        return points
    host = hosts[source]
    return _from_border(boxes[source], boxes[host], points, plan.exits[host])


def _size(
    at: etree._Element, inside: tuple[float, float] | None, guests: int
) -> tuple[float, float]:
    """Width and height, with room for boundary events and the flows that leave them."""
    tag = local_name(at)
    if tag in EVENTS:
        return (36.0, 36.0)
    if tag in GATEWAYS:
        return (50.0, 50.0)
    if inside is not None and inside[0] > 0:
        width, height = inside[0] + 2 * _PADDING, inside[1] + 2 * _PADDING + _TITLE
    else:
        width, height = 120.0, 80.0
    return (max(width, 24 + _STEP * guests), height + 2 * _below(guests))


def _below(guests: int) -> float:
    """How far the flows of boundary events hang under their host."""
    return 56.0 + 12.0 * guests if guests else 0.0


def _trimmed(box: Box, guests: int) -> Box:
    """The box itself, without the room that was kept below it (and above, for the balance)."""
    return Box(box.x, box.y + _below(guests), box.width, box.height - 2 * _below(guests))


def _on_borders(hosts: dict[str, str], boxes: dict[str, Box]) -> Iterator[tuple[str, Box]]:
    """Boundary events, from the right end of their host's lower edge on."""
    used: dict[str, int] = {}
    for name, host in hosts.items():
        place = used[host] = used.get(host, 0) + 1
        home = boxes[host]
        yield name, Box(home.right - 4 - _STEP * place, home.bottom - 18, 36, 36)


def _line(
    flow: etree._Element, points: tuple[Point, ...], elements: dict[str, etree._Element]
) -> Line:
    name = text_of(flow, "name").strip()
    return Line(
        text_of(flow, "id"),
        "sequenceFlow",
        points,
        name,
        _label(name, points),
        is_default=is_default(flow, elements),
        is_conditional=is_conditional(flow, elements),
    )


def _label(name: str, points: tuple[Point, ...]) -> Box | None:
    """Over the first level part after the first turn, near its beginning."""
    if not name:
        return None
    (x, y), (end, _) = points[2:4] if len(points) > 3 else points[:2]
    middle = x + max(-40.0, min(40.0, (end - x) / 2))
    height = 13.5 * len(wrap(name, 11, 66, 4))
    return Box(middle - 26, y - 4 - height, 52, height)


def _from_border(
    event: Box, host: Box, points: tuple[Point, ...], exit_: float
) -> tuple[Point, ...]:
    """Leave a boundary event downwards, and then go the way that was found for its host."""
    x = event.centre[0]
    if points[-1][0] <= host.x:
        return ((x, event.bottom), (x, points[2][1]), *points[3:])
    level = event.bottom + 36 + 12 * ((host.right - event.x) // _STEP - 1)
    rest = [point for point in points[1:] if point[0] > exit_ + 0.5]
    return ((x, event.bottom), (x, level), (exit_, level), (exit_, rest[0][1]), *rest)


def _moved_figure(figure: Figure, right: float, down: float) -> Figure:
    label = None if figure.label is None else figure.label.moved(right, down)
    return Figure(
        figure.meaning, figure.box.moved(right, down), label, is_expanded=figure.is_expanded
    )


def _moved_line(line: Line, right: float, down: float) -> Line:
    points = tuple((x + right, y + down) for x, y in line.points)
    return Line(
        line.id,
        line.tag,
        points,
        line.name,
        None if line.label is None else line.label.moved(right, down),
        is_default=line.is_default,
        is_conditional=line.is_conditional,
    )
