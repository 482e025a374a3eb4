"""The search: every state an instance can come to, nearest first, until a bound is reached.

What it walks through is the engine's own step, so what it finds is what would happen. ``Point`` is
a state on the way; the elements entered on the way from the beginning are its trace. A point with
a ``queue`` is not at rest: tokens are about to go on, in the engine's own order (depth first).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from procession.bpmn.soundness.loosening import loosened
from procession.bpmn.soundness.marking import Marking, marking, tokens
from procession.bpmn.soundness.moves import Move, Mover, spent_by
from procession.core import commands as c
from procession.core import records as r
from procession.core.continuing import NAME
from procession.core.graph import ProcessDefinition
from procession.core.records import Record
from procession.core.state import InstanceState, Role
from procession.core.step import Outcome

CROWD = 12
"""Tokens from which on it is asked whether they multiply without end."""
SURPLUS = 3
"""Tokens of one flow at one join from which on nothing more is learned."""
WHOLE = (Role.SINGLE, Role.BODY)
"""What an element is entered and left as; the others are its rounds, or undo it."""


@dataclass(frozen=True)
class Bounds:
    """How far a search goes: in states, and in what the engine records for them.

    ``told`` is how many elements of a trace are named at most, 0 all.
    """

    states: int = 10_000
    records: int = 400_000
    told: int = 0


@dataclass(slots=True)
class Point:
    """A state on the way, and how it was come to."""

    number: int
    state: InstanceState
    queue: tuple[int, ...]
    spent: frozenset[str]
    before: Point | None
    entered: tuple[str, ...]
    length: int
    decisions: int
    size: int
    next: list[int] = field(default_factory=list)
    is_exit: bool = False

    def trace(self) -> tuple[str, ...]:
        """The elements entered since the beginning."""
        parts: list[tuple[str, ...]] = []
        at: Point | None = self
        while at is not None:
            parts.append(at.entered)
            at = at.before
        return tuple([node for part in reversed(parts) for node in part])


@dataclass
class Search:
    """A search through one process; afterwards it holds what was met.

    ``in_one_order`` leaves out that what goes on at the same time can go on in any order: much
    quicker where much does, and joins do not mind, but nothing is proved by it.
    """

    definition: ProcessDefinition
    bounds: Bounds
    in_one_order: bool = False
    points: list[Point] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    stuck: list[Point] = field(default_factory=list)
    crowded: list[tuple[Point, str, str]] = field(default_factory=list)
    growing: list[tuple[Point, Point]] = field(default_factory=list)
    is_stopped: bool = False
    is_cut: bool = False

    def __post_init__(self) -> None:
        self.definition = loosened(self.definition)
        self.mover = Mover(definition=self.definition)
        self._known: dict[Marking, int] = {}
        self._todo: list[tuple[int, int]] = []

    def run(self) -> None:
        """Go on until nothing is new or a bound is reached."""
        beginning = self.mover.beginning()
        for move in self.mover.starts():
            self._follow(None, beginning, move)
        while self._todo and not self._is_enough():
            _, number = heappop(self._todo)
            self._expand(self.points[number])
        for _, number in self._todo:
            self.points[number].is_exit = True

    def _is_enough(self) -> bool:
        if len(self.points) > self.bounds.states or self.mover.records > self.bounds.records:
            self.is_stopped = True
        return self.is_stopped

    def _expand(self, point: Point) -> None:
        state = point.state
        if state.is_over:
            point.is_exit = True
            return
        if point.queue:
            self._follow(point, state, Move(c.TriggerWait(point.queue[0])))
            return
        point.is_exit = True
        moved = False
        for move in self._moves(point):
            moved = True
            if self._is_enough():
                return
            self._follow(point, state, move)
        if not moved and state.parked:
            self.stuck.append(point)

    def _moves(self, point: Point) -> Iterator[Move]:
        """What is tried at a point; in one order only the oldest activity that waits goes on."""
        elements, first = point.state.elements, 0
        for move in self.mover.moves(point.state, point.spent):
            if self.in_one_order and move.owner:
                is_scope = self.definition.node(elements[move.owner].node).is_scope
                first = first or (0 if is_scope else move.owner)
                if not is_scope and move.owner != first:
                    continue
            yield move

    def _follow(self, point: Point | None, state: InstanceState, move: Move) -> None:
        doubts, found = self.mover.doubts, False
        spent = point.spent if point else frozenset()
        for outcome, choices in self.mover.outcomes(state, move, spent):
            found = True
            used = spent_by(move, state, outcome.state)
            self._reached(point, outcome, spent | used, choices + move.is_error)
        if point is not None and (not found or self.mover.doubts > doubts):
            point.is_exit = True

    def _reached(
        self, before: Point | None, outcome: Outcome, spent: frozenset[str], decisions: int
    ) -> None:
        """Note where a move led to; only what is new is followed further."""
        state = outcome.state
        entered = tuple(self._entered(outcome.records))
        queue = _queue(before, state)
        mark = marking(state, queue, spent)
        number = self._known.get(mark)
        if number is not None:
            if before is not None:
                before.next.append(number)
            return
        point = Point(
            len(self.points),
            state,
            queue,
            spent,
            before,
            entered,
            (before.length if before else 0) + len(entered) + 1,
            (before.decisions if before else 0) + decisions,
            len(state.elements) + len(queue) + sum(len(p.flows) for p in state.parked.values()),
        )
        self._known[mark] = point.number
        self.points.append(point)
        if before is not None:
            before.next.append(point.number)
        if self._is_worth_following(point):
            heappush(self._todo, (point.length, point.number))

    def _entered(self, records: tuple[Record, ...]) -> Iterator[str]:
        for record in records:
            if isinstance(record, r.ElementActivated) and record.node:
                self.entered.add(record.node)
                if record.role in WHOLE:
                    yield record.node
            elif isinstance(record, r.ElementCompleted) and record.role in WHOLE:
                self.left.add(record.node)

    def _is_worth_following(self, point: Point) -> bool:
        is_full = False
        for (_, node), parked in point.state.parked.items():
            if len(set(parked.flows)) < len(parked.flows):
                most = max(parked.flows, key=parked.flows.count)
                self.crowded.append((point, node, most))
                is_full = is_full or _is_full(self.definition, node, parked.flows)
        root = self._grown_from(point) if point.queue else None
        if root is not None:
            self.growing.append((root, point))
        if is_full:
            point.is_exit = True
        if is_full or root is not None:
            self.is_cut = True
            return False
        return True

    def _grown_from(self, point: Point) -> Point | None:
        """An earlier point, with no rest since, that had less of everything at the same place."""
        if point.size <= CROWD:
            return None
        here = point.state.waits[point.queue[0]].handler
        now = tokens(point.state, point.queue)
        found: Point | None = None
        at = point.before
        while at is not None and at.queue:
            is_here = at.state.waits[at.queue[0]].handler == here
            if is_here and at.size < point.size and tokens(at.state, at.queue) < now:
                found = at
            at = at.before
        return found


def _queue(before: Point | None, state: InstanceState) -> tuple[int, ...]:
    """What is about to go on: what has come to rest just now goes first, as in the engine."""
    old = before.queue if before else ()
    known = set(old)
    new = sorted(w.id for w in state.waits.values() if w.name == NAME and w.id not in known)
    return (*new, *(number for number in old if number in state.waits))


def _is_full(definition: ProcessDefinition, node: str, flows: tuple[str, ...]) -> bool:
    wanted = getattr(definition.nodes[node], "start_quantity", 1)
    return max(flows.count(flow) for flow in set(flows)) >= max(SURPLUS, wanted + 1)
