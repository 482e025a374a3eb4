"""Nodes in layers: from left to right, few crossings, flows beside nodes and not through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from procession.bpmn.diagram.drawing import Box, Point

_ACROSS: Final = 84.0
_DOWN: Final = 44.0
_TURN: Final = 26.0
_SWEEPS: Final = 6
_MOST: Final = 10_000
"""Nodes and place holders; from then on flows run straight through, for time's sake."""


class Arrow(msgspec.Struct, frozen=True):
    """A flow between two nodes."""

    id: str
    source: str
    target: str


class Plan(msgspec.Struct, frozen=True):
    """Where everything goes; all coordinates are 0 or more.

    ``exits`` says for each node where, right of its layer, lines may run up and down.
    """

    boxes: dict[str, Box]
    ways: dict[str, tuple[Point, ...]]
    exits: dict[str, float]
    width: float
    height: float


def arrange(sizes: Mapping[str, tuple[float, float]], arrows: Sequence[Arrow]) -> Plan:
    """Lay out a graph. ``sizes`` gives width and height by node, in document order."""
    if not sizes:
        return Plan({}, {}, {}, 0, 0)
    known = [arrow for arrow in arrows if arrow.source in sizes and arrow.target in sizes]
    back = _leading_back(list(sizes), known)
    forward = [arrow for arrow in known if arrow.id not in back]
    depth = _depths(list(sizes), forward)
    grid = _Grid(dict(sizes), depth, forward)
    boxes = grid.place()
    width = max(box.right for box in boxes.values())
    height = max(box.bottom for box in boxes.values())
    ways = {arrow.id: grid.way(arrow, boxes) for arrow in forward}
    for place, arrow in enumerate(arrow for arrow in known if arrow.id in back):
        level = height + 26 + 16 * place
        ways[arrow.id] = grid.way_back(arrow, boxes, level)
    for arrow in arrows:
        ways.setdefault(arrow.id, ((0.0, 0.0), (0.0, 0.0)))
    exits = {name: grid.right_of(name) + _TURN for name in sizes}
    return Plan({name: boxes[name] for name in sizes}, ways, exits, width, height)


def _leading_back(names: list[str], arrows: list[Arrow]) -> set[str]:
    """Arrows to a node that is still being walked through: without them there is no circle."""
    leaving: dict[str, list[Arrow]] = {name: [] for name in names}
    for arrow in arrows:
        leaving[arrow.source].append(arrow)
    entered = {arrow.target for arrow in arrows}
    back: set[str] = set()
    open_, done = set[str](), set[str]()
    for root in sorted(names, key=lambda name: name in entered):
        if root in done:
            continue
        open_.add(root)
        stack = [(root, iter(leaving[root]))]
        while stack:
            name, rest = stack[-1]
            found = next(rest, None)
            if found is None:
                stack.pop()
                open_.discard(name)
                done.add(name)
            elif found.target in open_:
                back.add(found.id)
            elif found.target not in done:
                open_.add(found.target)
                stack.append((found.target, iter(leaving[found.target])))
    return back


