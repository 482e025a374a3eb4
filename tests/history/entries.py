"""A page of the node log whose entries are kept as rows."""

from __future__ import annotations

from typing import Any

from procession.store.node_pages import Entry
from procession.store.rows import NodeLogRow


class Entries:
    """Stands for the list that a unit of work gives; adds to ``rows``."""

    def __init__(self, rows: list[Any], shared: tuple[Any, ...]) -> None:
        self.rows = rows
        self.shared = shared

    def append(self, entry: Entry) -> None:
        self.rows.append(NodeLogRow(None, *self.shared, *entry))
