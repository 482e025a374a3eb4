"""Work item handlers by name: inline, as jobs, or by other programs.

``reference/architecture.md`` 9.3. A name that nobody registered stays pending until it is completed
from outside; other programs may fetch it (``reference/rulings.md`` 5).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Any, Final, Protocol, runtime_checkable

import msgspec

from procession.errors import Invalid
from procession.values import EMPTY, Map, Value

HUMAN_TASK: Final = "Human Task"
SEND_TASK: Final = "Send Task"
RECEIVE_TASK: Final = "Receive Task"
SERVICE_TASK: Final = "Service Task"
INTERNAL: Final = frozenset({HUMAN_TASK, SEND_TASK, RECEIVE_TASK})
ENTRY_POINTS: Final = "procession.work_item_handlers"


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


class Handlers:
    """Who does what. Service tasks are looked up as ``Interface/Operation`` first."""

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
            name, execute, abort, Mode(mode), may_block, retries, time_limit
        )
        with self._lock:
            self._by_name = {**self._by_name, name: registration}

    def load_entry_points(self) -> None:
        """Register what installed packages offer under ``procession.work_item_handlers``."""
        for entry in entry_points(group=ENTRY_POINTS):
            handler = entry.load()
            mode = getattr(handler, "mode", Mode.INLINE)
            may_block = bool(getattr(handler, "may_block", False))
            self.register(entry.name, handler, mode=mode, may_block=may_block)

    def find(self, name: str, parameters: Mapping[str, Value] = EMPTY) -> Registration | None:
        """The handler of a work item, if there is one."""
        if name == SERVICE_TASK:
            interface = parameters.get("Interface")
            found = self._by_name.get(f"{interface}/{parameters.get('Operation')}")
            if found is not None:
                return found
        return self._by_name.get(name)

    def mode(self, name: str, parameters: Mapping[str, Value] = EMPTY) -> Mode | None:
        """How a work item is carried out; ``None``: by people, or from outside."""
        found = self.find(name, parameters)
        if found is not None:
            return found.mode
        return None if name in INTERNAL else Mode.EXTERNAL
