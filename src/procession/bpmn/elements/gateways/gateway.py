"""What all gateways share: their part in history, and failing when no way is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Never

from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.errors import NoOutgoingFlow


@dataclass(frozen=True, kw_only=True)
class Gateway(FlowNode):
    """A place where ways part or meet."""

    @property
    def audit_type(self) -> str:
        """A gateway with several ways in and one out is a join."""
        return "Join" if len(self.incoming) > 1 and len(self.outgoing) < 2 else "Split"

    def no_way(self, t: Transition, me: ElementInstance, kind: str) -> Never:
        """Fail: no condition holds and there is no default flow."""
        name = self.name or self.id
        text = (
            f"[{t.definition.id}:{t.state.id} - {name}:{self.id}] -- {kind} split "
            f"could not find at least one valid outgoing connection for split {name}"
        )
        raise NoOutgoingFlow(text, instance=t.state.id, element=self.id, process=t.definition.id)

    def check_conditions(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """A choice needs conditions, and its default flow must be one of its own."""
        if self.default is not None and self.default not in self.outgoing:
            yield error(self, f"default flow {self.default} does not leave the gateway")
        if len(self.outgoing) < 2:
            return
        for flow in graph.outgoing(self):
            if flow.condition is None and flow.id != self.default:
                yield warning(self, f"flow {flow.id} has no condition and is always chosen")


def gateway_fields(xml: Reader) -> dict[str, Any]:
    """The fields of a gateway; jBPM knows only two directions."""
    direction = xml.attribute("gatewayDirection")
    if direction not in (None, "Unspecified", "Converging", "Diverging", "Mixed"):
        xml.problem("error", f"unknown gateway direction {direction}")
    fields = xml.flow_node()
    fields["default"] = xml.reference("default", to="sequenceFlow")
    return fields
