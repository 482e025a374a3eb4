"""Parallel gateway: waits for a token on every way in, and sends one down every way out.

BPMN 2.0.2, section 13.4.1. Conditions are not asked. Surplus tokens stay for the next round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.gateways.gateway import Gateway, gateway_fields
from procession.bpmn.problems import Problem, warning
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition, SequenceFlow
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("parallelGateway")
@dataclass(frozen=True, kw_only=True)
class ParallelGateway(Gateway):
    """All at once."""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the gateway."""
        return cls(**gateway_fields(xml))

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Say so where a condition stands that is never asked."""
        for flow in graph.outgoing(self):
            if flow.condition is not None:
                text = f"the condition of flow {flow.id} is not asked at a parallel gateway"
                yield warning(self, text, rule="ignored")

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """Park, until every way in has a token."""
        if len(self.incoming) == 1:
            t.activate(self, scope, flow=flow.id)
            return
        t.park(self, flow, scope)
        flows = t.state.parked[scope, self.id].flows
        if len(flows) >= len(self.incoming) and set(flows) == set(self.incoming):
            t.join(self, self.incoming, scope)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Take every flow, whatever its condition."""
        for flow in t.definition.outgoing(self):
            t.take(flow, me.scope, me.id)
