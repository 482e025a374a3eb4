"""The audit in the order in which it was made, as jBPM 6.0 and 6.1 told it.

``reference/jbpm-rest-api.md`` 2.5. No index has that order; the database sorts what was found.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from procession.store.phrases import ALWAYS, Phrase, all_of
from procession.store.repositories.history import (
    PROCESS_LOGS,
    VALUES,
    VARIABLES,
    Log,
    Values,
)
from procession.store.repositories.visibility import Part, visible_by_row
from procession.store.rows import ProcessLogRow, Row, VariableLogRow
from procession.store.store import Reader

R = TypeVar("R", bound=Row)
_ORDERS: Final = {
    "process_log": "process_log.id",
    "node_log": "node_log.at, node_log.id",
    "variable_log": "variable_log.at, variable_log.id",
}


def as_made(log: Log[R]) -> Log[R]:
    """The same log in that order."""
    return msgspec.structs.replace(log, order=_ORDERS[log.table])


def process_logs(
    reader: Reader, where: Phrase, part: Part | None, limit: int, offset: int
) -> list[ProcessLogRow]:
    """Process logs; ``part``: those that somebody may see."""
    seen = ALWAYS if part is None else visible_by_row(part, "process_log.instance_id")
    return as_made(PROCESS_LOGS).read(reader, all_of(where, seen), limit, offset)


def variable_logs(
    reader: Reader, wanted: Values, part: Part | None, limit: int, offset: int
) -> list[VariableLogRow]:
    """Variable logs of one name; the same."""
    log = VARIABLES if wanted.value is None else VALUES
    return as_made(log).read(reader, wanted.checks(part), limit, offset)
