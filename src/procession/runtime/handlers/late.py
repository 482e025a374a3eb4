"""Handlers that are made with their first work item, so that the server starts without them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from procession.runtime.work_items import WorkItem


class Late:
    """Stands for a handler until there is something to do; ``make`` loads what it needs."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._handler: Any = None
        self._lock = threading.Lock()

    def execute(self, item: WorkItem) -> Any:
        """Do the work."""
        with self._lock:
            if self._handler is None:
                self._handler = self._make()
        return self._handler.execute(item)

    def abort(self, item: WorkItem) -> None:
        """The work is no longer wanted: nothing to tell if it was never begun."""
        if self._handler is not None:
            self._handler.abort(item)
