"""Commands to the audit (C64 to C71); they need no deployment."""

from __future__ import annotations

from typing import Any

from procession.errors import NotFound
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import attribute, flag_of, number_of
from procession.rest.jbpm.execute.table import Call, command
from procession.services.views import Page, ProcessLogView

_PROCESS = attribute("process_id", "processId")
_INSTANCE = attribute(
    "instance", "process-instance-id", "processInstanceId", read=number_of, required=True
)


@command("C64", "audit", "clear-history-logs", "ClearHistoryLogsCommand")
def clear_history_logs(call: Call) -> None:
    """Delete the logs: all of them in L, those of ended instances in M."""
    everything = call.profile.clears_running
    call.engine.history.clear(call.actor, everything=everything)


@command(
    "C65", "audit", "find-active-process-instances", "FindActiveProcessInstancesCommand",
    _PROCESS, answer=answers.LOG_LIST,
)  # fmt: skip
def find_active_process_instances(call: Call, process_id: str | None) -> Page[ProcessLogView]:
    """The logs of running instances, perhaps of one process."""
    if process_id:
        return call.engine.history.by_process(call.actor, process_id, 1)
    return call.engine.history.instances(call.actor, active=True)


@command(
    "C66", "audit", "find-node-instances", "FindNodeInstancesCommand",
    _INSTANCE, attribute("node", "nodeId", "node-id"), answer=answers.LOG_LIST,
)  # fmt: skip
def find_node_instances(call: Call, instance: int, node: str | None) -> Page[Any]:
    """The nodes an instance entered and left."""
    return call.engine.history.nodes(call.actor, instance, node or None)


@command(
    "C67", "audit", "find-process-instance", "FindProcessInstanceCommand",
    _INSTANCE, answer=answers.PROCESS_LOG,
)  # fmt: skip
def find_process_instance(call: Call, instance: int) -> ProcessLogView | None:
    """The log of one instance."""
    try:
        return call.engine.history.instance(call.actor, instance)
    except NotFound:
        return None


@command(
    "C68", "audit", "find-process-instances", "FindProcessInstancesCommand",
    _PROCESS, answer=answers.LOG_LIST,
)  # fmt: skip
def find_process_instances(call: Call, process_id: str | None) -> Page[ProcessLogView]:
    """The logs of all instances, perhaps of one process."""
    if process_id:
        return call.engine.history.by_process(call.actor, process_id)
    return call.engine.history.instances(call.actor)


@command(
    "C69", "audit", "find-subprocess-instances", "FindSubProcessInstancesCommand",
    _INSTANCE, answer=answers.LOG_LIST,
)  # fmt: skip
def find_subprocess_instances(call: Call, instance: int) -> Page[ProcessLogView]:
    """The logs of the instances that an instance called."""
    return call.engine.history.children(call.actor, instance)


@command(
    "C70", "audit", "find-variable-instances", "FindVariableInstancesCommand",
    _INSTANCE, attribute("variable", "variableId", "variable-id"), answer=answers.LOG_LIST,
)  # fmt: skip
def find_variable_instances(call: Call, instance: int, variable: str | None) -> Page[Any]:
    """Every change of an instance's variables."""
    return call.engine.history.variables(call.actor, instance, variable or None)


@command(
    "C71", "audit", "find-variable-instances-by-name", "FindVariableInstancesByNameCommand",
    attribute("variable", "variableId", "variable-id", required=True),
    attribute("value", "value", read=lambda element: element.text),
    attribute("active", "activeProcesses", read=flag_of),
    answer=answers.LOG_LIST,
)  # fmt: skip
def find_variable_instances_by_name(
    call: Call, variable: str, value: str | None, active: bool | None
) -> Page[Any]:
    """Every change of a variable in any instance, perhaps to one value."""
    return call.engine.history.by_variable(call.actor, variable, value, active=bool(active))
