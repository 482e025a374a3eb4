"""How the questions about history are answered: by an index in the order asked for, page by page.

The plans are SQLite's own words. What would read or sort a whole table shows here, long before
there are ten million rows to wait for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from procession.engine import Engine
from procession.services.paging import PageRequest
from procession.store import phrases
from procession.store.repositories import log_walks
from procession.store.sqlite import SqliteStore
from tests.golden.models import FILES, UNIT
from tests.services.test_history_ways import RICH, TASKS

PAGE = PageRequest(1, 20)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine.open("sqlite://", threads=False) as one:
        one.people.add_user(one.admin, "ann", "x" * 12)
        one.deployments.deploy(one.admin, UNIT, FILES)
        for process in ("acme.hiring", "acme.quick", "acme.parent"):
            one.processes.start(one.people.actor("ann"), process, {"name": "Ann", "age": 1})
        yield one


class Watch:
    """The plans of the questions that are asked while it watches."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        store = engine.room.store
        assert isinstance(store, SqliteStore)
        self.plans: list[str] = []
        with store.read() as reader:
            kind = type(reader)
        ask = kind.ask

        def asked(reader: Any, text: str, values: Sequence[Any] = ()) -> Any:
            rows = ask(reader, "explain query plan " + text, values)
            self.plans.append("\n".join(str(row[3]) for row in rows))
            return ask(reader, text, values)

        monkeypatch.setattr(kind, "ask", asked)

    @property
    def plan(self) -> str:
        return "\n".join(self.plans)


@pytest.fixture
def watch(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(engine, monkeypatch)


def seeks(plan: str, *tables: str) -> bool:
    """Whether none of the tables is read from end to end."""
    lines = plan.splitlines()
    return not any(line == f"SCAN {table}" for line in lines for table in tables)


TABLES = ("process_log", "variable_log", "node_page", "process_instance", "task", "task_person")


@pytest.mark.parametrize("user", ["admin", "ann"])
@pytest.mark.parametrize("what", ["children", "nodes", "variables"])
def test_what_belongs_to_one_instance_is_looked_up(
    engine: Engine, watch: Watch, what: str, user: str
) -> None:
    actor = engine.admin if user == "admin" else engine.people.actor("ann")

    getattr(engine.history, what)(actor, 1, page=PAGE)

    assert seeks(watch.plan, *TABLES), watch.plan
    assert "instance_id=?" in watch.plan or "parent_id=?" in watch.plan


@pytest.mark.parametrize(
    ("index", "more"),
    [("ix_process_log_order", {}), ("ix_process_instance_deployment", {"active": True})],
)
def test_all_instances_are_read_in_their_order(
    engine: Engine, watch: Watch, index: str, more: dict[str, bool]
) -> None:
    engine.history.instances(engine.admin, page=PAGE, **more)

    assert index in watch.plan
    assert "TEMP B-TREE" not in watch.plan


@pytest.mark.parametrize(
    ("index", "status"),
    [
        ("ix_process_log_process", None),
        ("ix_process_log_process", 2),
        ("ix_process_log_odd", 3),
    ],
)
def test_instances_of_a_process_are_read_in_their_order(
    engine: Engine, watch: Watch, index: str, status: int | None
) -> None:
    engine.history.by_process(engine.admin, "acme.quick", status, page=PAGE)

    assert f"USING INDEX {index}" in watch.plan
    assert "TEMP B-TREE" not in watch.plan


def test_active_instances_of_a_process_are_found_among_the_active_ones(
    engine: Engine, watch: Watch
) -> None:
    engine.history.by_process(engine.admin, "acme.quick", 1, page=PAGE)

    assert "SEARCH" in watch.plan or "ix_process_log_open" in watch.plan
    assert seeks(watch.plan, *TABLES), watch.plan


@pytest.mark.parametrize("active", [False, True])
@pytest.mark.parametrize("what", ["by_variable", "instances_by_variable"])
def test_values_are_looked_up(engine: Engine, watch: Watch, what: str, active: bool) -> None:
    getattr(engine.history, what)(engine.admin, "name", "Ann", active=active, page=PAGE)

    assert seeks(watch.plan, *TABLES), watch.plan
    assert "ix_variable_log_variable" in watch.plan


@pytest.mark.parametrize("what", ["by_variable", "instances_by_variable"])
@pytest.mark.parametrize(
    ("index", "value"), [("ix_variable_log_order", ()), ("ix_variable_log_variable", ("Ann",))]
)
def test_every_change_of_a_variable_is_read_in_its_order(
    engine: Engine, watch: Watch, what: str, index: str, value: tuple[str, ...]
) -> None:
    getattr(engine.history, what)(engine.admin, "name", *value, page=PAGE)

    assert index in watch.plan
    assert "TEMP B-TREE" not in watch.plan


def test_one_variable_of_one_instance_is_looked_up_by_the_instance(
    engine: Engine, watch: Watch
) -> None:
    engine.history.variables(engine.admin, 1, "name", page=PAGE)

    assert "ix_variable_log_instance" in watch.plan


@pytest.mark.parametrize("start", [0, 16_000], ids=["walking", "listing"])
@pytest.mark.parametrize("user", ["admin", "ann"])
@pytest.mark.parametrize("name", RICH | TASKS)
def test_rich_queries_go_by_index(
    engine: Engine, watch: Watch, monkeypatch: pytest.MonkeyPatch, name: str, user: str, start: int
) -> None:
    monkeypatch.setattr(phrases, "LONG", start)
    monkeypatch.setattr(log_walks, "_DEAR", start)
    actor = engine.admin if user == "admin" else engine.people.actor("ann")
    asked = (RICH | TASKS)[name]

    if not any(one.is_of_task for one in asked.criteria):
        engine.rich_queries.instances(actor, asked, PAGE)
    engine.rich_queries.tasks(actor, asked, PAGE)

    # Living instances are walked through by number, page after page.
    assert seeks(watch.plan, *(set(TABLES) - {"process_instance"})), watch.plan


def test_what_somebody_may_see_is_looked_up(engine: Engine, watch: Watch) -> None:
    engine.history.instances(engine.people.actor("ann"), page=PAGE)

    assert seeks(watch.plan, *TABLES), watch.plan


def test_pages_are_cut_by_the_database(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    with engine.room.store.read() as reader:
        kind = type(reader)
    ask = kind.ask

    def asked(reader: Any, text: str, values: Sequence[Any] = ()) -> Any:
        rows = ask(reader, text, values)
        texts.append(text)
        assert len(rows) <= 2 or "process_log" not in text
        return rows

    monkeypatch.setattr(kind, "ask", asked)
    for ask_page in (
        lambda page: engine.history.instances(engine.admin, page=page),
        lambda page: engine.history.by_variable(engine.admin, "name", page=page),
        lambda page: engine.history.instances_by_variable(engine.admin, "name", page=page),
        lambda page: engine.history.nodes(engine.admin, 1, page=page),
    ):
        texts.clear()
        assert len(ask_page(PageRequest(2, 1)).items) <= 1
        assert any("limit" in text for text in texts)
