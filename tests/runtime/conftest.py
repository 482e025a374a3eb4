"""Engines over each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from procession.engine import Engine
from tests.runtime.rooms import settings

Opening = Callable[..., Engine]


@pytest.fixture
def opening(database_url: str) -> Iterator[Opening]:
    """Opens as many engines on the test's database as one likes."""
    with ExitStack() as stack:

        def open_one(*, clock: Any = None, threads: bool = True, **given: Any) -> Engine:
            engine = Engine.open(
                database_url, settings=settings(database_url, **given), clock=clock, threads=threads
            )
            return stack.enter_context(engine)

        yield open_one


@pytest.fixture
def engine(opening: Opening) -> Engine:
    return opening()


@pytest.fixture
def nodes(opening: Opening, database_kind: str) -> tuple[Engine, Engine]:
    """Two engines on one PostgreSQL."""
    if database_kind == "sqlite":
        pytest.skip("one process serves a SQLite file")
    return opening(), opening()
