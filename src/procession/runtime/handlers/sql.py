"""SQL: work items named ``SQL`` run one statement on a database that the operator named.

Parameters: ``Connection`` (a name of the setting ``sql_connections``), ``Statement``,
``Parameters`` (an object for ``:name``, a list for ``?``), ``MaxRows``. Values are bound, never
spliced into the text; ``:work_item_key`` is bound to the work item's stable key, so that a
statement can be made to act once. Results: ``Result`` (a list of objects), ``RowCount``. Each
statement is a transaction of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from procession.runtime.handlers.given import needed, number, text, wrong
from procession.runtime.work_items import WorkItem
from procession.values import Value

if TYPE_CHECKING:
    from procession.runtime.handlers.databases import Database

KEY: Final = "work_item_key"


class SqlHandler:
    """Runs statements. ``limit`` bounds each in seconds, ``rows`` what it may answer."""

    def __init__(self, connections: Mapping[str, str], limit: float, rows: int) -> None:
        self._connections = connections
        self._limit = limit
        self._rows = rows
        self._opened: dict[str, Database] = {}
        self._lock = threading.Lock()

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Run the statement."""
        p = item.parameters
        database = self._database(text(p, "Connection") or text(p, "DataSourceName"))
        statement = text(p, "Statement") or needed(p, "SQLStatement")
        most = number(p, "MaxRows", self._rows, 1, self._rows)
        return database.run(statement, self._bound(p.get("Parameters"), item.key), most)

    def abort(self, item: WorkItem) -> None:
        """What was committed stays."""

    def _bound(self, given: Value, key: str) -> Any:
        if given is None or given == "":
            return {KEY: key}
        if isinstance(given, Mapping):
            return {KEY: key, **{str(name): value for name, value in given.items()}}
        if isinstance(given, list | tuple):
            return tuple(given)
        raise wrong("Parameters must be an object or a list")

    def _database(self, name: str) -> Database:
        if not name and len(self._connections) == 1:
            name = next(iter(self._connections))
        if name not in self._connections:
            raise wrong(f"there is no connection {name!r}; add it to the setting sql_connections")
        with self._lock:
            if name not in self._opened:
                from procession.runtime.handlers.databases import Database

                self._opened[name] = Database(name, self._connections[name], self._limit)
            return self._opened[name]
