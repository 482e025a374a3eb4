"""From a file to a picture."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from lxml import etree

from procession.bpmn.diagram import interchange, layout
from procession.bpmn.diagram.connections import draw_label, draw_line
from procession.bpmn.diagram.drawing import Drawing, Figure
from procession.bpmn.diagram.figures import Mark, draw_badge, draw_figure, draw_outline
from procession.bpmn.diagram.meanings import text_of
from procession.bpmn.diagram.pen import FONT, Ink, add, number, sheet
from procession.bpmn.reader import is_bpmn, local_name
from procession.errors import Invalid, NotFound
from procession.xml_documents import Unreadable, parse

_MARGIN = 24.0
_NONE: Mapping[str, str] = {}


def render(
    xml: bytes,
    process_id: str | None,
    *,
    active: Collection[str] = (),
    done: Collection[str] = (),
    badges: Mapping[str, str] = _NONE,
) -> str:
    """Draw a process as SVG, or the first of the file.

    ``active`` and ``done`` are ids of nodes and sequence flows that stand out (active wins),
    ``badges`` are short texts at the corners of nodes. Ids that the diagram does not show are
    passed over. Raises :class:`Invalid` for what is not BPMN, :class:`NotFound` for a process
    that the file does not have.
    """
    try:
        root = parse(xml)
    except Unreadable as fault:
        raise Invalid(f"line {fault.line}: {fault}") from None
    process = _process(root, process_id)
    elements = {
        text_of(at, "id"): at for at in root.iter(etree.Element) if is_bpmn(at) and at.get("id")
    }
    drawing = interchange.drawing_of(root, process, elements)
    if drawing is None:
        drawing = layout.drawing_of(process, elements)
    marks = dict.fromkeys(done, Mark.DONE) | dict.fromkeys(active, Mark.ACTIVE)
    return _picture(drawing, marks, badges)


def _process(root: etree._Element, process_id: str | None) -> etree._Element:
    processes = [at for at in root if is_bpmn(at) and local_name(at) == "process"]
    for process in processes:
        if process_id is None or text_of(process, "id") == process_id:
            return process
    if process_id is None:
        raise NotFound("the file holds no process")
    raise NotFound(f"the file holds no process {process_id!r}")


def _picture(drawing: Drawing, marks: Mapping[str, Mark], badges: Mapping[str, str]) -> str:
    svg = sheet()
    left, top, width, height = _frame(drawing)
    svg.set("viewBox", " ".join(number(size) for size in (left, top, width, height)))
    svg.set("width", number(width))
    svg.set("height", number(height))
    svg.set("font-family", FONT)
    svg.set("role", "img")
    if drawing.title:
        add(svg, "title", drawing.title)
    add(svg, "rect", x=left, y=top, width=width, height=height, fill=Ink.PAPER)
    grounds = [figure for figure in drawing.figures if _is_ground(figure)]
    grounds.sort(key=lambda figure: -figure.box.width * figure.box.height)
    others = [figure for figure in drawing.figures if not _is_ground(figure)]
    others.sort(key=lambda figure: figure.meaning.tag == "boundaryEvent")
    for figure in grounds:
        draw_figure(svg, figure, marks.get(figure.meaning.id, Mark.NONE))
    for figure in grounds:
        draw_outline(svg, figure)
    for line in sorted(drawing.lines, key=lambda line: line.id in marks):
        draw_line(svg, line, marks.get(line.id, Mark.NONE))
    for figure in others:
        draw_figure(svg, figure, marks.get(figure.meaning.id, Mark.NONE))
    for line in drawing.lines:
        draw_label(svg, line)
    for figure in drawing.figures:
        if badges.get(figure.meaning.id):
            draw_badge(svg, figure, badges[figure.meaning.id])
    return str(etree.tostring(svg, encoding="unicode"))


def _is_ground(figure: Figure) -> bool:
    """What lies under the lines."""
    return figure.is_expanded or figure.meaning.tag in ("participant", "lane", "group")


def _frame(drawing: Drawing) -> tuple[float, float, float, float]:
    """The part of the plane that is used: left, top, width, height."""
    spots = list(_spots(drawing)) or [(0.0, 0.0)]
    left, top = min(x for x, _ in spots) - _MARGIN, min(y for _, y in spots) - _MARGIN
    right, bottom = max(x for x, _ in spots) + _MARGIN, max(y for _, y in spots) + _MARGIN
    return (left, top, right - left, bottom - top)


def _spots(drawing: Drawing) -> Iterator[tuple[float, float]]:
    for figure in drawing.figures:
        for box in (figure.box, figure.label):
            if box is not None:
                yield (box.x, box.y)
                yield (box.right, box.bottom)
        if figure.label is None and figure.box.height <= 60 and figure.meaning.name:
            yield (figure.box.centre[0] - 50, figure.box.y)
            yield (figure.box.centre[0] + 50, figure.box.bottom + 32)
    for line in drawing.lines:
        yield from line.points
        if line.label is not None:
            yield (line.label.x, line.label.y)
            yield (line.label.right, line.label.bottom)
