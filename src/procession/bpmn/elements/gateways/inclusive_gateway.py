"""Inclusive gateway: takes every way that holds, and joins all tokens that can still come.

BPMN 2.0.2, section 13.4.3 and table 13.3; ``reference/jbpm-engine.md`` 1.10. The join fires when
no token of the scope could still reach it by a way that has none yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.gateways.gateway import Gateway, gateway_fields
from procession.bpmn.problems import Problem
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition, SequenceFlow
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("inclusiveGateway")
@dataclass(frozen=True, kw_only=True)
class InclusiveGateway(Gateway):
    """A choice of one or more."""

    settles: ClassVar[bool] = True

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the gateway."""
        return cls(**gateway_fields(xml))

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """Park, until nothing else can come."""
        if len(self.incoming) == 1:
            t.activate(self, scope, flow=flow.id)
        else:
            t.park(self, flow, scope)

    def settle(self, t: Transition, scope: int) -> None:
        """Go on if no token can still arrive."""
        if not t.can_still_arrive(self, scope):
            t.join(self, t.parked(self, scope), scope)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Take every flow that holds, those of lower priority number first."""
        flows = [
            flow
            for flow in t.definition.outgoing(self)
            if flow.id != self.default and t.holds(flow.condition, me.scope, self)
        ]
        flows.sort(key=lambda flow: flow.priority)
        if not flows and self.default is not None:
            flows = [t.definition.flow(self.default)]
        if not flows and self.outgoing:
            self.no_way(t, me, "OR")
        for flow in flows:
            t.take(flow, me.scope, me.id)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Its flows need conditions."""
        return self.check_conditions(graph)
