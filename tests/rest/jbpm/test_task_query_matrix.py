"""``/task/query``: every parameter, spelled, repeated and combined, in every version.

What must be found is computed here from the tasks themselves, by the words of section 4 of the
reference: values of one parameter are alternatives, parameters are intersected or united.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from procession.services.tasks import TaskCriteria
from procession.services.views import TaskView
from procession.store.hot import load_tasks
from tests.golden.records import PROFILES
from tests.golden.talk import REST, Server, serving

GROUPS = {"ann": {"HR"}, "bob": {"HR"}, "boss": {"Administrators"}, "carl": set[str]()}
PARAMETERS = (
    "workItemId", "taskId", "processInstanceId", "businessAdministrator", "potentialOwner",
    "taskOwner", "status",
)  # fmt: skip
Query = Mapping[str, tuple[str, ...]]


class House:
    """One server and its tasks: ready, reserved, in progress, completed, exited, created."""

    def __init__(self, server: Server) -> None:
        self.server = server
        engine = server.engine
        ann, bob, admin = engine.people.actor("ann"), engine.people.actor("bob"), engine.admin
        for number in range(6):
            engine.processes.start(ann, "acme.hiring", {"name": f"n{number}"})
        engine.processes.start(admin, "acme.nobodys")
        engine.processes.signal(ann, "fire", None, deployment="com.acme:hr:1.0")
        tasks = engine.tasks.query(admin, TaskCriteria()).items
        engine.tasks.claim(ann, tasks[1].id)
        engine.tasks.claim(bob, tasks[2].id)
        engine.tasks.start(bob, tasks[2].id)
        engine.tasks.start(ann, tasks[3].id)
        engine.tasks.complete(ann, tasks[3].id, {})
        engine.tasks.exit(admin, tasks[4].id)
        self.tasks = engine.tasks.query(admin, TaskCriteria()).items

    def ask(self, query: Query, user: str = "boss") -> tuple[int, list[int]]:
        pairs = [(name, value) for name, values in query.items() for value in values]
        address = f"{REST}/task/query?{urlencode(pairs)}"
        answer = self.server.call(user, "GET", address, accept="application/json")
        if answer.status != 200:
            return answer.status, []
        body = answer.json()
        return 200, [task["id"] for task in body.get("taskSummaryList", body.get("list"))]

    def values(self, name: str) -> list[tuple[str, ...]]:
        """Some values of a parameter: one that hits, one that does not, several."""
        some = {
            "workItemId": [str(task.work_item_id) for task in self.tasks[:3]],
            "taskId": [f"{task.id}l" for task in self.tasks[1:4]],
            "processInstanceId": [str(task.process_instance_id) for task in self.tasks[2:5]],
            "businessAdministrator": ["Administrators", "boss", "HR"],
            "potentialOwner": ["HR", "ann", "carl"],
            "taskOwner": ["ann", "bob", "Ann"],
            "status": ["reserVED", "completed", "CREATED"],
        }[name]
        return [(some[0],), (some[1], some[2]), (some[0], "99999" if "Id" in name else some[2])]


@pytest.fixture(scope="module")
def houses() -> Iterator[dict[str, House]]:
    with ExitStack() as stack:
        yield {
            profile: House(stack.enter_context(serving(jbpm_dialect=profile)))
            for profile in PROFILES
        }


def _named(people: Any, names: tuple[str, ...]) -> bool:
    wanted = {*names, *(group for name in names for group in GROUPS.get(name, ()))}
    return any(person.name in wanted for person in people)


CHECKS: dict[str, Callable[[TaskView, tuple[str, ...]], bool]] = {
    "workItemId": lambda task, values: str(task.work_item_id) in values,
    "taskId": lambda task, values: str(task.id) in {value.rstrip("l") for value in values},
    "processInstanceId": lambda task, values: str(task.process_instance_id) in values,
    "businessAdministrator": lambda task, names: _named(task.business_administrators, names),
    "potentialOwner": lambda task, names: _named(task.potential_owners, names),
    "taskOwner": lambda task, names: task.actual_owner in names,
    "status": lambda task, values: task.status.lower() in {value.lower() for value in values},
}


def wanted(house: House, query: Query, profile: str, union: bool) -> list[int]:
    """What the reference says, task by task."""
    always_narrows = ["status"] if union and profile in {"6.0", "6.1"} else []
    found = []
    for task in house.tasks:
        answers = {name: CHECKS[name](task, values) for name, values in query.items()}
        narrow = [answers.pop(name) for name in always_narrows if name in answers]
        combine = any if union and answers else all
        if combine(answers.values()) and all(narrow):
            found.append(task.id)
    return sorted(found)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", PARAMETERS)
def test_one_parameter_in_every_spelling_and_number(
    houses: dict[str, House], profile: str, name: str
) -> None:
    house = houses[profile]
    for values in house.values(name):
        for spelled in (name, name.lower(), name.upper()):
            for union in ({}, {"union": ("true",)}):
                got = house.ask({spelled: values, **union})

                assert got == (200, wanted(house, {name: values}, profile, bool(union)))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("word", ["", "true", "TRUE", "false", "yes"])
def test_two_parameters_are_intersected_or_united(
    houses: dict[str, House], profile: str, word: str
) -> None:
    house, union = houses[profile], word.lower() == "true"
    more = {"union": (word,)} if word else {}
    found = set()
    for first, second in combinations(PARAMETERS, 2):
        for one in house.values(first)[:2]:
            for two in house.values(second)[:2]:
                query = {first: one, second: two}
                got = house.ask({**query, **more})

                assert got == (200, wanted(house, query, profile, union)), query
                found.update(got[1])
    assert len(found) > 3


@pytest.mark.parametrize("profile", PROFILES)
def test_three_parameters_and_more(houses: dict[str, House], profile: str) -> None:
    house = houses[profile]
    for names in [*combinations(PARAMETERS, 3), PARAMETERS]:
        for union in (False, True):
            query = {name: house.values(name)[1] for name in names}
            got = house.ask({**query, **({"union": ("True",)} if union else {})})

            assert got == (200, wanted(house, query, profile, union)), query


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("page", "size"), [("page", "pageSize"), ("p", "s"), ("PAGE", "pagesize")])
def test_pages_put_together_are_the_list(
    houses: dict[str, House], profile: str, page: str, size: str
) -> None:
    house = houses[profile]
    whole = [task.id for task in house.tasks]
    for count in (1, 3, 5, 100):
        pages = [
            house.ask({page: (str(number),), size: (str(count),)})[1]
            for number in range(1, len(whole) // count + 3)
        ]
        assert [number for part in pages for number in part] == whole
        assert all(len(part) <= count for part in pages)
    assert house.ask({page: ("1",)})[1] == whole[:10]
    assert house.ask({size: ("2",)})[1] == whole[:2]
    assert house.ask({page: ("0",), size: ("3",)})[1] == whole[:3]
    assert house.ask({page: ("2",), size: ("0",)})[1] == whole
    assert house.ask({page: ("99",), size: ("3",)}) == (200, [])


def test_the_long_name_of_a_page_wins(houses: dict[str, House]) -> None:
    house = houses["6.5"]

    found = house.ask({"page": ("2",), "p": ("1",), "pageSize": ("1",), "s": ("5",)})[1]

    assert found == [house.tasks[1].id]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "query",
    [
        {"color": ("red",)}, {"status": ("Done",)}, {"status": ("",)}, {"taskId": ("x",)},
        {"taskId": ("5i",)}, {"workItemId": ("-1",)}, {"processInstanceId": ("",)},
        {"taskId": ("9" * 19,)}, {"union": ("true", "true")}, {"page": ("-1",)},
        {"page": ("1", "2")}, {"pageSize": ("x",)}, {"taskId": ("٣",)}, {"": ("x",)},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_asked(houses: dict[str, House], profile: str, query: Query) -> None:
    assert houses[profile].ask(query) == (400, [])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_language_never_hides_a_task(houses: dict[str, House], profile: str) -> None:
    house = houses[profile]
    everything = house.ask({})

    assert house.ask({"language": ("en-UK",)}) == everything
    assert house.ask({"language": ("xx",)}) == everything
    twice = house.ask({"language": ("en-UK", "de")})
    assert twice == ((400, []) if profile in {"6.0", "6.1"} else everything)


@pytest.mark.parametrize("profile", PROFILES)
def test_everybody_finds_their_own_only(houses: dict[str, House], profile: str) -> None:
    """In guarded mode; tasks are found by group, by owner and by the instance one started."""
    house = houses[profile]
    everything = [task.id for task in house.tasks]
    of_hr = [
        task.id
        for task in house.tasks
        if {"HR", "ann"} & {person.name for person in task.potential_owners}
    ]

    assert house.ask({}, "boss") == (200, everything)
    assert house.ask({}, "ann") == (200, of_hr)
    assert house.ask({}, "carl") == (200, [])
    assert house.ask({"potentialOwner": ("ann",)}, "carl") == (200, [])


@pytest.mark.parametrize(("profile", "sees"), [(p, p in {"6.0", "6.1"}) for p in PROFILES])
def test_in_compat_mode_old_versions_show_everything(profile: str, sees: bool) -> None:
    with serving(jbpm_dialect=profile, access_mode="compat") as server:
        house = House(server)

        assert bool(house.ask({}, "carl")[1]) is sees
        assert house.ask({"potentialOwner": ("carl",)}, "carl") == (200, [])


def test_a_list_without_pages_is_cut_at_a_thousand() -> None:
    with serving(jbpm_dialect="6.0") as server:
        admin = server.engine.admin
        number = server.engine.processes.start(admin, "acme.hiring").id
        task = server.engine.tasks.of_instance(admin, number).items[0].id
        _copy(server, task, 1_100)
        house = House(server)

        assert len(house.ask({})[1]) == 1_000
        assert len(house.ask({"page": ("1",), "pageSize": ("1050",)})[1]) == 1_050


def _copy(server: Server, task: int, count: int) -> None:
    """Copy a task's row many times, straight in the database."""
    store = server.engine.room.store
    with store.read() as reader:
        (row,) = load_tasks(reader, [task])
    writes = store.unit_of_work()
    for number in range(count):
        writes.insert(replace(row, id=10_000 + number, uuid=str(number)))
    assert store.commit([writes]) == [None]
