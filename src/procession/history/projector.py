"""Records become the process, node and variable logs.

``reference/jbpm-engine.md`` 6.1 and 6.2 say which rows there are, ``reference/rulings.md`` 3 that
they stand in the order of our records. One exit row is written for each flow taken; a node that is
left by none gets one without connection; a join gets one enter row per token.

It runs in every turn beside the engine, so it reads a batch once for what rows need from further
on (work items, flows taken), once more to write them, and keeps what belongs to an instance in
:class:`_Page` meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import compress
from typing import Any

from procession.core import records as r
from procession.core.graph import FlowNode
from procession.core.looping import OWN
from procession.core.state import ROOT, InstanceStatus, Role, WaitKind
from procession.history.levels import Level
from procession.runtime.projection import InstanceContext, ProjectingTurn, Recorded
from procession.scripting.rendering import java_text
from procession.store.node_pages import Entry
from procession.store.rows import ProcessLogRow, Row, VariableLogRow
from procession.values import Value

ENTERED, LEFT = 0, 1
LONGEST_TEXT = 255
"""Values are cut to this many characters (``org.jbpm.var.log.length``)."""

_NUMBERING = 2
"""Audit counts node instances from 0; ours count from ``ROOT``, which is the process."""
_WITHOUT_EXIT = "FaultNode"
_WAITS = frozenset({r.WaitOpened, r.WaitClosed})
_ACTIVATED, _COMPLETED, _TAKEN = r.ElementActivated, r.ElementCompleted, r.SequenceFlowTaken
_SINGLE = Role.SINGLE
_IS_TAKEN = frozenset({_TAKEN}).__contains__
_ROUND = ":1"
"""What the rounds of a loop over a task have behind the id of the task."""
_REFERENCE = re.compile(r"#\{\s*([^{}]*?)\s*\}")


class HistoryProjector:
    """Writes audit at one level. ``zone`` is the zone in which dates are written as text."""

    def __init__(self, level: Level | str = Level.FULL, zone: tzinfo = UTC) -> None:
        self.level = Level(level)
        self.zone = zone

    def project(self, batch: Sequence[Recorded], turn: ProjectingTurn) -> None:
        """Write the rows of a turn."""
        if self.level is not Level.NONE:
            _Reading(batch, turn, self.zone).write(_WRITERS[self.level])


class _Page:
    """What the rows of one instance share.

    ``items`` are the work items by element instance, ``left`` the element instances that flows lead
    out of, ``entries`` the open page of the node log.
    """

    __slots__ = (
        "context",
        "deployment",
        "entries",
        "exits",
        "firing",
        "id",
        "items",
        "left",
        "nodes",
        "process",
        "root",
        "shown",
    )

    def __init__(self, context: InstanceContext) -> None:
        definition = context.definition
        self.context = context
        self.id = context.id
        self.root = context.root_id
        self.process = definition.id
        self.deployment = definition.key.deployment
        self.nodes = definition.nodes
        self.shown = definition.audited
        self.exits = definition.audited_exits
        self.items: dict[int, int] = {}
        self.left: set[int] = set()
        self.entries: list[Entry] = []
        self.firing: tuple[str, int] | None = None


class _Reading:
    """One batch on its way to rows."""

    def __init__(self, batch: Sequence[Recorded], turn: ProjectingTurn, zone: tzinfo) -> None:
        self.batch = batch
        self.turn = turn
        self.zone = zone
        self.insert: Callable[[Row], None] = turn.uow.insert
        self.started: dict[int, ProcessLogRow] = {}
        self._scopes: dict[tuple[int, int], str] | None = None

    def write(self, writers: Mapping[type[r.Record], Callable[..., None]]) -> None:
        """Write everything; process rows last, because they may be complete by then."""
        pages = self.look_ahead()
        for recorded in self.batch:
            page, at = pages[recorded.instance.id], recorded.at
            page.entries = self.turn.uow.log_nodes(
                page.id, page.root, page.process, page.deployment, at
            )
            self._follow(page, recorded.records, at, writers)
        for row in self.started.values():
            self.insert(row)

    def _follow(
        self,
        page: _Page,
        records: Sequence[r.Record],
        at: int,
        writers: Mapping[type[r.Record], Callable[..., None]],
    ) -> None:
        """Write what one step recorded. Most of it is that plain nodes are entered and left."""
        entries, items, left = page.entries, page.items, page.left
        record: Any
        for record in records:
            kind = type(record)
            if kind is _TAKEN:
                element, shown = record.source, page.exits[record.flow] if record.source else None
                what = LEFT
            elif kind is _ACTIVATED and record.role is _SINGLE and page.firing is None:
                element, shown = record.element, page.shown.get(record.node)
                what = ENTERED
            else:
                writer = writers.get(kind)
                if writer is not None and not (kind is _COMPLETED and record.element in left):
                    writer(self, page, record, at)
                continue
            if shown is not None:
                id, name, node_type = shown
                item, number = items.get(element), element - _NUMBERING
                entries.append((what, number, id, name, node_type, item, record.flow))

    def look_ahead(self) -> dict[int, _Page]:
        """Find the elements that flows lead out of, and those that have a work item."""
        pages: dict[int, _Page] = {}
        for recorded in self.batch:
            page = pages.get(recorded.instance.id)
            if page is None:
                page = pages[recorded.instance.id] = _Page(recorded.instance)
            records = recorded.records
            flows = compress(records, map(_IS_TAKEN, map(type, records)))
            page.left.update([flow.source for flow in flows])  # type: ignore[attr-defined]
            if not recorded.kinds.isdisjoint(_WAITS):
                self._find_items(recorded, page)
        return pages

    def _find_items(self, recorded: Recorded, page: _Page) -> None:
        for record in recorded.records:
            if isinstance(record, r.WaitOpened):
                kind, wait, owner = record.wait.kind, record.wait.id, record.wait.owner
            elif isinstance(record, r.WaitClosed):
                kind, wait, owner = record.kind, record.wait, record.owner
            else:
                continue
            if kind is WaitKind.WORK_ITEM:
                item = self.turn.work_item_id(page.id, wait)
                if item is not None:
                    page.items[owner] = item

    # -- nodes -------------------------------------------------------------------------------

    def node(
        self,
        page: _Page,
        type: int,
        element: int,
        id: str,
        flow: str | None,
        role: Role = Role.SINGLE,
    ) -> None:
        """An entry of the node log, unless the node is one that history does not show."""
        shown = page.shown[id]
        if role is Role.BODY or role is Role.ITERATION:
            shown = _shown_looping(page.nodes[id], role)
        if shown is not None:
            item = page.items.get(element)
            page.entries.append((type, element - _NUMBERING, *shown, item, flow))

    def activated(self, page: _Page, record: r.ElementActivated, at: int) -> None:
        """Entered; a join that fires was entered when its tokens came."""
        if record.node == "":
            return
        firing, page.firing = page.firing, None
        if firing is None or firing != (record.node, record.scope):
            self.node(page, ENTERED, record.element, record.node, record.flow, record.role)

    def parked(self, page: _Page, record: r.TokenParked, at: int) -> None:
        """A token came to a join."""
        self.node(page, ENTERED, record.element, record.node, record.flow)

    def joined(self, page: _Page, record: r.TokensJoined, at: int) -> None:
        """A join fires, or is given up with what is around it."""
        if record.element:
            self.node(page, LEFT, record.element, record.node, None)
        else:
            page.firing = (record.node, record.scope)

    def cancelled(
        self, page: _Page, record: r.ElementCancelled | r.ElementCompleted, at: int
    ) -> None:
        """A node was left without a flow."""
        if record.node != "" and page.nodes[record.node].audit_type != _WITHOUT_EXIT:
            self.node(page, LEFT, record.element, record.node, None, record.role)

    # -- variables ---------------------------------------------------------------------------

    def variable(self, page: _Page, record: r.VariableSet, at: int) -> None:
        """A variable was set, be it to what it was. Null over null is nothing."""
        if record.value is None and record.old is None:
            return
        name = instance_name = record.name
        if name.startswith(OWN):
            return
        if record.scope != ROOT:
            name = f"{self._scope_node(page, record.scope)}:{record.name}"
            instance_name = f"{record.scope - _NUMBERING}:{record.name}"
        self.insert(
            VariableLogRow(
                None,
                page.id,
                page.root,
                page.process,
                page.deployment,
                at,
                instance_name,
                name,
                self._text(record.value),
                self._text(record.old),
            )
        )

    def _text(self, value: Value) -> str:
        if value is None:
            return ""
        kind = type(value)
        if kind is str:
            text: str = value
        elif kind is int and value.bit_length() < 64:
            return str(value)
        else:
            text = java_text(value, self.zone)
        if len(text) > LONGEST_TEXT:
            text = text[:LONGEST_TEXT]
        # PostgreSQL cannot hold the character NUL in a text.
        return text.replace("\0", "\ufffd") if "\0" in text else text

    def _scope_node(self, page: _Page, scope: int) -> str:
        """The node of a scope that may have ended within the turn."""
        element = page.context.state.elements.get(scope)
        if element is not None:
            return element.node
        if self._scopes is None:
            self._scopes = _nodes_by_element(self.batch)
        return self._scopes.get((page.id, scope), "")

    # -- the process -------------------------------------------------------------------------

    def began(self, page: _Page, record: r.ProcessInstanceStarted, at: int) -> None:
        """An instance began."""
        context, definition = page.context, page.context.definition
        self.started[page.id] = ProcessLogRow(
            None,
            page.id,
            context.uuid,
            page.root,
            page.process,
            definition.name,
            definition.version,
            page.deployment,
            definition.key.revision,
            context.started_at,
            None,
            int(InstanceStatus.ACTIVE),
            context.parent_id or None,
            None,
            None,
            record.started_by,
            record.correlation_key,
            self._description(context),
        )

    def ended(self, page: _Page, record: r.ProcessInstanceEnded, at: int) -> None:
        """It is over, perhaps within the turn in which it began."""
        duration = max(0, at - page.context.started_at)
        row = self.started.get(page.id)
        if row is None:
            self.turn.uow.end_process_log(page.id, at, int(record.status), record.outcome, duration)
        else:
            row.ended_at, row.status = at, int(record.status)
            row.outcome, row.duration = record.outcome, duration

    def _description(self, context: InstanceContext) -> str:
        """The process's own description with the values it starts with, else its name.

        Only names of text variables are resolved (``reference/jbpm-engine.md`` 2.5); whatever else
        stands in ``#{}`` is shown as it is written.
        """
        definition = context.definition
        text = definition.metadata.get("customDescription")
        if not isinstance(text, str) or not text:
            return definition.name
        if "#{" not in text:
            return text
        values = _first_values(self.batch, context.id)
        return _REFERENCE.sub(lambda found: values.get(found[1], found[0]), text)


def _shown_looping(node: FlowNode, role: Role) -> tuple[str, str, str] | None:
    """Id, name and type of what loops, if history shows it.

    A loop is one row; the rounds of a task are logged under an id of their own, those of calls
    and sub-processes not at all (``reference/jbpm-engine.md`` 4.7).
    """
    if node.is_hidden:
        return None
    if role is Role.ITERATION:
        hides = node.is_scope or node.hides_rounds
        return None if hides else (node.id + _ROUND, node.name, node.audit_type)
    return node.id, node.name, node.audit_type if node.loop is None else node.loop.audit_type


def _nodes_by_element(batch: Sequence[Recorded]) -> dict[tuple[int, int], str]:
    """The nodes of the element instances that began or ended in a batch."""
    return {
        (recorded.instance.id, record.element): record.node
        for recorded in batch
        for record in recorded.records
        if isinstance(record, r.ElementActivated | r.ElementCompleted | r.ElementCancelled)
    }


def _first_values(batch: Sequence[Recorded], instance_id: int) -> dict[str, str]:
    """The texts among the variables an instance starts with: those set before its first node."""
    found: dict[str, str] = {}
    for recorded in batch:
        if recorded.instance.id != instance_id:
            continue
        for record in recorded.records:
            if isinstance(record, r.ElementActivated) and record.node:
                return found
            if isinstance(record, r.VariableSet) and isinstance(record.value, str):
                found[record.name] = record.value
    return found


_NODES_AND_PROCESSES: dict[type[r.Record], Callable[..., None]] = {
    r.ElementActivated: _Reading.activated,
    r.ElementCompleted: _Reading.cancelled,
    r.ElementCancelled: _Reading.cancelled,
    r.TokenParked: _Reading.parked,
    r.TokensJoined: _Reading.joined,
    r.ProcessInstanceStarted: _Reading.began,
    r.ProcessInstanceEnded: _Reading.ended,
}
_WRITERS: dict[Level, dict[type[r.Record], Callable[..., None]]] = {
    Level.ACTIVITY: _NODES_AND_PROCESSES,
    Level.FULL: {**_NODES_AND_PROCESSES, r.VariableSet: _Reading.variable},
}
