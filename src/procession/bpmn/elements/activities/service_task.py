"""Service task: a work item ``Service Task`` that names an interface and an operation.

BPMN 2.0.2, 10.3.3.1; ``reference/jbpm-engine.md`` 1.8. With a ``taskName`` of our own the work item
carries that name instead, so that handlers can tell services apart. A task implemented as
``##WebService`` is given the address of the WSDL that the file imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.activities.vendor_call import NO_CALL, VendorCall, vendor_call
from procession.bpmn.problems import Severity
from procession.bpmn.reader import Reader
from procession.bpmn.root_elements import Operation, RootElements
from procession.core import evaluation
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Value

WEB_SERVICE: Final = "##webservice"


@element("serviceTask")
@dataclass(frozen=True, kw_only=True)
class ServiceTask(Activity):
    """A call of something outside; ``call`` is what a vendor's file says of it."""

    sees_all: ClassVar[bool] = True
    operation: Operation | None = None
    parameter_type: str = ""
    implementation: str = ""
    call: VendorCall = NO_CALL
    wsdl: tuple[str, str] | None = None

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
            implementation=(implementation := xml.attribute("implementation") or ""),
            wsdl=_described(known) if implementation.lower() == WEB_SERVICE else None,
            call=vendor_call(xml),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Open the work item; data inputs go before what the operation says."""
        if self.call.expression is not None:
            if evaluation.run_script(t, self.call.expression, me.id, me, self.mapped.result):
                self.depart(t, me)
            return
        said: dict[str, Value] = {}
        if self.operation is not None:
            operation = self.operation
            said = {
                "Interface": operation.interface,
                "Operation": operation.name,
                "ParameterType": self.parameter_type,
                "interfaceImplementationRef": operation.interface_implementation,
                "operationImplementationRef": operation.implementation,
            }
        said["implementation"] = self.implementation
        if self.wsdl is not None:
            said["Namespace"], said["Url"] = self.wsdl
        given = self.parameters(t, me)
        self.open_work_item(t, me, *self.call.work_item("Service Task", given, said))


def _described(known: RootElements) -> tuple[str, str] | None:
    """Namespace and place of the first description of web services that the file imports."""
    return next(iter(known.descriptions.items()), None)
