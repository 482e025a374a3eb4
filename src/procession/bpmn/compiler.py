"""From XML to immutable process definitions and a list of everything that is wrong.

``reference/architecture.md`` section 6. Three passes: read every element into a node, link flows
and references, check. A file may hold several processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lxml import etree

from procession.bpmn import elements
from procession.bpmn.business_objects import attributes_of
from procession.bpmn.checks import check_definition
from procession.bpmn.constraints import check_constraints
from procession.bpmn.conversations import correlation_keys, message_routes, read_conversations
from procession.bpmn.element import REGISTRY
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.data.data_object_reference import DataObjectReference
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.events.event import Event
from procession.bpmn.elements.flows.association import Association
from procession.bpmn.elements.flows.sequence_flow import SequenceFlow
from procession.bpmn.elements.process.lane_set import LaneSet
from procession.bpmn.elements.process.process import Process
from procession.bpmn.ownership import is_jbpm_file
from procession.bpmn.problems import Problem, Severity
from procession.bpmn.reader import (
    Document,
    Place,
    Reader,
    local_name,
)
from procession.bpmn.root_elements import Message, RootElements, Signal, read_root_elements
from procession.bpmn.unserved import check_unserved
from procession.bpmn.vendor import BPMN
from procession.core.data_types import NO_TYPES, DataTypes
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.item_types import ItemType
from procession.core.ports import ScriptEvaluator
from procession.core.semantics import NO_CHOICE, meant
from procession.values import EMPTY, Map
from procession.xml_documents import Unreadable, parse

IGNORED: Final = frozenset(
    {
        *("documentation", "extensionElements", "textAnnotation", "group", "category"),
        *("auditing", "monitoring", "supportedInterfaceRef", "correlationSubscription"),
        *("resourceRole", "performer", "humanPerformer", "potentialOwner", "supports"),
        *("dataStoreReference", "dataState", "rendering", "ioBinding"),
        *("incoming", "outgoing", "conditionExpression", "script", "eventDefinitionRef"),
        *("dataInput", "dataOutput", "inputSet", "outputSet", "completionCondition"),
        "activationCondition",
    }
)
"""BPMN elements inside a process that say nothing about its run, or that their parent reads."""

PARTS: Final = IGNORED | {
    *("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property")
}
"""BPMN elements that a node may contain which is no scope."""

ROOT_TAGS: Final = frozenset(
    {
        *("process", "message", "signal", "error", "escalation", "itemDefinition", "interface"),
        *("import", "collaboration", "category", "dataStore", "resource", "partnerEntity"),
        *("partnerRole", "endPoint", "correlationProperty", "relationship", "extension"),
        *("textAnnotation", "documentation", "extensionElements"),
    }
)
"""BPMN elements that may stand beside processes."""


GLOBAL_TASKS: Final = frozenset(
    {
        *("globalTask", "globalUserTask", "globalScriptTask", "globalManualTask"),
        "globalBusinessRuleTask",
    }
)
"""Tasks beside processes, which are called like them (BPMN 2.0.2, 10.3.7)."""


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """What a file holds. It can be deployed if no problem is an error."""

    definitions: tuple[ProcessDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()
    interfaces: Mapping[str, str] = EMPTY
    messages: Mapping[str, Message] = field(default_factory=dict)
    signals: Mapping[str, Signal] = field(default_factory=dict)
    is_jbpm: bool = False

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the file from being deployed."""
        return tuple(p for p in self.problems if p.severity == "error")


@dataclass(kw_only=True)
class _Parts:
    """What the first pass gathers of one process."""

    nodes: list[FlowNode] = field(default_factory=list)
    flows: list[SequenceFlow] = field(default_factory=list)
    variables: dict[str, dict[str, ItemType]] = field(default_factory=dict)


def compile_document(
    xml: bytes,
    evaluator: ScriptEvaluator,
    *,
    resource: str,
    strict: bool = False,
    semantics: Map = NO_CHOICE,
    data_types: DataTypes = NO_TYPES,
) -> Compilation:
    """Compile all processes of a file.

    Never raises for a faulty file: every fault is a problem. ``strict`` also holds the file
    against the constraints of the specification. ``semantics`` is what its deployment chose
    (``core/semantics.py``), ``data_types`` the classes that it brings.
    """
    try:
        root = parse(xml)
    except Unreadable as fault:
        return _failed(resource, fault.line, str(fault))
    if root.tag != "{" + BPMN + "}definitions":
        return _failed(resource, 1, f"{root.tag} is not a BPMN 2.0 definitions element")
    document = _document(root, evaluator, resource, strict, semantics)
    document.data_types = data_types
    top = Reader(root, document, Place())
    beside = list(top.children())
    read_root_elements(beside, document.root_elements)
    read_conversations(root, document)
    _check_root(beside)
    definitions = tuple(_definitions(beside))
    if not definitions:
        top.problem("warning", "the file holds no process")
    _check_ids(root, document)
    check_unserved(root, document)
    for definition in definitions:
        document.problems.extend(check_definition(definition, document))
    if strict:
        document.problems.extend(check_constraints(root))
    problems = sorted(document.problems, key=lambda p: (p.line, p.element, p.text))
    known = document.root_elements
    return Compilation(
        definitions=definitions,
        problems=tuple(dict.fromkeys(problems)),
        interfaces=Map(known.interfaces),
        messages=known.messages,
        signals=known.signals,
        is_jbpm=document.is_jbpm,
    )


