"""``/query/runtime``: every parameter in every form, repeated and combined, in every version.

What must be found is computed here from the audit and the tasks, by the words of section 2.8 of
the reference: values of one parameter are alternatives, different ones are intersected, those of
named variables are alternatives among themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from procession.services.tasks import TaskCriteria
from procession.services.views import ProcessLogView, TaskView, VariableLogView
from procession.store.store import Store
from tests.golden.models import UNIT
from tests.golden.records import PROFILES
from tests.golden.talk import REST, Server, serving

Pairs = Sequence[tuple[str, str]]
GROUPS = {"ann": {"HR"}, "bob": {"HR"}, "boss": {"Administrators"}}
LONG = {
    "processinstanceid": "piid", "processid": "pid", "deploymentid": "did", "taskid": "tid",
    "initiator": "init", "stakeholder": "stho", "potentialowner": "po", "taskowner": "to",
    "businessadmin": "ba", "taskstatus": "tst", "processinstancestatus": "pist",
    "processversion": "pv", "startdate": "stdt", "enddate": "edt", "varid": "vid",
    "varvalue": "vv",
}  # fmt: skip
OF_TASKS = ("taskid", "initiator", "stakeholder", "potentialowner", "taskowner", "businessadmin",
            "taskstatus")  # fmt: skip
PEOPLE = {
    "stakeholder": "stakeholders", "potentialowner": "potential_owners",
    "businessadmin": "business_administrators",
}  # fmt: skip
SHORT = {short: long for long, short in LONG.items()}


class House:
    """Instances of several processes: running, completed, aborted; variables that changed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        engine, admin = server.engine, server.engine.admin
        ann, bob = engine.people.actor("ann"), engine.people.actor("bob")
        start = engine.processes.start
        first = start(ann, "acme.hiring", {"name": "Ann", "age": 30}).id
        start(ann, "acme.hiring", {"name": "ann", "age": 31, "city": "a.c"})
        third = start(bob, "acme.hiring", {"name": "Bob%_!", "age": 30})
        start(bob, "acme.quick", {"name": "Zoë"})
        fifth = start(admin, "acme.nobodys", {"name": "abc", "city": "abc"}).id
        sixth = start(ann, "acme.waiting", {"name": "Line\nbreak"}).id
        engine.processes.set_variables(ann, first, {"name": "Anna"})
        engine.processes.abort(ann, sixth)
        tasks = engine.tasks.query(admin, TaskCriteria()).items
        engine.tasks.claim(ann, tasks[0].id)
        engine.tasks.claim(bob, tasks[2].id)
        engine.tasks.start(bob, tasks[2].id)
        engine.processes.abort(admin, fifth)
        history = engine.history
        self.logs = history.instances(admin).items
        self.tasks = engine.tasks.query(admin, TaskCriteria()).items
        self.changes: dict[int, tuple[VariableLogView, ...]] = {
            log.process_instance_id: history.variables(admin, log.process_instance_id).items
            for log in self.logs
        }
        self.third = third.id

    def ask(self, what: str, pairs: Pairs, user: str = "boss") -> tuple[int, Any]:
        address = f"{REST}/query/runtime/{what}?{urlencode(pairs)}"
        answer = self.server.call(user, "GET", address, accept="application/json")
        return answer.status, answer.json()

    def instances(self, pairs: Pairs, user: str = "boss") -> list[int]:
        status, body = self.ask("process", pairs, user)
        assert status == 200, body
        return [one["processInstance"]["id"] for one in body["processInstanceInfoList"]]

    def found_tasks(self, pairs: Pairs, user: str = "boss") -> list[tuple[int, list[int]]]:
        status, body = self.ask("task", pairs, user)
        assert status == 200, body
        return [
            (one["processInstanceId"], [task["id"] for task in one["taskSummaries"]])
            for one in body["taskInfoList"]
        ]

    # -- what the reference says -------------------------------------------------------------

    def values(self, name: str) -> list[list[str]]:
        """Values that hit, that do not, several; in all the forms of their kind."""
        task, log = self.tasks[1], self.logs[2]
        some: dict[str, list[str]] = {
            "processinstanceid": [str(log.process_instance_id), f"{log.process_instance_id}l"],
            "taskid": [str(task.id), f"{self.tasks[0].id}l"],
            "processid": ["acme.hiring", "acme.quick"],
            "deploymentid": [UNIT, "com.acme:hr"],
            "processversion": ["1.0", "2"],
            "initiator": ["ann", "nobody"],
            "stakeholder": ["ann", "HR"],
            "potentialowner": ["HR", "ann"],
            "taskowner": ["ann", "bob"],
            "businessadmin": ["boss", "Administrators"],
            "taskstatus": ["inProgress", "RESERVED"],
            "processinstancestatus": ["1", "3"],
            "varid": ["name", "city"],
            "varvalue": ["Ann", "abc"],
            "startdate": [_date(log.start), _date(self.logs[4].start)],
            "enddate": [_date(self.logs[3].end or log.start), "26-01-01"],
        }
        first, second = some[name]
        return [[first], [second], [first, second]]

    def patterns(self, name: str) -> list[list[str]]:
        return {
            "processid": [["acme*"], ["acme.h*g"], ["ACME*"], ["*quic.", "*body?"], ["acme"]],
            "deploymentid": [["com*1.0"], ["*:hr:..."], ["*"]],
            "processversion": [["1.."], ["1*", "9"]],
            "taskowner": [["a*"], [".ob"], ["A*"]],
            "potentialowner": [["H."], ["h."], ["*", "x"]],
            "businessadmin": [["Admin*"], ["*s"]],
            "stakeholder": [["*"]],
            "initiator": [["*"]],
            "varid": [["n*"], ["....", "x"], ["*ity"]],
            "varvalue": [["A*"], ["a.c"], ["*%_!"], ["Zo."], ["Line*break"], ["Line.break"]],
        }[name]

    def fits(self, log: ProcessLogView, pairs: Pairs, *, every: bool) -> bool:
        """Whether an instance fits all criteria that are not of tasks."""
        named, rest = _split(pairs)
        for (name, kind), values in rest.items():
            if name in OF_TASKS or name in {"varid", "varvalue"}:
                continue
            if not any(_holds(_field(log, name), kind, value, name) for value in values):
                return False
        last = self._values_of(log, every=every)
        if named and not any(
            change.variable_id == name and _holds(change.value, kind, value, "varvalue")
            for change in last
            for name, kind, value in named
        ):
            return False
        of_one = {key: values for key, values in rest.items() if key[0] in {"varid", "varvalue"}}
        return not of_one or any(
            all(
                any(
                    _holds(change.variable_id if n == "varid" else change.value, k, v, n)
                    for v in values
                )
                for (n, k), values in of_one.items()
            )
            for change in last
        )

    def _values_of(self, log: ProcessLogView, *, every: bool) -> list[VariableLogView]:
        changes = self.changes[log.process_instance_id]
        if every:
            return list(changes)
        return list({change.variable_id: change for change in changes}.values())

    def task_fits(self, task: TaskView, pairs: Pairs) -> bool:
        """Whether a task fits all criteria that are."""
        _, rest = _split(pairs)
        return all(
            any(self._task_holds(task, name, kind, value) for value in values)
            for (name, kind), values in rest.items()
            if name in OF_TASKS
        )

    def _task_holds(self, task: TaskView, name: str, kind: str, value: str) -> bool:
        if name in PEOPLE:
            people = getattr(task, PEOPLE[name])
            if kind == "re":
                return any(_holds(person.name, kind, value, name) for person in people)
            return any(person.name in {value, *GROUPS.get(value, ())} for person in people)
        fields = {"taskid": task.id, "initiator": task.created_by, "taskowner": task.actual_owner,
                  "taskstatus": task.status.lower()}  # fmt: skip
        value = value.lower() if name == "taskstatus" else value
        return _holds(fields[name], kind, value, name)

    def wanted(self, pairs: Pairs, *, every: bool = False) -> list[int]:
        return [
            log.process_instance_id
            for log in sorted(self.logs, key=lambda log: log.process_instance_id)
            if self.fits(log, pairs, every=every)
        ]

    def wanted_tasks(self, pairs: Pairs, *, every: bool = False) -> list[tuple[int, list[int]]]:
        found = []
        for number in self.wanted(pairs, every=every):
            tasks = [
                task.id
                for task in self.tasks
                if task.process_instance_id == number and self.task_fits(task, pairs)
            ]
            if tasks:
                found.append((number, tasks))
        return found


