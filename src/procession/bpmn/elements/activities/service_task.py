"""Service task: a work item ``Service Task`` that names an interface and an operation.

BPMN 2.0.2, 10.3.3.1; ``reference/jbpm-engine.md`` 1.8. With a ``taskName`` of our own the work item
carries that name instead, so that handlers can tell services apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity, activity_fields
from procession.bpmn.problems import Severity
from procession.bpmn.reader import Reader
from procession.bpmn.root_elements import Operation
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Value


@element("serviceTask")
@dataclass(frozen=True, kw_only=True)
class ServiceTask(Activity):
    """A call of something outside."""

    operation: Operation | None = None
    parameter_type: str = ""
    implementation: str = ""
    task_name: str = ""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and the operation it refers to."""
        known = xml.document.root_elements
        reference = xml.root_element(xml.attribute("operationRef"))
        operation = known.operations.get(reference)
        if reference and operation is None:
            severity: Severity = "error" if known.interfaces else "warning"
            xml.problem(severity, f"operation {reference} is not declared", rule="reference")
        message = known.messages.get(operation.in_message) if operation else None
        return cls(
            **activity_fields(xml),
            operation=operation,
            parameter_type=message.item if message else "",
            implementation=xml.attribute("implementation") or "",
            task_name="" if xml.document.is_jbpm else xml.vendor("task_name") or "",
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Open the work item; data inputs go before what the operation says."""
        values: dict[str, Value] = {}
        if self.operation is not None:
            operation = self.operation
            values = {
                "Interface": operation.interface,
                "Operation": operation.name,
                "ParameterType": self.parameter_type,
                "interfaceImplementationRef": operation.interface_implementation,
                "operationImplementationRef": operation.implementation,
            }
        values["implementation"] = self.implementation
        values = {name: value for name, value in values.items() if value}
        values.update(self.parameters(t, me))
        self.open_work_item(t, me, self.task_name or "Service Task", values)
