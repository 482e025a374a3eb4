"""Whichever way a search goes, it finds what a look at every single task finds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from procession.engine import Engine
from procession.errors import NotFound, NotPermitted, Rejected
from procession.services.tasks.inbox import InboxPage, InboxPart, InboxQuery
from procession.services.views import TaskView
from procession.store.remembering import Remembering
from procession.store.repositories import task_bounds, task_offers, task_sizes, task_ways
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import OPEN, Candidate
from procession.values import Map

from .task_house import House

UNIT = "acme:tasks:1.0"
SORTS = ("oldest", "newest", "urgency", "due")
SOME = (("USER", "ann"), ("USER", "bob"), ("GROUP", "sales"), ("GROUP", "leads"))
ASKED: Sequence[dict[str, Any]] = (
    {"inbox_of": ("ann",)},
    {"inbox_of": ("ann", "mary")},
    {"potential_owners": ("ann",)},
    {"potential_owners": ("ann", "mary")},
    {"owners": ("ann",)},
    {"owners": ("bob",), "potential_owners": ("bob",)},
    {},
)
BESIDES: Sequence[dict[str, Any]] = (
    {},
    {"statuses": ("Ready",)},
    {"statuses": ("Reserved", "InProgress")},
    {"statuses": ("Suspended", "Ready")},
    {"statuses": ("Completed", "Ready")},
    {"deployment_ids": (UNIT,)},
    {"variables": (("paper", "blue"),)},
    {"task_variables": (("colour", "red"),)},
    {"statuses": ("Ready",), "deployment_ids": (UNIT,), "variables": (("paper", "blue"),)},
)
WAYS: dict[str, dict[str, Any]] = {
    "as it chooses": {},
    "walking": {"START": 0, "FEW": -1, "BOUNDS": (0, 0, 0)},
    "by offers": {"FEW": -1, "TIMES_SHORTER": 10**9, "steps": lambda *_: float("inf")},
    "by sets": {
        "FEW": -1,
        "TIMES_SHORTER": 10**9,
        "worth_a_set": lambda _, one, *__: one.among is not None,
    },
    "by bounds": {
        "FEW": -1,
        "TIMES_SHORTER": 10**9,
        "steps": lambda tasks, *_: float(tasks),
        "ENOUGH": 0,
        "LEAST": 3,
        "SHARE": 1,
        "PLACES": 1,
        "SLICES": 1,
    },
    "from few": {"FEW": -1, "TIMES_SHORTER": 0},
    "by joins": {
        "FEW": -1,
        "START": 0,
        "TIMES_SHORTER": 10**9,
        "worth_a_set": lambda *_: False,
        "worth_a_join": lambda _, one, __: one.joined is not None,
    },
    "by stretches": {
        "FEW": -1,
        "TIMES_SHORTER": 10**9,
        "steps": lambda *_: 1.0,
        "SHORT": 0,
        "SLICES": 1,
        "STRETCH": 3,
    },
}


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with Engine.open(database_url, threads=False) as engine:
        yield House(engine)


def fill(home: House, dice: random.Random) -> list[int]:
    """Tasks of all kinds in all open states, and some that are over."""
    now, ids = home.engine.room.clock.now(), []
    for number in range(20):
        owners = tuple(Candidate(*one) for one in dice.sample(SOME, dice.randint(1, 3)))
        due = now.replace(year=2030 + dice.randrange(4)) if dice.random() < 0.5 else None
        new = NewTask(
            name=f"t{number}", priority=dice.randrange(3), expires_at=due, potential_owners=owners
        )
        given = Map(colour=dice.choice(("red", "blue")))
        ids.append(home.tasks.add(home.actor(dice.choice(("ann", "mary"))), new, given).id)
    for _ in range(4):
        task, by = home.offer(dice.choice(("offer", "review")), by="mary"), home.actor("mary")
        paper = Map(paper=dice.choice(("red", "blue")))
        home.engine.processes.set_variables(by, task.process_instance_id, paper)
        ids.append(task.id)
    for task in dice.sample(ids, 16):
        word = dice.choice(("claim", "start", "suspend", "exit"))
        able = dice.sample(("ann", "bob", "mary", "carl"), 4)
        for actor in [home.admin] if word == "exit" else map(home.actor, able):
            try:
                getattr(home.tasks, word)(actor, task)
                break
            except (NotFound, NotPermitted, Rejected):
                continue
    return ids


def texts(values: Any) -> set[tuple[str, str]]:
    return {(name, str(value)) for name, value in values.items()}


def known(home: House, task: TaskView) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The variables of an open task's process, and its inputs."""
    number, values = task.process_instance_id, set[tuple[str, str]]()
    if task.status not in OPEN:
        return values, values
    if number is not None:
        values = texts(home.engine.processes.variables(home.admin, number))
    return values, texts(home.tasks.content(home.admin, task.id).value)


