"""Which event may stand where: the matrix of the specification, and a small model of each cell.

BPMN 2.0.2, 10.5. ``tests/bpmn/test_event_matrix.py`` runs every cell, ``docs/conformance.md`` shows
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

POSITIONS: Final = (
    "process start",
    "event sub-process start, interrupting",
    "event sub-process start, non-interrupting",
    "intermediate catch",
    "boundary, interrupting",
    "boundary, non-interrupting",
    "intermediate throw",
    "end",
)
_ALLOWED: Final[dict[str, str]] = {
    "none": "x-----xx",
    "message": "xxxxxxxx",
    "timer": "xxxxxx--",
    "error": "-x--x--x",
    "escalation": "-xx-xxxx",
    "cancel": "----x--x",
    "compensation": "-x--xxxx",
    "conditional": "xxxxxx--",
    "link": "---x--x-",
    "signal": "xxxxxxxx",
    "terminate": "-------x",
    "multiple": "xxxxxxxx",
    "parallel multiple": "xxxxxx--",
}
"""``x`` where the specification lets the definition stand, in the order of :data:`POSITIONS`.

For a compensation event at a boundary ``cancelActivity`` means nothing, so both are one.
"""

_MESSAGE: Final = '<messageEventDefinition messageRef="m"/>'
_SIGNAL: Final = '<signalEventDefinition signalRef="s"/>'
DEFINITIONS: Final[dict[str, str]] = {
    "none": "",
    "message": _MESSAGE,
    "timer": "<timerEventDefinition><timeDuration>PT5S</timeDuration></timerEventDefinition>",
    "error": '<errorEventDefinition errorRef="e"/>',
    "escalation": '<escalationEventDefinition escalationRef="esc"/>',
    "cancel": "<cancelEventDefinition/>",
    "compensation": "<compensateEventDefinition/>",
    "conditional": "<conditionalEventDefinition><condition>x == 1</condition>"
    "</conditionalEventDefinition>",
    "link": '<linkEventDefinition name="there"/>',
    "signal": _SIGNAL,
    "terminate": "<terminateEventDefinition/>",
    "multiple": _MESSAGE + _SIGNAL,
    "parallel multiple": _MESSAGE + _SIGNAL,
}

_ROOT: Final = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  targetNamespace="urn:test"><message id="m" name="m"/><signal id="s" name="s"/>
  <error id="e" errorCode="E"/><escalation id="esc" escalationCode="ESC"/>
  <process id="p" isExecutable="true"><property id="x"/>{}</process></definitions>"""
Making = Callable[[str], str]


class Cell(NamedTuple):
    """A definition in a position."""

    definition: str
    position: str
    is_allowed: bool

    @property
    def name(self) -> str:
        """As a test is called."""
        return f"{self.definition} · {self.position}"

    @property
    def xml(self) -> bytes:
        """A process with the event ``ev`` there, and the least that it needs around it."""
        return _ROOT.format(_MODELS[self.position](self.definition)).encode()


def cells() -> Iterator[Cell]:
    """Every cell, by definition and position."""
    for definition, row in _ALLOWED.items():
        for position, mark in zip(POSITIONS, row, strict=True):
            yield Cell(definition, position, mark == "x")


def _event(tag: str, definition: str, **attributes: str) -> str:
    if definition == "parallel multiple":
        attributes["parallelMultiple"] = "true"
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="ev"{given}>{DEFINITIONS[definition]}</{tag}>'


def _flow(number: int, source: str, target: str) -> str:
    return f'<sequenceFlow id="flow{number}" sourceRef="{source}" targetRef="{target}"/>'


def _process_start(definition: str) -> str:
    return _event("startEvent", definition) + _flow(1, "ev", "done") + '<endEvent id="done"/>'


