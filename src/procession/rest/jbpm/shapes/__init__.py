"""What the dialect answers: payloads by name, and their documents in each wire form.

A handler names a payload; the profile decides its root element and shape.
"""

from __future__ import annotations

from typing import Any

import msgspec

from procession.rest.jbpm.shapes import deployment, history, infos, process, tasks
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
COMMANDS = Payload("command-response")
LOG_LIST = Payload("log-instance-list")
PROCESS_LOG = Payload("process-instance-log")
TASK = Payload("task")
TASK_LIST = Payload("task-summary-list")
CONTENT = Payload("content")
EMPTY_CONTENT = Payload("empty-content")
UNIT = Payload("deployment-unit")
UNIT_LIST = Payload("deployment-unit-list")
JOB = Payload("deployment-job-result")
DEFINITION = Payload("process-definition")
DEFINITION_LIST = Payload("process-definition-list")
TASK_INFOS = Payload("query-task-result")
INSTANCE_INFOS = Payload("query-process-instance-result")
TASK_FORM = Payload("task-form", framed=True)
START_FORM = Payload("process-instance-form", framed=True)
SUMMARY_CLEARED = Payload("cleared")
EXCEPTION = Payload("exception", framed=True)
EXCEPTION_RESPONSE = Payload("exception-response", framed=True)
"""What the Java clients of 6.2 and later can read as the root of an error; they fail on 2.9's."""
FAILED_RESPONSE = Payload("failed-response", framed=True)
"""An error as 6.0.0 and 6.0.1 wrote it (2.9)."""
ALONE = {
    "log-instance-list": Payload("lone-logs"),
    "task-summary-list": Payload("lone-tasks"),
}
"""Lists that JSON has under one name only, by the name of those that it has under two (8, 6-7)."""


def _early_status(failure: Any) -> str:
    """6.0.0 and 6.0.1 knew three words."""
    known = {"SUCCESS", "BAD_REQUEST"}
    return failure.status if failure.status in known else "FAILURE"


def _nothing(_: object) -> None:
    return None


_RESPONSE = Shape((*OUTCOME, constant(None, "message", None)))
_CLEARED = Shape(
    (
        constant("status", "status", "SUCCESS"),
        constant("url", "url", "/task/history/bam/clear"),
        constant(None, "message", None),
    )
)
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
_EXCEPTION_RESPONSE = Shape((*_EXCEPTION.fields[:4], constant("stackTrace", "stackTrace", "")))
_FAILED_RESPONSE = Shape(
    (
        text("status", "status", _early_status),
        OUTCOME[1],
        text("message", "message", "message"),
        constant("causeMessage", "causeMessage", None),
        constant("stackTrace", "stackTrace", None),
    ),
    indented=True,
)
_EMPTY_CONTENT = Shape(tuple(msgspec.structs.replace(field, get=_nothing)
                             for field in tasks.CONTENT_L.fields))  # fmt: skip
_BOTH = {
    "failed-response": Document("response", _FAILED_RESPONSE),
    "empty-content": Document("content", _EMPTY_CONTENT),
    "response": Document("response", _RESPONSE),
    "exception": Document("exception", _EXCEPTION),
    "exception-response": Document("exception-response", _EXCEPTION_RESPONSE),
    "query-task-result": Document("query-task-result", infos.TASK_INFOS),
    "query-process-instance-result": Document(
        "query-process-instance-result", infos.INSTANCE_INFOS
    ),
    "cleared": Document("response", _CLEARED),
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
    "lone-logs": history.LONE_LIST_L,
    "lone-tasks": tasks.LONE_LIST_L,
    "task": tasks.TASK_L,
    "task-summary-list": tasks.SUMMARY_LIST_L,
    "task-form": infos.FORM,
    "process-instance-form": infos.FORM,
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
    "lone-logs": Document("log-instance-list", history.LONE_LIST_M),
    "lone-tasks": Document("task-summary-list-response", tasks.LONE_LIST_M),
    "task": Document("task", tasks.TASK_M),
    "task-summary-list": Document("task-summary-list-response", tasks.SUMMARY_LIST_M),
    "task-form": Document("task-form-response", infos.FORM),
    "process-instance-form": Document("process-instance-form-response", infos.FORM),
    "content": Document("content", tasks.CONTENT_M),
    "deployment-unit-list": Document("deployment-unit-list", deployment.UNIT_LIST_M),
    "deployment-job-result": Document("deployment-job-result", deployment.JOB_M),
}
_61 = {
    **_L,
    "process-instance-with-vars": process.WITH_VARIABLES_61,
    "work-item": process.WORK_ITEM_M,
    "log-instance-list": history.LOG_LIST_61,
    "lone-logs": history.LONE_LIST_61,
    "lone-tasks": tasks.LONE_LIST_61,
    "process-instance-log": history.PROCESS_LOG_61,
    "task": tasks.TASK_61,
    "task-summary-list": tasks.SUMMARY_LIST_61,
    "deployment-unit-list": deployment.UNIT_LIST_M,
    "deployment-job-result": deployment.JOB_M,
}


def _by_root(shapes: dict[str, Shape]) -> dict[str, Document]:
    """In L the name of a payload is its root element."""
    return {root: Document(root, shape) for root, shape in shapes.items()}


DOCUMENTS: dict[str, dict[str, Document]] = {
    "L": {**_BOTH, **_by_root(_L)},
    "6.1": {**_BOTH, **_by_root(_61)},
    "6.2": {
        **_BOTH,
        **_M,
        "log-instance-list": Document("log-instance-list", history.LOG_LIST_62),
        "lone-logs": Document("log-instance-list", history.LONE_LIST_62),
        "process-instance-log": Document("process-instance-log", history.PROCESS_LOG_62),
    },
    "M": {**_BOTH, **_M},
}
"""The shapes of a profile -> payload name -> document."""
