"""Task queries by runs find what a look at each task finds, and read little (``task_runs.py``)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest

from procession.engine import Engine
from procession.errors import NotFound
from procession.services.paging import PageRequest
from procession.services.tasks import TaskCriteria
from procession.services.views import TaskView
from procession.settings import Settings
from procession.store.repositories import task_runs, task_sizes, task_walks

from .task_house import House
from .test_inbox_ways import fill

ASKED: Sequence[dict[str, Any]] = (
    {"task_owners": ("ann",)},
    {"task_owners": ("ann", "bob", "mary")},
    {"potential_owners": ("ann",)},
    {"potential_owners": ("sales",)},
    {"business_administrators": ("Administrators",)},
    {"task_owners": ("ann",), "potential_owners": ("mary",)},
    {},
)
STATUSES: Sequence[tuple[str, ...]] = (
    (), ("Ready",), ("Reserved",), ("InProgress", "Suspended"), ("Exited",), ("Completed", "Ready"),
)  # fmt: skip


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with Engine.open(database_url, threads=False) as engine:
        yield House(engine)


def asked(home: House, name: str, criteria: TaskCriteria, size: int) -> list[int]:
    """All that is found, in pages of a size."""
    found: list[int] = []
    for number in range(1, 60):
        page = home.tasks.query(home.actor(name), criteria, PageRequest(number, size))
        found += [task.id for task in page.items]
        if len(page.items) < size:
            return found
    raise AssertionError("no end of pages")


def fits(home: House, task: TaskView, criteria: TaskCriteria) -> bool:
    """By a look at the task."""
    directory = home.engine.directory

    def names(people: Sequence[str]) -> set[str]:
        return {*people, *(group for one in people for group in directory.groups_of(one))}

    checks = []
    if criteria.task_owners:
        checks.append(task.actual_owner in criteria.task_owners)
    if criteria.potential_owners:
        offered = {one.name for one in task.potential_owners}
        checks.append(not offered.isdisjoint(names(criteria.potential_owners)))
    if criteria.business_administrators:
        administrators = {one.name for one in task.business_administrators}
        checks.append(not administrators.isdisjoint(names(criteria.business_administrators)))
    if criteria.union and criteria.status_in_union and criteria.statuses:
        checks.append(task.status in criteria.statuses)
    elif criteria.statuses and task.status not in criteria.statuses:
        return False
    return (any(checks) if criteria.union and checks else all(checks))  # fmt: skip


def test_runs_find_what_a_look_at_each_task_finds(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(5)
    tasks = [home.tasks.get(home.admin, number) for number in fill(home, dice)]
    monkeypatch.setattr(task_runs, "PORTION", 1)

    assert {task.status for task in tasks} >= {"Ready", "Reserved", "Exited"}
    for one, statuses, union in product(ASKED, STATUSES, (False, True)):
        criteria = TaskCriteria(
            **one,
            statuses=statuses,
            union=union,
            descending=dice.random() < 0.5,
            status_in_union=dice.random() < 0.5,
        )
        wanted = sorted(
            (task.id for task in tasks if fits(home, task, criteria)), reverse=criteria.descending
        )
        assert asked(home, "Administrator", criteria, dice.choice((1, 3, 50))) == wanted, criteria


@pytest.mark.parametrize("name", ["ann", "carl"])
def test_one_sees_the_same_tasks_by_runs_as_in_other_ways(
    home: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dice = random.Random(name)
    fill(home, dice)
    every = [TaskCriteria(**one, statuses=some) for one, some in product(ASKED, STATUSES)]
    monkeypatch.setattr(task_runs, "PORTION", 1)

    by_runs = [asked(home, name, one, 3) for one in every]
    monkeypatch.setattr(task_walks, "MOST_BY_RUNS", -1)

    assert by_runs == [asked(home, name, one, 3) for one in every]
    assert any(by_runs)


@pytest.mark.parametrize(
    ("criteria", "index"),
    [
        (TaskCriteria(task_owners=("ann",)), "ix_task_owner"),
        (TaskCriteria(task_owners=("ann",), statuses=("Reserved",)), "ix_task_owner"),
        (TaskCriteria(statuses=("Exited",)), "ix_task_status"),
        (TaskCriteria(potential_owners=("ann",)), "ix_task_person_name"),
    ],
)
def test_a_page_is_merged_from_stretches_of_indexes_and_nothing_is_sorted(
    criteria: TaskCriteria, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, Any]] = []
    with Engine.open("sqlite://", threads=False) as engine:
        home = House(engine)
        home.offer()
        with engine.room.store.read() as reader:
            ask = type(reader).ask

            def listening(self: Any, text: str, parameters: Any) -> Any:
                heard.append((text, parameters))
                return ask(self, text, parameters)

            with monkeypatch.context() as patch:
                patch.setattr(type(reader), "ask", listening)
                asked(home, "Administrator", criteria, 20)
            (merged, values), *others = [one for one in heard if "as run" in one[0]]
            plan = [str(row[-1]) for row in ask(reader, f"explain query plan {merged}", values)]

    assert not others
    steps = [step for step in plan if step.startswith(("SEARCH", "SCAN task", "SCAN person"))]
    assert steps
    assert all(f"USING COVERING INDEX {index} " in step for step in steps), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_a_page_of_runs_costs_the_same_however_long_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of each run no more is read than the page needs."""
    monkeypatch.setattr(task_runs, "PORTION", 2)
    monkeypatch.setattr(task_sizes, "PORTION", 2)
    read: list[int] = []
    whole = task_runs._read

    def counting(*given: Any) -> list[list[int]]:
        found = whole(*given)
        read.append(sum(map(len, found)))
        return found

    monkeypatch.setattr(task_runs, "_read", counting)
    criteria = TaskCriteria(
        task_owners=("ann",), potential_owners=("ann",), union=True, statuses=("Ready",),
        status_in_union=True,
    )  # fmt: skip
    with Engine.open("sqlite://", threads=False) as engine:
        home = House(engine)
        for _ in range(30):
            home.offer()
        found = home.tasks.query(home.admin, criteria, PageRequest(1, 2))

    assert len(found.items) == 2
    assert len(read) == 1
    assert read[0] <= 2 * 4


