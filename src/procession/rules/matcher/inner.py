"""A group of patterns inside ``not``, ``exists`` or ``accumulate``: a path inside a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import DELETE, INSERT, NONE, UPDATE, Row, Staged


def evaluate_nodes(
    run: Any, nodes: tuple[Any, ...], memories: list[BetaMemory], src: Staged
) -> Staged:
    """Let changed rows pass through nodes, one after the other."""
    for node, memory in zip(nodes, memories, strict=True):
        if getattr(node, "turns", False):
            src = src.turned()
        inner = getattr(node, "inner", None)
        if inner is not None:
            src = inner.feed(run, memory, src)
        src = node.evaluate(run, memory, src)
    return src


@dataclass(frozen=True, kw_only=True)
class Inner:
    """Nodes that begin with the rows on the left of the outer node and end at its right side."""

    nodes: tuple[Any, ...]
    turned: bool = True
    """Rows pass the outer node in the opposite order (all but right behind the left entrance)."""

    def feed(self, run: Any, outer: BetaMemory, src: Staged) -> Staged:
        """Let the rows on the left through and stage what comes out on the right of ``outer``.

        Answers the same rows on the left, in the order in which the outer node sees them.
        """
        self._stage(outer, evaluate_nodes(run, self.nodes, outer.inner, self._peers(outer, src)))
        if not self.turned:
            return src
        return src.turned()

    def _peers(self, outer: BetaMemory, src: Staged) -> Staged:
        inside = Staged()
        for row in src.inserts:
            peer = outer.peers[row] = Row(row.facts, row.cause)
            peer.parent, peer.origin, peer.staged = row.parent, row, INSERT
            inside.inserts[peer] = None
        for row in src.updates:
            peer = outer.peers[row]
            peer.cause, peer.staged = row.cause, UPDATE
            inside.updates[peer] = None
        for row in src.deletes:
            gone = outer.peers.pop(row, None)
            if gone is not None:
                gone.cause, gone.staged = row.cause, DELETE
                inside.deletes[gone] = None
        return inside

    def _stage(self, outer: BetaMemory, found: Staged) -> None:
        for row in reversed(found.inserts):
            row.staged = NONE
            outer.staged.insert(row)
        for row in reversed(found.deletes):
            row.staged = NONE
            outer.staged.delete(row)
        for row in reversed(found.updates):
            row.staged = NONE
            outer.staged.update(row)
