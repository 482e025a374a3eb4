"""The processes that the recorded exchanges are about."""

from __future__ import annotations

from itertools import pairwise

UNIT = "com.acme:hr:1.0"
OTHER = "com.acme:pay:2.0"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:drools="http://www.jboss.org/drools" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="acme" id="d">
  <itemDefinition id="text" structureRef="String"/>
  <itemDefinition id="number" structureRef="Integer"/>
  <signal id="sig" name="mySignal"/>
  <signal id="fire" name="fire"/>
"""


def _process(id: str, name: str, body: str) -> bytes:
    head = f'<process id="{id}" name="{name}" drools:version="1.0" drools:packageName="acme"'
    return f'{_HEAD}  {head} isExecutable="true">{body}</process>\n</definitions>'.encode()


def _flows(*nodes: str) -> str:
    return "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairwise(nodes), 1)
    )


def _given(node: str, **inputs: str) -> str:
    """Inputs of a node: texts, or (with a leading ``=``) the value of a variable."""
    declared = "".join(f'<dataInput id="{node}_{name}" name="{name}"/>' for name in inputs)
    within = "".join(f"<dataInputRefs>{node}_{name}</dataInputRefs>" for name in inputs)
    mapped = "".join(
        f"<dataInputAssociation><sourceRef>{value[1:]}</sourceRef><targetRef>{node}_{name}"
        "</targetRef></dataInputAssociation>"
        if value.startswith("=")
        else f"<dataInputAssociation><targetRef>{node}_{name}</targetRef><assignment>"
        f'<from xsi:type="tFormalExpression">{value}</from>'
        f'<to xsi:type="tFormalExpression">{node}_{name}</to></assignment></dataInputAssociation>'
        for name, value in inputs.items()
    )
    sets = f"<inputSet>{within}</inputSet><outputSet/>"
    return f"<ioSpecification>{declared}{sets}</ioSpecification>{mapped}"


def _user(node: str, name: str, **inputs: str) -> str:
    return f'<userTask id="{node}" name="{name}">{_given(node, **inputs)}</userTask>'


_VARIABLES = (
    '<property id="name" itemSubjectRef="text"/><property id="age" itemSubjectRef="number"/>'
)
_START, _END = '<startEvent id="_1" name="Start"/>', '<endEvent id="_9" name="End"/>'
_WAIT = (
    '<intermediateCatchEvent id="_3" name="Wait"><signalEventDefinition signalRef="sig"/>'
    "</intermediateCatchEvent>"
)

HIRING = _process(
    "acme.hiring",
    "Hiring",
    _VARIABLES
    + _START
    + _user("_2", "Review", TaskName="Review", GroupId="HR", Skippable="true", candidate="=name")
    + _END
    + _flows("_1", "_2", "_9"),
)
"""One task for the group HR, which may be skipped."""
WAITING = _process(
    "acme.waiting", "Waiting", _VARIABLES + _START + _WAIT + _END + _flows("_1", "_3", "_9")
)
"""Waits for ``mySignal``."""
ROBOT = _process(
    "acme.robot",
    "Robot",
    _VARIABLES
    + _START
    + '<task id="_4" name="Notify" drools:taskName="Robot">'
    + _given("_4", TaskName="Robot", who="=name", nothing="=age")
    + "</task>"
    + _END
    + _flows("_1", "_4", "_9"),
)
"""Waits for the work item ``Robot``."""
PARENT = _process(
    "acme.parent",
    "Parent",
    _VARIABLES
    + _START
    + '<callActivity id="_5" name="Call" calledElement="acme.waiting"/>'
    + _END
    + _flows("_1", "_5", "_9"),
)
"""Calls ``acme.waiting``."""
QUICK = _process(
    "acme.quick",
    "Quick",
    _VARIABLES
    + _START
    + '<scriptTask id="_6" name="Count"><script>kcontext.setVariable("age", 7);</script>'
    + "</scriptTask>"
    + _END
    + _flows("_1", "_6", "_9"),
)
"""Ends at once."""
BROKEN = _process(
    "acme.broken",
    "Broken",
    _START
    + '<scriptTask id="_6" name="Break"><script>int x = 1 / 0;</script></scriptTask>'
    + _END
    + _flows("_1", "_6", "_9"),
)
"""Its script fails."""
ALARM = _process(
    "acme.alarm",
    "Alarm",
    '<startEvent id="_1" name="Start"><signalEventDefinition signalRef="fire"/></startEvent>'
    + _user("_2", "Put out", TaskName="Put out", ActorId="ann")
    + _END
    + _flows("_1", "_2", "_9"),
)
"""Begins with the signal ``fire``; a task for ann."""
NOBODYS = _process(
    "acme.nobodys",
    "Nobodys",
    _START + _user("_2", "Idle", TaskName="Idle") + _END + _flows("_1", "_2", "_9"),
)
"""A task that is offered to nobody."""
FILES = {
    "hiring.bpmn2": HIRING,
    "waiting.bpmn2": WAITING,
    "robot.bpmn2": ROBOT,
    "parent.bpmn2": PARENT,
    "quick.bpmn2": QUICK,
    "broken.bpmn2": BROKEN,
    "alarm.bpmn2": ALARM,
    "nobodys.bpmn2": NOBODYS,
}
