"""SQLite makes a table of its own for a list, each time: none for what every task costs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from procession.store.hot import Spelling
from procession.store.opening import open_store
from procession.store.rows import TaskRow
from procession.store.sqlite_reading import _SPELLING
from procession.store.sqlite_writing import row_text, rows_text
from procession.store.writing import INSERTS, UPDATE_TASK


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    path = tmp_path / "x.db"
    open_store(f"sqlite:///{path}").close()
    return sqlite3.connect(path)


def tables_made(database: sqlite3.Connection, statement: str) -> int:
    marks = [None] * statement.count("?")
    program = database.execute(f"explain {statement}", marks).fetchall()
    return sum(step[1] == "OpenEphemeral" for step in program)


def test_writing_a_task_makes_none(database: sqlite3.Connection) -> None:
    one_row = rows_text(INSERTS[TaskRow], 1)

    assert tables_made(database, one_row) == 0
    assert tables_made(database, row_text(UPDATE_TASK)) == 0


@pytest.mark.parametrize("name", ["tasks", "people", "instances", "instance_uuids"])
def test_reading_by_one_number_makes_none_and_by_several_one(
    database: sqlite3.Connection, name: str
) -> None:
    spelling: Spelling = _SPELLING
    read = spelling.named[name]

    assert tables_made(database, read.each) == 0
    assert tables_made(database, read.sql) == 1
