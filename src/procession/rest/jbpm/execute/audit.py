"""Commands to the audit (C64 to C71); they need no deployment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from procession.errors import NotFound
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import Argument, attribute, flag_of, number_of
from procession.rest.jbpm.execute.table import Call, command
from procession.services.views import Page, ProcessLogView

if TYPE_CHECKING:
    from procession.services.history import HistoryService

_PROCESS = attribute("process_id", "processId")
_INSTANCE = attribute(
    "instance", "process-instance-id", "processInstanceId", read=number_of, required=True
)


@command("C64", "audit", "clear-history-logs", "ClearHistoryLogsCommand")
def clear_history_logs(call: Call) -> None:
    """Delete the logs: all of them in L, those of ended instances in M."""
    everything = call.profile.clears_running
    call.engine.history.clear(call.actor, everything=everything)


def _instances(id: str, name: str, java: str, summary: str, *, active: bool) -> None:
    """The logs of instances, of all processes or of one."""

    def handler(call: Call, process_id: str | None) -> Page[ProcessLogView]:
        history = call.engine.history
        if process_id:
            status = 1 if active else None
            return history.by_process(call.actor, process_id, status, page=call.everything)
        return history.instances(call.actor, active=active, page=call.everything)

    handler.__doc__ = summary
    command(id, "audit", name, java, _PROCESS, answer=answers.LOG_LIST)(handler)


_instances(
    "C65", "find-active-process-instances", "FindActiveProcessInstancesCommand",
    "The logs of running instances, perhaps of one process.", active=True,
)  # fmt: skip
_instances(
    "C68", "find-process-instances", "FindProcessInstancesCommand",
    "The logs of all instances, perhaps of one process.", active=False,
)  # fmt: skip


def _inside(
    id: str, name: str, java: str, one: Argument, choose: Callable[[HistoryService], Any],
    summary: str,
) -> None:  # fmt: skip
    """What happened in an instance, perhaps to one node or variable only."""

    def handler(call: Call, instance: int, one: str | None) -> Page[Any]:
        ask = choose(call.engine.history)
        found: Page[Any] = ask(call.actor, instance, one or None, page=call.everything)
        return found

    handler.__doc__ = summary
    command(id, "audit", name, java, _INSTANCE, one, answer=answers.LOG_LIST)(handler)


_inside(
    "C66", "find-node-instances", "FindNodeInstancesCommand",
    attribute("one", "nodeId", "node-id"), lambda history: history.nodes,
    "The nodes an instance entered and left.",
)  # fmt: skip
_inside(
    "C70", "find-variable-instances", "FindVariableInstancesCommand",
    attribute("one", "variableId", "variable-id"), lambda history: history.variables,
    "Every change of an instance's variables.",
)  # fmt: skip


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
    "C69", "audit", "find-subprocess-instances", "FindSubProcessInstancesCommand",
    _INSTANCE, answer=answers.LOG_LIST,
)  # fmt: skip
def find_subprocess_instances(call: Call, instance: int) -> Page[ProcessLogView]:
    """The logs of the instances that an instance called."""
    return call.engine.history.children(call.actor, instance, page=call.everything)


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
    return call.engine.history.by_variable(
        call.actor, variable, value, active=bool(active), page=call.everything
    )
