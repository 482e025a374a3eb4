"""What the dialect answers: payloads by name, and their documents in each wire form.

A handler names a payload; the profile decides its root element and shape.
"""

from __future__ import annotations

import msgspec

from procession.rest.jbpm.shapes import deployment, history, process, tasks
from procession.rest.jbpm.shapes.process import OUTCOME, InstanceWithVariables
from procession.rest.shapes import Shape, constant, text

__all__ = ["DOCUMENTS", "Document", "InstanceWithVariables", "Payload"]


class Payload(msgspec.Struct, frozen=True):
    """The name of a payload. ``framed`` ones say ``SUCCESS`` and repeat the address (2.0)."""

    name: str
    framed: bool = False


class Document(msgspec.Struct, frozen=True):
    """A payload in one wire form."""

    root: str
    shape: Shape


RESPONSE = Payload("response", framed=True)
STARTED_INSTANCE = Payload("process-instance", framed=True)
PROCESS_INSTANCE = Payload("process-instance")
VARIABLES = Payload("variables", framed=True)
INSTANCE_WITH_VARIABLES = Payload("process-instance-with-vars", framed=True)
SIGNALLED_INSTANCE = Payload("process-instance-with-vars")
WORK_ITEM = Payload("work-item")
VALUE = Payload("value")
LOG_LIST = Payload("log-instance-list")
PROCESS_LOG = Payload("process-instance-log")
TASK = Payload("task")
TASK_LIST = Payload("task-summary-list")
CONTENT = Payload("content")
UNIT = Payload("deployment-unit")
UNIT_LIST = Payload("deployment-unit-list")
JOB = Payload("deployment-job-result")
DEFINITION = Payload("process-definition")
DEFINITION_LIST = Payload("process-definition-list")
EXCEPTION = Payload("exception", framed=True)

_RESPONSE = Shape((*OUTCOME, constant(None, "message", None)))
_EXCEPTION = Shape(
    (
        constant(None, "cause", None),
        text("status", "status", "status"),
        OUTCOME[1],
        text("message", "message", "message"),
        constant(None, "stackTrace", None),
        constant(None, "result", None),
    ),
    indented=True,
)
_BOTH = {
    "response": Document("response", _RESPONSE),
    "exception": Document("exception", _EXCEPTION),
    "deployment-unit": Document("deployment-unit", deployment.UNIT),
    "process-definition": Document("process-definition", deployment.DEFINITION),
    "process-definition-list": Document("process-definition-list", deployment.DEFINITION_LIST),
    "process-instance-log": Document("process-instance-log", history.PROCESS_LOG_M),
}
_L = {
    "process-instance": process.INSTANCE_L,
    "variables": process.VARIABLES_L,
    "process-instance-with-vars": process.WITH_VARIABLES_L,
    "work-item": process.WORK_ITEM_L,
    "log-instance-list": history.LOG_LIST_L,
    "task": tasks.TASK_L,
    "task-summary-list": tasks.SUMMARY_LIST_L,
    "content": tasks.CONTENT_L,
    "deployment-unit-list": deployment.UNIT_LIST_L,
    "deployment-job-result": deployment.JOB_L,
}
_M = {
    "process-instance": Document("process-instance-response", process.INSTANCE_M),
    "variables": Document("variables-response", process.VARIABLES_M),
    "process-instance-with-vars": Document(
        "process-instance-with-vars-response", process.WITH_VARIABLES_M
    ),
    "work-item": Document("work-item-response", process.WORK_ITEM_M),
    "log-instance-list": Document("log-instance-list", history.LOG_LIST_M),
    "task": Document("task", tasks.TASK_M),
    "task-summary-list": Document("task-summary-list-response", tasks.SUMMARY_LIST_M),
    "content": Document("content", tasks.CONTENT_M),
    "deployment-unit-list": Document("deployment-unit-list", deployment.UNIT_LIST_M),
    "deployment-job-result": Document("deployment-job-result", deployment.JOB_M),
}
DOCUMENTS: dict[str, dict[str, Document]] = {
    "L": {**_BOTH, **{root: Document(root, shape) for root, shape in _L.items()}},
    "M": {**_BOTH, **_M},
}
"""Profile name -> payload name -> document."""
