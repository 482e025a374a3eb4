"""One evaluation of a model: what is given, what was decided, and the trace of how.

A decision is made once in a run and only if it is needed. A decision service called as a function
is a run of its own within the run, with its arguments in place of what it takes from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from procession.core.formulas import Held, Session
from procession.errors import LimitExceeded
from procession.rules.dmn.types import coerced, received

if TYPE_CHECKING:
    from procession.rules.dmn.graph import Node
    from procession.rules.dmn.tables import CompiledTable

MAX_TRACED: Final = 1_000
MAX_NESTING: Final = 60


class Matched(msgspec.Struct, frozen=True):
    """A decision table that was run: its inputs, and the numbers of the rules that matched."""

    table: str
    inputs: tuple[tuple[str, Held], ...]
    rules: tuple[int, ...]
    annotations: tuple[tuple[str, ...], ...] = ()


class Step(msgspec.Struct):
    """A decision that was made: from what, with which result, and why something is null."""

    model: str
    id: str
    name: str
    inputs: dict[str, Held]
    value: Held = None
    tables: list[Matched] = []
    notes: list[str] = []


class Run:
    """What is known while a model is evaluated."""

    __slots__ = ("depth", "given", "inputs", "memo", "path", "session", "trace", "views")

    def __init__(
        self,
        session: Session,
        inputs: Mapping[str, Held],
        trace: list[Step],
        depth: int = 0,
        path: tuple[str, ...] = (),
    ) -> None:
        self.session = session
        self.inputs = inputs
        self.given: dict[str, Held] = {}
        self.memo: dict[str, Held] = {}
        self.trace = trace
        self.depth = depth
        self.path = path
        self.views: dict[str, Run] = {}

    def within(self) -> Run:
        """A run of its own within this one."""
        if self.depth >= MAX_NESTING:
            raise LimitExceeded(f"decision services call each other over {MAX_NESTING} deep")
        return Run(self.session, self.inputs, self.trace, self.depth + 1, self.path)

    def under(self, name: str) -> Run:
        """The run as an imported model sees it: inputs come from under the import's name."""
        found = self.views.get(name)
        if found is None:
            path = (*self.path, name)
            found = self.views[name] = Run(self.session, self.inputs, self.trace, self.depth, path)
            found.given = self.given
        return found

    def value(self, node: Node) -> Held:
        """The value of anything in the graph, computed when it is first needed."""
        key = node.key
        if key in self.given:
            return self.given[key]
        if key not in self.memo:
            self.memo[key] = node.compute(self)
        return self.memo[key]

    def input(self, node: Node) -> Held:
        """What was given for an input data, as one of its type."""
        for end in range(len(self.path), -1, -1):
            has, value = self._at(self.path[:end], node.variable)
            if has:
                return self.fitted(received(self.session, value, node.type), node)
        return None

    def _at(self, path: Sequence[str], name: str) -> tuple[bool, Held]:
        found: Mapping[str, Any] | None = self.inputs
        for part in path:
            found = self.session.entries(found[part]) if found and part in found else None
        return (False, None) if found is None or name not in found else (True, found[name])

    def fitted(self, value: Held, node: Node) -> Held:
        """The value as one of the node's type; null, and a note, if it cannot be."""
        has, made = coerced(self.session, value, node.type)
        if not has:
            self.session.note(f"{node.name} is not of the type {node.type.name}")
        return made

    def decided(self, node: Node, values: Sequence[Held]) -> Held:
        """Run a decision's logic and keep what happened."""
        session = self.session
        outside, notes = session.now, session.notes
        step = Step(
            node.model, node.id, node.name, dict(zip(node.names, values, strict=True)), tables=[]
        )
        session.now, session.notes = step, []
        try:
            step.value = self.fitted(node.code(self, list(values)), node)
            step.notes = list(dict.fromkeys(session.notes))
            return step.value
        finally:
            if len(self.trace) < MAX_TRACED:
                self.trace.append(step)
            session.now, session.notes = outside, notes

    def matched(self, table: CompiledTable, given: Sequence[Held], rows: tuple[int, ...]) -> None:
        """A decision table was run."""
        step = self.session.now
        if not isinstance(step, Step) or len(step.tables) >= MAX_TRACED:
            return
        inputs = [
            (formula.source, value)
            for (formula, _), value in zip(table.inputs, given, strict=False)
        ]
        rows = rows[:MAX_TRACED]
        told = tuple([table.annotations[row] for row in rows]) if table.annotations else ()
        numbers = tuple([row + 1 for row in rows])
        step.tables.append(Matched(table.name, tuple(inputs), numbers, told))