def _depths(names: list[str], arrows: list[Arrow]) -> dict[str, int]:
    """The layer of each node: one more than the deepest of those before it."""
    depth = dict.fromkeys(names, 0)
    missing = dict.fromkeys(names, 0)
    leaving: dict[str, list[str]] = {name: [] for name in names}
    for arrow in arrows:
        missing[arrow.target] += 1
        leaving[arrow.source].append(arrow.target)
    ready = [name for name in names if not missing[name]]
    while ready:
        name = ready.pop()
        for target in leaving[name]:
            depth[target] = max(depth[target], depth[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return depth


class _Grid:
    """The layers, with a place holder wherever a flow passes a layer without stopping."""

    def __init__(
        self, sizes: dict[str, tuple[float, float]], depth: dict[str, int], arrows: list[Arrow]
    ) -> None:
        self.sizes = sizes
        self.depth = depth
        self.layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
        self.before: dict[str, list[str]] = {name: [] for name in sizes}
        self.after: dict[str, list[str]] = {name: [] for name in sizes}
        self.stops: dict[str, list[str]] = {}
        for name in sizes:
            self.layers[depth[name]].append(name)
        for arrow in arrows:
            self._thread(arrow, depth[arrow.source], depth[arrow.target])
        self.middle: dict[str, float] = {}
        self.edges: list[tuple[float, float]] = []

    def _thread(self, arrow: Arrow, first: int, last: int) -> None:
        stops = [arrow.source]
        passed = range(first + 1, last) if len(self.sizes) < _MOST else ()
        for layer in passed:
            stop = f"\0{arrow.id}\0{layer}"  # no id of the model can be this
            self.sizes[stop] = (0.0, 4.0)
            self.before[stop], self.after[stop] = [], []
            self.layers[layer].append(stop)
            self.depth[stop] = layer
            stops.append(stop)
        stops.append(arrow.target)
        for left, right in pairwise(stops):
            self.after[left].append(right)
            self.before[right].append(left)
        self.stops[arrow.id] = stops[1:-1]

    def place(self) -> dict[str, Box]:
        """Boxes for all nodes and place holders."""
        for layer in self.layers:
            self._stack(layer, {})
        for sweep in range(_SWEEPS):
            forward = sweep % 2 == 0
            neighbours = self.before if forward else self.after
            for layer in self.layers if forward else reversed(self.layers):
                wanted = {
                    name: sum(self.middle[other] for other in neighbours[name])
                    / len(neighbours[name])
                    for name in layer
                    if neighbours[name]
                }
                self._stack(layer, wanted)
        top = min(self.middle[name] - self.sizes[name][1] / 2 for name in self.middle)
        boxes: dict[str, Box] = {}
        x = 0.0
        for layer in self.layers:
            widest = max(self.sizes[name][0] for name in layer)
            for name in layer:
                width, height = self.sizes[name]
                y = self.middle[name] - height / 2 - top
                boxes[name] = Box(x + (widest - width) / 2, y, width, height)
            self.edges.append((x, x + widest))
            x += widest + _ACROSS
        return boxes

    def _stack(self, layer: list[str], wanted: dict[str, float]) -> None:
        """Order a layer by where its nodes would like to be, and keep them apart."""
        order = {name: place for place, name in enumerate(layer)}
        goals = {name: wanted.get(name, self.middle.get(name, 0.0)) for name in layer}
        layer.sort(key=lambda name: (goals[name], order[name]))
        edge, slips = float("-inf"), []
        for name in layer:
            half = self.sizes[name][1] / 2
            self.middle[name] = max(goals[name], edge + half)
            edge = self.middle[name] + half + (_DOWN if self.sizes[name][0] else 24)
            slips.append(self.middle[name] - goals[name])
        shift = sum(slips) / len(slips)
        for name in layer:
            self.middle[name] -= shift

    def way(self, arrow: Arrow, boxes: dict[str, Box]) -> tuple[Point, ...]:
        """Out at the right, through the place holders, in at the left."""
        source, target = boxes[arrow.source], boxes[arrow.target]
        points: list[Point] = [(source.right, source.centre[1])]
        for name in [*self.stops[arrow.id], arrow.target]:
            goal = boxes[name]
            _, level = points[-1]
            if abs(goal.centre[1] - level) > 0.5:
                bend = self._left_of(name) - _ACROSS + _TURN
                points += [(bend, level), (bend, goal.centre[1])]
        points.append((target.x, target.centre[1]))
        return tuple(points)

    def way_back(self, arrow: Arrow, boxes: dict[str, Box], level: float) -> tuple[Point, ...]:
        """Out at the right, below everything to the left, in at the left again."""
        source, target = boxes[arrow.source], boxes[arrow.target]
        start = self.right_of(arrow.source) + _TURN / 2
        goal = self._left_of(arrow.target) - _TURN / 2
        return (
            (source.right, source.centre[1]),
            (start, source.centre[1]),
            (start, level),
            (goal, level),
            (goal, target.centre[1]),
            (target.x, target.centre[1]),
        )

    def right_of(self, name: str) -> float:
        """Where the layer of a node ends."""
        return self.edges[self.depth[name]][1]

    def _left_of(self, name: str) -> float:
        """Where the layer of a node begins."""
        return self.edges[self.depth[name]][0]