def _date(at: datetime) -> str:
    return at.strftime("%y-%m-%d_%H:%M:%S.") + f"{at.microsecond // 1000:03}"


def _split(pairs: Pairs) -> tuple[list[tuple[str, str, str]], dict[tuple[str, str], list[str]]]:
    named: list[tuple[str, str, str]] = []
    rest: dict[tuple[str, str], list[str]] = {}
    for name, value in pairs:
        prefix, _, variable = name.partition("_")
        if prefix in {"var", "varregex", "vr"}:
            named.append((variable, "" if prefix == "var" else "re", value))
        else:
            long, _, kind = name.partition("_")
            rest.setdefault((SHORT.get(long, long), kind), []).append(value)
    return named, rest


def _field(log: ProcessLogView, name: str) -> Any:
    return {
        "processinstanceid": log.process_instance_id, "processid": log.process_id,
        "deploymentid": log.deployment_id, "processversion": log.process_version,
        "processinstancestatus": log.status, "startdate": log.start, "enddate": log.end,
    }[name]  # fmt: skip


def _holds(found: Any, kind: str, value: str, name: str) -> bool:
    if found is None:
        return False
    if kind == "re":
        words = {"*": ".*", ".": "."}
        pattern = "".join(words.get(letter, re.escape(letter)) for letter in value)
        return re.fullmatch(pattern, found, re.DOTALL) is not None
    wanted: Any = value
    if name in {"processinstanceid", "taskid", "processinstancestatus"}:
        wanted = int(value.rstrip("l"))
    elif name in {"startdate", "enddate"}:
        form = "%y-%m-%d_%H:%M:%S.%f" if "." in value else "%y-%m-%d"
        wanted = datetime.strptime(value, form).replace(tzinfo=UTC)
    if kind == "min":
        return bool(found >= wanted)
    return bool(found <= wanted) if kind == "max" else bool(found == wanted)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with serving(jbpm_dialect="6.5", jbpm_mounts=tuple(f"v{p}={p}" for p in PROFILES)) as server:
        yield House(server)


