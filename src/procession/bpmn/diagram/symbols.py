"""The signs inside figures: kinds of tasks, events, gateways and loops (BPMN 2.0.2, chapter 7).

Signs of tasks and loops are drawn in a square of 16, those of events in one of 20, those of
gateways in one of 50; the caller puts them in place.
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final

from lxml import etree

from procession.bpmn.diagram.pen import Ink, add, number


def _gear() -> str:
    points = []
    for tooth in range(8):
        for offset, radius in ((-0.3, 5.2), (-0.19, 7.2), (0.19, 7.2), (0.3, 5.2)):
            angle = (tooth + offset * 1.15) * pi / 4
            points.append(f"{number(8 + radius * cos(angle))} {number(8 + radius * sin(angle))}")
    return "M" + "L".join(points) + "z"


def _pentagon() -> str:
    corners = [(10 + 7 * sin(i * 2 * pi / 5), 10.4 - 7 * cos(i * 2 * pi / 5)) for i in range(5)]
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "z"


_ENVELOPE: Final = "M1.5 3.5h13v9h-13z"
_FLAP: Final = "M1.5 3.8 8 8.8l6.5-5"

TASKS: Final[dict[str, tuple[str, ...]]] = {
    "userTask": (
        "M8 1.8a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
        "M2.3 14.5c0-3.1 2.4-5.2 5.7-5.2s5.7 2.1 5.7 5.2z",
    ),
    "scriptTask": (
        "M5.2 1.5h8.3c-2.2 2-2.2 4.2 0 6.5s2.2 4.5 0 6.5H3c2.2-2 2.2-4.2 0-6.5s-1-4.7 2.2-6.5z",
        "M5.6 4.8h4.6M5.8 8h5M6.8 11.2h4.6",
    ),
    "serviceTask": (_gear(), "M8 5.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8z"),
    "receiveTask": (_ENVELOPE, _FLAP),
    "manualTask": (
        "M4.5 9V3.8a1 1 0 0 1 2 0V7.2M6.5 7.2V2.5a1 1 0 0 1 2 0V7.2M8.5 7.2V3.1a1 1 0 0 1 "
        "2 0V7.6M10.5 7.6V4.7a1 1 0 0 1 2 0V10c0 2.8-1.7 4.5-4.2 4.5-1.9 0-3-.8-3.9-2.2"
        "L2.2 9.3c-.6-1 .7-1.9 1.5-1.1L4.5 9",
    ),
    "businessRuleTask": ("M1.5 2.5h13v11h-13z", "M1.5 6h13M1.5 9.8h13M5.5 6v7.5"),
}
LOOPS: Final[dict[str, str]] = {
    "loop": "M5.3 13.2A5.6 5.6 0 1 1 9.6 13.4M5.6 9.9v3.5H2.1",
    "parallel": "M4 2.5v11M8 2.5v11M12 2.5v11",
    "sequential": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "compensation": "M8 3.5v9L2.5 8zM13.5 3.5v9L8 8z",
    "ad_hoc": "M2 9.5c1.5-4 4-4 6-1.5s4.5 2.5 6-1.5",
    "collapsed": "M1.5 1.5h13v13h-13zM8 4.5v7M4.5 8h7",
}
EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "message": ("M3 5.3h14v9.4H3z", "M3 5.6l7 5.2 7-5.2"),
    "timer": (
        "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z",
        "M10 5.6V10l3 1.9M10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5",
    ),
    "error": ("M3.8 16 7.6 4.5l4 6.3 4.6-7L12.8 15.4 8.6 9.3z",),
    "escalation": ("M10 3.2 15 16.2l-5-4.7-5 4.7z",),
    "cancel": (
        "M4.6 6.7 6.7 4.6 10 7.9l3.3-3.3 2.1 2.1L12.1 10l3.3 3.3-2.1 2.1L10 "
        "12.1l-3.3 3.3-2.1-2.1L7.9 10z",
    ),
    "compensate": ("M9.5 5.2v9.6L3.2 10zM16 5.2v9.6L9.7 10z",),
    "conditional": ("M4.5 3h11v14h-11z", "M6.7 6.3h6.6M6.7 8.8h6.6M6.7 11.3h6.6M6.7 13.8h6.6"),
    "link": ("M3.2 7.9h7.3V4.6l6.3 5.4-6.3 5.4v-3.3H3.2z",),
    "signal": ("M10 3.6 16.8 15.4H3.2z",),
    "terminate": ("M10 3.6a6.4 6.4 0 1 1 0 12.8 6.4 6.4 0 0 1 0-12.8z",),
    "multiple": (_pentagon(),),
    "parallelMultiple": ("M8.2 3h3.6v5.2H17v3.6h-5.2V17H8.2v-5.2H3V8.2h5.2z",),
}
GATEWAYS: Final[dict[str, str]] = {
    "exclusiveGateway": "M18.5 18.5l13 13M31.5 18.5l-13 13",
    "parallelGateway": "M25 15v20M15 25h20",
    "inclusiveGateway": "M25 16a9 9 0 1 1 0 18 9 9 0 0 1 0-18z",
    "complexGateway": "M25 15v20M15 25h20M18 18l14 14M32 18 18 32",
    "eventBasedGateway": "M25 13.5a11.5 11.5 0 1 1 0 23 11.5 11.5 0 0 1 0-23z"
    "M25 16.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6z"
    "M25 19.5 30.2 23.3 28.2 29.5H21.8L19.8 23.3z",
}


def task_sign(parent: etree._Element, tag: str, x: float, y: float, ink: str) -> None:
    """The sign of a kind of task."""
    group = _group(parent, x, y, 1, ink, 1.1)
    if tag == "sendTask":
        add(group, "path", d=_ENVELOPE, fill=ink)
        add(group, "path", d=_FLAP, stroke=Ink.PAPER)
        return
    for part in TASKS.get(tag, ()):
        add(group, "path", d=part)
    if tag == "businessRuleTask":
        add(group, "path", d="M1.5 2.5h13V6h-13z", fill=ink, fill_opacity=0.3)


def loop_sign(parent: etree._Element, marker: str, x: float, y: float, ink: str) -> None:
    """A sign at the lower edge of an activity."""
    width = 1.8 if marker in ("parallel", "sequential") else 1.3
    add(_group(parent, x, y, 0.875, ink, width), "path", d=LOOPS[marker])


def event_sign(
    parent: etree._Element, event: str, x: float, y: float, scale: float, ink: str, *, filled: bool
) -> None:
    """The sign of an event definition; throwing ones are filled."""
    group = _group(parent, x, y, scale, ink, 1.3)
    outline, *details = EVENTS.get(event, ("",))
    if outline:
        add(group, "path", d=outline, fill=ink if filled else "none")
    for detail in details:
        add(group, "path", d=detail, stroke=Ink.PAPER if filled else ink)


def gateway_sign(
    parent: etree._Element, tag: str, x: float, y: float, scale: float, ink: str
) -> None:
    """The sign of a gateway."""
    width = 1.4 if tag == "eventBasedGateway" else 3
    add(_group(parent, x, y, scale, ink, width), "path", d=GATEWAYS[tag])


def _group(
    parent: etree._Element, x: float, y: float, scale: float, ink: str, width: float
) -> etree._Element:
    place = f"translate({number(x)} {number(y)})"
    return add(
        parent,
        "g",
        transform=place if scale == 1 else f"{place} scale({scale:.4g})",
        fill="none",
        stroke=ink,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
