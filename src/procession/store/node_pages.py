"""Rows of the node log, written a page at a time and read one by one.

Every visit of a node leaves two rows, so a short process leaves a dozen, and a row of its own in
table and index is what each of them would cost. They are written as *pages*: what one turn did in
one instance is one row of ``node_page`` with the entries as JSON. The view ``node_log`` shows the
rows again, so conditions, order and paging stay questions to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from procession.store.rows import NodePageRow

PAGE: Final = 1000
"""Entries of a page, at most. An entry's id is ``PLACES`` times its page's, plus its place."""
PLACES: Final = 1024

_SHARED: Final = ("instance_id", "root_id", "process_id", "deployment_id", "at")
_ENTRY: Final = (
    ("type", "integer"),
    ("node_instance_id", "bigint"),
    ("node_id", "text"),
    ("node_name", "text"),
    ("node_type", "text"),
    ("work_item_id", "bigint"),
    ("connection", "text"),
)

_encode = msgspec.json.Encoder().encode


Entry = tuple[int, int, str, str, str, int | None, str | None]
"""One row of the log as it stands in a page, in the order of :data:`_ENTRY`."""
Shared = tuple[int, int, str, str, int]
"""What the entries of a page share, in the order of :data:`_SHARED`."""


def paged(written: Iterable[tuple[Shared, list[Entry]]]) -> list[NodePageRow]:
    """The pages of entries that were written one after the other."""
    return [
        NodePageRow(None, *shared, _encode(entries[at : at + PAGE]).decode())
        for shared, entries in written
        for at in range(0, len(entries), PAGE)
    ]


def view(dialect: str) -> str:
    """The statement that creates ``node_log``, for a database by SQLAlchemy's name of it."""
    shared = ", ".join(f"node_page.{name}" for name in _SHARED)
    if dialect == "postgresql":
        number = f"node_page.id * {PLACES} + entry.place - 1"
        entry = ", ".join(
            f"(entry.value ->> {at})::{kind} as {name}" for at, (name, kind) in enumerate(_ENTRY)
        )
        source = (
            "cross join lateral json_array_elements(node_page.entries::json)"
            " with ordinality as entry(value, place)"
        )
    else:
        number = f"node_page.id * {PLACES} + entry.key"
        entry = ", ".join(
            f"json_extract(entry.value, '$[{at}]') as {name}" for at, (name, _) in enumerate(_ENTRY)
        )
        source = "join json_each(node_page.entries) as entry"
    return (
        f"create view node_log as select {number} as id, {shared}, {entry} from node_page {source}"  # noqa: S608
    )
