"""Rich queries and form addresses (``reference/jbpm-rest-api.md`` 2.8, R04, T21)."""

from __future__ import annotations

from procession.rest.jbpm.shapes.process import NESTED_M, OUTCOME
from procession.rest.jbpm.shapes.tasks import SUMMARY_M
from procession.rest.shapes import Field, Shape, date, number, text
from procession.services.rich_queries import InstanceInfo

_VARIABLE = Shape(
    (
        text("name", "name", "name"),
        text("string", "value", "value"),
        date("lastModificationDate", "modificationDate", "modified"),
    )
)
_VARIABLES = Field("variables", "variables", "variables", _VARIABLE, many=True)
_SUMMARY = Shape(tuple(field for field in SUMMARY_M.fields if field.json != "@class"))


def _number(info: InstanceInfo) -> int:
    return info.instance.id


_TASK_INFO = Shape(
    (
        number("processInstanceId", "processInstanceId", _number),
        Field("taskSummaries", "taskSummaries", "tasks", _SUMMARY, many=True),
        _VARIABLES,
    )
)
_INSTANCE_INFO = Shape(
    (Field("process-instance", "processInstance", "instance", NESTED_M), _VARIABLES)
)
TASK_INFOS = Shape((Field("taskInfoList", "taskInfoList", "items", _TASK_INFO, many=True),))
INSTANCE_INFOS = Shape(
    (
        Field(
            "processInstanceInfoList", "processInstanceInfoList", "items", _INSTANCE_INFO, many=True
        ),
    )
)
FORM = Shape((*OUTCOME, text("formUrl", "formUrl", lambda address: address)))
