"""The tasks of a process instance that are to be done: those that are over are not read.

An instance may have gone round and round: what it asks each time must not depend on how often.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from procession.store import postgresql_reading, sqlite_reading
from procession.store.opening import open_store
from procession.store.repositories import task_runs, task_search
from procession.tasks.lifecycle import OPEN
from tests.store.test_named_plans import parts, plan

NAMED = ("active_tasks_of_family", "some_tasks_of_instances_in")


@pytest.mark.parametrize("name", NAMED)
def test_sqlite_reads_the_open_tasks_of_an_instance_alone(tmp_path: Path, name: str) -> None:
    file = tmp_path / "tasks.db"
    open_store(f"sqlite:///{file}", create=True).close()
    read = sqlite_reading._SPELLING.named[name]
    with sqlite3.connect(file) as connection:
        for sql in (read.sql, read.each):
            values = [None] * sql.count("?")
            told = [row[-1] for row in connection.execute(f"explain query plan {sql}", values)]

            assert any(
                "task USING INDEX ix_task_instance (instance_id=? AND status=?)" in line
                for line in told
            ), told
    connection.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("name", NAMED)
def test_postgresql_reads_the_open_tasks_of_an_instance_alone(
    postgresql_databases: Any, name: str
) -> None:
    with postgresql_databases.empty() as address:
        open_store(address, create=True).close()
        plain = make_url(address).set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(plain, autocommit=True, prepare_threshold=None) as connection:
            for setting in postgresql_reading.READER:
                connection.execute(setting)
            read = postgresql_reading.SPELLING.named[name]
            for sql in (read.sql, read.each):
                found = [
                    part["Index Cond"]
                    for part in parts(plan(connection, sql))
                    if part.get("Index Name") == "ix_task_instance"
                ]

                assert found
                assert all("status" in condition for condition in found), found


def test_a_search_lists_those_of_an_instance_in_the_states_that_are_asked_for() -> None:
    wanted = [
        task_search.is_one_of("status", tuple(map(str, OPEN))),
        task_search.is_one_of("instance_id", (7,)),
    ]

    (listed,) = task_runs.in_states(wanted)[1].lists

    assert listed.text.endswith("where task.instance_id = ? and task.status in $$")
    assert listed.values == (7, tuple(map(str, OPEN)))
