"""The third pass: every node checks itself, then a few rules about the whole.

``reference/jbpm-engine.md`` 1.12. What makes a process impossible to run is an error; in jBPM's
files so is what jBPM refuses to deploy. Everything else that looks unmeant is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Document
from procession.core.graph import FlowNode, ProcessDefinition


def check_definition(graph: ProcessDefinition, document: Document) -> Iterator[Problem]:
    """Everything wrong with a process that has been linked.

    Nothing is said of nodes that are, or stand in, what was refused as unsupported.
    """
    for node in graph.nodes.values():
        if _is_refused(graph, document, node):
            continue
        for flaw in node.check(graph):
            yield Problem(
                severity="error" if flaw.severity == "error" else "warning",
                element=flaw.element,
                line=flaw.line,
                text=flaw.text,
                rule=getattr(flaw, "rule", "structure"),
            )
        if not graph.is_global_task:
            yield from _check_flows(graph, document, node)
        if node.is_async and _begins_by_itself(graph, node):
            yield warning(node, "no token comes to it, so nothing is put off", rule="ignored")
    yield from _check_references(graph, document)
    if not document.refused and not graph.is_global_task:
        yield from _check_start(graph)
        yield from _check_reachable(graph)


def _is_refused(graph: ProcessDefinition, document: Document, node: FlowNode) -> bool:
    at: FlowNode | None = node
    while at is not None:
        if at.id in document.refused or getattr(at, "attached_to", "") in document.refused:
            return True
        at = graph.nodes.get(at.container)
    return False


def _check_flows(graph: ProcessDefinition, document: Document, node: FlowNode) -> Iterator[Problem]:
    for flow in graph.outgoing(node):
        if graph.nodes[flow.target].container != node.container:
            yield error(flow, "a sequence flow cannot leave its sub-process")
    if not graph.semantics.jbpm_checks or document.refused or _is_ad_hoc(graph, node.container):
        return
    kind = type(node).__name__
    if getattr(node, "triggered_by_event", False):
        return
    if _is_handler(node) or node.id in graph.compensation.targets:
        return
    if not node.outgoing and kind != "EndEvent" and not getattr(node, "link_thrown", ""):
        yield error(node, "the node has no outgoing connection")
    if not node.incoming and kind not in _BEGINNINGS and not _instantiates(node):
        yield error(node, "the node has no incoming connection")


def _is_handler(node: FlowNode) -> bool:
    """Whether no flow leads to the node because compensation does."""
    return bool(getattr(node, "is_for_compensation", False))


def _begins_by_itself(graph: ProcessDefinition, node: FlowNode) -> bool:
    """Whether a node is entered because something happened, and not by a token."""
    around = graph.nodes.get(node.container)
    return bool(
        getattr(node, "attached_to", "")
        or getattr(node, "triggered_by_event", False)
        or getattr(node, "is_for_compensation", False)
        or (getattr(around, "triggered_by_event", False) and type(node).__name__ == "StartEvent")
    )


def _is_ad_hoc(graph: ProcessDefinition, container: str) -> bool:
    """Whether what stands there may be begun by its name, so that no flow has to lead to it."""
    return bool(getattr(graph.node(container), "is_ad_hoc", False))


def _instantiates(node: FlowNode) -> bool:
    """Whether it starts the process without being a start event."""
    return bool(getattr(node, "instantiates", False))


_BEGINNINGS: Final = frozenset({"StartEvent", "BoundaryEvent", "IntermediateCatchEvent"})


def _check_references(graph: ProcessDefinition, document: Document) -> Iterator[Problem]:
    """References of attributes to flows and nodes of the process."""
    for id, line, name, value, to in document.references:
        if id not in graph.nodes or value in document.refused:
            continue
        if to == "sequenceFlow":
            found = value in graph.flows and graph.flows[value].source == id
        else:
            found = value in graph.nodes
        if not found:
            text = f"{name} {value} is no {to} here"
            yield Problem(severity="error", element=id, line=line, text=text, rule="reference")


def _check_start(graph: ProcessDefinition) -> Iterator[Problem]:
    entrances = graph.entrances.get("", ())
    starts = [n for n in entrances if type(n).__name__ == "StartEvent"]
    others = [n for n in entrances if _instantiates(n)]
    if not graph.nodes:
        yield warning(graph.root, f"process {graph.id} is empty")
    elif not (starts or others or graph.is_ad_hoc) and (
        graph.semantics.jbpm_checks or not entrances
    ):
        yield Problem(
            severity="error",
            element=graph.id,
            line=graph.line,
            text=f"process {graph.id} has no start event",
        )
    plain = [n for n in starts if getattr(n, "definition", None) is None]
    for node in plain[1:]:
        text = "only the first plain start event begins the process"
        yield (error if graph.semantics.jbpm_checks else warning)(node, text)


def _check_reachable(graph: ProcessDefinition) -> Iterator[Problem]:
    """Nodes that no token ever comes to."""
    for members in graph.members.values():
        container = members[0].container
        entrances = graph.entrances.get(container, ())
        starts = [n for n in entrances if type(n).__name__ == "StartEvent"]
        todo = [n.id for n in (entrances if _is_ad_hoc(graph, container) else starts or entrances)]
        todo += [n.id for n in entrances if type(n).__name__ == "IntermediateCatchEvent"]
        todo += [n.id for n in entrances if _instantiates(n)]
        todo += [n.id for n in members if getattr(n, "attached_to", "") or _is_handler(n)]
        todo += [n.id for n in members if getattr(n, "triggered_by_event", False)]
        seen: set[str] = set()
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo.extend(flow.target for flow in graph.outgoing(graph.nodes[at]))
                todo.extend(node.id for node in (graph.links.get(at),) if node is not None)
        for node in members:
            if node.id not in seen:
                yield warning(node, "no path leads here from a start event")
