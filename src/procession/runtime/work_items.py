"""Work item handlers by name: inline, as jobs, or by other programs.

``reference/architecture.md`` 9.3. A name that nobody registered stays pending until it is completed
from outside; other programs may fetch it (``reference/rulings.md`` 5).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable

import msgspec

from procession.errors import HandlerFailure, Invalid
from procession.values import EMPTY, Map, Value

HUMAN_TASK: Final = "Human Task"
SEND_TASK: Final = "Send Task"
RECEIVE_TASK: Final = "Receive Task"
SERVICE_TASK: Final = "Service Task"
INTERNAL: Final = frozenset({HUMAN_TASK, SEND_TASK, RECEIVE_TASK})
ENTRY_POINTS: Final = "procession.work_item_handlers"
JAVA_FAILURE: Final = (
    "java.lang.RuntimeException",
    "java.lang.Exception",
    "java.lang.Throwable",
)
"""What every failure of a handler is to a model that catches by class."""


class Mode(StrEnum):
    """When a handler runs."""

    INLINE = "inline"
    JOB = "job"
    EXTERNAL = "external"


class WorkItem(msgspec.Struct, frozen=True):
    """What a handler is given; ``key`` is stable over retries, for its own idempotency."""

    id: int
    key: str
    name: str
    parameters: Map
    process_instance_id: int
    process_id: str
    deployment_id: str
    node_id: str
    attempt: int = 1
    process_instance_uuid: str = ""


class WorkFailed(HandlerFailure):
    """A handler's failure that the model may catch by one of several codes, once it is final.

    The first code is the one the error event sees, with ``value``. A job is tried again before the
    model hears of it, after ``pause`` if that is given, unless the failure ``is_final``.
    """

    def __init__(
        self,
        message: str,
        *codes: str,
        value: Value = None,
        is_final: bool = False,
        pause: timedelta | None = None,
    ) -> None:
        super().__init__(message, reason=codes[0] if codes else "")
        self.codes = codes
        self.value = value
        self.is_final = is_final
        self.pause = pause


def caught_as(error: BaseException) -> tuple[str, Value, tuple[str, ...]]:
    """Code, value and all names under which an error event may catch a handler's failure."""
    name = type(error).__name__
    if isinstance(error, WorkFailed) and error.codes:
        value = str(error) if error.value is None else error.value
        return error.codes[0], value, (*error.codes, *JAVA_FAILURE)
    return name, str(error), (name, *JAVA_FAILURE)


class Plan(msgspec.Struct, frozen=True):
    """How one work item's job is run; times in milliseconds.

    ``pauses`` stand between the tries, the last one again and again; none: the usual ones. Of jobs
    taken together the higher ``priority`` goes first. An item that ``is_detached`` completes at
    once, without results, and its job goes on by itself.
    """

    retries: int = 3
    delay: int = 0
    pauses: tuple[int, ...] = ()
    priority: int = 5
    is_detached: bool = False


class Pending:
    """Returned by a handler that has only begun: the work item stays open for later completion."""


PENDING: Final = Pending()


@runtime_checkable
class WorkItemHandler(Protocol):
    """A handler with a mind of its own; a plain function of one argument will do as well.

    It may raise :class:`procession.ModelError` to speak to the diagram.
    """

    def execute(self, item: WorkItem) -> Mapping[str, Value] | Pending | None:
        """Do the work; give the results."""
        ...

    def abort(self, item: WorkItem) -> None:
        """The work is no longer wanted."""


class Registration(msgspec.Struct, frozen=True):
    """A handler with its mode. ``may_block`` sends inline calls to a pool."""

    name: str
    execute: Callable[[WorkItem], Any]
    abort: Callable[[WorkItem], None] | None
    mode: Mode
    may_block: bool
    retries: int = 3
    time_limit: float = 30.0
    plan: Callable[[Map], Plan] | None = None

    def plan_of(self, parameters: Map) -> Plan:
        """How the job of a work item with these parameters is run."""
        return self.plan(parameters) if self.plan else Plan(retries=self.retries)


class Handlers:
    """Who does what. Service tasks are looked up as ``Interface/Operation`` first.

    Then as ``Interface``, alone or as the interface's implementation, then by the task's
    ``implementation``: ``##WebService``, or a name that stands for a built-in handler.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Registration] = {}
        self._lock = threading.Lock()

    def register(
        self,
        name: str,
        handler: WorkItemHandler | Callable[[WorkItem], Any],
        *,
        mode: Mode | str = Mode.INLINE,
        may_block: bool = False,
        retries: int = 3,
        time_limit: float = 30.0,
        plan: Callable[[Map], Plan] | None = None,
    ) -> None:
        """Register a handler for a work item name, replacing an earlier one."""
        execute: Callable[[WorkItem], Any]
        abort: Callable[[WorkItem], None] | None
        if isinstance(handler, WorkItemHandler):
            execute, abort = handler.execute, handler.abort
        elif callable(handler):
            execute, abort = handler, None
        else:
            raise Invalid(f"the handler of {name!r} is neither a function nor a WorkItemHandler")
        registration = Registration(
            name, execute, abort, Mode(mode), may_block, retries, time_limit, plan
        )
        with self._lock:
            self._by_name = {**self._by_name, name: registration}

    def load_entry_points(self) -> None:
        """Register what installed packages offer under ``procession.work_item_handlers``."""
        if not _is_offered():
            return
        from importlib.metadata import entry_points

        for entry in entry_points(group=ENTRY_POINTS):
            handler = entry.load()
            mode = getattr(handler, "mode", Mode.INLINE)
            may_block = bool(getattr(handler, "may_block", False))
            self.register(entry.name, handler, mode=mode, may_block=may_block)

    def find(self, name: str, parameters: Mapping[str, Value] = EMPTY) -> Registration | None:
        """The handler of a work item, if there is one."""
        if name == SERVICE_TASK:
            for key in _service_names(parameters):
                found = self._by_name.get(key)
                if found is not None:
                    return found
        return self._by_name.get(name)

    def mode(self, name: str, parameters: Mapping[str, Value] = EMPTY) -> Mode | None:
        """How a work item is carried out; ``None``: by people, or from outside."""
        found = self.find(name, parameters)
        if found is not None:
            return found.mode
        return None if name in INTERNAL else Mode.EXTERNAL


def _is_offered() -> bool:
    """Whether an installed package may offer handlers.

    Looking for the group's name in the files of entry points takes a tenth of the time of loading
    importlib.metadata and having it read them. What is no folder, a zip file say, may.
    """
    group = ENTRY_POINTS.encode()
    for place in sys.path:
        try:
            names = os.listdir(place or ".")
        except NotADirectoryError:
            return True
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                with suppress(OSError), open(f"{place}/{name}/entry_points.txt", "rb") as file:
                    if group in file.read():
                        return True
    return False


def _service_names(p: Mapping[str, Value]) -> tuple[str, ...]:
    """The names under which the handler of a service task may be registered, the nearest first.

    ``##WebService`` is also what the specification says of tasks that say nothing: without a
    description nobody could call it, and the task stays open.
    """
    names = []
    for interface, operation in (
        (p.get("Interface"), p.get("Operation")),
        (p.get("interfaceImplementationRef"), p.get("operationImplementationRef")),
    ):
        if interface and operation:
            names.append(f"{interface}/{operation}")
    for interface in (p.get("Interface"), p.get("interfaceImplementationRef")):
        if interface:
            names.append(f"interface {interface}")
    implementation = p.get("implementation")
    is_described = "Url" in p or not str(implementation).startswith("##")
    if implementation and is_described:
        names.append(f"implementation {implementation}")
    return tuple(names)
