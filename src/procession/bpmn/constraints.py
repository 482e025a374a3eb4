"""Constraints of the specification that a process could run without: checked in strict mode.

BPMN 2.0.2. The rules look at the XML itself, each on its own; one rule is one function, listed in
:data:`RULES`. What every mode checks stands in the element files and in ``bpmn/checks.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from procession.bpmn.constraints_data import DATA_RULES
from procession.bpmn.problems import Problem
from procession.bpmn.reader import is_bpmn, local_name
from procession.bpmn.strict_index import Index, found_at
from procession.bpmn.vendor import XSI

_URI: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")

Rule = Callable[[Index], Iterator[Problem]]


def check_constraints(root: etree._Element) -> Iterator[Problem]:
    """Every violation of the constraints we know."""
    index = Index(root)
    for rule in (*RULES, *DATA_RULES):
        yield from rule(index)


def _listed_flows(index: Index) -> Iterator[Problem]:
    """``incoming`` and ``outgoing`` of a node list exactly the flows that reach and leave it."""
    for node in index.nodes:
        id = node.get("id") or ""
        for tag, flows in (("incoming", index.incoming), ("outgoing", index.outgoing)):
            listed = [index.text(child) for child in index.children(node, tag)]
            if sorted(listed) != sorted(flows.get(id, ())):
                yield found_at(node, f"{tag} does not list the flows of the node", "10.5.1")


def _directions(index: Index) -> Iterator[Problem]:
    """``gatewayDirection`` says how many flows a gateway has on either side (10.6.1)."""
    for node in index.nodes:
        tag, id = local_name(node), node.get("id") or ""
        if not tag.endswith("Gateway"):
            continue
        into, out = len(index.incoming.get(id, ())), len(index.outgoing.get(id, ()))
        direction = node.get("gatewayDirection", "Unspecified")
        fits = {
            "Converging": into > 1 and out < 2,
            "Diverging": into < 2 and out > 1,
            "Mixed": into > 1 and out > 1,
        }.get(direction, into > 1 or out > 1)
        if not fits:
            text = f"a gateway with {into} flows in and {out} out is not {direction}"
            yield found_at(node, text, "10.6.1")


def _expressions(index: Index) -> Iterator[Problem]:
    """An executable process has formal expressions with a body and a language that is a URI."""
    for tag in _FORMAL:
        for at in index.all(tag):
            kind = at.get("{" + XSI + "}type", "").rpartition(":")[2]
            if index.is_executable(at) and kind != "tFormalExpression":
                yield found_at(at, f"{tag} must be a formal expression", "10.3.1")
            if not index.text(at):
                yield found_at(at, f"{tag} has no body", "8.4.3")
    for tag in ("messagePath", "dataPath"):
        for at in index.all(tag):
            if not index.text(at):
                yield found_at(at, f"{tag} has no body", "8.4.3")
    for at in index.root.iter(etree.Element):
        language = at.get("language")
        if is_bpmn(at) and language is not None and not _URI.fullmatch(language):
            yield found_at(at, f"language {language!r} is no URI", "8.4.3")


_FORMAL: Final = (
    *("conditionExpression", "timeDate", "timeDuration", "timeCycle"),
    *("loopCardinality", "loopCondition", "from", "to"),
)


def _text_formats(index: Index) -> Iterator[Problem]:
    """``textFormat`` is a mime type (8.4.1)."""
    for at in index.root.iter(etree.Element):
        given = at.get("textFormat")
        if given is not None and not re.fullmatch(r"[\w.+-]+/[\w.+-]+", given):
            yield found_at(at, f"textFormat {given!r} is no mime type", "8.4.1")


def _sequence_flows(index: Index) -> Iterator[Problem]:
    """Flows of executable processes are not immediate; a condition needs an alternative."""
    for flow in index.all("sequenceFlow"):
        if flow.get("isImmediate") is not None and index.is_executable(flow):
            yield found_at(flow, "isImmediate is not for executable processes", "8.4.13")
        source = index.by_id.get(index.reference(flow.get("sourceRef")))
        if source is None or index.one(flow, "conditionExpression") is None:
            continue
        if local_name(source) in ("parallelGateway", "eventBasedGateway"):
            yield found_at(flow, "a flow out of this gateway has no condition", "8.4.13")
        elif len(index.outgoing.get(source.get("id") or "", ())) < 2:
            yield found_at(flow, "a conditional flow needs another one beside it", "8.4.13")


_SENDERS: Final = frozenset({"endEvent", "intermediateThrowEvent", "participant"})
_RECEIVERS: Final = frozenset(
    {"startEvent", "intermediateCatchEvent", "boundaryEvent", "participant"}
)


def _has_message(index: Index, event: etree._Element | None) -> bool:
    definitions = [] if event is None else index.definitions(event)
    return any(local_name(d) == "messageEventDefinition" for d in definitions)


def _message_flows(index: Index) -> Iterator[Problem]:
    """Message flows go between pools, from what sends to what receives (9.4)."""
    for flow in index.all("messageFlow"):
        ends = []
        for name, events in (("sourceRef", _SENDERS), ("targetRef", _RECEIVERS)):
            end = index.by_id.get(index.reference(flow.get(name)))
            tag = local_name(end) if end is not None else ""
            fits = tag in events and (tag == "participant" or _has_message(index, end))
            if end is None or not (fits or index.is_activity(end)):
                yield found_at(flow, f"{name} {tag} cannot be an end of a message flow", "9.4")
            else:
                ends.append(end)
        if len(ends) == 2 and index.pool(ends[0]) == index.pool(ends[1]) != "":
            yield found_at(flow, "a message flow goes between two pools", "9.4")


def _participants(index: Index) -> Iterator[Problem]:
    """Multiplicities of participants, and types of processes."""
    for at in index.all("participantMultiplicity"):
        low, high = at.get("minimum", "0"), at.get("maximum", "1")
        if not (low.isdigit() and high.isdigit() and int(low) <= int(high) and int(high) > 0):
            yield found_at(at, "maximum must be positive and not below minimum", "9.3.1")
    for process in index.all("process"):
        if process.get("processType") == "Public" and process.get("isExecutable") == "true":
            yield found_at(process, "a public process is not executable", "10.2")


def _resources(index: Index) -> Iterator[Problem]:
    """A performer names a resource or an expression, not both (10.3.1)."""
    for tag in ("performer", "humanPerformer", "potentialOwner", "resourceRole"):
        for at in index.all(tag):
            named = index.one(at, "resourceRef") is not None
            if named and index.one(at, "resourceAssignmentExpression") is not None:
                yield found_at(at, "a resource and an expression exclude each other", "10.3.1")
            if not named and index.one(at, "resourceParameterBinding") is not None:
                yield found_at(at, "parameters are bound but no resource is named", "10.3.1")


def _starts_and_ends(index: Index) -> Iterator[Problem]:
    """A level with an end has a start and the other way round; called processes start plainly."""
    for level in (*index.all("process"), *index.all("subProcess"), *index.all("transaction")):
        has_start = index.one(level, "startEvent") is not None
        has_end = index.one(level, "endEvent") is not None
        if has_start != has_end:
            missing = "end event" if has_start else "start event"
            yield found_at(level, f"there is no {missing} on this level", "10.5.2")
        if not has_start:
            continue
        for node in index.nodes:
            id = node.get("id") or ""
            if node.getparent() is not level or index.stands_alone(node):
                continue
            if local_name(node) != "startEvent" and id not in index.incoming:
                yield found_at(node, "no flow leads here although there is a start", "10.5.2")
            if local_name(node) != "endEvent" and id not in index.outgoing:
                yield found_at(node, "no flow leaves although there is an end", "10.5.3")
    for call in index.all("callActivity"):
        called = index.by_id.get(index.reference(call.get("calledElement")))
        if called is None or local_name(called) != "process":
            continue
        starts = list(index.children(called, "startEvent"))
        if starts and not any(not index.definitions(start) for start in starts):
            yield found_at(call, "the called process has no plain start event", "10.5.2")


def _messages(index: Index) -> Iterator[Problem]:
    """What starts by a message is led to by nothing; events name message and operation (10.5.5)."""
    for task in index.all("receiveTask"):
        if task.get("instantiate") == "true" and task.get("id") in index.incoming:
            yield found_at(task, "a flow leads to a task that starts the process", "10.3.3")
    for at in index.all("messageEventDefinition"):
        if not (index.is_executable(at) or at.getparent() is index.root):
            continue
        if not at.get("messageRef"):
            yield found_at(at, "the event names no message", "10.5.5")
        if index.one(at, "operationRef") is None:
            yield found_at(at, "the event names no operation", "10.5.5")


def _events_on_the_way(index: Index) -> Iterator[Problem]:
    """An intermediate event is led to and left; an error at a boundary interrupts (10.5.4)."""
    for node in index.nodes:
        tag, id = local_name(node), node.get("id") or ""
        kinds = [local_name(d) for d in index.definitions(node)]
        if tag == "boundaryEvent" and "errorEventDefinition" in kinds:
            if node.get("cancelActivity") == "false":
                yield found_at(node, "an error event at a boundary interrupts", "10.5.4")
        elif tag.startswith("intermediate") and "linkEventDefinition" not in kinds:
            if id not in index.incoming:
                yield found_at(node, "nothing leads to the event", "10.5.4")
            if id not in index.outgoing:
                yield found_at(node, "nothing leaves the event", "10.5.4")


def _link_events(index: Index) -> Iterator[Problem]:
    """Link events come in pairs, one way each (10.5.5)."""
    for node in index.nodes:
        if not any(local_name(d) == "linkEventDefinition" for d in index.definitions(node)):
            continue
        id, tag = node.get("id") or "", local_name(node)
        if tag == "intermediateCatchEvent" and id in index.incoming:
            yield found_at(node, "nothing leads to a catching link", "10.5.5")
        if tag == "intermediateThrowEvent" and id in index.outgoing:
            yield found_at(node, "nothing leaves a throwing link", "10.5.5")


_REFERENCES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("messageFlow", "messageRef", ("message",)),
    ("message", "itemRef", ("itemDefinition",)),
    ("signal", "structureRef", ("itemDefinition",)),
    ("error", "structureRef", ("itemDefinition",)),
    ("escalation", "structureRef", ("itemDefinition",)),
    ("serviceTask", "operationRef", ("operation",)),
    ("sendTask", "operationRef", ("operation",)),
    ("receiveTask", "operationRef", ("operation",)),
    ("sendTask", "messageRef", ("message",)),
    ("receiveTask", "messageRef", ("message",)),
    ("messageEventDefinition", "messageRef", ("message",)),
    ("signalEventDefinition", "signalRef", ("signal",)),
    ("errorEventDefinition", "errorRef", ("error",)),
    ("escalationEventDefinition", "escalationRef", ("escalation",)),
    ("participant", "processRef", ("process",)),
    ("participant", "interfaceRef", ("interface",)),
    ("messageEventDefinition", "operationRef", ("operation",)),
    ("operation", "inMessageRef", ("message",)),
    ("operation", "outMessageRef", ("message",)),
    ("operation", "errorRef", ("error",)),
    ("process", "supportedInterfaceRef", ("interface",)),
    ("inputSet", "dataInputRefs", ("dataInput",)),
    ("outputSet", "dataOutputRefs", ("dataOutput",)),
    ("dataObjectReference", "dataObjectRef", ("dataObject",)),
    ("dataStoreReference", "dataStoreRef", ("dataStore",)),
    ("group", "categoryValueRef", ("categoryValue",)),
)
"""Which kind of element each reference names, as an attribute or as a child."""


def _references(index: Index) -> Iterator[Problem]:
    """References name something of the right kind that is there."""
    for tag, name, kinds in _REFERENCES:
        for at in index.all(tag):
            texts = [index.text(child) for child in index.children(at, name)]
            if at.get(name) is not None:
                texts.append(at.get(name) or "")
            for text in texts:
                end = index.by_id.get(index.reference(text))
                if end is None or local_name(end) not in kinds:
                    yield found_at(at, f"{name} {text!r} is no {kinds[0]}", "reference")


def _codes(index: Index) -> Iterator[Problem]:
    """What throws an error or escalation names one that has a code (10.5.1)."""
    for kind, code in (("error", "errorCode"), ("escalation", "escalationCode")):
        for at in index.all(f"{kind}EventDefinition"):
            parent = at.getparent()
            if parent is None or local_name(parent) not in ("endEvent", "intermediateThrowEvent"):
                continue
            thrown = index.by_id.get(index.reference(at.get(f"{kind}Ref")))
            if thrown is not None and not thrown.get(code):
                yield found_at(parent, f"the {kind} that is thrown has no {code}", "10.5.1")


def _transactions(index: Index) -> Iterator[Problem]:
    """The method of a transaction is named by a URI (10.3.5)."""
    for at in index.all("transaction"):
        method = at.get("method") or ""
        if not _URI.fullmatch(method):
            yield found_at(at, f"method {method!r} is no URI", "10.3.5")


RULES: Final[tuple[Rule, ...]] = (
    _listed_flows,
    _directions,
    _expressions,
    _text_formats,
    _sequence_flows,
    _message_flows,
    _participants,
    _resources,
    _starts_and_ends,
    _messages,
    _events_on_the_way,
    _link_events,
    _references,
    _codes,
    _transactions,
)