def _document(
    root: etree._Element, evaluator: ScriptEvaluator, resource: str, strict: bool, choice: Map
) -> Document:
    is_jbpm = is_jbpm_file(root)
    return Document(
        evaluator=evaluator,
        resource=resource,
        is_jbpm=is_jbpm,
        semantics=meant(choice, is_jbpm=is_jbpm),
        strict=strict,
        root_elements=RootElements(),
        expression_language=root.get("expressionLanguage") or "",
        namespaces=frozenset(str(uri) for uri in root.nsmap.values()),
        ids=frozenset(str(id) for at in root.iter("{*}*") if (id := at.get("id"))),
    )


def _definitions(beside: Iterable[Reader]) -> Iterator[ProcessDefinition]:
    """What of a file can be called, in document order."""
    for child in beside:
        if child.tag == "process":
            yield _process(child)
        elif child.tag in GLOBAL_TASKS:
            yield _global_task(child)


def _failed(resource: str, line: int, text: str) -> Compilation:
    problem = Problem(severity="error", element="", line=line, text=f"{resource}: {text}")
    return Compilation(problems=(problem,))


def _check_root(beside: Iterable[Reader]) -> None:
    for child in beside:
        is_event = child.tag.endswith("EventDefinition")
        if child.tag not in (REGISTRY if is_event else ROOT_TAGS | GLOBAL_TASKS):
            child.refuse(child.tag)


def _check_ids(root: etree._Element, document: Document) -> None:
    """Ids are unique in the file, diagrams apart; we need that only of what tokens come to."""
    seen: set[str] = set()
    for at in root.iter("{" + BPMN + "}*"):
        id = at.get("id")
        if id is not None and id in seen:
            known = REGISTRY.get(local_name(at))
            is_node = known is not None and issubclass(known, FlowNode | SequenceFlow)
            severity: Severity = "error" if is_node or document.strict else "warning"
            Reader(at, document, Place()).problem(severity, f"id {id} is used twice", rule="id")
        elif id is not None:
            seen.add(id)


# -- one process ---------------------------------------------------------------------------------


def _process(xml: Reader) -> ProcessDefinition:
    """Read one process with everything in it, and link it."""
    if not xml.id:
        xml.problem("error", "the process has no id")
    globals = {g.attribute("identifier") or "": g.attribute("type") or "" for g in _globals(xml)}
    imports = tuple(i.attribute("name") or "" for i in xml.extensions("import"))
    parts = _Parts()
    xml = xml.moved(imports=imports, globals=Map(globals))
    xml = _inside(xml, "", parts)
    root = Process.read(xml)
    _container(xml, parts)
    nodes = _linked(xml, parts)
    return ProcessDefinition(
        id=xml.id,
        name=xml.attribute("name") or xml.id,
        version=xml.vendor("version") or "",
        package=xml.vendor("package") or "",
        root=root,
        nodes=nodes,
        flows={flow.id: flow for flow in parts.flows},
        variables=parts.variables,
        metadata=root.metadata,
        imports=imports,
        globals=Map(globals),
        is_jbpm=xml.document.is_jbpm,
        semantics=xml.document.semantics,
        is_executable=xml.flag("isExecutable", True),
        is_ad_hoc=xml.vendor_flag("ad_hoc", False),
        attributes=attributes_of(xml),
        line=xml.line,
        evaluator=xml.document.evaluator,
        correlation_keys=correlation_keys(xml),
        message_routes=message_routes(xml),
        associations=Association.all_of(xml),
        rule_conditions=tuple(xml.document.rule_conditions),
    )


def _global_task(xml: Reader) -> ProcessDefinition:
    """Read a global task as the definition with that one task in it."""
    if not xml.id:
        xml.problem("error", f"the {xml.tag} has no id")
    parts = _Parts()
    xml = _inside(xml, "", parts)
    for child in xml.children():
        _check_part(child, FlowNode)
    known: Any = REGISTRY[xml.tag]
    task: FlowNode = known.read(xml)
    return ProcessDefinition(
        id=xml.id,
        name=task.name or xml.id,
        version=xml.vendor("version") or "",
        package=xml.vendor("package") or "",
        root=Process(id="", name=task.name or xml.id, line=xml.line),
        nodes={task.id: task} if task.id else {},
        flows={},
        variables=parts.variables,
        is_jbpm=xml.document.is_jbpm,
        semantics=xml.document.semantics,
        is_global_task=True,
        line=xml.line,
        evaluator=xml.document.evaluator,
    )


