"""A database with a long past: a few real instances are run, then multiplied inside the database.

What a running engine writes for an instance and its task is read back and copied with other ids,
people, states, dates and values, by one statement for each table. What differs follows from the
number of the copy, so every run makes the same rows, and both databases hold the same. Ten million
of everything take minutes: nothing is synced or logged, rows come in the order of their keys, and
indexes are built when all is there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from procession.engine import Engine
from procession.services.processes import ProcessRef
from procession.store.digests import place, who
from procession.testing.models import model
from procession.values import Map

UNIT, PROCESS, RARE = "bench:history:1.0", "bench.history", "bench.rare"
FIRST: Final = 1_000
TASKS: Final = 6
"""Tasks of an instance; its id, its tasks' and their work items' are numbers in a row."""
STEP: Final = 1 + 2 * TASKS
ROWS: Final = 6
"""Audit rows of an instance: a process log, two pages of node logs, three variable logs."""
USERS, GROUPS, DEPLOYMENTS, SIGNED_IN = 1_000, 50, 20, 20
TEAMS, REGIONS = 1_000, 100
START_MS: Final = 1_500_000_000_000
SPACING_MS: Final = 60_000
LOGS: Final = ("process_log", "node_page", "variable_log")
OF_TASKS: Final = ("process_instance", "task", "task_person")


class Size(msgspec.Struct, frozen=True):
    """How much of everything: ``rows`` of audit, and whether there are tasks."""

    rows: int
    has_tasks: bool = True

    @property
    def instances(self) -> int:
        """Process instances, one in ten of them active."""
        return self.rows // ROWS

    def instance(self, number: int) -> int:
        """The id of one of them, no two the same for a while."""
        return FIRST + number * 7_919 % self.instances * STEP

    def active(self, number: int) -> int:
        """The id of one that has not ended."""
        return FIRST + (number * 7_919 % (self.instances // 10) * 10 + 7) * STEP

    def task(self, number: int) -> int:
        """The id of a task."""
        return self.instance(number) + 1 + number % TASKS * 2

    def moment(self, share: float) -> int:
        """When so much of everything had begun (epoch ms)."""
        return START_MS + int(self.instances * share) * SPACING_MS


def user(number: int) -> str:
    """The name of a user."""
    return f"user{number % USERS}"


def unit(number: int) -> str:
    """The name of a deployment."""
    return f"bench:history:1.{number % DEPLOYMENTS}"


def fill(url: str, size: Size, password: str, say: Callable[[str], None]) -> None:
    """Run the instances to copy, and copy them."""
    template = _template(url, password)
    tables = LOGS + OF_TASKS * size.has_tasks
    many = _Sqlite(url) if url.startswith("sqlite") else _PostgreSQL(url)
    many.begin(tables)
    many.run("create table bench_person (name text primary key, who bigint)")
    many.run(f"insert into bench_person values {', '.join(_known_people())}")
    for table in tables:
        say(f"  {table} …")
        many.copy(table, _kept(table, template), _copied(many, table, template, size.instances))
    many.run(f"update process_log set started_at = {START_MS} where instance_id < {FIRST}")
    many.run("drop table bench_person")
    # What is older than a user belongs to an earlier one of the same name.
    many.run("update user_account set created_at = 0")
    say("  indexes …")
    many.end(FIRST + size.instances * STEP)


def _known_people() -> Iterator[str]:
    """Names that tasks are offered to, with their numbers, as SQL."""
    for kind, names in (
        ("GROUP", [f"team{number}" for number in range(GROUPS)]),
        ("USER", [user(number) for number in range(USERS)]),
    ):
        yield from (f"('{name}', {who('potential_owner', kind, name)})" for name in names)


class _Template(msgspec.Struct, frozen=True):
    """The ids of an instance that has ended, its task, and an instance that has not."""

    instance: int
    task: int
    active: int
    columns: dict[str, list[str]]


def _template(url: str, password: str) -> _Template:
    from procession.store.tables import metadata

    columns = {
        name: [column.name for column in metadata.tables[name].c] for name in LOGS + OF_TASKS
    }
    offered = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>user0"
        "</formalExpression></resourceAssignmentExpression></potentialOwner>"
    )
    made = model(PROCESS, jbpm=True).variable("order", "String").variable("team", "String")
    made = made.variable("region", "String").start().script("task", "").user("work", offered)
    content = {"history.bpmn2": made.end().xml()}
    with Engine.open(url, threads=False) as engine:
        engine.people.ensure_first_administrator(password)
        _people(engine, password)
        for number in range(DEPLOYMENTS):
            engine.deployments.deploy(engine.admin, unit(number), content)
        ann, ref = engine.people.actor("user0"), ProcessRef(UNIT, PROCESS)
        given = Map(order="order", team="t", region="r")
        begun = engine.processes.start(ann, ref, given)
        (task,) = engine.tasks.of_instance(ann, begun.id).items
        if task.status == "Ready":
            engine.tasks.claim(ann, task.id)
        engine.tasks.start(ann, task.id)
        engine.tasks.complete(ann, task.id)
        active = engine.processes.start(ann, ref, given)
    return _Template(begun.id, task.id, active.id, columns)


def _people(engine: Engine, password: str) -> None:
    """A thousand users in three groups each; the first can sign in, as hashes take their time."""
    for number in range(GROUPS):
        engine.people.add_group(engine.admin, f"team{number}")
    for number in range(USERS):
        groups = dict.fromkeys(f"team{(number * k + k) % GROUPS}" for k in (1, 7, 13))
        secret = password if number < SIGNED_IN else None
        engine.people.add_user(engine.admin, user(number), secret, tuple(groups))


# -- the copies --------------------------------------------------------------------------------


def _kept(table: str, template: _Template) -> str:
    """Which rows of a table are copied."""
    match table:
        case "process_instance":
            return f"id = {template.active}"
        case "task_person":
            return f"task_id = {template.task}"
        case _:
            return f"instance_id = {template.instance}"


def _copied(many: _Sqlite | _PostgreSQL, table: str, template: _Template, instances: int) -> str:
    """The statement that writes all copies; ``s.n`` counts instances, ``k.n`` their tasks.

    In the order of the table's key, without sorting: one loop inside the other.
    """
    own = () if table in ("task", "process_instance") else ("id",)
    names = [name for name in template.columns[table] if name not in own]
    values = ", ".join(_value(table, name) for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    series = f"{many.series(instances)} as s"
    if table in ("task", "task_person"):
        series += f" cross join {many.inner('part')} as k"
    where = f" where {_ACTIVE}" if table == "process_instance" else ""
    return (
        f"insert into {table} ({listed}) select {values} from {series}"
        f" cross join {many.inner('template')} as t{where}"
    )


def _value(table: str, name: str) -> str:
    """What a column of a copy holds: one of ours, else what the template has."""
    return {**_COMMON, **_OWN[table]}.get(name, f't."{name}"')


_INSTANCE: Final = f"({FIRST} + s.n * {STEP})"
_TASK: Final = f"({FIRST} + s.n * {STEP} + 1 + k.n * 2)"
_PART: Final = f"(s.n * {TASKS} + k.n)"
_ACTIVE: Final = "s.n % 10 = 7"
_ABORTED: Final = "s.n % 10000 = 11"
_CHILD: Final = "s.n % 50 = 8"
_AT: Final = f"({START_MS} + s.n * {SPACING_MS})"
_OWNER: Final = f"'user' || (({_PART} / 7) % {USERS})"
_IS_CLAIMED: Final = f"({_PART} % 3 <> 0)"
_STATUS: Final = (
    f"case when not ({_ACTIVE}) then case {_PART} % 40 when 3 then 'Exited' when 4 then 'Failed'"
    " when 5 then 'Obsolete' else 'Completed' end"
    f" when s.n % 1000 = 7 then 'Suspended' when {_PART} % 3 = 0 then 'Ready'"
    f" when {_PART} % 3 = 1 then 'Reserved' else 'InProgress' end"
)
_STANDING: Final = (
    f"case when not ({_ACTIVE}) then 0 when s.n % 1000 = 7 then 10 else 4 + {_PART} % 3 * 2 end"
    f" + case when {_ACTIVE} and not {_IS_CLAIMED} then 0 else 1 end"
)
_IS_OFFER: Final = "t.relation = 'potential_owner'"
_OFFERED: Final = (
    f"case when {_PART} % 3 = 0 then 'team' || ({_PART} * 7919 / 97 % {GROUPS}) else {_OWNER} end"
)
_COMMON: Final = {
    "instance_id": _INSTANCE,
    "root_id": f"case when {_CHILD} then {_INSTANCE} - {STEP} else {_INSTANCE} end",
    "deployment_id": f"'bench:history:1.' || (s.n % {DEPLOYMENTS})",
    "process_id": f"case when s.n % 10000 = 5 then '{RARE}' else '{PROCESS}' end",
    "at": _AT,
    "started_at": _AT,
    "uuid": "'u' || s.n",
}
_OWN: Final[dict[str, dict[str, str]]] = {
    "process_log": {
        "identity": f"'user' || (s.n / 3 % {USERS})",
        "ended_at": f"case when {_ACTIVE} then null else {_AT} + 86400000 end",
        "duration": f"case when {_ACTIVE} then null else 86400000 end",
        "status": f"case when {_ACTIVE} then 1 when {_ABORTED} then 3 else 2 end",
        "parent_id": f"case when {_CHILD} then {_INSTANCE} - {STEP} else null end",
    },
    "node_page": {},
    "variable_log": {
        "value": f"case t.variable_id when 'order' then 'order-' || {_INSTANCE} when 'team'"
        f" then 't' || (s.n / 2 % {TEAMS}) else 'r' || (s.n / 5 % {REGIONS}) end",
    },
    "process_instance": {
        "id": _INSTANCE,
        "started_by": f"'user' || (s.n / 3 % {USERS})",
        "caller_id": "null",
    },
    "task": {
        "id": _TASK,
        "uuid": f"'t' || {_PART}",
        "work_item_id": f"{_TASK} + 1",
        "status": _STATUS,
        "actual_owner": f"case when {_ACTIVE} and not {_IS_CLAIMED} then null else {_OWNER} end",
        "created_by": f"'user' || (s.n / 3 % {USERS})",
        "created_at": f"{_AT} + k.n",
        "activated_at": f"{_AT} + k.n",
        "priority": f"{_PART} % 11",
        "language": f"case {_PART} % 4 when 0 then 'de-DE' else 'en-UK' end",
    },
    "task_person": {
        "task_id": _TASK,
        "standing": f"case when {_IS_OFFER} then {_STANDING} else null end",
        "priority": f"case when {_IS_OFFER} then {_PART} % 11 else null end",
        "created_at": f"case when {_IS_OFFER} then {_AT} + k.n else null end",
        "is_open": f"case when not ({_ACTIVE}) then 0"
        f" when {_IS_OFFER} and {_IS_CLAIMED} then 2 else 1 end",
        "kind": f"case when not ({_IS_OFFER}) then t.kind"
        f" when {_PART} % 3 = 0 then 'GROUP' else 'USER' end",
        "name": f"case when not ({_IS_OFFER}) then t.name else {_OFFERED} end",
        "who": f"case when not ({_IS_OFFER}) then t.who else"
        f" (select w.who from bench_person w where w.name = {_OFFERED}) end",
        "place": f"case s.n % {DEPLOYMENTS} "
        + " ".join(f"when {n} then {place(unit(n))}" for n in range(DEPLOYMENTS))
        + " end",
    },
}


# -- into the database -------------------------------------------------------------------------


class _Sqlite:
    def __init__(self, url: str) -> None:
        self._raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in (
            "journal_mode = off",
            "synchronous = off",
            "locking_mode = exclusive",
            "cache_size = -500000",
            "threads = 2",
        ):
            self._raw.execute(f"pragma {pragma}")
        self._made: list[str] = []
        self.run(f"create temp table part as {_numbers(TASKS)}")

    def begin(self, tables: Sequence[str]) -> None:
        for table in tables:
            listed = "select name, sql from sqlite_master where type = 'index' and tbl_name = ?"
            for name, sql in self._raw.execute(listed, (table,)).fetchall():
                if sql:
                    self._made.append(sql)
                    self._raw.execute(f'drop index "{name}"')

    def series(self, many: int) -> str:
        return (
            "(with recursive k(n) as (select 0 union all select n + 1 from k"
            f" where n < {many - 1}) select n from k)"
        )

    def inner(self, table: str) -> str:
        return table

    def copy(self, table: str, kept: str, statement: str) -> None:
        self.run(f"create temp table template as select * from {table} where {kept}")
        self.run(statement)
        self.run("drop table template")

    def run(self, sql: str) -> None:
        self._raw.execute(sql)

    def end(self, last: int) -> None:
        counters = "update counter set value = ? where name in ('public', 'content')"
        self._raw.execute(counters, (last,))
        for sql in self._made:
            self._raw.execute(sql)
        self._raw.close()


class _PostgreSQL:
    """What is written to a table that was emptied in the same transaction is not logged."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True)
        self._made: list[str] = []
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'"):
            self.run(f"set {setting}")
        self.run(f"create temp table part as {_numbers(TASKS)}")

    def begin(self, tables: Sequence[str]) -> None:
        for table in tables:
            listed = "select indexname, indexdef from pg_indexes where tablename = %s"
            for name, sql in self._connection.execute(listed, (table,)).fetchall():
                if name.startswith("ix_"):
                    self._made.append(sql)
                    self.run(f'drop index "{name}"')

    def series(self, many: int) -> str:
        return f"(select n from generate_series(0::bigint, {many - 1}::bigint) as g(n))"

    def inner(self, table: str) -> str:
        """Said so that it can only be the inner loop."""
        return f"lateral (select * from {table} offset s.n * 0)"

    def copy(self, table: str, kept: str, statement: str) -> None:
        with self._connection.transaction():
            self.run(f"create temp table template as select * from {table} where {kept}")
            self.run(f"create temp table before as select * from {table}")
            self.run(f"truncate {table}")
            self.run(f"insert into {table} overriding system value select * from before")
            self.run(statement)
            self.run("drop table template, before")

    def run(self, sql: str) -> None:
        self._connection.execute(sql.encode())

    def end(self, last: int) -> None:
        for sql in self._made:
            self.run(sql)
        for name in ("public", "content"):
            self.run(f"select setval('{name}_seq', {last + 10_000})")
        self.run("vacuum analyze")
        self._connection.close()


def _numbers(many: int) -> str:
    return " union all ".join(f"select {number} as n" for number in range(many))
