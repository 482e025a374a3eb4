"""The asynchronous task: work items named ``async`` run a registered command as a durable job.

``reference/jbpm-engine.md`` section 10. ``CommandClass`` names the command; ``Retries`` (3) are
the tries after the first, ``RetryDelay`` the pauses before them (a comma list of time strings, the
last one repeated), ``Delay`` the pause before the first, ``Priority`` 0 to 9 (5) the order among
jobs that are taken together. With ``AutoComplete`` the task completes at once and the job goes on
by itself. ``BusinessKey`` is ``<instance>:<work item>`` unless given, and ``Owner`` is handed on.
The command is given the work item and answers the results.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from procession.runtime.handlers.given import flag, milliseconds, needed, number, text
from procession.runtime.work_items import Plan, WorkFailed, WorkItem
from procession.values import Map, Value

RETRIES: Final = 3
MOST_RETRIES: Final = 1_000


class Commands:
    """Python functions in place of the executor's command classes."""

    def __init__(self) -> None:
        self._by_name: dict[str, Callable[[], Any]] = {}
        self._lock = threading.Lock()

    def register(self, name: str, find: Callable[[], Any]) -> None:
        """Have ``find`` say which function a ``CommandClass`` stands for."""
        with self._lock:
            self._by_name = {**self._by_name, name: find}

    def execute(self, item: WorkItem) -> Mapping[str, Value] | None:
        """Run the command. One that is not registered fails for good."""
        name = needed(item.parameters, "CommandClass")
        find = self._by_name.get(name)
        if find is None:
            raise WorkFailed(
                f"no command is registered for {name}; add it to the setting commands",
                "java.lang.ClassNotFoundException",
                is_final=True,
            )
        key = f"{item.process_instance_id}:{item.id}"
        known = item.parameters.with_items(
            {"BusinessKey": text(item.parameters, "BusinessKey", key)}
        )
        results = find()(msgspec.structs.replace(item, parameters=known))
        return results if results is None or isinstance(results, Mapping) else {"Result": results}

    def abort(self, item: WorkItem) -> None:
        """The job goes with its work item."""


def plan(parameters: Map) -> Plan:
    """How the job of an asynchronous task is run. Raises for values that make no sense."""
    pauses = text(parameters, "RetryDelay")
    delay = text(parameters, "Delay")
    return Plan(
        retries=number(parameters, "Retries", RETRIES, 0, MOST_RETRIES) + 1,
        delay=milliseconds("Delay", delay) if delay else 0,
        pauses=tuple(
            milliseconds("RetryDelay", each) for each in pauses.split(",") if each.strip()
        ),
        priority=number(parameters, "Priority", Plan().priority, 0, 9),
        is_detached=flag(parameters, "AutoComplete"),
    )
