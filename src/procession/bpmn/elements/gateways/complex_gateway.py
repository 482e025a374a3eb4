"""Complex gateway: says by a condition when enough has come, then waits for the rest.

BPMN 2.0.2, 10.6.5 and 13.4.5. The activation condition is asked as long as tokens wait, and sees
how many there are: ``activationCount`` in all, ``x1``, ``x2`` ... by each way in, in document
order. When it holds, one token of each way that has any goes on. Then the gateway is *waiting for
reset*: it stays active until no token can come any more by the ways it had none of, takes those
that came, and asks its outgoing conditions once more, for which ``waitingForStart`` is then false.
A way out without a condition, and everything if no token came late, is left out of that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.gateways.gateway import Gateway, gateway_fields
from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core import evaluation, joining, settling
from procession.core.graph import ProcessDefinition, SequenceFlow
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance, WaitKind
from procession.core.transition import Transition
from procession.values import Map, Value

_WAY: Final = re.compile(r"\bx[1-9]\d*\b")


@element("complexGateway")
@dataclass(frozen=True, kw_only=True)
class ComplexGateway(Gateway):
    """As many as it takes. Its memo has the ways it took tokens of: at first, and late."""

    settles: ClassVar[bool] = True
    condition_names: ClassVar[Mapping[str, str]] = Map(waitingForStart="Boolean")
    activation: Script | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the gateway and its activation condition."""
        return cls(**gateway_fields(xml), activation=_activation(xml))

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """Park, and see whether that is enough."""
        me = self._late(t, scope)
        if me is not None:
            joining.park(t, self, flow.id, scope, frozenset(me.memo[0]))
        else:
            t.park(self, flow, scope)
            self._start(t, scope)

    def settle(self, t: Transition, scope: int) -> None:
        """Ask again, or reset when nothing more can come."""
        me = self._late(t, scope)
        if me is None:
            self._start(t, scope)
        elif not settling.can_still_arrive(t, self, scope, frozenset(me.memo[0])):
            came = tuple(flow for flow in t.parked(self, scope) if flow not in me.memo[0])
            if came:
                joining.drop(t, self.id, came, scope)
            t.complete(t.note(me, (me.memo[0], came)))

    def _late(self, t: Transition, scope: int) -> ElementInstance | None:
        """The element instance that waits for reset in the scope, if one does."""
        for number in t.state.conditions:
            wait = t.state.waits[number]
            if wait.handler == self.id and t.state.elements[wait.owner].scope == scope:
                return t.state.elements[wait.owner]
        return None

    def _start(self, t: Transition, scope: int) -> None:
        parked = t.state.parked.get((scope, self.id))
        if parked is None:
            return
        counts = Counter(parked.flows)
        names: dict[str, Value] = {"activationCount": len(parked.flows)}
        names.update((f"x{n}", counts[flow]) for n, flow in enumerate(self.incoming, 1))
        if self.activation is None or evaluation.holds(t, self.activation, scope, self, Map(names)):
            flows = t.parked(self, scope)
            t.note(t.join(self, flows, scope), (flows, ()))

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Send tokens on, and stay until the rest has come, if there is a rest."""
        if me.memo is None or set(self.incoming) <= set(me.memo[0]):
            t.complete(me)
            return
        t.wait(me, self, WaitKind.CONDITION, name="reset")
        self._send(t, me, is_start=True)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Send tokens on: at once if no way was left to wait for, else because of the late ones."""
        first, late = me.memo or (self.incoming, ())
        if set(self.incoming) <= set(first):
            self._send(t, me, is_start=True)
        elif late:
            self._send(t, me, is_start=False)

    def _send(self, t: Transition, me: ElementInstance, *, is_start: bool) -> None:
        names = Map(waitingForStart=is_start)
        found: list[SequenceFlow] = []
        for flow in t.definition.outgoing(self):
            if flow.id == self.default:
                continue
            if flow.condition is None:
                chosen = is_start
            else:
                chosen = evaluation.holds(t, flow.condition, me.scope, self, names)
            if chosen:
                found.append(flow)
        if not found and self.default is not None:
            found = [t.definition.flow(self.default)]
        if not found and is_start and self.outgoing:
            self.no_way(t, me, "COMPLEX")
        for flow in found:
            t.take(flow, me.scope, me.id)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Where several ways meet, something says how many are needed."""
        if self.default is not None and self.default not in self.outgoing:
            yield error(self, f"default flow {self.default} does not leave the gateway")
        for name in _WAY.findall(self.activation.source) if self.activation else ():
            if int(name[1:]) > len(self.incoming):
                text = f"{name}: only {len(self.incoming)} flows lead here"
                yield error(self, text, rule="activationCondition")
        if self.activation is None and len(self.incoming) > 1:
            text = "without an activation condition the first token is enough"
            yield warning(self, text, rule="activationCondition")


def _activation(xml: Reader) -> Script | None:
    inner = xml.child("activationCondition")
    text = inner.text() if inner else ""
    if inner is None or not text:
        return None
    language = inner.attribute("language")
    if language is None:
        language = xml.document.default_language
    counts = dict.fromkeys(("activationCount", *_WAY.findall(text)), "Integer")
    types = Map({**xml.place.types, **counts})
    return inner.moved(types=types).compile(language, text, Purpose.CONDITION)
