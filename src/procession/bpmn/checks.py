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
        yield from _check_flows(graph, document, node)
    yield from _check_references(graph, document)
    if not document.refused:
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
    if not graph.is_jbpm or document.refused:
        return
    kind = type(node).__name__
    if not node.outgoing and kind != "EndEvent":
        yield error(node, "the node has no outgoing connection")
    if not node.incoming and kind not in _BEGINNINGS:
        yield error(node, "the node has no incoming connection")


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
    if not graph.nodes:
        yield warning(graph.root, f"process {graph.id} is empty")
    elif not starts and (graph.is_jbpm or not entrances):
        yield Problem(
            severity="error",
            element=graph.id,
            line=graph.line,
            text=f"process {graph.id} has no start event",
        )
    plain = [n for n in starts if getattr(n, "definition", None) is None]
    for node in plain[1:]:
        text = "only the first plain start event begins the process"
        yield (error if graph.is_jbpm else warning)(node, text)


def _check_reachable(graph: ProcessDefinition) -> Iterator[Problem]:
    """Nodes that no token ever comes to."""
    for members in graph.members.values():
        container = members[0].container
        entrances = graph.entrances.get(container, ())
        starts = [n for n in entrances if type(n).__name__ == "StartEvent"]
        todo = [n.id for n in (starts or entrances)]
        todo += [n.id for n in entrances if type(n).__name__ == "IntermediateCatchEvent"]
        todo += [n.id for n in members if getattr(n, "attached_to", "")]
        todo += [n.id for n in members if getattr(n, "triggered_by_event", False)]
        seen: set[str] = set()
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo.extend(flow.target for flow in graph.outgoing(graph.nodes[at]))
        for node in members:
            if node.id not in seen:
                yield warning(node, "no path leads here from a start event")
