"""However history is searched (from a short list, walking, giving a walk up), it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from procession.engine import Engine
from procession.errors import Invalid
from procession.services import history as service
from procession.services.paging import PageRequest
from procession.services.rich_queries import RichQuery, Wanted, WantedVariable
from procession.settings import Settings
from procession.store import phrases
from procession.store.repositories import history, log_walks, task_sizes
from tests.golden.models import FILES, UNIT

PAGE = PageRequest(1, 4)
SECOND = PageRequest(2, 4)
ALL = PageRequest(1, 1000)
LISTS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "instances": ("instances", (), {}),
    "active": ("instances", (), {"active": True}),
    "process": ("by_process", ("acme.hiring",), {}),
    "process, active": ("by_process", ("acme.hiring", 1), {}),
    "process, ended": ("by_process", ("acme.quick", 2), {}),
    "process, aborted": ("by_process", ("acme.hiring", 3), {}),
    "variable": ("by_variable", ("name",), {}),
    "variable, active": ("by_variable", ("name",), {"active": True}),
    "value": ("by_variable", ("name", "Ann"), {}),
    "value, active": ("by_variable", ("name", "Ann"), {"active": True}),
    "variable's instances": ("instances_by_variable", ("name",), {}),
    "value's instances": ("instances_by_variable", ("name", "Bob"), {}),
    "value's instances, active": ("instances_by_variable", ("name", "Bob"), {"active": True}),
}
RICH: dict[str, RichQuery] = {
    "all": RichQuery(),
    "numbers": RichQuery((Wanted("process_instance_id", (1, 2, 3)),)),
    "from a number": RichQuery((Wanted("process_instance_id", (4,), "min"),)),
    "process": RichQuery((Wanted("process_id", ("acme.quick",)),)),
    "processes like": RichQuery((Wanted("process_id", ("acme.h*", "*k"), "like"),)),
    "no process like": RichQuery((Wanted("process_id", ("none*",), "like"),)),
    "deployment": RichQuery((Wanted("deployment_id", (UNIT,)),)),
    "version": RichQuery((Wanted("version", ("1.0",)),)),
    "no version": RichQuery((Wanted("version", ("7.0",)),)),
    "active": RichQuery((Wanted("status", (1,)),)),
    "aborted": RichQuery((Wanted("status", (3, 4)),)),
    "since": RichQuery((Wanted("started_at", (1,), "min"),)),
    "ended since": RichQuery((Wanted("ended_at", (1,), "min"),)),
    "before": RichQuery((Wanted("started_at", (1,), "max"),)),
    "variable": RichQuery((Wanted("variable", ("name",)),)),
    "variables like": RichQuery((Wanted("variable", ("*a*e",), "like"),)),
    "value of any": RichQuery((Wanted("value", ("Bob",)),)),
    "value like": RichQuery((Wanted("value", ("B*",), "like"),)),
    "value of one": RichQuery((Wanted("variable", ("name",)), Wanted("value", ("Ann",)))),
    "variables": RichQuery(variables=(WantedVariable("name", "Ann"), WantedVariable("age", "3"))),
    "pattern": RichQuery(variables=(WantedVariable("name", "B.b", True),)),
    "pattern with a rest": RichQuery(variables=(WantedVariable("name", "*o*", True),)),
    "every value": RichQuery(variables=(WantedVariable("name", "Bob"),), every=True),
}
TASKS: dict[str, RichQuery] = {
    "owner": RichQuery((Wanted("task_owner", ("ann",)),)),
    "owners like": RichQuery((Wanted("task_owner", ("a*",), "like"),)),
    "candidates like": RichQuery((Wanted("potential_owner", ("H*", "b.b"), "like"),)),
    "nobody like": RichQuery((Wanted("potential_owner", ("none*",), "like"),)),
    "status": RichQuery((Wanted("task_status", ("Ready", "Reserved")),)),
    "over": RichQuery((Wanted("task_status", ("Exited",)),)),
    "between ids": RichQuery((Wanted("task_id", (1,), "min"), Wanted("task_id", (20,), "max"))),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with Engine.open(database_url, threads=False) as one:
        one.people.add_group(one.admin, "HR")
        for name in ("ann", "bob"):
            one.people.add_user(one.admin, name, None, ("HR",) if name == "bob" else ())
        one.deployments.deploy(one.admin, UNIT, FILES)
        for process in ("acme.hiring", "acme.quick", "acme.parent", "acme.hiring"):
            for user, name in (("ann", "Ann"), ("bob", "Bob")):
                given = {"name": name, "age": 3}
                view = one.processes.start(one.people.actor(user), process, given)
        one.processes.abort(one.admin, view.id)
        yield one


def _everything(engine: Engine, part: PageRequest) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for user in ("admin", "ann", "bob"):
        actor = engine.admin if user == "admin" else engine.people.actor(user)
        for name, (method, given, more) in LISTS.items():
            page = getattr(engine.history, method)(actor, *given, page=part, **more)
            found[f"{user}: {name}"] = [one.id for one in page.items]
        for kind, questions in (("instances", RICH), ("tasks", RICH | TASKS)):
            for name, asked in questions.items():
                answer = getattr(engine.rich_queries, kind)(actor, asked, part)
                found[f"{user}: {kind}, {name}"] = [
                    (i.instance.id, *(t.id for t in i.tasks)) for i in answer.items
                ]
    return found


def test_every_way_finds_the_same(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, first, second = (_everything(engine, part) for part in (ALL, PAGE, SECOND))
    for name, rows in whole.items():
        assert (first[name], second[name]) == (rows[:4], rows[4:8]), name

    for steps in (20_000, 1):
        monkeypatch.setattr(phrases, "LONG", 1)
        monkeypatch.setattr(log_walks, "_DEAR", 1)
        monkeypatch.setattr(log_walks, "MOST_NAMES", 1)
        monkeypatch.setattr(history, "ENTRIES", steps)
        monkeypatch.setattr(history, "FEW", 1)
        monkeypatch.setattr(log_walks, "_MOST_LISTED", steps)
        monkeypatch.setattr(log_walks, "_MOST_SORTED", steps)
        monkeypatch.setattr(history, "LOOKS", steps)
        monkeypatch.setattr(task_sizes, "START", 1)
        monkeypatch.setattr(task_sizes, "BOUNDS", (1, 1, 1))
        for part, known in ((ALL, whole), (PAGE, first), (SECOND, second)):
            assert _everything(engine, part) == known, steps


def test_what_is_asked_for_is_found(engine: Engine) -> None:
    found = _everything(engine, ALL)

    assert len(found["admin: instances"]) > len(found["admin: active"]) > 2
    assert set(found["ann: instances"]) < set(found["admin: instances"])
    assert len(found["admin: process, aborted"]) == len(found["admin: instances, aborted"]) == 1
    for name in ("no process like", "no version", "before"):
        assert found[f"admin: instances, {name}"] == found[f"admin: tasks, {name}"] == []
    assert found["admin: tasks, nobody like"] == []
    for name in ("processes like", "value like", "pattern", "variables like", "since", "active"):
        assert found[f"admin: instances, {name}"], name
    for name in ("candidates like", "status", "over", "between ids"):
        assert found[f"admin: tasks, {name}"], name


def test_a_list_too_long_for_one_answer_is_asked_for_in_pages(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 3)

    for page in (PageRequest(), PageRequest(1, 1_000_000)):
        with pytest.raises(Invalid, match="more than 3 entries; ask for a page at a time"):
            engine.history.instances(engine.admin, page=page)
    assert len(engine.history.instances(engine.admin, page=PageRequest(1, 3)).items) == 3
    assert len(engine.history.nodes(engine.admin, 1, page=PageRequest(1, 3)).items) == 3


def test_a_search_that_takes_too_long_is_given_up(database_url: str) -> None:
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000)"
        " select count(*) from n"
    )
    with Engine.open(database_url, threads=False, settings=Settings(query_seconds=1)) as engine:
        with (
            pytest.raises(Invalid, match="longer than 1 s; narrow it down"),
            engine.room.store.read() as reader,
        ):
            reader.ask(endless, ())

        assert not engine.history.instances(engine.admin, page=PAGE).items
