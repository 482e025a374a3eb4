"""An engine worked by hand, and a server to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from procession.engine import Engine
from procession.settings import Settings
from procession.testing import ManualClock
from tests.runtime.handlers.house import HttpServer


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """A server that may be called by its address."""
    with HttpServer().running() as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def open_engine(clock: ManualClock) -> Iterator[Callable[..., Engine]]:
    """Opens engines in memory, whose jobs are run by hand."""
    with ExitStack() as stack:

        def open_one(**given: Any) -> Engine:
            settings = Settings(database="sqlite://", **given)
            engine = Engine.open("sqlite://", settings=settings, clock=clock, threads=False)
            return stack.enter_context(engine)

        yield open_one


@pytest.fixture
def engine(open_engine: Callable[..., Engine], server: HttpServer) -> Engine:
    """May call the server."""
    return open_engine(allowed_hosts=(server.host,), handler_seconds=2)
