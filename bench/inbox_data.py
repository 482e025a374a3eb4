"""A database full of waiting tasks: a few real instances are run, and then copied.

What a running engine writes for one instance and its task is read back and multiplied with other
ids, people, dates and values, straight into the tables. So the rows are those of the engine, and a
million of them take a minute instead of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

import msgspec

from procession.engine import Engine
from procession.services.processes import ProcessRef
from procession.store.codec import encode_value
from procession.store.digests import digest, place, who
from procession.values import Map

GROUPS: Final = 50
DEPLOYMENTS: Final = 20
MANAGED: Final = 50
"""Every so many tasks have a user of their own among the administrators."""
PROCESS: Final = "bench.inbox"
START_MS: Final = 1_760_000_000_000
SPACING_MS: Final = 7_000
TABLES: Final = (
    "process_instance", "wait", "journal", "process_log", "node_page", "variable_log",
    "variable_now", "task", "task_person", "task_event", "task_content", "task_variable",
)  # fmt: skip
_MASK: Final = 2**64 - 1
_STEP: Final = 3
_FIRST: Final = 1_000
_NUMBERED: Final = frozenset({"node_page", "variable_log", "task_event", "process_log"})
"""Tables whose ids are numbers of their own, which nothing refers to."""


_IDS: Final = ("instance_id", "root_id", "task_id", "work_item_id", "public_id", "id")
_TIMES: Final = ("at", "created_at", "started_at", "activated_at")
_STANDING: Final = {"Created": 2, "Ready": 4, "Reserved": 7, "InProgress": 9, "Suspended": 10}
PORTION: Final = 20_000
Facts = dict[str, Any]
Portion = list[tuple[int, Facts]]
"""Tasks by their numbers, with what is to know of each."""
_Make = Callable[[str, int, Facts], Iterable[dict[str, Any]]]
_Shape = tuple[dict[str, Any], list[tuple[str, int]], list[str], bool]


def model() -> bytes:
    """A process with one task, offered to whom its variable says, and two data inputs."""
    inputs = ("GroupId", "amount", "category")
    declared = "".join(f'<dataInput id="{n}In" name="{n}"/>' for n in inputs)
    sets = "".join(f"<dataInputRefs>{n}In</dataInputRefs>" for n in inputs)
    moves = "".join(
        f"<dataInputAssociation><sourceRef>{'team' if n == 'GroupId' else n}</sourceRef>"
        f"<targetRef>{n}In</targetRef></dataInputAssociation>"
        for n in inputs
    )
    variables = ("team", "amount", "category", "customer", "region")
    properties = "".join(f'<property id="{n}" itemSubjectRef="_text"/>' for n in variables)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:drools="http://www.jboss.org/drools" targetNamespace="http://bench">'
        '<itemDefinition id="_text" structureRef="String"/>'
        f'<process id="{PROCESS}" name="Inbox" isExecutable="true">{properties}'
        '<startEvent id="start"/><userTask id="check" name="Check">'
        f"<ioSpecification>{declared}<inputSet>{sets}</inputSet><outputSet/></ioSpecification>"
        f'{moves}</userTask><endEvent id="end"/>'
        '<sequenceFlow id="f1" sourceRef="start" targetRef="check"/>'
        '<sequenceFlow id="f2" sourceRef="check" targetRef="end"/></process></definitions>'
    ).encode()


def user(number: int) -> str:
    """The name of a user."""
    return f"user{number:04}"


def group(number: int) -> str:
    """The name of a group."""
    return f"team{number:02}"


def unit(number: int) -> str:
    """The name of a deployment."""
    return f"bench:inbox{number}:1.0"


def _mixed(number: int) -> int:
    """A number of 64 bits that looks like chance (SplitMix64)."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return mixed ^ mixed >> 31


def _named(relation: str, kind: str, name: str) -> dict[str, Any]:
    return {"relation": relation, "kind": kind, "name": name, "who": who(relation, kind, name)}


class Template(msgspec.Struct, frozen=True):
    """The rows of one real instance: by table, as dictionaries."""

    rows: dict[str, list[dict[str, Any]]]
    instance: int