SPELLINGS = [*LONG, *SHORT]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_parameter_by_both_names_in_any_case_once_and_more(house: House, spelled: str) -> None:
    long = SHORT.get(spelled, spelled)
    for values in house.values(long):
        for name in (spelled, spelled.upper(), spelled.title()):
            pairs = [(name, value) for value in values]
            plain = [(spelled, value) for value in values]
            assert house.found_tasks(pairs) == house.wanted_tasks(plain), pairs
            if long in OF_TASKS:
                assert house.ask("process", pairs)[0] == 400
            else:
                assert house.instances(pairs) == house.wanted(plain), pairs


@pytest.mark.parametrize("name", [n for n in LONG if n.endswith(("id", "date")) and n in (
    "processinstanceid", "taskid", "startdate", "enddate")])  # fmt: skip
@pytest.mark.parametrize("kind", ["min", "max"])
def test_bounds_are_inclusive_and_not_swapped(house: House, name: str, kind: str) -> None:
    for spelled in (name, LONG[name]):
        for values in house.values(name):
            pairs = [(f"{spelled}_{kind}", value) for value in values]
            assert house.found_tasks(pairs) == house.wanted_tasks(pairs), pairs
            if name not in OF_TASKS:
                assert house.instances(pairs) == house.wanted(pairs), pairs


@pytest.mark.parametrize("name", [n for n in LONG if n in (
    "processid", "deploymentid", "processversion", "taskowner", "potentialowner", "businessadmin",
    "stakeholder", "initiator", "varid", "varvalue")])  # fmt: skip
def test_patterns_have_two_signs_and_nothing_else_is_special(house: House, name: str) -> None:
    for spelled in (name, LONG[name]):
        for values in house.patterns(name):
            pairs = [(f"{spelled}_re", value) for value in values]
            assert house.found_tasks(pairs) == house.wanted_tasks(pairs), pairs
            if name not in OF_TASKS:
                assert house.instances(pairs) == house.wanted(pairs), pairs


def test_two_parameters_are_intersected(house: House) -> None:
    for first, second in combinations(LONG, 2):
        pairs = [
            (first, house.values(first)[0][0]),
            *((LONG[second], value) for value in house.values(second)[2]),
        ]
        assert house.found_tasks(pairs) == house.wanted_tasks(pairs), pairs
        if first not in OF_TASKS and second not in OF_TASKS:
            assert house.instances(pairs) == house.wanted(pairs), pairs


VARIABLES: list[list[tuple[str, str]]] = [
    [("var_name", "Anna")], [("var_name", "Ann")], [("var_name", "anna")], [("var_age", "30")],
    [("var_name", "Anna"), ("var_age", "31")], [("var_name", "Bob%_!"), ("vr_name", "A*")],
    [("varregex_name", "*")], [("vr_city", "a.c")], [("vr_city", "a*"), ("var_nope", "x")],
    [("var_city", "a.c")], [("varregex_name", "B*"), ("vr_age", "3.")], [("vr_name", "*\n*")],
]  # fmt: skip


