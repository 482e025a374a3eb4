"""A small interpreter of BPMN's token semantics, written from the specification alone.

BPMN 2.0.2, chapter 13. It shares no code with the engine and works in another way: a token is a
mark on a sequence flow (``marks`` counts them by scope and flow), a gateway fires when the marks
before it enable it, an activity is an entry in ``active``. Where the specification leaves the order
of concurrent branches open, it takes the documented one: depth first, outgoing flows in document
order, inclusive joins when nothing else can move.

What happens outside is :meth:`Interpreter.trigger`: some wait is met, with new data. Conditions are
bits of the data.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tests.laws.chart import Chart
from tests.laws.description import Flow, Loop, Node, shifted

CLOSES_WHEN_COMPLETING = True
"""13.5.4: no event sub-process is begun while its scope only waits for others of them to end."""

PROCESS = 0
"""The number of the process among the scopes."""


class NoWayOut(Exception):
    """No condition holds and there is no default flow: the model cannot go on (13.4.2, 13.4.3)."""


class Endless(Exception):
    """More visits in one step than any generated model needs: a loop without a wait."""


class Visit(NamedTuple):
    """A node at work: in which scope, and for a round of a loop, of which activity."""

    node: str
    scope: int
    loop: int = 0


class Wait(NamedTuple):
    """Something from outside is waited for: ``handler`` acts when it comes to ``owner``."""

    owner: int
    handler: str


class Interpreter:
    """One instance of a plan."""

    def __init__(self, chart: Chart, most: int = 400) -> None:
        self.chart = chart
        self.most = most
        self.data = 0
        self.active: dict[int, Visit] = {}
        self.marks: Counter[tuple[int, str]] = Counter()
        self.coming: Counter[int] = Counter()
        self.waits: dict[int, Wait] = {}
        self.rounds: dict[int, int] = {}
        self.closed: set[int] = set()
        self.phases: dict[tuple[int, str], frozenset[str]] = {}
        self.visits: Counter[str] = Counter()
        self.outcome: str | None = None
        self.is_over = False
        self.is_aborted = False
        self._last = 0
        self._now: list[tuple[str, int, str]] = []
        self._next: list[tuple[str, int, str]] = []
        self._left = most

    def copy(self) -> Interpreter:
        """The same instance, to go on in another way."""
        twin = Interpreter(self.chart, self.most)
        twin.data, twin._last = self.data, self._last
        twin.active, twin.marks = self.active.copy(), self.marks.copy()
        twin.waits, twin.rounds = self.waits.copy(), self.rounds.copy()
        twin.closed, twin.phases = self.closed.copy(), self.phases.copy()
        twin.visits, twin.outcome = self.visits.copy(), self.outcome
        twin.is_over, twin.is_aborted = self.is_over, self.is_aborted
        return twin

    # -- what is asked from outside ----------------------------------------------------------

    def start(self, data: int) -> None:
        """Begin, and go on until every token rests."""
        self.data = data
        self.active[PROCESS] = Visit("", PROCESS)
        self._open(PROCESS, "")
        self._run()

    def trigger(self, wait: int, data: int | None) -> None:
        """What is waited for has come; a task brings data."""
        self._left = self.most
        if data is not None:
            self.data = data
        self._meet(wait)
        self._run()

    def fail(self, wait: int, code: str) -> None:
        """The work that is waited for failed with an error (13.3.2)."""
        self._left = self.most
        owner = self.waits.pop(wait).owner
        self._raise(owner, code)
        self._run()

    @property
    def parked(self) -> dict[tuple[str, str], int]:
        """How many tokens wait on a flow before which node."""
        found: Counter[tuple[str, str]] = Counter()
        for (_, flow), count in self.marks.items():
            found[self.chart.flows[flow].target, flow] += count
        return {place: count for place, count in found.items() if count}

    # -- tokens ------------------------------------------------------------------------------

    def _run(self) -> None:
        """Depth first: what was planned last comes first, in the order in which it was planned."""
        while True:
            self._now.extend(reversed(self._next))
            self._next.clear()
            if self._now:
                what, number, flow = self._now.pop()
                if what == "token":
                    self._arrive(number, flow)
                elif number in self.active:
                    self._enter(number) if what == "enter" else self._leave(number)
            elif not self._settle():
                return

    def _put(self, scope: int, flow: Flow) -> None:
        """A branch that has not begun: its token comes on the flow when it is its turn."""
        self.coming[scope] += 1
        self._next.append(("token", scope, flow.id))

    def _take(self, scope: int, flow: str) -> None:
        self.marks[scope, flow] -= 1
        if not self.marks[scope, flow]:
            del self.marks[scope, flow]

    def _arrive(self, scope: int, flow: str) -> None:
        """A token comes on a flow, and to its end."""
        if scope not in self.active:
            return
        self.coming[scope] -= 1
        self.marks[scope, flow] += 1
        node = self.chart.nodes[self.chart.flows[flow].target]
        into = self.chart.into[node.id]
        if len(into) > 1 and node.kind in ("or", "complex"):
            return
        if len(into) > 1 and node.kind == "and":
            if all(self.marks[scope, f.id] for f in into):
                for f in into:
                    self._take(scope, f.id)
                self._begin(node, scope)
            return
        self._take(scope, flow)
        self._begin(node, scope)

    def _settle(self) -> bool:
        """Nothing else moves: the first inclusive join that is enabled fires."""
        if self.is_over:
            return False
        joins = {(scope, self.chart.flows[flow].target) for scope, flow in self.marks}
        for scope, target in sorted(joins, key=lambda j: (self.chart.place[j[1]], j[0])):
            node = self.chart.nodes[target]
            if node.kind == "or" and self._is_enabled(node, scope):
                for flow in self.chart.into[target]:
                    if self.marks[scope, flow.id]:
                        self._take(scope, flow.id)
                self._begin(node, scope)
                return True
        return False

    def _is_enabled(self, join: Node, scope: int) -> bool:
        """Table 13.3: no token could come by an empty way only.

        A token inside a node stands before all flows that leave it.
        """
        into = self.chart.into[join.id]
        has = frozenset(f.id for f in into if self.marks[scope, f.id])
        tokens = [
            [self.chart.flows[flow]]
            for place, flow in self.marks
            if place == scope and self.chart.flows[flow].target != join.id
        ]
        tokens += [
            list(self.chart.leading_on(visit.node))
            for number, visit in self.active.items()
            if visit.scope == scope and number != PROCESS and not visit.loop
        ]
        for before in tokens:
            ways: set[str] = set()
            for flow in before:
                ways |= self.chart.ways(flow, join.id)
            if ways - has and not ways & has:
                return False
        return True

    # -- the life of a node ------------------------------------------------------------------

    def _begin(self, node: Node, scope: int, loop: int = 0) -> int:
        self._left -= 1
        if self._left < 0:
            raise Endless(node.id)
        self._last += 1
        self.active[self._last] = Visit(node.id, scope, loop)
        if not loop:
            self.visits[node.id] += 1
        self._next.append(("enter", self._last, ""))
        return self._last

    def _enter(self, me: int) -> None:
        """A token has come in: what the node does."""
        visit = self.active[me]
        node = self.chart.nodes[visit.node]
        if not visit.loop:
            for event in self.chart.boundaries.get(node.id, ()):
                if event.trigger in ("message", "signal"):
                    self._wait(me, event.id)
            if node.loop is not None:
                self._loop(me, node, node.loop)
                return
        match node.kind:
            case "task" | "catch":
                self._wait(me, node.id)
            case "sub" | "esub":
                self._open(me, node.id)
            case "event":
                for flow in self.chart.out[node.id]:
                    self._wait(me, flow.target)
            case "end" | "throw" if node.trigger:
                self._throw(me, node)
            case "shift":
                self.data = shifted(self.data)
                self._next.append(("leave", me, ""))
            case _:
                self._next.append(("leave", me, ""))

    def _loop(self, me: int, node: Node, loop: Loop) -> None:
        """13.3.6 and 13.3.7: all rounds at once, or the first; none if the loop asks before."""
        self.rounds[me] = 0
        if loop.kind == "while" and not self._holds(loop.bit):
            self._next.append(("leave", me, ""))
            return
        for _ in range(loop.count if loop.kind == "parallel" else 1):
            self._begin(node, self.active[me].scope, loop=me)

    def _holds(self, bit: int) -> bool:
        return bool(self.data >> bit & 1)

    def _open(self, me: int, scope: str) -> None:
        """A scope begins: handlers listen, the plain start is entered.

        What triggers an event sub-process has entered its start already.
        """
        for _, start in self.chart.handlers.get(scope, ()):
            if start.trigger in ("message", "signal"):
                self._wait(me, start.id)
        start = self.chart.starts[scope][0]
        if not start.trigger:
            self._begin(start, me)

    def _wait(self, owner: int, handler: str) -> None:
        self._last += 1
        self.waits[self._last] = Wait(owner, handler)

    def _leave(self, me: int) -> None:
        """Done: tokens on the flows that are chosen; the scope may be done too."""
        visit = self.active[me]
        self._end(me)
        node = self.chart.nodes[visit.node]
        if visit.loop and node.loop is not None:
            self._round_ended(visit.loop, node, node.loop)
            return
        flows = self._chosen(node)
        for flow in flows:
            self._put(visit.scope, flow)
        if not flows:
            self._ask(visit.scope)

    def _round_ended(self, me: int, node: Node, loop: Loop) -> None:
        self.rounds[me] += 1
        is_more = self.rounds[me] < loop.count
        if loop.kind in ("until", "while"):
            is_more = is_more and self._holds(loop.bit)
        if not is_more:
            self._next.append(("leave", me, ""))
        elif loop.kind != "parallel":
            self._begin(node, self.active[me].scope, loop=me)

    def _end(self, me: int) -> None:
        del self.active[me]
        self.rounds.pop(me, None)
        self.closed.discard(me)
        for number in [n for n, wait in self.waits.items() if wait.owner == me]:
            del self.waits[number]

    def _ask(self, scope: int) -> None:
        """A scope with no token left in it is complete (13.3.4)."""
        if scope not in self.active:
            return
        if self._has_tokens(scope):
            if CLOSES_WHEN_COMPLETING and self._is_completing(scope):
                self._stop_listening(scope)
            return
        if scope == PROCESS:
            self._finish()
        else:
            self._next.append(("leave", scope, ""))

    def _is_completing(self, scope: int) -> bool:
        """Nothing but event sub-processes is at work in a scope (13.5.4)."""
        if self.coming[scope] or any(place == scope for place, _ in self.marks):
            return False
        inside = (v.node for n, v in self.active.items() if v.scope == scope and n != PROCESS)
        return all(self.chart.nodes[node].kind == "esub" for node in inside)

    def _stop_listening(self, scope: int) -> None:
        """No event sub-process of a scope is begun any more."""
        self.closed.add(scope)
        handlers = {start.id for _, start in self.chart.handlers[self.active[scope].node]}
        for number, wait in list(self.waits.items()):
            if wait.owner == scope and wait.handler in handlers:
                del self.waits[number]

    def _has_tokens(self, scope: int) -> bool:
        if self.coming[scope] or any(place == scope for place, _ in self.marks):
            return True
        return any(v.scope == scope and n != PROCESS for n, v in self.active.items())

    def _chosen(self, node: Node) -> list[Flow]:
        """Where tokens go on."""
        out = self.chart.out[node.id]
        if node.kind in ("event", "end"):
            return []
        if node.kind == "and":
            return out
        asked = [f for f in out if f.id != node.default]
        true = [f for f in asked if f.bit is None or self._holds(f.bit)]
        default = [f for f in out if f.id == node.default]
        if node.kind == "xor":
            true = true[:1]
        if node.kind not in ("xor", "or"):
            # 8.4.13: the default flow of an activity is one beside its conditions
            if default and not any(f.bit is not None for f in true):
                return [f for f in out if f in true or f in default]
        elif not true:
            true = default
        if not true and out:
            raise NoWayOut(node.id)
        return true

    # -- ends of all kinds -------------------------------------------------------------------

    def _cancel(self, me: int) -> None:
        if me in self.active:
            self._clear(me)
            for number in [n for n, v in self.active.items() if v.loop == me]:
                self._cancel(number)
            self._end(me)

    def _clear(self, scope: int) -> None:
        """Everything inside a scope is gone, tokens on flows too."""
        inside = [n for n, v in self.active.items() if v.scope == scope and n != PROCESS]
        for number in inside:
            self._cancel(number)
        for place in [key for key in self.marks if key[0] == scope]:
            del self.marks[place]
        del self.coming[scope]
        for plan in (self._now, self._next):
            plan[:] = [done for done in plan if done[0] != "token" or done[1] != scope]

    def _finish(self, outcome: str | None = None, *, aborted: bool = False) -> None:
        self._clear(PROCESS)
        self._end(PROCESS)
        self.is_over, self.is_aborted, self.outcome = True, aborted, outcome
        self._now.clear()
        self._next.clear()

    def _throw(self, me: int, node: Node) -> None:
        scope = self.active[me].scope
        match node.trigger:
            case "terminate":
                self._end(me)
                self._clear(scope)
                self._ask(scope)
            case "error":
                self._raise(me, node.name)
            case "escalation":
                self._thrown(me, node)
                self._next.append(("leave", me, ""))
            case "signal":
                self._broadcast(node.name)
                self._next.append(("leave", me, ""))

    def _raise(self, me: int, code: str) -> None:
        """An error; one that nobody catches ends it all."""
        if not self._thrown(me, Node("", "end", trigger="error", name=code)):
            self._finish(code, aborted=True)

    def _broadcast(self, name: str) -> None:
        """A signal is heard by who listens now, not by who begins to because of it."""
        nodes = self.chart.nodes
        hearing = [
            number
            for number, wait in self.waits.items()
            if nodes[wait.handler].trigger == "signal" and nodes[wait.handler].name == name
        ]
        for number in hearing:
            if number in self.waits:
                self._meet(number)

    def _meet(self, number: int) -> None:
        """What was waited for came."""
        owner, handler = self.waits[number]
        node = self.chart.nodes[handler]
        match node.kind:
            case "boundary":
                self._at_boundary(owner, node)
            case "start":
                self._in_event_sub_process(owner, self.chart.nodes[node.scope], node)
            case "catch" if self.active[owner].node != handler:
                scope = self.active[owner].scope
                self._end(owner)
                flow = next(f for f in self.chart.into[handler] if f.target == handler)
                self.visits[handler] += 1
                self._passed_by(flow, scope, node)
            case _:
                del self.waits[number]
                self._next.append(("leave", owner, ""))

    def _passed_by(self, flow: Flow, scope: int, node: Node) -> None:
        """An event behind an event-based gateway has happened: its node is done at once."""
        self._last += 1
        self.active[self._last] = Visit(node.id, scope)
        self._next.append(("leave", self._last, ""))

    def _at_boundary(self, host: int, event: Node) -> None:
        scope = self.active[host].scope
        if event.interrupting:
            self._cancel(host)
        self._begin(event, scope)

    def _in_event_sub_process(self, scope: int, node: Node, start: Node) -> None:
        """13.5.4: an interrupting one ends what else is in the scope, and listening in it."""
        if start.interrupting:
            self._clear(scope)
            self._stop_listening(scope)
        self._begin(start, self._begin(node, scope))

    def _thrown(self, me: int, node: Node) -> bool:
        """An error or escalation goes outwards to the nearest handler; whether there was one."""
        at = inner = me
        while True:
            visit = self.active[at]
            is_loop = at != PROCESS and self.active[inner].loop == at
            if at != me and not is_loop and at not in self.closed:
                found = self._handler(at, inner, node)
                if found is not None:
                    self._in_event_sub_process(at, *found)
                    return True
            if not visit.loop:
                event = self._matching(self.chart.boundaries.get(visit.node, ()), node)
                if event is not None:
                    self._at_boundary(at, event)
                    return True
            if at == PROCESS:
                return False
            inner, at = at, visit.loop or visit.scope

    def _handler(self, scope: int, inner: int, node: Node) -> tuple[Node, Node] | None:
        """One that listens in a scope; none hears what is thrown in itself."""
        known = self.chart.handlers.get(self.active[scope].node, ())
        pairs = [pair for pair in known if pair[0].id != self.active[inner].node]
        start = self._matching([start for _, start in pairs], node)
        return next(((sub, s) for sub, s in pairs if s is start), None)

    @staticmethod
    def _matching(catchers: list[Node] | tuple[()], node: Node) -> Node | None:
        """The one that names the code, else the one that catches all."""
        fitting = [c for c in catchers if c.trigger == node.trigger and c.name in ("", node.name)]
        return max(fitting, key=lambda c: bool(c.name), default=None)
