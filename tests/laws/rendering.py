"""A plain description as a BPMN file."""

from __future__ import annotations

from tests.laws.description import Loop, Node, Plan

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "userTask",
    "pass": "manualTask",
    "shift": "scriptTask",
    "throw": "intermediateThrowEvent",
    "catch": "intermediateCatchEvent",
    "boundary": "boundaryEvent",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "event": "eventBasedGateway",
    "complex": "complexGateway",
    "sub": "subProcess",
    "esub": "subProcess",
}
REFERENCES = {
    "message": ' messageRef="m"',
    "signal": ' signalRef="signal_{}"',
    "error": ' errorRef="error_{}"',
    "escalation": ' escalationRef="escalation_{}"',
}
RESULT = (
    '<ioSpecification><dataOutput id="o_{0}" name="d"/><inputSet/><outputSet/></ioSpecification>'
    "<dataOutputAssociation><sourceRef>o_{0}</sourceRef><targetRef>d</targetRef>"
    "</dataOutputAssociation>"
)


def xml_of(plan: Plan) -> str:
    """The whole file."""
    names = {(n.trigger, n.name) for n in plan.nodes if n.name}
    beside = ['<itemDefinition id="i"/><message id="m" name="M" itemRef="i"/>']
    for trigger, name in sorted(names):
        if trigger == "signal":
            beside.append(f'<signal id="signal_{name}" name="{name}"/>')
        elif trigger in ("error", "escalation"):
            code = f'{trigger}Code="{name}"'
            beside.append(f'<{trigger} id="{trigger}_{name}" name="{name}" {code}/>')
    return (
        f'<definitions xmlns="{BPMN}" targetNamespace="urn:laws" id="definitions">\n'
        + "\n".join(beside)
        + '\n<process id="process" isExecutable="true">\n<property id="d"/>\n'
        + _inside(plan, "")
        + "\n</process>\n</definitions>"
    )


def _inside(plan: Plan, scope: str) -> str:
    nodes = plan.inside(scope)
    here = {node.id for node in nodes}
    parts = [_node(plan, node) for node in nodes]
    for flow in plan.flows:
        if flow.source in here:
            ends = f'id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
            if flow.bit is None:
                parts.append(f"<sequenceFlow {ends}/>")
            else:
                given = f"<conditionExpression>bit {flow.bit}</conditionExpression>"
                parts.append(f"<sequenceFlow {ends}>{given}</sequenceFlow>")
    return "\n".join(parts)


def _node(plan: Plan, node: Node) -> str:
    tag = TAGS[node.kind]
    given = [f'id="{node.id}"']
    if node.default:
        given.append(f'default="{node.default}"')
    if node.kind == "boundary":
        given.append(f'attachedToRef="{node.host}"')
        given.append(f'cancelActivity="{str(node.interrupting).lower()}"')
    if node.kind == "start" and node.trigger:
        given.append(f'isInterrupting="{str(node.interrupting).lower()}"')
    if node.kind == "esub":
        given.append('triggeredByEvent="true"')
    return f"<{tag} {' '.join(given)}>{_content(plan, node)}</{tag}>"


def _content(plan: Plan, node: Node) -> str:
    parts = []
    if node.kind == "task":
        parts.append(RESULT.format(node.id))
    if node.kind == "shift":
        parts.append("<script>shift</script>")
    if node.loop is not None:
        parts.append(_loop(node.loop))
    if node.kind == "complex":
        condition = f"activated {node.needed}"
        parts.append(f"<activationCondition>{condition}</activationCondition>")
    if node.trigger:
        reference = REFERENCES.get(node.trigger, "") if node.trigger != "message" else ""
        if node.trigger == "message":
            reference = REFERENCES["message"]
        elif not node.name:
            reference = ""
        parts.append(f"<{node.trigger}EventDefinition{reference.format(node.name)}/>")
    if node.is_scope:
        parts.append("\n" + _inside(plan, node.id) + "\n")
    return "".join(parts)


def _loop(loop: Loop) -> str:
    if loop.kind in ("parallel", "sequential"):
        given = str(loop.kind == "sequential").lower()
        return (
            f'<multiInstanceLoopCharacteristics isSequential="{given}">'
            f"<loopCardinality>number {loop.count}</loopCardinality>"
            "</multiInstanceLoopCharacteristics>"
        )
    given = str(loop.kind == "while").lower()
    return (
        f'<standardLoopCharacteristics testBefore="{given}" loopMaximum="{loop.count}">'
        f"<loopCondition>bit {loop.bit}</loopCondition></standardLoopCharacteristics>"
    )