@pytest.mark.parametrize("pairs", VARIABLES, ids=str)
@pytest.mark.parametrize("flag", [(), (("all", "true"),), (("ALL", ""),), (("all", "false"),)])
def test_named_variables_are_alternatives(house: House, pairs: Pairs, flag: Pairs) -> None:
    every = bool(flag) and flag[0][1] != "false"
    with_process = [*pairs, ("pid", "acme.hiring")]

    assert house.instances([*pairs, *flag]) == house.wanted(pairs, every=every)
    assert house.found_tasks([*pairs, *flag]) == house.wanted_tasks(pairs, every=every)
    assert house.instances([*with_process, *flag]) == house.wanted(with_process, every=every)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_queries_are_the_same_in_every_version(house: House, profile: str) -> None:
    for pairs in ([("piid_min", "1")], [("var_name", "Anna")], [("to", "ann")]):
        for what in ("process", "task"):
            path = f"/query/runtime/{what}?{urlencode(pairs)}"
            here = house.server.call("boss", "GET", f"/v{profile}/rest{path}")
            there = house.server.call("boss", "GET", f"{REST}{path}")
            assert here.status == there.status
            if here.status == 200:
                assert here.body == there.body


@pytest.mark.parametrize(("page", "size"), [("page", "pagesize"), ("p", "s"), ("P", "pageSize")])
def test_pages_count_instances(house: House, page: str, size: str) -> None:
    for ask, whole in (
        (house.instances, house.wanted([])),
        (house.found_tasks, house.wanted_tasks([])),
    ):
        for count in (1, 2, 4):
            parts = [ask([(page, str(n)), (size, str(count))]) for n in range(1, 9)]  # type: ignore[operator]
            assert [one for part in parts for one in part] == whole
    assert house.instances([(size, "2")]) == house.wanted([])[:2]


# -- the classic defects, by name --------------------------------------------------------------


def test_filters_filter(house: House) -> None:
    assert house.instances([("piid", str(house.third))]) == [house.third]
    assert house.instances([("pid", "acme.nope")]) == []


def test_two_variables_find_what_either_finds(house: House) -> None:
    found = house.instances([("var_name", "Anna"), ("var_city", "abc")])

    assert len(found) == 2


def test_names_may_be_in_camel_case(house: House) -> None:
    assert house.instances([("processInstanceId", str(house.third))]) == [house.third]
    assert house.found_tasks([("taskStatus", "InProgress")]) == house.wanted_tasks(
        [("taskstatus", "InProgress")]
    )


@pytest.mark.parametrize("name", ["var", "var_", "varregex", "vr_", "varregex_"])
def test_a_variable_without_a_name_is_refused_and_nothing_breaks(house: House, name: str) -> None:
    assert house.ask("process", [(name, "x")])[0] == 400


def test_the_name_of_a_variable_keeps_its_case_and_any_character() -> None:
    name = "Größe/a b+c_ID"
    with serving(jbpm_dialect="6.2") as server:
        house = House(server)
        start = server.engine.processes.start
        number = start(server.engine.people.actor("ann"), "acme.waiting", {name: "x"}).id

        assert house.instances([(f"var_{name}", "x")]) == [number]
        assert house.instances([(f"VAR_{name}", "x")]) == [number]
        assert house.instances([(f"var_{name.lower()}", "x")]) == []
        assert house.instances([(f"vr_{name}", ".")]) == [number]


def test_a_date_means_the_servers_own_time() -> None:
    with serving(time_zone="Asia/Tokyo") as server:
        house = House(server)
        start = house.logs[0].start.astimezone(ZoneInfo("Asia/Tokyo"))
        whole = house.wanted([])

        assert house.instances([("stdt_min", _date(start))]) == whole
        assert house.instances([("stdt_max", _date(start - timedelta(seconds=1)))]) == []
        assert house.instances([("stdt", _date(start))])[:1] == whole[:1]
        assert house.instances([("stdt_min", start.strftime("%y-%m-%d"))]) == whole
        assert house.instances([("stdt_min", start.strftime("%H:%M:%S"))]) == whole


@pytest.mark.parametrize("pattern", ["*" * 50_000, "a*" * 50_000, "*" * 900 + "b"])
def test_a_pattern_is_short_or_refused_and_never_slow(house: House, pattern: str) -> None:
    status, _ = house.ask("process", [("varvalue_re", pattern)])

    assert status == (200 if len(pattern) <= 1_000 else 400)


def test_every_database_tells_capital_letters_from_small_ones(store: Store) -> None:
    with store.read() as reader:
        assert not reader.ask("select 1 where cast(? as text) like ? escape '!'", ("Ann", "a%"))
        assert reader.ask("select 1 where cast(? as text) like ? escape '!'", ("Ann", "A%"))
