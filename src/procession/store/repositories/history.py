"""Questions to the audit tables, and who takes part in an instance.

Every list is sorted by deployment, process, process instance and log row
(``reference/jbpm-rest-api.md`` 2.5), and cut to the page by the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Delete, delete, select

from procession.store.phrases import Phrase, all_of, join
from procession.store.rows import NodeLogRow, ProcessLogRow, Row, VariableLogRow
from procession.store.store import Reader
from procession.store.tables import node_page, process_log, variable_log

R = TypeVar("R", bound=Row)
RUNNING, COMPLETED = 1, 2
EVERYTHING: Final = 2**62
SHORT: Final = 50_000

# -- who takes part --------------------------------------------------------------------------


class Part(msgspec.Struct, frozen=True):
    """The names under which rows may belong to somebody; rows older than ``since`` do not.

    They belong to an earlier user of the same name (``since`` in epoch ms).
    """

    name: str
    since: int = 0
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def is_named(self, kind: str, name: str) -> bool:
        """Whether a user, group, role or work party of that name is or includes them."""
        match kind:
            case "USER":
                return name == self.name
            case "GROUP":
                return name in self.groups
            case "ROLE":
                return name in self.roles
            case _:
                return name in self.parties


def visible_to(part: Part, instance_id: str) -> Phrase:
    """The rows of instances that somebody started, themselves or their root, or works in.

    The same as :meth:`procession.services.access.Access.sees_instance` asks about one instance.
    One list of numbers, so that a database may as well begin with it.
    """
    began = (part.name, part.since)
    offered = [
        Phrase(_OFFERED.format(kind=kind), (names, part.since))
        for kind, names in (
            ("USER", (part.name,)),
            ("GROUP", part.groups),
            ("ROLE", part.roles),
            ("PARTY", part.parties),
        )
        if names
    ]
    numbers = join(" union ", (Phrase(_OWN, began * 5), *offered))
    return numbers.within(f"{instance_id} in (", ")")


_BEGUN: Final = "select instance_id from process_log where identity = ? and started_at >= ?"
_RUNS: Final = "select id from process_instance where started_by = ? and started_at >= ?"
_OWN: Final = " union ".join(
    (
        _BEGUN,
        _RUNS,
        f"select instance_id from process_log where root_id in ({_BEGUN})",  # noqa: S608
        f"select id from process_instance where root_id in ({_RUNS})",  # noqa: S608
        "select instance_id from task"
        " where actual_owner = ? and created_at >= ? and instance_id is not null",
    )
)
_OFFERED: Final = (
    "select task.instance_id from task_person person join task on task.id = person.task_id"
    " where person.kind = '{kind}' and person.name in $$ and person.relation in"
    " ('potential_owner', 'business_administrator', 'stakeholder')"
    " and task.created_at >= ? and task.instance_id is not null"
)

# -- questions -------------------------------------------------------------------------------


class Log(msgspec.Struct, Generic[R], frozen=True):
    """One of the audit tables, and how its lists are sorted."""

    kind: type[R]
    table: str
    joined: str = ""
    last: str = "id"

    def read(
        self, reader: Reader, where: Phrase, limit: int | None = None, offset: int = 0
    ) -> list[R]:
        """The rows for which a condition holds."""
        question = where.within(*_around(self))
        if limit is not None or offset:
            limit = EVERYTHING if limit is None else limit
            question = question.then(" limit ? offset ?", limit, offset)
        return [self.kind(*row) for row in reader.ask(question.text, question.values)]

    def count(self, reader: Reader, where: Phrase) -> int:
        """How many rows there are for which a condition holds."""
        counted = f"select count(*) from {self.table}{self.joined} where "  # noqa: S608 - constants
        question = where.within(counted, "")
        return int(reader.ask(question.text, question.values)[0][0])


@cache
def _around(log: Log[Any]) -> tuple[str, str]:
    table = log.table
    columns = ", ".join(f'{table}."{name}"' for name in log.kind.__struct_fields__)
    order = ", ".join(f"{table}.{n}" for n in ("deployment_id", "process_id", "instance_id"))
    last = log.last if "." in log.last else f"{table}.{log.last}"
    return (
        f"select {columns} from {table}{log.joined} where ",  # noqa: S608 - all constants
        f" order by {order}, {last}",
    )


PROCESS_LOGS: Final = Log(ProcessLogRow, "process_log")
NODE_LOGS: Final = Log(NodeLogRow, "node_log")
VARIABLE_LOGS: Final = Log(VariableLogRow, "variable_log")
LOGS_BY_VARIABLE: Final = Log(
    ProcessLogRow,
    "process_log",
    " join variable_log on variable_log.instance_id = process_log.instance_id",
    "variable_log.id",
)
"""Process logs of the instances of variable logs: one for each of those, so they repeat."""


def is_(column: str, value: Any) -> Phrase:
    """A column, named with its table, has a value."""
    return Phrase(f"{column} = ?", (value,))


def is_active() -> Phrase:
    """Process logs without an end."""
    return Phrase("process_log.ended_at is null")


_ODD: Final = Phrase("process_log.status not in (1, 2)")
"""What an index of those few rows says of itself."""


def has_status(status: int) -> Phrase:
    """Process logs of a status; *active* means that there is no end."""
    if status == RUNNING:
        return is_active()
    found = is_("process_log.status", status)
    return found if status == COMPLETED else all_of(found, _ODD)


def of_active_instance(instance_id: str) -> Phrase:
    """Log rows whose process instance has no end."""
    return Phrase(
        f"exists (select 1 from process_log where process_log.instance_id = {instance_id}"  # noqa: S608
        " and process_log.ended_at is null)"
    )


def of_variable(variable_id: str, value: str | None) -> Phrase:
    """Variable logs of a variable, and with exactly that text."""
    named = is_("variable_log.variable_id", variable_id)
    return named if value is None else all_of(named, is_("variable_log.value", value))


def instances_of_values(reader: Reader, pairs: Sequence[tuple[str, str]]) -> Phrase | None:
    """The instances in which a variable ever had its value, if they are few enough to list.

    Where they are many a page is sooner found by looking at one instance after the other.
    """
    head = "select v.instance_id from variable_log v where v.variable_id = ? and v.value = ?"
    ids = join(" union all ", [Phrase(head, pair) for pair in pairs])
    counted = ids.within("select count(*) from (", " limit ?) as listed")
    length = reader.ask(counted.text, (*counted.values, SHORT))[0][0]
    return ids if length < SHORT else None


def last_texts(reader: Reader, instance_id: int) -> list[tuple[str, str]]:
    """The last text of each process variable, in the order in which they were last set."""
    return [(row[0], row[1]) for row in reader.hot("last_texts", (instance_id,))]


# -- forgetting ------------------------------------------------------------------------------


def forget_ended(before: int | None = None) -> tuple[Delete, ...]:
    """Delete the logs of instances that have ended, or ended before a time (epoch ms)."""
    ended: ColumnElement[bool] = process_log.c.ended_at.is_not(None)
    if before is not None:
        ended = process_log.c.ended_at < before
    numbers = select(process_log.c.instance_id).where(ended)
    return (
        delete(node_page).where(node_page.c.instance_id.in_(numbers)),
        delete(variable_log).where(variable_log.c.instance_id.in_(numbers)),
        delete(process_log).where(ended),
    )


def forget_everything() -> tuple[Delete, ...]:
    """Delete all audit, that of running instances included."""
    return (delete(node_page), delete(variable_log), delete(process_log))