def _globals(xml: Reader) -> Iterator[Reader]:
    return xml.extensions("global")


def _inside(xml: Reader, container: str, parts: _Parts) -> Reader:
    """The same element, in the place of what is declared inside it."""
    declared = parts.variables.setdefault(container, {})
    names, names_all = dict(xml.place.names), xml.place.names_all
    lanes = dict(xml.place.lanes)
    for child in xml.children():
        if child.tag in ("property", "dataObject"):
            data: Any = REGISTRY[child.tag].read(child)  # type: ignore[attr-defined]
            declared[data.variable.name] = data.variable
            names[data.id] = data.variable.name
            names_all = True
        elif child.tag == "laneSet":
            lanes.update(LaneSet.read(child).lanes)
        elif child.tag == "ioSpecification" and not container:
            io = IoSpecification.read(child)
            for id, item in {**io.inputs, **io.outputs}.items():
                declared.setdefault(item.name, item)
                names[id], names_all = item.name, True
        elif child.tag.endswith("LoopCharacteristics"):
            loop: Any = REGISTRY[child.tag]
            for data in loop.declares(child):
                declared[data.variable.name] = data.variable
                names[data.id] = data.variable.name
    for child in xml.children("dataObjectReference"):
        reference = DataObjectReference.read(child)
        names[reference.id] = names.get(reference.target, reference.target)
    types = {**xml.place.types, **{name: item.structure for name, item in declared.items()}}
    if not declared:
        del parts.variables[container]
    return xml.moved(names=names, lanes=lanes, types=Map(types), names_all=names_all)


def _container(xml: Reader, parts: _Parts) -> None:
    """Read the nodes and flows inside a process or sub-process."""
    for child in xml.children():
        known = REGISTRY.get(child.tag)
        if known is not None and issubclass(known, SequenceFlow):
            parts.flows.append(known.read(child))
        elif known is not None and issubclass(known, FlowNode):
            parts.nodes.append(_node(child, known, parts))
        elif known is None and child.tag not in IGNORED:
            child.refuse(child.tag)


def _node(xml: Reader, known: Any, parts: _Parts) -> FlowNode:
    """Read a node, and what is inside it if it is a scope."""
    if not xml.id:
        id = f"{xml.tag}-{xml.document.count + 1}"
        xml.xml.set("id", id)
        xml.problem("warning", f"{xml.tag} has no id; it is called {id}", rule="id")
    if not known.is_scope:
        for child in xml.children():
            _check_part(child, known)
        declares = known.can_loop or xml.child("property") is not None
        node: FlowNode = known.read(_inside(xml, xml.id, parts) if declares else xml)
        return node
    inner = _inside(xml, xml.id, parts)
    node = known.read(inner)
    _container(inner.moved(container=xml.id), parts)
    return node


def _check_part(xml: Reader, known: Any) -> None:
    """Refuse what a node contains and we do not understand."""
    if xml.tag == "property" and not issubclass(known, Activity | Event):
        xml.refuse("a property of something that is neither an activity nor an event")
    elif xml.tag.endswith("LoopCharacteristics") and known.can_loop and xml.tag in REGISTRY:
        return
    elif xml.tag not in PARTS and not xml.tag.endswith("EventDefinition"):
        xml.refuse(xml.tag)


def _linked(xml: Reader, parts: _Parts) -> dict[str, FlowNode]:
    """Nodes by id with the flows that reach and leave them, in document order."""
    nodes = {node.id: node for node in parts.nodes}
    incoming: dict[str, list[str]] = {id: [] for id in nodes}
    outgoing: dict[str, list[str]] = {id: [] for id in nodes}
    for index, flow in enumerate(parts.flows):
        if not flow.id:
            flow = parts.flows[index] = replace(flow, id=f"sequenceFlow-{flow.line}-{index}")
        if flow.source in nodes and flow.target in nodes:
            outgoing[flow.source].append(flow.id)
            incoming[flow.target].append(flow.id)
            continue
        for role, end in (("sourceRef", flow.source), ("targetRef", flow.target)):
            if end not in nodes and end not in xml.document.refused:
                text = f"{role} {end or '(none)'} is no node of this process"
                _flow_problem(xml, flow, text)
    parts.flows = [f for f in parts.flows if f.source in nodes and f.target in nodes]
    return {
        id: replace(node, incoming=tuple(incoming[id]), outgoing=tuple(outgoing[id]))
        for id, node in nodes.items()
    }


def _flow_problem(xml: Reader, flow: SequenceFlow, text: str) -> None:
    problem = Problem(
        severity="error", element=flow.id, line=flow.line, text=text, rule="reference"
    )
    xml.document.problems.append(problem)


elements.load()
