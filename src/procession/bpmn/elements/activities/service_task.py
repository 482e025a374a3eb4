"""Service task: a work item ``Service Task`` that names an interface and an operation.

BPMN 2.0.2, 10.3.3.1; ``reference/jbpm-engine.md`` 1.8. With a ``taskName`` of our own the work item
carries that name instead, so that handlers can tell services apart. A task implemented as
``##WebService`` is given the address of the WSDL that the file imports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.problems import Severity
from procession.bpmn.reader import Reader
from procession.bpmn.root_elements import Operation, RootElements
from procession.core import evaluation
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value

WEB_SERVICE: Final = "##webservice"
_BEAN: Final = re.compile(r"[$#]\{\s*([^\W\d]\w*)\s*\}")


@element("serviceTask")
@dataclass(frozen=True, kw_only=True)
class ServiceTask(Activity):
    """A call of something outside.

    ``delegate`` is the class or bean that a vendor's file names, which Python stands for;
    ``expression`` is computed in place.
    """

    sees_all: ClassVar[bool] = True
    operation: Operation | None = None
    parameter_type: str = ""
    implementation: str = ""
    task_name: str = ""
    delegate: str = ""
    expression: Script | None = None
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
            **_vendors(xml),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Open the work item; data inputs go before what the operation says."""
        if self.expression is not None:
            if evaluation.run_script(t, self.expression, me.id, me, self.mapped.result):
                self.depart(t, me)
            return
        values: dict[str, Value] = {}
        if self.delegate:
            values = {"Interface": self.delegate, "Operation": "execute"}
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
        if self.wsdl is not None:
            values["Namespace"], values["Url"] = self.wsdl
        values = {name: value for name, value in values.items() if value}
        given = self.parameters(t, me)
        values.update({"Parameter": Map(given)} if self.delegate else given)
        self.open_work_item(t, me, self.task_name or "Service Task", values)


def _vendors(xml: Reader) -> dict[str, Any]:
    """Who does it, as vendors' extensions say."""
    if xml.document.is_jbpm:
        return {}
    bean = _BEAN.fullmatch((xml.vendor("delegate") or "").strip())
    if xml.vendor("delegate") and bean is None:
        xml.refuse("a delegateExpression that is more than the name of a bean")
    text = xml.vendor("expression")
    return {
        "task_name": xml.vendor("task_name") or xml.vendor("topic") or "",
        "delegate": (xml.vendor("class") or "").strip() or (bean[1] if bean else ""),
        "expression": xml.compile("juel", text, Purpose.EXPRESSION) if text else None,
    }


def _described(known: RootElements) -> tuple[str, str] | None:
    """Namespace and place of the first description of web services that the file imports."""
    return next(iter(known.descriptions.items()), None)
