"""Questions to the audit tables.

Every list is sorted by deployment, process, process instance and log row
(``reference/jbpm-rest-api.md`` 2.5), and cut to the page by the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import Delete, delete, select

from procession.store.phrases import ALWAYS, Phrase, all_of, is_long, join
from procession.store.repositories.visibility import (
    Part,
    is_much_to_see,
    visible_by_row,
    visible_to,
)
from procession.store.rows import NodeLogRow, ProcessLogRow, Row, VariableLogRow
from procession.store.store import Reader
from procession.store.tables import node_page, process_log, variable_log, variable_now

R = TypeVar("R", bound=Row)
RUNNING, COMPLETED = 1, 2
EVERYTHING: Final = 2**62
FEW: Final = 200
ENTRIES: Final = 50_000
"""So many entries of an index a walk passes before it is given up for a list."""
LOOKS: Final = 4_000
"""The same where it is looked up for each row who takes part in its instance."""

# -- where rows are read from ----------------------------------------------------------------


class Log(msgspec.Struct, Generic[R], frozen=True):
    """One of the audit tables, what it is read by, and in which order.

    ``source`` may name an index, and other tables to come from (``linked`` says how).
    """

    kind: type[R]
    table: str
    source: str
    order: str
    linked: str = "1 = 1"

    def read(
        self, reader: Reader, where: Phrase, limit: int | None = None, offset: int = 0
    ) -> list[R]:
        """The rows for which a condition holds."""
        question = where.within(*_around(self))
        if limit is not None or offset:
            limit = EVERYTHING if limit is None else limit
            question = question.then(" limit ? offset ?", limit, offset)
        return [self.kind(*row) for row in reader.ask(question.text, question.values)]

    def walk(
        self, reader: Reader, where: Phrase, rest: Phrase, limit: int, offset: int, steps: int
    ) -> list[R] | None:
        """The same where a second condition holds, too; ``None``: not enough within some steps.

        The inner select keeps the order, and the outer one stops when it has enough.
        """
        head, tail = _around(self)
        inner = where.within(head, f"{tail} limit {steps}")
        outer = join("", (inner.within("select * from (", f") as {self.table} where "), rest))
        question = outer.then(" limit ? offset ?", limit, offset)
        rows = [self.kind(*row) for row in reader.ask(question.text, question.values)]
        if len(rows) < limit:
            passed = where.within(f"select 1 from {self.source} where {self.linked} and ", "")  # noqa: S608
            if is_long(reader, passed, steps):
                return None
        return rows

    def count(self, reader: Reader, where: Phrase) -> int:
        """How many rows there are for which a condition holds."""
        counted = f"select count(*) from {self.source} where {self.linked} and "  # noqa: S608
        question = where.within(counted, "")
        return int(reader.ask(question.text, question.values)[0][0])


@cache
def _around(log: Log[Any]) -> tuple[str, str]:
    columns = ", ".join(f'{log.table}."{name}"' for name in log.kind.__struct_fields__)
    return (
        f"select {columns} from {log.source} where {log.linked} and ",  # noqa: S608 - constants
        f" order by {log.order}",
    )


def _ordered(table: str, last: str = "") -> str:
    names = ("deployment_id", "process_id", "instance_id")
    return ", ".join((*(f"{table}.{name}" for name in names), last or f"{table}.id"))


_BY_ACTIVE: Final = "process_instance @ix_process_instance_deployment cross join "
_OF_ACTIVE: Final = "process_instance.deployment_id, process_instance.process_id,"
_LOG_OF_ACTIVE: Final = (
    "process_log.instance_id = process_instance.id and process_log.ended_at is null"
)

PROCESS_LOGS: Final = Log(ProcessLogRow, "process_log", "process_log", _ordered("process_log"))
_LOGS_BY_NUMBER: Final = Log(
    ProcessLogRow,
    "process_log",
    "process_log @ix_process_log_instance",
    _ordered("process_log"),
)
LOGS_OF_PROCESS: Final = Log(
    ProcessLogRow,
    "process_log",
    "process_log @ix_process_log_process",
    _ordered("process_log"),
)
OPEN_LOGS_OF_PROCESS: Final = Log(
    ProcessLogRow,
    "process_log",
    "process_log @ix_process_log_open",
    _ordered("process_log"),
)
ODD_LOGS_OF_PROCESS: Final = Log(
    ProcessLogRow,
    "process_log",
    "process_log @ix_process_log_odd",
    _ordered("process_log"),
)
ACTIVE_LOGS: Final = Log(
    ProcessLogRow,
    "process_log",
    f"{_BY_ACTIVE}process_log",
    f"{_OF_ACTIVE} process_instance.id",
    _LOG_OF_ACTIVE,
)
"""Of instances without an end, which are those that live."""
NODE_LOGS: Final = Log(NodeLogRow, "node_log", "node_log", _ordered("node_log"))
VARIABLES_OF_ONE: Final = Log(
    VariableLogRow,
    "variable_log",
    "variable_log @ix_variable_log_instance",
    _ordered("variable_log"),
)


VARIABLES: Final = Log(
    VariableLogRow,
    "variable_log",
    "variable_log @ix_variable_log_order",
    _ordered("variable_log"),
)
VALUES: Final = Log(
    VariableLogRow,
    "variable_log",
    "variable_log @ix_variable_log_variable",
    _ordered("variable_log"),
)
_OF_ACTIVE_ONES: Final = Log(
    VariableLogRow,
    "variable_log",
    f"{_BY_ACTIVE}variable_log @ix_variable_log_instance",
    f"{_OF_ACTIVE} process_instance.id, variable_log.id",
    "variable_log.instance_id = process_instance.id",
)

# -- conditions ------------------------------------------------------------------------------


def is_(column: str, value: Any) -> Phrase:
    """A column, named with its table, has a value."""
    return Phrase(f"{column} = ?", (value,))


_ODD: Final = Phrase("process_log.status not in (1, 2)")
"""What an index of those few rows says of itself."""


def has_status(status: int) -> Phrase:
    """Process logs of a status; *active* means that there is no end."""
    if status == RUNNING:
        return Phrase("process_log.ended_at is null")
    found = is_("process_log.status", status)
    return found if status == COMPLETED else all_of(found, _ODD)


OF_LIVING: Final = Phrase(
    "exists (select 1 from process_instance run @ix_process_instance_deployment"
    " where run.deployment_id = variable_log.deployment_id"
    " and run.process_id = variable_log.process_id and run.id = variable_log.instance_id @apart)"
)
"""Variable logs whose process instance has no end: its place is in an index of those that live."""


def last_texts(reader: Reader, instance_id: int) -> list[tuple[str, str]]:
    """The last text of each process variable, in the order in which they were last set."""
    return [(row[0], row[1]) for row in reader.hot("last_texts", (instance_id,))]


def _looks(limit: int, offset: int) -> int:
    """A page further on is worth more of them."""
    return LOOKS + LOOKS // 400 * (offset + limit)


# -- pages -----------------------------------------------------------------------------------


def process_logs(
    reader: Reader,
    log: Log[ProcessLogRow],
    where: Phrase,
    part: Part | None,
    limit: int,
    offset: int,
) -> list[ProcessLogRow]:
    """Process logs in order; ``part``: those that somebody may see."""
    if part is None:
        return log.read(reader, where, limit, offset)
    if is_much_to_see(reader, part):
        by_row = visible_by_row(part, "process_log.instance_id")
        rows = log.walk(reader, where, by_row, limit, offset, _looks(limit, offset))
        if rows is not None:
            return rows
    listed = all_of(visible_to(part, "process_log.instance_id"), where)
    return _LOGS_BY_NUMBER.read(reader, listed, limit, offset)


def of_process(status: int | None) -> Log[ProcessLogRow]:
    """What process logs of one process are read by, if they have a status."""
    if status in (None, COMPLETED):
        return LOGS_OF_PROCESS
    return OPEN_LOGS_OF_PROCESS if status == RUNNING else ODD_LOGS_OF_PROCESS


def count_process_logs(reader: Reader, where: Phrase, part: Part | None) -> int:
    """How many process logs somebody may see."""
    if part is None:
        return PROCESS_LOGS.count(reader, where)
    seen = visible_to(part, "process_log.instance_id")
    return _LOGS_BY_NUMBER.count(reader, all_of(seen, where))


class Values(msgspec.Struct, frozen=True):
    """Variable logs: of a name, perhaps with a text, perhaps of instances without an end."""

    name: str
    value: str | None = None
    is_active: bool = False

    @property
    def named(self) -> Phrase:
        """What the index of names and texts answers."""
        named = is_("variable_log.variable_id", self.name)
        valued = is_("variable_log.value", self.value)
        return named if self.value is None else all_of(named, valued)

    def checks(self, part: Part | None) -> Phrase:
        """All that must hold."""
        seen = visible_by_row(part, "variable_log.instance_id") if part else ALWAYS
        return all_of(self.named, OF_LIVING if self.is_active else ALWAYS, seen)


def variable_logs(
    reader: Reader, wanted: Values, part: Part | None, limit: int, offset: int
) -> list[VariableLogRow]:
    """Variable logs in order: from the shortest list there is, else by the index of the order."""
    walked = VARIABLES if wanted.value is None else VALUES
    if not wanted.is_active and part is None:
        return walked.read(reader, wanted.named, limit, offset)
    size = wanted.named.within(f"select 1 from {walked.source} where ", "")  # noqa: S608
    if part is not None and not is_much_to_see(reader, part) and is_long(reader, size, FEW):
        listed = all_of(visible_to(part, "variable_log.instance_id"), wanted.checks(None))
        return VARIABLES_OF_ONE.read(reader, listed, limit, offset)
    checks = wanted.checks(part)
    if wanted.is_active and wanted.value is not None:
        rows = _living(reader, wanted, part, limit, offset)
        return _OF_ACTIVE_ONES.read(reader, checks, limit, offset) if rows is None else rows
    if not is_long(reader, size):
        return walked.read(reader, checks, limit, offset)
    if wanted.is_active:
        # The first of a variable are old, and have ended.
        return _OF_ACTIVE_ONES.read(reader, checks, limit, offset)
    rows = walked.walk(reader, wanted.named, checks, limit, offset, _looks(limit, offset))
    if rows is not None:
        return rows
    assert part is not None
    listed = all_of(visible_to(part, "variable_log.instance_id"), wanted.named)
    return VARIABLES_OF_ONE.read(reader, listed, limit, offset)


def _living(
    reader: Reader, wanted: Values, part: Part | None, limit: int, offset: int
) -> list[VariableLogRow] | None:
    """Logs of a value of instances that live; ``None``: not enough within :data:`ENTRIES`.

    The index of values knows places and not rows, so first the places of the page are found from
    that and the living instances' own index, then the rows of the page are read.
    """
    named, reach = wanted.named, offset + limit
    far = named.within(_PLACES, f"{_IN_PLACE} limit 1 offset {ENTRIES}")
    ends = reader.ask(far.text, far.values)
    bounds = [Phrase(f"({_PLACE}) < (?, ?, ?)", tuple(end)) for end in ends]
    seen = visible_by_row(part, "variable_log.instance_id") if part else ALWAYS
    fitting = all_of(named, *bounds, OF_LIVING, seen).within(_PLACES, f"{_IN_PLACE} limit ?")
    places = reader.ask(fitting.text, (*fitting.values, reach))
    if len(places) < reach and ends:
        return None
    if not places:
        return []
    numbers = tuple(dict.fromkeys(place[-1] for place in places))
    these = Phrase("variable_log.instance_id in ??", (numbers,))
    return VARIABLES_OF_ONE.read(reader, all_of(these, named), limit, offset)


_PLACE: Final = "variable_log.deployment_id, variable_log.process_id, variable_log.instance_id"
_IN_PLACE: Final = f" order by {_PLACE}"
_PLACES: Final = f"select {_PLACE} from variable_log @ix_variable_log_variable where "  # noqa: S608


def count_variable_logs(reader: Reader, wanted: Values, part: Part | None) -> int:
    """How many variable logs somebody may see."""
    if part is None:
        return VALUES.count(reader, wanted.checks(None))
    seen = visible_to(part, "variable_log.instance_id")
    return VARIABLES_OF_ONE.count(reader, all_of(seen, wanted.checks(None)))


# -- forgetting ------------------------------------------------------------------------------


def last_number(reader: Reader) -> int:
    """The highest number of an instance that there is audit of."""
    return int(reader.ask("select max(instance_id) from process_log", ())[0][0] or 0)


def oldest(reader: Reader, last: int, most: int, *, everything: bool) -> tuple[int, ...]:
    """Some instances with audit: those that ended first, or with ``everything`` the first of all.

    None of them beyond ``last``.
    """
    question = _FIRST_OF_ALL if everything else _FIRST_ENDED
    return tuple(row[0] for row in reader.ask(question, (last, most)))


_FIRST_ENDED: Final = (
    "select instance_id from process_log @ix_process_log_ended"
    " where ended_at is not null and instance_id <= ? order by ended_at, instance_id limit ?"
)
_FIRST_OF_ALL: Final = (
    "select instance_id from process_log @ix_process_log_instance"
    " where instance_id <= ? order by instance_id limit ?"
)


def forget(numbers: Sequence[int]) -> Iterator[Delete]:
    """Delete the logs of some instances."""
    for log in (node_page, variable_log, variable_now, process_log) if numbers else ():
        yield delete(log).where(log.c.instance_id.in_(numbers))


def forget_ended() -> tuple[Delete, ...]:
    """Delete the logs of instances that have ended, all at once."""
    ended = process_log.c.ended_at.is_not(None)
    numbers = select(process_log.c.instance_id).where(ended)
    return (
        delete(node_page).where(node_page.c.instance_id.in_(numbers)),
        delete(variable_log).where(variable_log.c.instance_id.in_(numbers)),
        delete(variable_now).where(variable_now.c.instance_id.in_(numbers)),
        delete(process_log).where(ended),
    )


def forget_everything(last: int) -> tuple[Delete, ...]:
    """Delete all audit up to a number, that of running instances included, all at once."""
    return tuple(
        delete(log).where(log.c.instance_id <= last)
        for log in (node_page, variable_log, variable_now, process_log)
    )