def prepare(url: str, users: int, password: str) -> Template:
    """People and deployments by the services, and one instance to copy."""
    with Engine.open(url) as engine:
        engine.people.ensure_first_administrator(password)
        admin = engine.admin
        for number in range(GROUPS):
            engine.people.add_group(admin, group(number))
        first = None
        for number in range(users):
            groups = {(number * k + k) % GROUPS for k in (1, 7, 13)}
            # The first can sign in; a thousand hashes would take minutes.
            secret = password if number < 20 else None
            engine.people.add_user(
                admin, user(number), secret, tuple(group(g) for g in sorted(groups))
            )
        for number in range(DEPLOYMENTS):
            engine.deployments.deploy(admin, unit(number), {"inbox.bpmn2": model()})
            first = first or unit(number)
        given = Map(team=group(0), amount="1", category="a", customer="c", region="r")
        made = engine.processes.start(admin, ProcessRef(first, PROCESS), given)
        return _read(engine, made.id)


def found(url: str) -> Template:
    """The one instance of a database that was filled before."""
    with Engine.open(url, threads=False) as engine, engine.room.store.read() as reader:
        return _read(engine, int(reader.ask("select min(id) from process_instance", ())[0][0]))


def _read(engine: Engine, instance: int) -> Template:
    from procession.store.tables import metadata

    rows: dict[str, list[dict[str, Any]]] = {}
    with engine.room.store.read() as reader:
        for name in TABLES:
            table = metadata.tables[name]
            if "instance_id" in table.c:
                mine = table.c.instance_id == instance
            elif "task_id" in table.c:
                task = metadata.tables["task"]
                mine = table.c.task_id.in_(
                    task.select().with_only_columns(task.c.id).where(task.c.instance_id == instance)
                )
            else:
                mine = table.c.id == instance
            statement = table.select().where(mine)
            rows[name] = [dict(row._mapping) for row in reader.execute(statement)]
    return Template(rows, instance)