OWN: Sequence[dict[str, Any]] = (
    {"potential_owners": ("ann",)},
    {"potential_owners": ("ann", "mary")},
    {"potential_owners": ("sales",), "task_owners": ("bob",)},
    {"task_owners": ("ann",), "statuses": ("InProgress",)},
    {"task_owners": ("ann",), "potential_owners": ("ann",), "union": True},
    {"task_owners": ("ann",), "potential_owners": ("mary",), "union": True},
    {"potential_owners": ("ann",), "task_ids": (1, 2, 3, 4, 5, 6, 7, 8), "union": True},
    {"potential_owners": ("ann",), "statuses": ("Suspended", "Ready"), "union": True},
)


@pytest.mark.parametrize("dialect", ["L", "M"])
def test_whoever_asks_for_whom_sees_what_is_theirs_to_see(database_url: str, dialect: str) -> None:
    settings = Settings(jbpm_dialect=dialect)
    with Engine.open(database_url, settings=settings, threads=False) as engine:
        home = House(engine)
        fill(home, random.Random(dialect))

        def is_seen(name: str, task: int) -> bool:
            try:
                return bool(home.tasks.get(home.actor(name), task))
            except NotFound:
                return False

        for given in OWN:
            wanted = TaskCriteria(**given)
            page = PageRequest(1, 500)
            all_of_them = [task.id for task in home.tasks.query(home.admin, wanted, page).items]
            for name in ("ann", "bob", "carl"):
                seen = [task for task in all_of_them if is_seen(name, task)]
                assert asked(home, name, wanted, 7) == seen, (given, name)
