"""Draws figures: events, activities, gateways, pools, data."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec
from lxml import etree

from procession.bpmn.diagram.drawing import Box, Figure
from procession.bpmn.diagram.lettering import width_of, wrap
from procession.bpmn.diagram.meanings import ACTIVITIES, EVENTS, GATEWAYS, SUB_PROCESSES
from procession.bpmn.diagram.pen import Ink, add, number
from procession.bpmn.diagram.symbols import TASKS, event_sign, gateway_sign, loop_sign, task_sign

SIZE: Final = 12.0
_LEADING: Final = 14.5
_SMALL: Final = 11.0
_SIGNED: Final = frozenset(TASKS) | {"sendTask"}


class Mark(Enum):
    """How an element stands out."""

    NONE = "none"
    DONE = "done"
    ACTIVE = "active"


class Colours(msgspec.Struct, frozen=True):
    """The colours of one mark."""

    stroke: str
    fill: str
    glow: str = ""


COLOURS: Final = {
    Mark.NONE: Colours(Ink.LINE, Ink.PAPER),
    Mark.DONE: Colours(Ink.DONE, Ink.DONE_WASH),
    Mark.ACTIVE: Colours(Ink.ACTIVE, Ink.ACTIVE_WASH, Ink.ACTIVE_GLOW),
}


def draw_figure(parent: etree._Element, figure: Figure, mark: Mark) -> None:
    """One element in its group, which carries its id and its mark."""
    meaning = figure.meaning
    group = add(parent, "g", data_element=meaning.id, data_type=meaning.tag)
    if mark is not Mark.NONE:
        group.set("data-state", mark.value)
    if meaning.name:
        add(group, "title", meaning.name)
    colours = COLOURS[mark]
    if meaning.tag in EVENTS:
        _event(group, figure, colours)
    elif meaning.tag in GATEWAYS:
        _gateway(group, figure, colours)
    elif meaning.tag in ("participant", "lane"):
        _band(group, figure)
    elif meaning.tag in ACTIVITIES:
        _activity(group, figure, colours)
    else:
        _thing(group, figure, colours)


def _event(group: etree._Element, figure: Figure, colours: Colours) -> None:
    meaning, box = figure.meaning, figure.box
    x, y = box.centre
    radius = min(box.width, box.height) / 2
    is_end = meaning.tag == "endEvent"
    dashes = {} if meaning.is_interrupting else {"stroke_dasharray": "4 3"}
    if colours.glow:
        add(group, "circle", cx=x, cy=y, r=radius + 4, fill=colours.glow)
    add(
        group,
        "circle",
        cx=x,
        cy=y,
        r=radius - (1 if is_end else 0),
        fill=colours.fill,
        stroke=colours.stroke,
        stroke_width=3.2 if is_end else 1.6,
        **dashes,
    )
    if meaning.tag not in ("startEvent", "endEvent"):
        add(
            group,
            "circle",
            cx=x,
            cy=y,
            r=radius - 3.5,
            fill="none",
            stroke=colours.stroke,
            stroke_width=1.4,
            **dashes,
        )
    if meaning.event:
        scale = radius / 18 * (0.95 if meaning.tag in ("startEvent", "endEvent") else 0.85)
        throws = is_end or meaning.tag == "intermediateThrowEvent"
        event_sign(
            group,
            meaning.event,
            x - 10 * scale,
            y - 10 * scale,
            scale,
            colours.stroke,
            filled=throws,
        )
    _name_below(group, figure)


def _gateway(group: etree._Element, figure: Figure, colours: Colours) -> None:
    box = figure.box
    (x, y), half = box.centre, box.width / 2
    corners = ((x, box.y), (box.right, y), (x, box.bottom), (box.x, y))
    around = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
    if colours.glow:
        add(
            group,
            "polygon",
            points=around,
            fill=colours.glow,
            stroke=colours.glow,
            stroke_width=8,
            stroke_linejoin="round",
        )
    add(
        group,
        "polygon",
        points=around,
        fill=colours.fill,
        stroke=colours.stroke,
        stroke_width=1.6,
        stroke_linejoin="round",
    )
    if figure.has_marker:
        scale = half / 25
        gateway_sign(
            group, figure.meaning.tag, x - 25 * scale, y - 25 * scale, scale, colours.stroke
        )
    _name_below(group, figure)


def _activity(group: etree._Element, figure: Figure, colours: Colours) -> None:
    meaning, box = figure.meaning, figure.box
    if colours.glow:
        _rounded(group, _grown(box, 4), 13, fill=colours.glow)
    dashes = {"stroke_dasharray": "5 4"} if meaning.is_event_sub_process else {}
    fill = Ink.PAPER if figure.is_expanded else colours.fill
    _rounded(
        group,
        box,
        10,
        fill=fill,
        stroke=colours.stroke,
        stroke_width=3.2 if meaning.calls else 1.6,
        **dashes,
    )
    if meaning.tag == "transaction":
        _rounded(group, _grown(box, -4), 7, fill="none", stroke=colours.stroke, stroke_width=1.2)
    task_sign(group, meaning.tag, box.x + 7, box.y + 6, colours.stroke)
    markers = list(meaning.markers)
    if meaning.tag in SUB_PROCESSES and not figure.is_expanded:
        markers.append("collapsed")
    left = box.centre[0] - 9 * len(markers)
    for place, marker in enumerate(markers):
        loop_sign(group, marker, left + 18 * place + 2, box.bottom - 18, colours.stroke)
    if figure.is_expanded:
        _write(
            group,
            wrap(meaning.name, SIZE, box.width - 24, 1),
            box.x + 12,
            box.y + 19,
            anchor="start",
            weight="600",
        )
        return
    room = box.height - (20 if markers else 6)
    lines = wrap(meaning.name, SIZE, box.width - 14, max(1, int(room / _LEADING)))
    height = len(lines) * _LEADING
    top = (room - height) / 2 + 3
    if meaning.tag in _SIGNED and top < 24:
        top = max(top, min(24, room - height + 2))
    _write_centred(group, lines, box.centre[0], box.y + top + height / 2)


def _band(group: etree._Element, figure: Figure) -> None:
    """A pool or lane: its name stands in a strip, turned if the band is horizontal."""
    box, is_pool = figure.box, figure.meaning.tag == "participant"
    add(
        group,
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        fill=Ink.PAPER if is_pool else "none",
        stroke=Ink.QUIET if is_pool else Ink.FAINT,
        stroke_width=1.4 if is_pool else 1,
    )
    lying = figure.is_horizontal
    width, height = (30.0, box.height) if lying else (box.width, 30.0)
    add(
        group,
        "rect",
        x=box.x,
        y=box.y,
        width=width,
        height=height,
        fill=Ink.BAND if is_pool else Ink.WASH,
        stroke=Ink.QUIET if is_pool else Ink.FAINT,
        stroke_width=1.4 if is_pool else 1,
    )
    x, y = box.x + width / 2, box.y + height / 2
    lines = wrap(figure.meaning.name, SIZE, (height if lying else width) - 12, 1)
    made = _write_centred(group, lines, x, y, weight="600" if is_pool else "400")
    if made is not None and lying:
        made.set("transform", f"rotate(-90 {number(x)} {number(y)})")


def _thing(group: etree._Element, figure: Figure, colours: Colours) -> None:
    """Data, annotations, groups, and a plain box for what we do not know."""
    meaning, box = figure.meaning, figure.box
    line: dict[str, str | float] = {
        "fill": Ink.PAPER,
        "stroke": colours.stroke,
        "stroke_width": 1.4,
        "stroke_linejoin": "round",
    }
    if meaning.tag in ("dataObjectReference", "dataObject", "dataInput", "dataOutput"):
        add(group, "path", d=_sheet(box), **line)
        _name_below(group, figure)
    elif meaning.tag in ("dataStoreReference", "dataStore"):
        add(group, "path", d=_drum(box), **line)
        _name_below(group, figure)
    elif meaning.tag == "textAnnotation":
        add(
            group,
            "path",
            d=f"M{number(box.x + 12)} {number(box.y)}h-12V{number(box.bottom)}h12",
            fill="none",
            stroke=Ink.QUIET,
            stroke_width=1.4,
        )
        lines = wrap(meaning.name, _SMALL, box.width - 12, max(1, int(box.height / 14)))
        _write(group, lines, box.x + 8, box.y + 15, anchor="start", size=_SMALL)
    elif meaning.tag == "group":
        _rounded(
            group,
            box,
            10,
            fill="none",
            stroke=Ink.QUIET,
            stroke_width=1.3,
            stroke_dasharray="9 4 2 4",
        )
    else:
        _rounded(group, box, 4, **line)
        _write_centred(group, wrap(meaning.name, SIZE, box.width - 8, 2), *box.centre)


def _sheet(box: Box) -> str:
    """A sheet of paper with a folded corner."""
    fold = min(box.width, box.height) * 0.3
    edge = number(box.right - fold)
    left, top, bottom, turn = map(number, (box.x, box.y, box.bottom, fold))
    return f"M{left} {top}H{edge}l{turn} {turn}V{bottom}H{left}zM{edge} {top}v{turn}h{turn}"


def _drum(box: Box) -> str:
    """A cylinder."""
    bow = box.height * 0.14
    left, width = number(box.x), number(box.width)
    top, bottom = number(box.y + bow), number(box.bottom - bow)
    arc = f"a{number(box.width / 2)} {number(bow)} 0 0"
    return (
        f"M{left} {top}{arc} 1 {width} 0V{bottom}{arc} 1 -{width} 0zM{left} {top}{arc} 0 {width} 0"
    )


def draw_outline(parent: etree._Element, figure: Figure) -> None:
    """The frame of a pool, over the lines of its lanes."""
    box = figure.box
    if figure.meaning.tag == "participant":
        add(
            parent,
            "rect",
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            fill="none",
            stroke=Ink.QUIET,
            stroke_width=1.4,
        )


def draw_badge(parent: etree._Element, figure: Figure, text: str) -> None:
    """A small pill at the upper right corner."""
    shown = "".join(wrap(text, _SMALL, 80, 1))
    width = max(20.0, width_of(shown, _SMALL) + 12)
    box = figure.box
    group = add(parent, "g", data_badge=figure.meaning.id)
    pill = Box(box.right - width + 10, box.y - 10, width, 20)
    _rounded(group, pill, 10, fill=Ink.ACTIVE, stroke=Ink.PAPER, stroke_width=1.6)
    _write_centred(group, [shown], *pill.centre, size=_SMALL, ink=Ink.PAPER, weight="600")


def _name_below(group: etree._Element, figure: Figure) -> None:
    """The name of a small figure: where the file puts it, else below."""
    name, box, label = figure.meaning.name, figure.box, figure.label
    if not name:
        return
    if label is None:
        lines = wrap(name, _SMALL, max(104.0, box.width * 2), 4)
        _write(group, lines, box.centre[0], box.bottom + 15, size=_SMALL)
    else:
        most = max(2, round(label.height / _LEADING) + 1)
        lines = wrap(name, _SMALL, max(label.width, 60.0) + 6, most)
        height = max(label.height, len(lines) * _LEADING)
        _write_centred(group, lines, label.centre[0], label.y + height / 2, size=_SMALL)


def _rounded(
    group: etree._Element, box: Box, radius: float, **attributes: str | float
) -> etree._Element:
    return add(
        group, "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=radius, **attributes
    )


def _grown(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y - by, max(0.0, box.width + 2 * by), max(0.0, box.height + 2 * by))


def _write_centred(
    group: etree._Element,
    lines: list[str],
    x: float,
    y: float,
    *,
    size: float = SIZE,
    ink: str = Ink.TEXT,
    weight: str = "400",
) -> etree._Element | None:
    """Lines around a point."""
    first = y - (len(lines) - 1) * _LEADING / 2 + size * 0.35
    return _write(group, lines, x, first, size=size, ink=ink, weight=weight)


def _write(
    group: etree._Element,
    lines: list[str],
    x: float,
    y: float,
    *,
    anchor: str = "middle",
    size: float = SIZE,
    ink: str = Ink.TEXT,
    weight: str = "400",
) -> etree._Element | None:
    """Lines downwards from a base line; nothing if there is nothing to write."""
    if not lines:
        return None
    made = add(group, "text", fill=ink, font_size=size, text_anchor=anchor, font_weight=weight)
    for place, line in enumerate(lines):
        add(made, "tspan", line, x=x, y=y + place * _LEADING)
    return made
