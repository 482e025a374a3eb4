"""How the databases go about the questions of an inbox: by index from row to row, in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.services.tasks.inbox import InboxPart, InboxQuery
from procession.store.repositories import task_sizes

from .task_house import House

UNIT = "acme:tasks:1.0"
SORTS = ("oldest", "newest", "urgency", "due")
QUESTIONS = {
    "inbox": {"inbox_of": ("ann",)},
    "inbox, deployment": {"inbox_of": ("ann",), "deployment_ids": (UNIT,)},
    "inbox, variable": {"inbox_of": ("ann",), "variables": (("a", "b"),)},
    "potential owner, status": {"potential_owners": ("ann",), "statuses": ("Reserved",)},
    "potential owner, variable": {"potential_owners": ("ann",), "variables": (("a", "b"),)},
    "owner, task variable": {"owners": ("ann",), "task_variables": (("a", "b"),)},
    "all one sees, status": {"statuses": ("Reserved",)},
}
Plan = list[tuple[str, str]]


def plans(home: House, patch: pytest.MonkeyPatch, explain: str, question: str) -> Plan:
    """What was asked in every order, and how the database would answer."""
    engine, asked = home.engine, []
    with engine.room.store.read() as reader:
        ask = type(reader).ask

        def heard(self, text, parameters):
            asked.append((text, parameters))
            return ask(self, text, parameters)

        patch.setattr(type(reader), "ask", heard)
        for sort in SORTS:
            part = InboxPart(sort, total=sort == "oldest")
            engine.tasks.inbox(home.actor("ann"), InboxQuery(**QUESTIONS[question]), part)
        steps = [
            (text, "\n".join(str(row[-1]) for row in ask(reader, f"{explain} {text}", parameters)))
            for text, parameters in asked
        ]
    assert steps
    return steps


@pytest.fixture(params=[0, 4_000], ids=["walking", "listing"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(task_sizes, "START", request.param)
    monkeypatch.setattr(task_sizes, "BOUNDS", (request.param,) * 3)
    return request.param


@pytest.mark.parametrize("question", QUESTIONS)
def test_postgresql_goes_from_index_to_index_and_joins_no_whole_tables(
    question: str, start: int, empty_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must exist is looked up for a row at a time, whatever the planner guesses of numbers."""
    with Engine.open(empty_postgresql, threads=False) as engine:
        found = plans(House(engine), monkeypatch, "explain", question)

    for text, plan in found:
        odd = re.search(r"Hash \w*\s?Join|Merge \w*\s?Join|Semi Join|Anti Join|Gather|JIT", plan)
        assert odd is None, f"{odd and odd[0]} for {text}\n{plan}"


@pytest.mark.parametrize(
    "question", ["inbox, deployment", "potential owner, status", "inbox, variable"]
)
def test_what_is_offered_is_narrowed_sorted_and_counted_by_one_index_alone(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No task is read but those of the page: the index of offers knows how their tasks stand."""
    monkeypatch.setattr(task_sizes, "FEW", -1)
    monkeypatch.setattr(task_sizes, "TIMES_SHORTER", 10**9)
    monkeypatch.setattr(task_sizes, "steps", lambda *_: float("inf"))
    with Engine.open("sqlite://", threads=False) as engine:
        home = House(engine)
        home.offer()
        found = plans(home, monkeypatch, "explain query plan", question)

    words = ("offer.standing", "offer.inst", "offer.place")
    offered = [plan for text, plan in found if any(word in text for word in words)]
    assert len(offered) > len(SORTS), "every page and the count"
    for plan in offered:
        assert "SEARCH offer USING COVERING INDEX ix_task_person_name (who=? AND is_open" in plan


def test_a_list_that_was_not_counted_to_its_end_is_taken_for_longer_than_was_counted() -> None:
    """Otherwise a frequent value would look rare, and a walk longer than it is."""
    tasks = 100 * task_sizes.START

    assert task_sizes.likely(task_sizes.START - 1, tasks) == task_sizes.START - 1
    assert task_sizes.likely(task_sizes.START, tasks) == pytest.approx(10 * task_sizes.START)
