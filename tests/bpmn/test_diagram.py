"""Pictures of processes: everything is shown, marked elements stand out, nothing slips in."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from procession.bpmn.diagram.layers import Arrow, arrange
from procession.bpmn.diagram.lettering import width_of, wrap
from procession.bpmn.diagram.rendering import render
from procession.demo import UNITS, DemoUnit
from procession.errors import Invalid, NotFound

SVG = "{http://www.w3.org/2000/svg}"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ALLOWED = {
    "svg", "title", "rect", "circle", "path", "polygon", "polyline", "g", "text", "tspan",
}  # fmt: skip
EVIL = "</title><script>alert(1)</script>\"'&<b onload=x>"


def definitions(inside: str, plane: str = "") -> bytes:
    return (
        f'<definitions xmlns="{MODEL}" xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        f'xmlns:di="http://www.omg.org/spec/DD/20100524/DI">{inside}{plane}</definitions>'
    ).encode()


def process(inside: str, name: str = "Sample") -> bytes:
    return definitions(f'<process id="p" name={quoteattr(name)}>{inside}</process>')


def shape(element: str, x: float, y: float, width: float, height: float, more: str = "") -> str:
    return (
        f'<d:BPMNShape bpmnElement="{element}" {more}>'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></d:BPMNShape>'
    )


def plane(element: str, *shapes: str) -> str:
    inside = "".join(shapes)
    opening = f'<d:BPMNDiagram><d:BPMNPlane bpmnElement="{element}">'
    return f"{opening}{inside}</d:BPMNPlane></d:BPMNDiagram>"


def flow(name: str, source: str, target: str, more: str = "") -> str:
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" {more}/>'


def groups(svg: str) -> Mapping[str, etree._Element]:
    """The drawn elements by id."""
    root = etree.fromstring(svg)
    return {
        str(at.get("data-element")): at for at in root.iter(f"{SVG}g") if at.get("data-element")
    }


def words(at: etree._Element) -> str:
    return " ".join(" ".join(span.itertext()) for span in at.iter(f"{SVG}tspan"))


def corner(at: etree._Element) -> tuple[float, float]:
    """Where a figure is drawn: left edge or middle."""
    drawn = next(at.iter(f"{SVG}rect", f"{SVG}circle", f"{SVG}polygon"))
    if drawn.get("points"):
        x, y = str(drawn.get("points")).split()[0].split(",")
        return float(x), float(y)
    return float(drawn.get("x") or drawn.get("cx")), float(drawn.get("y") or drawn.get("cy"))


SIMPLE = (
    '<startEvent id="begin"/>'
    + flow("f1", "begin", "work")
    + '<userTask id="work" name="Do the work"/>'
    + flow("f2", "work", "finish")
    + '<endEvent id="finish"/>'
)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.deployment_id)
def test_the_demo_diagrams_show_every_node_and_flow(unit: DemoUnit) -> None:
    for xml in unit.read().values():
        drawn = groups(render(xml, None))

        for at in etree.fromstring(xml).find(f"{{{MODEL}}}process"):
            tag = etree.QName(at).localname
            if tag.endswith(("Event", "Task", "Gateway", "sequenceFlow")):
                assert drawn[at.get("id")].get("data-type") == tag


def test_a_picture_is_a_self_contained_drawing() -> None:
    for unit in UNITS:
        for xml in unit.read().values():
            root = etree.fromstring(render(xml, None))
            for at in root.iter():
                assert etree.QName(at).localname in ALLOWED
                assert not any(str(name).startswith("on") or "href" in name for name in at.attrib)
                assert "url(" not in "".join(at.attrib.values())


def test_figures_stand_where_the_file_puts_them() -> None:
    xml = definitions(
        '<process id="p"><userTask id="work" name="Work"/></process>',
        plane("p", shape("work", 300, 200, 100, 80)),
    )

    assert corner(groups(render(xml, "p"))["work"]) == (300, 200)


def test_active_and_done_elements_and_flows_are_marked() -> None:
    drawn = groups(render(process(SIMPLE), "p", active=["work"], done=["begin", "f1", "work"]))

    states = {name: at.get("data-state") for name, at in drawn.items()}
    assert states == {"begin": "done", "f1": "done", "work": "active", "f2": None, "finish": None}


def test_badges_show_at_their_elements_and_unknown_ids_do_no_harm() -> None:
    svg = render(process(SIMPLE), "p", badges={"work": "12", "ghost": "1"}, active=["ghost"])

    found = {at.get("data-badge"): words(at) for at in etree.fromstring(svg).iter(f"{SVG}g")}
    assert found["work"] == "12"
    assert "ghost" not in svg


def test_no_text_of_a_model_becomes_markup() -> None:
    evil = quoteattr(EVIL)
    inside = (
        f'<startEvent id="s" name={evil}/>{flow("f", "s", "t", f"name={evil}")}'
        f'<userTask id="t" name={evil}/>'
        f'<subProcess id="sub" name={evil}><task id="i"/></subProcess>'
        f'<exclusiveGateway id="g" name={evil}/>'
    )
    svg = render(process(inside, name=EVIL), "p", badges={"t": EVIL + "\x00\ufffe"}, active=[EVIL])

    root = etree.fromstring(svg)
    assert {etree.QName(at).localname for at in root.iter()} <= ALLOWED
    assert "<script" not in svg
    assert "<b " not in svg
    assert root.findtext(f"{SVG}title") == EVIL


def test_ids_with_quotes_stay_inside_their_attribute() -> None:
    name = quoteattr('x" onload="alert(1)')
    xml = process(f"<userTask id={name}/>")

    assert list(groups(render(xml, "p"))) == ['x" onload="alert(1)']
    assert etree.fromstring(render(xml, "p")).xpath("count(//@onload)") == 0


@pytest.mark.parametrize(
    "xml",
    [b"", b"<a", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
)
def test_what_is_no_bpmn_is_refused(xml: bytes) -> None:
    with pytest.raises(Invalid):
        render(xml, None)


def test_a_process_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="'other'"):
        render(process(SIMPLE), "other")
    with pytest.raises(NotFound, match="no process"):
        render(definitions(""), None)


def test_without_interchange_nodes_go_from_left_to_right() -> None:
    drawn = groups(render(process(SIMPLE), "p"))

    across = [corner(drawn[name])[0] for name in ("begin", "work", "finish")]
    assert across == sorted(across)
    assert len({*across}) == 3


def test_without_interchange_branches_and_loops_keep_apart() -> None:
    inside = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
        '<endEvent id="e"/>'
        + flow("1", "s", "g")
        + flow("2", "g", "a")
        + flow("3", "g", "b")
        + flow("4", "a", "e")
        + flow("back", "b", "g")
        + flow("self", "a", "a")
    )
    drawn = groups(render(process(inside), "p"))

    upper, lower = corner(drawn["a"]), corner(drawn["b"])
    assert upper[0] == lower[0]
    assert abs(upper[1] - lower[1]) >= 80
    assert "back" in drawn


def test_without_interchange_sub_processes_hold_their_contents() -> None:
    inside = (
        '<subProcess id="sub" name="Sub"><task id="in"/></subProcess>'
        '<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition/></boundaryEvent>'
        '<task id="then"/>' + flow("f", "late", "then")
    )
    drawn = groups(render(process(inside), "p"))
    frame = next(drawn["sub"].iter(f"{SVG}rect"))
    left, top = float(frame.get("x")), float(frame.get("y"))
    right, bottom = left + float(frame.get("width")), top + float(frame.get("height"))

    x, y = corner(drawn["in"])
    assert left < x < right - 120
    assert top < y < bottom - 80
    assert corner(drawn["late"])[1] == pytest.approx(bottom)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        '<task id="a"/>',
        flow("f", "nowhere", "never"),
        '<boundaryEvent id="a" attachedToRef="a"/>',
        '<boundaryEvent id="a" attachedToRef="b"/><boundaryEvent id="b" attachedToRef="a"/>'
        + flow("f", "a", "b"),
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a"/>' + flow("f", "b", "a"),
        '<task/><task/><sequenceFlow sourceRef="" targetRef=""/>',
    ],
)
def test_odd_models_are_drawn_all_the_same(inside: str) -> None:
    assert render(process(inside), "p").startswith("<svg")


@pytest.mark.parametrize("number", ["NaN", "inf", "1e300", "", "x", "-5"])
def test_odd_numbers_of_the_interchange_are_passed_over(number: str) -> None:
    xml = definitions(
        '<process id="p"><task id="a" name="A"/></process>',
        plane("p", shape("a", 0, 0, 100, 80).replace('width="100"', f'width="{number}"')),
    )

    assert "nan" not in render(xml, "p").lower()


def test_pools_lanes_data_and_signs_are_drawn() -> None:
    xml = definitions(
        '<collaboration id="c"><participant id="pool" name="Pool" processRef="p"/></collaboration>'
        '<process id="p"><laneSet id="ls"><lane id="lane" name="Lane"/></laneSet>'
        '<dataObjectReference id="data" name="Data"/><dataStoreReference id="store"/>'
        '<textAnnotation id="note"><text>A note</text></textAnnotation><group id="ring"/>'
        '<subProcess id="closed" name="Closed"/><transaction id="deal"/><callActivity id="call"/>'
        '<boundaryEvent id="soft" attachedToRef="call" cancelActivity="false">'
        "<timerEventDefinition/></boundaryEvent></process>",
        plane(
            "c",
            shape("pool", 0, 0, 800, 400, 'isHorizontal="true"'),
            shape("lane", 30, 0, 770, 400, 'isHorizontal="true"'),
            *(
                shape(name, 60 + 110 * place, 100, 80, 60)
                for place, name in enumerate(("data", "store", "note", "ring", "closed"))
            ),
            shape("deal", 60, 220, 200, 150, 'isExpanded="true"'),
            shape("call", 300, 220, 100, 80),
            shape("soft", 380, 280, 36, 36),
        ),
    )
    drawn = groups(render(xml, "p"))

    assert {"pool", "lane", "data", "store", "note", "ring", "closed", "deal", "call"} <= {*drawn}
    assert "rotate(-90" in etree.tostring(drawn["pool"], encoding="unicode")
    assert words(drawn["note"]) == "A note"
    assert "stroke-dasharray" in etree.tostring(drawn["soft"], encoding="unicode")


def test_long_names_break_and_end_in_an_ellipsis() -> None:
    assert wrap("", 12, 100, 3) == []
    assert wrap("one two", 12, 100, 3) == ["one two"]
    lines = wrap("word " * 50, 12, 100, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(width_of(line, 12) <= 100 for line in lines)
    assert wrap("Sub-Process-of-something", 12, 70, 3)[0].endswith("-")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_no_two_nodes_of_a_layout_overlap(pairs: list[tuple[int, int]]) -> None:
    sizes = {str(n): (120.0, 80.0) if n % 2 else (36.0, 36.0) for n in range(10)}
    arrows = [Arrow(f"f{n}", str(a), str(b)) for n, (a, b) in enumerate(pairs)]

    plan = arrange(sizes, arrows)

    boxes = list(plan.boxes.values())
    for place, one in enumerate(boxes):
        assert one.x >= 0
        assert one.y >= -0.01
        for other in boxes[place + 1 :]:
            apart = (
                one.right <= other.x
                or other.right <= one.x
                or one.bottom <= other.y + 0.01
                or other.bottom <= one.y + 0.01
            )
            assert apart
    assert set(plan.ways) == {arrow.id for arrow in arrows}
