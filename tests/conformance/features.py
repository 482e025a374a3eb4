"""What a model uses, in the words of the conformance corpus, and what of that is covered.

A feature is a tag, or what is particular in its use: an event with the kind of its definition
(``boundaryEvent:timer-nonInterrupting``), ``eventSubProcess``, ``compensation``, the language of
a script. The corpus's own lists name tags only, or leave positions out, so the files are asked
as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DROOLS: Final = "{http://www.jboss.org/drools}"

_EVENTS: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
_LANGUAGES: Final = {
    "http://www.java.com/java": "java",
    "http://www.mvel.org/2.0": "mvel",
    "http://www.javascript.com/javascript": "javascript",
    "http://www.java.com/javascript": "javascript",
    "http://www.w3.org/1999/XPath": "xpath",
    "http://www.omg.org/spec/FEEL/20140401": "feel",
    "python": "python",
    "http://www.jboss.org/drools/rule": "rules",
    "": "mvel",
}

_TAGS: Final = """
definitions process property laneSet lane childLaneSet flowNodeRef sequenceFlow conditionExpression
dataObject dataObjectReference itemDefinition message signal error interface operation inMessageRef
outMessageRef errorRef import collaboration participant messageFlow category categoryValue group
association textAnnotation text documentation extensionElements incoming outgoing script
ioSpecification dataInput dataOutput inputSet outputSet dataInputRefs dataOutputRefs
dataInputAssociation dataOutputAssociation sourceRef targetRef assignment from to transformation
potentialOwner humanPerformer performer resource resourceRef resourceAssignmentExpression
formalExpression resourceRole
timeDuration timeDate timeCycle dataState interfaceRef operationRef participantMultiplicity
relationship source target dataStore dataStoreReference
correlationProperty correlationPropertyRetrievalExpression messagePath correlationKey
correlationPropertyRef correlationSubscription correlationPropertyBinding dataPath conversation
conversationLink
optionalInputRefs optionalOutputRefs inputSetRefs outputSetRefs
task userTask scriptTask serviceTask sendTask receiveTask manualTask
exclusiveGateway parallelGateway inclusiveGateway subProcess callActivity
adHocSubProcess globalTask globalUserTask globalScriptTask globalManualTask
startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent
timerEventDefinition signalEventDefinition messageEventDefinition errorEventDefinition
terminateEventDefinition eventDefinitionRef
multiInstanceLoopCharacteristics standardLoopCharacteristics loopCardinality loopCondition
loopDataInputRef loopDataOutputRef inputDataItem outputDataItem completionCondition
complexBehaviorDefinition condition event
compensateEventDefinition cancelEventDefinition transaction
escalation escalationEventDefinition conditionalEventDefinition
eventBasedGateway complexGateway activationCondition linkEventDefinition
"""
"""Tags that are covered; the positions of events are looked at one by one."""

_WORDS: Final = """
multiInstance
customWorkItem onEntryExitScript conditionalFlow dataTransformation expressionInput adHocProcess
startEvent:timer startEvent:signal startEvent:message
endEvent:terminate endEvent:error endEvent:signal endEvent:message
intermediateCatchEvent:timer intermediateCatchEvent:signal intermediateCatchEvent:message
intermediateThrowEvent:none intermediateThrowEvent:signal intermediateThrowEvent:message
boundaryEvent:timer boundaryEvent:timer-nonInterrupting
boundaryEvent:signal boundaryEvent:signal-nonInterrupting
boundaryEvent:message boundaryEvent:message-nonInterrupting
boundaryEvent:error
eventSubProcess startEvent:error
startEvent:timer-nonInterrupting startEvent:signal-nonInterrupting
startEvent:message-nonInterrupting
startEvent:escalation startEvent:escalation-nonInterrupting
intermediateThrowEvent:escalation endEvent:escalation
boundaryEvent:escalation boundaryEvent:escalation-nonInterrupting
intermediateCatchEvent:conditional
boundaryEvent:conditional boundaryEvent:conditional-nonInterrupting
startEvent:conditional startEvent:conditional-nonInterrupting
compensation startEvent:compensate intermediateThrowEvent:compensate endEvent:compensate
boundaryEvent:compensate boundaryEvent:cancel endEvent:cancel
intermediateCatchEvent:link intermediateThrowEvent:link
startEvent:multiple startEvent:multiple-nonInterrupting intermediateCatchEvent:multiple
boundaryEvent:multiple boundaryEvent:multiple-nonInterrupting
intermediateThrowEvent:multiple endEvent:multiple
receiveTask:instantiate eventBasedGateway:instantiate
language:java language:mvel language:xpath language:javascript language:python language:feel
"""
"""Particular uses that are covered."""

COVERED: Final = frozenset(_TAGS.split()) | frozenset(_WORDS.split())


def features_of(xml: bytes) -> frozenset[str]:
    """Everything a model uses."""
    root = ET.fromstring(xml)
    found: set[str] = set()
    default = root.get("expressionLanguage") or ""
    is_jbpm = DROOLS[1:-1].encode() in xml
    shared = {at.get("id"): at for at in root if _is_definition(at)}
    for at in _modelled(root):
        found.update(_of(at, "" if is_jbpm else default, shared))
    for at in root.iter():
        if isinstance(at.tag, str) and at.tag.endswith(("}onEntry-script", "}onExit-script")):
            found.add("language:" + _language(at.get("scriptFormat")))
    return frozenset(found)


def _modelled(at: ET.Element) -> Iterator[ET.Element]:
    """The elements of BPMN, without what stands in extensions."""
    if at.tag.startswith(BPMN):
        yield at
    if at.tag != BPMN + "extensionElements":
        for child in at:
            yield from _modelled(child)


def _is_definition(at: ET.Element) -> bool:
    return at.tag.startswith(BPMN) and at.tag.endswith("EventDefinition")


def _of(at: ET.Element, default: str, shared: Mapping[str | None, ET.Element]) -> Iterator[str]:
    tag = at.tag.removeprefix(BPMN)
    if tag in _EVENTS:
        yield _event(at, tag, shared)
    elif tag == "subProcess" and at.get("triggeredByEvent") == "true":
        yield "eventSubProcess"
    elif tag == "transformation":
        yield tag
        language = (at.get("language") or "").replace("http://www.java.com/", "")
        yield "language:" + _language(language)
    elif not tag.endswith("EventDefinition") or tag[:-15] not in _KINDS:
        yield tag
    if tag == "process" and at.get(DROOLS + "adHoc") == "true":
        yield "adHocProcess"
    if at.get("isForCompensation") == "true":
        yield "compensation"
    if at.get("instantiate") == "true":
        yield f"{tag}:instantiate"
    if tag == "scriptTask" and "".join(at.itertext()).strip():
        yield "language:" + _language(at.get("scriptFormat"))
    if tag in ("conditionExpression", "condition") and (at.text or "").strip():
        yield "language:" + _language(at.get("language", default))


_KINDS: Final = frozenset({"timer", "signal", "message", "error", "terminate"})


def _event(at: ET.Element, tag: str, shared: Mapping[str | None, ET.Element]) -> str:
    definitions = [child for child in at if _is_definition(child)]
    for child in at.findall(BPMN + "eventDefinitionRef"):
        name = (child.text or "").strip().rpartition(":")[2]
        definitions.append(shared.get(name, child))
    if not definitions:
        return tag
    kind = definitions[0].tag.removeprefix(BPMN).removesuffix("EventDefinition")
    if len(definitions) > 1:
        kind = "multiple"
    quiet = at.get("cancelActivity") == "false" or at.get("isInterrupting") == "false"
    return f"{tag}:{kind}-nonInterrupting" if quiet else f"{tag}:{kind}"


def _language(text: str | None) -> str:
    return _LANGUAGES.get((text or "").strip(), (text or "").strip())
