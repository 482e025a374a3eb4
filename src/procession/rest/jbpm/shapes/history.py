"""Logs (``reference/jbpm-rest-api.md`` 2.5, B.2 to B.4)."""

from __future__ import annotations

import msgspec

from procession.rest.jbpm.shapes.process import COMMAND
from procession.rest.shapes import NUMBER, Field, OneOf, Shape, constant, date, number, text
from procession.services.views import NodeLogView, ProcessLogView, VariableLogView

_AUDIT = "org.kie.services.client.serialization.jaxb.impl.audit.Jaxb"
_API = "org.kie.api.runtime.manager.audit."
_ID = Field("id", "id", "id", NUMBER, attribute=True)
_PROCESS = (
    number("process-instance-id", "processInstanceId", "process_instance_id"),
    text("process-id", "processId", "process_id"),
)
_DEPLOYMENT = text("external-id", "externalId", "deployment_id")

PAGING = (
    number("page-number", "pageNumber", "number"),
    number("page-size", "pageSize", "size"),
)


def _shape(name: str, *fields: Field, modern: bool, described: bool = False) -> Shape:
    """A log: 6.1 and later name the class in JSON, 6.2 and later describe the instance."""
    real = (constant(None, "realClass", _API + name),) if modern else ()
    extra = (text("process-instance-description", "processInstanceDescription", "description"),)
    tail = extra if modern and described else ()
    return Shape((*real, _ID, *_PROCESS, *fields, _DEPLOYMENT, *tail, *COMMAND))


def _process_log(*, modern: bool, described: bool = True, root: int | None = None) -> Shape:
    """``root`` is what a root instance has as its parent: -1 from 6.3 on."""

    def parent(log: ProcessLogView) -> int | None:
        number = log.process_instance_id and log.parent_process_instance_id
        return number if number and number > 0 else root

    return _shape(
        "ProcessInstanceLog",
        date("start", "start", "start"),
        date("end", "end", "end"),
        Field("status", "status", "status", NUMBER, nillable=True),
        Field(
            "parent-process-instance-id",
            "parentProcessInstanceId",
            parent,
            NUMBER,
            nillable=True,
        ),
        Field("outcome", "outcome", "outcome", nillable=True),
        number("duration", "duration", "duration"),
        text("identity", "identity", "identity"),
        text("process-version", "processVersion", "process_version"),
        text("process-name", "processName", "process_name"),
        modern=modern,
        described=described,
    )


def _node_log(*, modern: bool) -> Shape:
    return _shape(
        "NodeInstanceLog",
        date("date", "date", "date"),
        number("type", "type", "type"),
        text("node-instance-id", "nodeInstanceId", "node_instance_id"),
        text("node-id", "nodeId", "node_id"),
        text("node-name", "nodeName", "node_name"),
        text("node-type", "nodeType", "node_type"),
        number("work-item-id", "workItemId", "work_item_id"),
        text("connection", "connection", "connection"),
        modern=modern,
    )


def _variable_log(*, modern: bool) -> Shape:
    return _shape(
        "VariableInstanceLog",
        date("date", "date", "date"),
        text("variable-instance-id", "variableInstanceId", "variable_instance_id"),
        text("variable-id", "variableId", "variable_id"),
        text("value", "value", "value"),
        text("oldValue", "oldValue", "old_value"),
        modern=modern,
    )


def _items(process_log: Shape, *, modern: bool) -> OneOf:
    return OneOf(
        {
            ProcessLogView: (
                "process-instance-log",
                process_log,
                f"{_AUDIT}ProcessInstanceLog",
            ),
            NodeLogView: (
                "node-instance-log", _node_log(modern=modern), f"{_AUDIT}NodeInstanceLog",
            ),
            VariableLogView: (
                "variable-instance-log", _variable_log(modern=modern),
                f"{_AUDIT}VariableInstanceLog",
            ),
        }
    )  # fmt: skip


PROCESS_LOG_L = _process_log(modern=False)
PROCESS_LOG_61 = _process_log(modern=True, described=False)
PROCESS_LOG_62 = _process_log(modern=True)
PROCESS_LOG_M = _process_log(modern=True, root=-1)
_ITEMS_L, _ITEMS_61, _ITEMS_62, _ITEMS_M = (
    _items(PROCESS_LOG_L, modern=False),
    _items(PROCESS_LOG_61, modern=True),
    _items(PROCESS_LOG_62, modern=True),
    _items(PROCESS_LOG_M, modern=True),
)


def _list(items: OneOf, *more: Field) -> Shape:
    return Shape((Field("", "historyLogList", "items", items, many=True), *COMMAND, *more))


def _twice(alone: Shape) -> Shape:
    """The list once more in JSON, under the name that scripts for 6.0 read."""
    return Shape((*alone.fields, msgspec.structs.replace(alone.fields[0], xml=None, json="list")))


def _copied(items: OneOf) -> OneOf:
    """As 6.0 had them in JSON: a log has its own data once more."""
    cases = {
        view: (name, _with_copy(shape), wrapper)
        for view, (name, shape, wrapper) in items.cases.items()
    }
    return OneOf(cases)


def _with_copy(shape: Shape) -> Shape:
    own = Shape(shape.fields[: -len(COMMAND)])
    return Shape((*shape.fields, Field(None, "result", lambda log: log, own)))


LONE_LIST_L = _list(_ITEMS_L)
LONE_LIST_61, LONE_LIST_62, LONE_LIST_M = (
    _list(items, *PAGING) for items in (_ITEMS_61, _ITEMS_62, _ITEMS_M)
)
LOG_LIST_L = _twice(_list(_copied(_ITEMS_L)))
LOG_LIST_61, LOG_LIST_62, LOG_LIST_M = map(_twice, (LONE_LIST_61, LONE_LIST_62, LONE_LIST_M))
