"""Exclusive gateway: one token in, one token out, down the first flow that holds.

BPMN 2.0.2, section 13.4.2; ``reference/jbpm-engine.md`` 1.10. Conditions are tried in document
order, one only if its priority goes before that of what was found so far; the default flow is
taken only when none holds. Without a default the instance cannot go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.gateways.gateway import Gateway, gateway_fields
from procession.bpmn.problems import Problem
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition, SequenceFlow
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("exclusiveGateway")
@dataclass(frozen=True, kw_only=True)
class ExclusiveGateway(Gateway):
    """A choice of one."""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the gateway."""
        return cls(**gateway_fields(xml))

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Take the best flow that holds."""
        best: SequenceFlow | None = None
        for flow in t.definition.outgoing(self):
            if flow.id == self.default or (best is not None and flow.priority >= best.priority):
                continue
            if t.holds(flow.condition, me.scope, self):
                best = flow
        if best is None and self.default is not None:
            best = t.definition.flow(self.default)
        if best is not None:
            t.take(best, me.scope, me.id)
        elif self.outgoing:
            self.no_way(t, me, "XOR")

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Its flows need conditions."""
        return self.check_conditions(graph)