def reference(
    home: House, tasks: Mapping[int, tuple[TaskView, set[Any], set[Any]]], asked: InboxQuery
) -> list[TaskView]:
    """What fits, by looking at each."""
    directory = home.engine.directory

    def is_offered(task: TaskView, names: Sequence[str]) -> bool:
        groups = {group for name in names for group in directory.groups_of(name)}
        return any(one.name in {*names, *groups} for one in task.potential_owners)

    checks: list[Callable[[TaskView], bool]] = [
        lambda task: task.status in (asked.statuses or OPEN),
    ]
    if asked.owners:
        checks.append(lambda task: task.actual_owner in asked.owners)
    if asked.potential_owners:
        checks.append(lambda task: is_offered(task, asked.potential_owners))
    if asked.inbox_of:
        checks.append(
            lambda task: (
                task.actual_owner in asked.inbox_of
                or (task.actual_owner is None and is_offered(task, asked.inbox_of))
            )
        )
    if asked.deployment_ids:
        checks.append(lambda task: task.deployment_id in asked.deployment_ids)
    checks += [lambda task, one=one: one in tasks[task.id][1] for one in asked.variables]
    checks += [lambda task, one=one: one in tasks[task.id][2] for one in asked.task_variables]
    return [task for task, *_ in tasks.values() if all(check(task) for check in checks)]


def in_order(tasks: Sequence[TaskView], sort: str) -> list[int]:
    keys: dict[str, Callable[[TaskView], Any]] = {
        "oldest": lambda task: task.id,
        "newest": lambda task: -task.id,
        "urgency": lambda task: (-task.priority, task.created_at, task.id),
        "due": lambda task: (task.expires_at is None, str(task.expires_at), task.id),
    }
    return [task.id for task in sorted(tasks, key=keys[sort])]


def pages(home: House, asked: InboxQuery, sort: str, size: int) -> tuple[list[int], int | None]:
    found, after, total = [], "", None
    while True:
        part = InboxPart(sort, size, after, total=not after)
        page = home.tasks.inbox(home.admin, asked, part)
        total = page.total if page.total is not None else total
        found += [task.id for task in page.items]
        if page.next is None:
            return found, total
        after = page.next


