"""Process instances, variables, work items (``reference/jbpm-rest-api.md`` 2.1, 2.3, 2.4, B.1)."""

from __future__ import annotations

import msgspec

from procession.rest.jbpm.values import JAVA_MAP, PARAMETERS
from procession.rest.shapes import TEXT_MAP, Field, Kind, Shape, constant, number, text
from procession.services.views import ProcessInstanceView
from procession.values import Map


class InstanceWithVariables(msgspec.Struct, frozen=True):
    """An instance and the last value of each of its variables, as text; perhaps neither."""

    instance: ProcessInstanceView | None
    variables: Map | None


OUTCOME = (
    Field("status", "status", lambda url: "SUCCESS" if url else None, of_frame=True),
    Field("url", "url", lambda url: url, of_frame=True),
)
"""What a call that did something says of itself; absent where there is no frame."""
COMMAND = (constant(None, "index", None), constant(None, "commandName", None))
NO_OUTCOME = (constant(None, "status", None), constant(None, "url", None))

_INSTANCE = (
    text("process-id", "processId", "process_id"),
    number("id", "id", "id"),
    number("state", "state", "state"),
    Field("event-types", "eventTypes", "event_types", many=True),
)
_PARENT = number("parentProcessInstanceId", "parentProcessInstanceId", lambda view: 0)

INSTANCE_L = Shape((*OUTCOME, *COMMAND, *_INSTANCE))
INSTANCE_M = Shape((*_INSTANCE, _PARENT, *OUTCOME, *COMMAND))
NESTED_M = Shape((*_INSTANCE, _PARENT))


def _with_variables(instance: Shape, kind: Kind = TEXT_MAP) -> Shape:
    return Shape(
        (
            *OUTCOME,
            Field("variables", "variables", "variables", kind),
            Field("processInstance", "processInstance", "instance", instance),
        )
    )


WITH_VARIABLES_L = _with_variables(INSTANCE_L)
WITH_VARIABLES_61 = _with_variables(INSTANCE_L, JAVA_MAP)
WITH_VARIABLES_M = _with_variables(NESTED_M)


def _variables(kind: Kind) -> Shape:
    return Shape((*OUTCOME, *COMMAND, Field("variables", "variables", lambda view: view, kind)))


VARIABLES_L = _variables(TEXT_MAP)
VARIABLES_M = _variables(JAVA_MAP)


def _work_item(parameters: str, results: str, kind: Kind) -> Shape:
    return Shape(
        (
            *NO_OUTCOME,
            *COMMAND,
            number("id", "id", "id"),
            text("name", "name", "name"),
            number("state", "state", "state"),
            Field(parameters, "parameters", "parameters", kind),
            Field(results, "results", "results", kind),
            number("processInstanceId", "processInstanceId", "process_instance_id"),
        )
    )


WORK_ITEM_L = _work_item("parameters", "results", PARAMETERS)
WORK_ITEM_M = _work_item("param-map", "results-map", JAVA_MAP)