class Copies:
    """The rows of every table, for as many tasks as wanted."""

    def __init__(self, template: Template, tasks: int, users: int) -> None:
        self._template = template
        self.tasks, self.users = tasks, users
        self.customers = max(1, tasks // 10)
        old = {self._template.instance, *self._old_ids()}
        self._offsets = {number: place for place, number in enumerate(sorted(old))}
        assert len(self._offsets) == _STEP
        logged = template.rows["variable_log"]
        self._variables = {row["variable_id"]: row["value"] for row in logged}
        self._shapes = {name: [self._shape(row) for row in template.rows[name]] for name in TABLES}

    def _shape(self, row: dict[str, Any]) -> _Shape:
        """What of a row is different in every copy."""
        places = [(n, self._offsets[row[n]]) for n in _IDS if row.get(n) in self._offsets]
        times = [n for n in _TIMES if row.get(n) is not None]
        return row, places, times, "deployment_id" in row

    def _old_ids(self) -> Iterable[int]:
        (task,) = self._template.rows["task"]
        return (task["id"], task["work_item_id"])

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns that are written."""
        names = tuple(self._template.rows[table][0])
        return tuple(n for n in names if n != "id") if table in _NUMBERED else names

    def portions(self) -> Iterator[Portion]:
        """What there is to know of all tasks, some thousands after the other."""
        for first in range(0, self.tasks, PORTION):
            numbers = range(first, min(first + PORTION, self.tasks))
            yield [(number, self.facts(number)) for number in numbers]

    def rows(self, table: str, portion: Portion) -> Iterator[tuple[Any, ...]]:
        """The rows of a table for a portion."""
        make: _Make = getattr(self, f"_{table}", self._plain)
        columns = itemgetter(*self.columns(table))
        for number, facts in portion:
            yield from map(columns, make(table, number, facts))

    @property
    def last(self) -> int:
        """The highest id given out."""
        return _FIRST + self.tasks * _STEP + _STEP

    # -- what differs from task to task ------------------------------------------------------

    def task_id(self, number: int) -> int:
        """The id of a task."""
        return self._id(number, self._template.rows["task"][0]["id"])

    def instance_id(self, number: int) -> int:
        """The id of its process instance."""
        return self._id(number, self._template.instance)

    def facts(self, number: int) -> Facts:
        """Whose task it is, where it stands, and what its process knows: the same every time."""
        first, second = _mixed(number), _mixed(~number)
        kind, first = first % 100, first // 100
        team, first = first % GROUPS, first // GROUPS
        person, first = first % self.users, first // self.users
        found: dict[str, Any] = {"status": "Ready", "owner": None, "offered": []}
        if kind < 60:
            found["offered"] = [("GROUP", group(team))]
        elif kind < 68:
            found["offered"] = [("GROUP", group(team)), ("GROUP", group((team + 9) % GROUPS))]
        elif kind < 75:
            other = (person + 1) % self.users
            found["offered"] = [("USER", name) for name in {user(person), user(other)}]
        elif kind < 98:
            found["status"] = "Reserved" if kind < 93 else "InProgress"
            found["owner"], found["offered"] = user(person), [("USER", user(person))]
        elif kind < 99:
            found |= {"status": "Suspended", "offered": [("GROUP", group(team))]}
        else:
            found["status"] = "Created"
        found["values"] = {
            "customer": f"c{second % self.customers}",
            "region": f"r{second // 7 % 100}",
            "amount": str(second // 701 % 1_000),
            "category": "abcd"[second // 70_001 % 4],
        }
        found["priority"] = first % 11
        found["expires"] = first // 11 % 90 if first & 1 else None
        found["unit"] = unit(first // 991 % DEPLOYMENTS)
        found["starter"] = user(second // 300_007 % self.users)
        found["uuid"] = f"{first & 0xFFFFFFFF:08x}-0000-4000-8000-{second & 0xFFFFFFFFFFFF:012x}"
        found["task_uuid"] = f"{second >> 32:08x}-0000-4000-8000-{first & 0xFFFFFFFFFFFF:012x}"
        return found

    def _id(self, number: int, old: int) -> int:
        return _FIRST + number * _STEP + self._offsets[old]

    def _plain(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        """The template's rows with other ids and times."""
        at, first = START_MS + number * SPACING_MS, _FIRST + number * _STEP
        for row, places, times, is_deployed in self._shapes[table]:
            copy = row.copy()
            for name, offset in places:
                copy[name] = first + offset
            for name in times:
                copy[name] = at
            if is_deployed:
                copy["deployment_id"] = facts["unit"]
            yield copy

    def _process_instance(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        """With the template's state: these instances are looked at and never moved."""
        (copy,) = self._plain(table, number, facts)
        copy |= {"uuid": facts["uuid"], "started_by": facts["starter"]}
        yield copy

    def _process_log(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        (copy,) = self._plain(table, number, facts)
        yield copy | {"uuid": facts["uuid"], "identity": facts["starter"]}

    def _variable_log(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        values = facts["values"]
        for copy in self._plain(table, number, facts):
            yield copy | {"value": values.get(copy["variable_id"], copy["value"])}

    def _variable_now(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        (first, *_), values = self._plain(table, number, facts), facts["values"]
        for name in self._variables:
            value = values.get(name, self._variables[name])
            digests = {"variable": digest("", name), "digest": digest(name, value)}
            yield {"instance_id": first["instance_id"], **digests}

    def _task(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        (copy,) = self._plain(table, number, facts)
        due = facts["expires"]
        expires = None if due is None else copy["created_at"] + due * 86_400_000
        yield copy | {
            "uuid": facts["task_uuid"],
            "status": facts["status"],
            "actual_owner": facts["owner"],
            "priority": facts["priority"],
            "expires_at": expires,
            "due_at": expires,
            "created_by": facts["starter"],
            "input_content_id": _FIRST + number,
        }

    def _task_person(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        (task,) = self._task("task", number, facts)
        offer = {
            "standing": _STANDING[facts["status"]],
            "is_open": 1 + _STANDING[facts["status"]] % 2,
            **{name: task[name] for name in ("priority", "created_at", "expires_at")},
        }
        where = {"instance_id": task["instance_id"], "place": place(task["deployment_id"])}
        one = {**where, **dict.fromkeys(offer), "is_shared": None, "task_id": task["id"]}
        one["is_open"] = 1
        is_shared = int(len(facts["offered"]) > 1)
        for copy in self._plain(table, number, facts):
            if copy["relation"] == "business_administrator":
                yield copy | where
        if number % MANAGED == 0:
            name = user(number // MANAGED % self.users)
            yield one | _named("business_administrator", "USER", name)
        for kind, name in facts["offered"]:
            known = offer | {"is_shared": is_shared}
            yield one | known | _named("potential_owner", kind, name)

    def _task_content(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        (copy,) = self._plain(table, number, facts)
        body = encode_value(Map(facts["values"]))
        yield copy | {"id": _FIRST + number, "body": body}

    def _task_variable(self, table: str, number: int, facts: Facts) -> Iterator[dict[str, Any]]:
        values = facts["values"]
        for copy in self._plain(table, number, facts):
            value = values.get(copy["name"], copy["value"])
            yield copy | {"value": value, "digest": digest(copy["name"], value)}
