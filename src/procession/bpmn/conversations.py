"""What stands between processes: data stores, correlation keys and message flows.

BPMN 2.0.2, 8.4.2 and 9. jBPM 6 reads none of it, so in its files nothing of it has an effect.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from procession.bpmn.elements.correlation.correlation_property import CorrelationProperty
from procession.bpmn.elements.correlation.correlation_subscription import CorrelationSubscription
from procession.bpmn.elements.data.data_store_reference import read_data_stores
from procession.bpmn.elements.process.collaboration import Collaboration
from procession.bpmn.elements.process.message_flow import MessageFlow
from procession.bpmn.reader import Document, Place, Reader, is_bpmn, local_name
from procession.bpmn.root_elements import Message
from procession.core.correlation import CorrelationKey
from procession.core.graph import MessageRoute
from procession.core.ports import Script

SENDERS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent", "serviceTask"})
RECEIVERS = frozenset(
    {"receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent", "serviceTask"}
)


def read_conversations(root: etree._Element, document: Document) -> None:
    """Read data stores, correlation properties and collaborations, before the processes."""
    if not document.semantics.data_stores_ignored:
        read_data_stores(root, document)
    if document.semantics.conversations_ignored:
        return
    known = document.root_elements
    top = Reader(root, document, Place())
    for xml in top.children("correlationProperty"):
        known.correlation_properties[xml.id] = CorrelationProperty.read(xml)
    for xml in top.children("collaboration"):
        known.collaborations.append(Collaboration.read(xml))
    flows = [flow for each in known.collaborations for flow in each.message_flows]
    if not flows:
        return
    at = {str(id): node for node in root.iter("{*}*") if is_bpmn(node) and (id := node.get("id"))}
    for flow in flows:
        _name(flow, at, document)


def _name(flow: MessageFlow, at: dict[str, etree._Element], document: Document) -> None:
    """Let ends that name no message have the flow's, or the other end's; report misfits."""
    known = document.root_elements
    readers = [
        Reader(at[end], document, Place()) if end in at else None
        for end in (flow.source, flow.target)
    ]
    given = [_message_at(xml) if xml else "" for xml in readers]
    place = Reader(at[flow.id], document, Place()) if flow.id in at else readers[0]
    if place is None:
        return
    for role, xml, tags in zip(("source", "target"), readers, (SENDERS, RECEIVERS), strict=True):
        if xml is None:
            end = getattr(flow, role)
            place.problem("warning", f"{role}Ref {end or '(none)'} is nothing", rule="reference")
        elif xml.tag not in (*tags, "participant"):
            verb = "sends" if role == "source" else "receives"
            text = f"a {xml.tag} {verb} no message, so the message flow has no effect"
            place.problem("warning", text, rule="ignored")
    if given[0] and given[1] and given[0] != given[1]:
        text = f"the flow leads from message {given[0]} to message {given[1]}: nothing arrives"
        place.problem("warning", text, rule="reference")
    id = flow.message or given[0] or given[1]
    message = known.messages.get(id) or Message(id=flow.id, name=flow.name or flow.id)
    for end in (flow.source, flow.target):
        known.flow_messages.setdefault(end, message)


def _message_at(xml: Reader) -> str:
    """The message that a node names itself."""
    for at in (xml, *xml.children("messageEventDefinition")):
        reference = at.root_element(at.attribute("messageRef"))
        if not reference:
            text = at.attribute("operationRef") or at.text("operationRef")
            operation = xml.document.root_elements.operations.get(at.root_element(text))
            reference = operation.in_message if operation else ""
        if reference:
            return reference
    return ""


def correlation_keys(xml: Reader) -> tuple[CorrelationKey, ...]:
    """The keys of the conversations that a process takes part in, or subscribes to."""
    known = xml.document.root_elements
    if xml.document.semantics.conversations_ignored:
        return ()
    subscriptions = {
        each.key: each
        for each in map(CorrelationSubscription.read, xml.children("correlationSubscription"))
    }
    found: dict[str, CorrelationKey] = {}
    for collaboration in known.collaborations:
        for key in collaboration.keys:
            subscription = subscriptions.pop(key.id, None)
            if subscription is None and xml.id not in collaboration.participants:
                continue
            bindings: tuple[Script, ...] = ()
            if subscription is not None:
                missing = [name for name in key.properties if name not in subscription.bindings]
                if missing:
                    text = f"the subscription to {key.id} binds no data to {', '.join(missing)}"
                    xml.problem("error", text, rule="reference")
                    continue
                bindings = tuple(subscription.bindings[name] for name in key.properties)
            found[key.id] = CorrelationKey(id=key.id, paths=key.paths, bindings=bindings)
    for name in subscriptions:
        xml.problem("error", f"{name or '(none)'} is no correlationKey", rule="reference")
    return tuple(found.values())


def message_routes(xml: Reader) -> dict[str, tuple[MessageRoute, ...]]:
    """Where the message flows lead that leave the nodes of a process, by node."""
    known = xml.document.root_elements
    flows = [flow for each in known.collaborations for flow in each.message_flows]
    if not flows:
        return {}
    pools = {p: process for each in known.collaborations for p, process in each.pools.items()}
    homes = dict(_homes(xml))
    found: dict[str, list[MessageRoute]] = {}
    for flow in flows:
        if homes.get(flow.source) != xml.id:
            continue
        if flow.target in pools:
            route = MessageRoute(process=pools[flow.target])
        elif flow.target in homes:
            route = MessageRoute(process=homes[flow.target], node=flow.target)
        else:
            continue
        found.setdefault(flow.source, []).append(route)
    return {source: tuple(routes) for source, routes in found.items()}


def _homes(xml: Reader) -> Iterator[tuple[str, str]]:
    """Every element of every process of the file, with the process it stands in."""
    root = xml.xml.getparent()
    for process in () if root is None else root.iterchildren(etree.Element):
        if is_bpmn(process) and local_name(process) == "process":
            for at in process.iter("{*}*"):
                if at.get("id"):
                    yield str(at.get("id")), str(process.get("id"))