def _sub_process_start(interrupting: str) -> Making:
    def made(definition: str) -> str:
        start = _event("startEvent", definition, isInterrupting=interrupting)
        handler = (
            f'<subProcess id="handler" triggeredByEvent="true">{start}{_flow(5, "ev", "handled")}'
            '<endEvent id="handled"/></subProcess>'
        )
        scope = _scope("subProcess", definition, handler)
        if definition == "compensation":
            return _start_to(scope) + _undone_after("work")
        return f'{_start_to(scope)}{_flow(1, "work", "done")}<endEvent id="done"/>'

    return made


def _scope(tag: str, definition: str, inside: str = "") -> str:
    """A scope with a task, whose end throws what an error, escalation or cancel event is for."""
    ends = DEFINITIONS[definition] if definition in ("error", "escalation", "cancel") else ""
    return (
        f'<{tag} id="work"><startEvent id="in"/>{_flow(3, "in", "task")}<userTask id="task"/>'
        f'{_flow(4, "task", "out")}<endEvent id="out">{ends}</endEvent>{inside}</{tag}>'
    )


def _start_to(scope: str) -> str:
    return f'<startEvent id="start"/>{_flow(0, "start", "work")}{scope}'


def _undone_after(activity: str) -> str:
    return (
        f'{_flow(1, activity, "undo")}<intermediateThrowEvent id="undo">'
        f'<compensateEventDefinition activityRef="{activity}"/></intermediateThrowEvent>'
        f'{_flow(2, "undo", "done")}<endEvent id="done"/>'
    )


def _catch(definition: str) -> str:
    event = _event("intermediateCatchEvent", definition)
    if definition == "link":
        throw = f'<intermediateThrowEvent id="go">{DEFINITIONS["link"]}</intermediateThrowEvent>'
        way = f'<startEvent id="start"/>{_flow(0, "start", "go")}{throw}'
    else:
        way = f'<startEvent id="start"/>{_flow(0, "start", "ev")}'
    return f'{way}{event}{_flow(1, "ev", "done")}<endEvent id="done"/>'


def _boundary(interrupting: str) -> Making:
    def made(definition: str) -> str:
        event = _event(
            "boundaryEvent", definition, attachedToRef="work", cancelActivity=interrupting
        )
        tag = "transaction" if definition == "cancel" else "subProcess"
        way = _start_to(_scope(tag, definition)) + event
        if definition == "compensation":
            return (
                way + _undone_after("work") + '<task id="handler" isForCompensation="true"/>'
                '<association id="a" sourceRef="ev" targetRef="handler" '
                'associationDirection="One"/>'
            )
        return (
            f'{way}{_flow(1, "work", "done")}<endEvent id="done"/>{_flow(2, "ev", "other")}'
            '<endEvent id="other"/>'
        )

    return made


def _throw(definition: str) -> str:
    event = _event("intermediateThrowEvent", definition)
    way = f'<startEvent id="start"/>{_flow(0, "start", "ev")}{event}'
    if definition == "link":
        catch = f'<intermediateCatchEvent id="at">{DEFINITIONS["link"]}</intermediateCatchEvent>'
        return f'{way}{catch}{_flow(1, "at", "done")}<endEvent id="done"/>'
    return f'{way}{_flow(1, "ev", "done")}<endEvent id="done"/>'


def _end(definition: str) -> str:
    event = _event("endEvent", definition)
    if definition != "cancel":
        return f'<startEvent id="start"/>{_flow(0, "start", "ev")}{event}'
    return (
        f'<startEvent id="start"/>{_flow(0, "start", "work")}<transaction id="work">'
        f'<startEvent id="in"/>{_flow(3, "in", "ev")}{event}</transaction>'
        f'{_flow(1, "work", "done")}<endEvent id="done"/>'
        '<boundaryEvent id="b" attachedToRef="work"><cancelEventDefinition/></boundaryEvent>'
        f'{_flow(2, "b", "other")}<endEvent id="other"/>'
    )


_MODELS: Final[dict[str, Making]] = dict(
    zip(
        POSITIONS,
        (
            _process_start,
            _sub_process_start("true"),
            _sub_process_start("false"),
            _catch,
            _boundary("true"),
            _boundary("false"),
            _throw,
            _end,
        ),
        strict=True,
    )
)
