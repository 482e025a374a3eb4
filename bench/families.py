"""One process for each family of elements; each runs from start to end by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bench.processes import JAVA
from procession.testing.models import Model, error, escalation, model, signal

Family = Callable[[], Model]
_ERROR: Final = '<error id="e" errorCode="E"/>'
_ESCALATION: Final = '<escalation id="esc" escalationCode="ESC"/>'
_UNDO: Final = "<compensateEventDefinition/>"


def _process(name: str, *roots: str) -> Model:
    made = model(f"bench.{name}", language=JAVA).variable("x", "Integer")
    for root in roots:
        made = made.root(root)
    return made.start()


def _handlers(*hosts: str) -> str:
    """A boundary event and a handler for each activity, which undoes it."""
    return "".join(
        f'<boundaryEvent id="b_{host}" attachedToRef="{host}">{_UNDO}</boundaryEvent>'
        f'<task id="h_{host}" isForCompensation="true"/><association id="a_{host}" '
        f'sourceRef="b_{host}" targetRef="h_{host}" associationDirection="One"/>'
        for host in hosts
    )


def event_sub_process() -> Model:
    """An error inside a scope, handled by the scope's event sub-process."""
    handler = (
        '<subProcess id="handler" triggeredByEvent="true"><startEvent id="caught">'
        f'{error("e")}</startEvent><sequenceFlow id="hf" sourceRef="caught" targetRef="handled"/>'
        '<endEvent id="handled"/></subProcess>'
    )
    made = _process("event_sub_process", _ERROR).sub("scope", handler).start("in")
    return made.end("thrown", error("e")).end_sub().end()


def escalating() -> Model:
    """An escalation that a boundary event hears without interrupting."""
    made = _process("escalation", _ESCALATION).sub("scope").start("in")
    made.throw("tell", escalation("esc")).end("out").end_sub().end()
    return made.boundary("scope", "heard", escalation("esc"), interrupting=False).end("aside")


def compensation() -> Model:
    """Three tasks, undone in reverse order."""
    names = ("one", "two", "three")
    made = _process("compensation")
    for name in names:
        made.task(name)
    return made.throw("undo", _UNDO).end().inside(_handlers(*names))


def transaction() -> Model:
    """A transaction that is called off: two tasks are undone."""
    inside = (
        '<startEvent id="in"/><task id="one"/>'
        '<sequenceFlow id="t1" sourceRef="in" targetRef="one"/>'
        '<sequenceFlow id="t2" sourceRef="one" targetRef="two"/><task id="two"/>'
        '<sequenceFlow id="t3" sourceRef="two" targetRef="off"/><endEvent id="off">'
        f"<cancelEventDefinition/></endEvent>{_handlers('one', 'two')}"
    )
    made = _process("transaction").node("transaction", "work", inside).end()
    return made.boundary("work", "cancelled", "<cancelEventDefinition/>").end("undone")


def conditional() -> Model:
    """A condition that a script makes true."""
    condition = (
        f'<conditionalEventDefinition><condition language="{JAVA}">return x == 1;</condition>'
        "</conditionalEventDefinition>"
    )
    made = _process("conditional").parallel("split").catch("until", condition).parallel("join")
    made.back_to("split").script("set", 'kcontext.setVariable("x", 1);')
    return made.parallel("join").end()


def link() -> Model:
    """A way that goes on elsewhere."""
    made = _process("link").throw("go", '<linkEventDefinition name="there"/>').apart()
    return made.catch("at", '<linkEventDefinition name="there"/>').end()


def several_events() -> Model:
    """One event that throws two signals."""
    roots = ('<signal id="s1" name="one"/>', '<signal id="s2" name="two"/>')
    return _process("several_events", *roots).throw("both", signal("s1") + signal("s2")).end()


def complex_gateway() -> Model:
    """A join that goes on with two of three."""
    made = _process("complex_gateway").parallel("split")
    condition = (
        f'<activationCondition language="{JAVA}">return activationCount &gt;= 2;'
        "</activationCondition>"
    )
    for number in range(3):
        made.back_to("split").task(f"task{number}")
        if number:
            made.to("join")
        else:
            made.node("complexGateway", "join", condition)
    return made.back_to("join").end()


def ad_hoc() -> Model:
    """Three activities in no order."""
    inside = "".join(f'<task id="task{number}"/>' for number in range(3))
    return _process("ad_hoc").node("adHocSubProcess", "some", inside).end()


def thousand() -> Model:
    """A thousand tasks one after the other: what an element costs in a large process."""
    made = _process("thousand")
    for number in range(1000):
        made.task(f"task{number}")
    return made.end()


FAMILIES: Final[dict[str, Family]] = {
    "event sub-process": event_sub_process,
    "escalation": escalating,
    "compensation of 3": compensation,
    "transaction cancelled": transaction,
    "conditional event": conditional,
    "link": link,
    "several events in one": several_events,
    "complex gateway": complex_gateway,
    "ad hoc sub-process": ad_hoc,
    "sequence of 1000 tasks": thousand,
}


def files() -> dict[str, bytes]:
    """The files of all families."""
    made = [family() for family in FAMILIES.values()]
    return {f"{one.id}.bpmn2": one.xml() for one in made}