def test_every_way_finds_what_a_look_at_each_task_finds(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(11)
    views = [home.tasks.get(home.admin, task) for task in fill(home, dice)]
    tasks = {task.id: (task, *known(home, task)) for task in views}

    assert {task.status for task in views} >= {"Ready", "Reserved", "Suspended", "Exited"}
    for way, patches in WAYS.items():
        with monkeypatch.context() as patch:
            for name, value in patches.items():
                patch.setattr(task_sizes, name, value)
            for besides in BESIDES:
                for asked in dice.sample(ASKED, 2):
                    wanted = InboxQuery(**asked, **besides)
                    fits = reference(home, tasks, wanted)
                    sort = dice.choice(SORTS[:2] if "Completed" in wanted.statuses else SORTS)
                    told = pages(home, wanted, sort, dice.choice((7, 50)))
                    assert told == (in_order(fits, sort), len(fits)), (way, sort, wanted)


def test_an_order_is_gone_through_as_far_as_a_sample_tells_and_again_if_that_was_too_short(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, random.Random(5))
    asked = InboxQuery(potential_owners=("ann",), task_variables=(("colour", "red"),))
    expected = {sort: pages(home, asked, sort, 2) for sort in SORTS}
    bounds = []

    def bounded(*given: Any) -> Any:
        bounds.append(task_bounds.bound(*given))
        return bounds[-1]

    monkeypatch.setattr(task_ways, "bound", bounded)
    for name, value in WAYS["by bounds"].items():
        monkeypatch.setattr(task_sizes, name, value)
    for sort in SORTS:
        assert pages(home, asked, sort, 2) == expected[sort]

    assert any(found is not None for found in bounds)


def test_an_order_of_ids_is_gone_through_by_stretches_and_then_in_order(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, random.Random(7))
    for besides in ("variables", "task_variables"):
        value = ("paper", "blue") if besides == "variables" else ("colour", "red")
        for asked in (
            InboxQuery(inbox_of=("ann",), **{besides: (value,)}),
            InboxQuery(inbox_of=("ann", "mary"), **{besides: (value,)}),
        ):
            expected = {
                (sort, size): pages(home, asked, sort, size)
                for sort, size in product(SORTS, (1, 2, 50))
            }
            for part in (1, 3, 40):
                with monkeypatch.context() as patch:
                    near = []
                    for key, known in (WAYS["by stretches"] | {"STRETCH": part}).items():
                        patch.setattr(task_sizes, key, known)
                    stretch = task_offers.near
                    patch.setattr(
                        task_offers, "near", lambda *a, n=near, s=stretch: n.append(a) or s(*a)
                    )
                    for sort, size in expected:
                        assert pages(home, asked, sort, size) == expected[sort, size], sort
                    assert near


def test_a_short_list_is_cut_down_to_what_is_offered_before_tasks_are_read(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, random.Random(3))
    asked = [InboxQuery(**who, **what) for who, what in product(ASKED[:4], BESIDES[6:])]
    expected = {
        (number, sort): pages(home, one, sort, 3)
        for (number, one), sort in product(enumerate(asked), SORTS)
    }
    met = []
    narrowed = task_offers.narrowed
    monkeypatch.setattr(task_offers, "narrowed", lambda *two: met.append(two) or narrowed(*two))
    for name, value in WAYS["from few"].items():
        monkeypatch.setattr(task_sizes, name, value)
    for number, sort in expected:
        assert pages(home, asked[number], sort, 3) == expected[number, sort], (number, sort)

    assert any(found for _, found in expected.values())
    assert all(narrowed(*two) is not None for two in met)
    assert len(met) >= len(expected)


def test_what_is_counted_in_halves_is_as_many_wherever_it_is_cut(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two connections to PostgreSQL; where there is one alone, one after the other."""
    ids = fill(home, random.Random(9))
    asked = [InboxQuery(**who, **what) for who, what in product(ASKED[:4], BESIDES[6:])]
    expected = [pages(home, one, "oldest", 50) for one in asked]
    for name, value in WAYS["by joins"].items():
        monkeypatch.setattr(task_sizes, name, value)
    monkeypatch.setattr(Remembering, "beside", lambda self: nullcontext(Twice(self)))
    for first, last in ((0, 2 * min(ids)), *((one, one) for one in ids), (0, 3 * max(ids))):
        cut = task_sizes.Span(first, last)
        monkeypatch.setattr(task_sizes, "span", lambda _, cut=cut: cut)
        assert [pages(home, one, "oldest", 50) for one in asked] == expected, cut

    assert any(total for _, total in expected)
    assert Twice.asked > len(ids)


class Twice:
    """Asks what it is sent, when it is asked for the rows."""

    asked = 0

    def __init__(self, reader: Remembering) -> None:
        self._reader = reader

    def set_out(self, text: str, parameters: Sequence[Any]) -> None:
        Twice.asked += 1
        self._sent = (text, parameters)

    def rows(self) -> Sequence[tuple[Any, ...]]:
        return self._reader.ask(*self._sent)


@pytest.mark.parametrize("name", ["ann", "bob", "carl"])
def test_one_sees_the_same_tasks_by_sets_as_one_by_one(
    home: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dice = random.Random(name)
    fill(home, dice)
    actor = home.actor(name)

    def seen() -> list[Any]:
        asked = [InboxQuery(**one) for one in (*ASKED, *BESIDES)]
        return [
            [task.id for task in home.tasks.inbox(actor, one, InboxPart(size=100)).items]
            for one in asked
        ]

    monkeypatch.setattr(task_sizes, "worth_a_set", lambda *_: False)
    expected = seen()
    for patches in WAYS.values():
        with monkeypatch.context() as patch:
            for key, value in patches.items():
                patch.setattr(task_sizes, key, value)
            assert seen() == expected


@pytest.mark.parametrize("name", ["ann", "mary"])
def test_what_one_sees_and_what_has_a_value_meet_in_the_same_tasks(
    home: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """From the process instances that both list, as from a look at each task."""
    fill(home, random.Random(name))
    actor, met = home.actor(name), []
    asked = [InboxQuery(**one) for one in BESIDES if "variables" in one]

    def page(query: InboxQuery, part: InboxPart) -> InboxPage:
        return home.tasks.inbox(actor, query, part)

    def seen() -> list[list[int]]:
        found = []
        for query, sort in product(asked, SORTS):
            first = page(query, part := InboxPart(sort, 3))
            second = page(query, replace(part, after=first.next)) if first.next else first
            found.append([task.id for one in (first, second) for task in one.items])
        return found

    expected = seen()
    assert any(expected)
    is_both = task_ways.is_both
    monkeypatch.setattr(task_sizes, "FEW", -1)
    monkeypatch.setattr(task_sizes, "LISTED", 10**9)
    monkeypatch.setattr(task_sizes, "heavy", lambda *_: task_sizes.LONG)
    monkeypatch.setattr(task_ways, "is_both", lambda *both: met.append(both) or is_both(*both))
    assert seen() == expected
    assert met


def test_nobody_is_offered_what_they_are_excluded_from_once_somebody_is(home: House) -> None:
    """Whether anybody is excluded from anything is asked before a search, not of each task."""
    offered = (Candidate("GROUP", "sales"),)
    free = home.tasks.add(home.admin, NewTask(name="free", potential_owners=offered)).id
    ann, inbox = home.actor("ann"), InboxQuery(inbox_of=("ann",))
    assert [task.id for task in home.tasks.inbox(ann, inbox).items] == [free]

    excluded = (Candidate("USER", "ann"),)
    new = NewTask(name="not ann's", potential_owners=offered, excluded_owners=excluded)
    home.tasks.add(home.admin, new)

    for sort in SORTS:
        page = home.tasks.inbox(ann, inbox, InboxPart(sort, total=True))
        assert ([task.id for task in page.items], page.total) == ([free], 1)
