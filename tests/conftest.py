"""Databases for tests.

``database_url`` is a fresh, prepared database; a test that uses it runs once on a SQLite file and
once on PostgreSQL (mark it ``sqlite_only`` to keep it to SQLite). ``store`` is that database,
opened.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import postgresql_server
from postgresql_databases import Databases
from procession.bpmn.soundness import checking
from procession.identity import directory
from procession.identity.credentials import Hasher
from procession.store import sqlite, sqlite_file
from procession.store.opening import open_store
from procession.store.store import Store

_ON_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


def pytest_configure(config: pytest.Config) -> None:
    """Our marker."""
    config.addinivalue_line("markers", "sqlite_only: does not run on PostgreSQL")


def pytest_collection_finish() -> None:
    """Ten thousand tests and what they import are no garbage: collections need not look at them."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What came of the conformance corpus, or that it is not there."""
    from tests.conformance.corpus import MISSING, folder

    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in report.user_properties:
            if name == "conformance":
                terminalreporter.write_line(str(text))
    if folder() is None:
        terminalreporter.write_line(f"NOT RUN: {MISSING}", yellow=True, bold=True)


def _run_folder(factory: pytest.TempPathFactory, worker: str) -> Path:
    """A folder that all workers of this run share."""
    base = factory.getbasetemp()
    return base if worker == "master" else base.parent


@pytest.fixture(scope="session")
def worker_name() -> str:
    """This pytest-xdist worker's name, or ``master``."""
    import os

    return os.environ.get("PYTEST_XDIST_WORKER", "master")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session", autouse=True)
def quick_people() -> Iterator[None]:
    """Passwords of people of engines in this process are hashed with little memory, in one pass.

    Servers that are processes of their own do it as everywhere, which
    ``acceptance/test_serving.py`` looks at.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(directory, "Hasher", partial(Hasher, memory_kib=64, passes=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_memory(sqlite_template: Path) -> Iterator[None]:
    """A database in memory, which is a file that nobody waits for, begins as a copy."""

    def connect(path: str, *, is_durable: bool) -> sqlite3.Connection:
        if not is_durable and not Path(path).stat().st_size:
            shutil.copyfile(sqlite_template, path)
        return sqlite_file.connect(path, is_durable=is_durable)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "connect", connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_deployments() -> Iterator[None]:
    """Whether a file is sound is found out once for a file that many tests deploy.

    It follows from what it is asked about alone; ``bpmn/test_soundness.py`` asks without this.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "check_soundness", lru_cache(1000)(checking.check_soundness))
        yield


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> str:
    """The run's PostgreSQL server, its maintenance database."""
    import os

    if not os.environ.get("TEST_POSTGRES_URL") and postgresql_server.binaries() is None:
        pytest.skip(
            "no PostgreSQL: set TEST_POSTGRES_URL or install one; half the suite is skipped"
        )
    return postgresql_server.server(_run_folder(tmp_path_factory, worker_name))


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_url: str) -> Iterator[Databases]:
    """Those of this process on the run's server."""
    databases = Databases(postgresql_url)
    yield databases
    databases.close()


@pytest.fixture
def empty_postgresql(postgresql_databases: Databases) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    with postgresql_databases.empty() as address:
        yield address


@pytest.fixture(params=["sqlite", _ON_POSTGRESQL])
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite`` (a file) or ``postgresql``."""
    kind: str = request.param
    if kind == "postgresql" and request.node.get_closest_marker("sqlite_only"):
        pytest.skip("about SQLite")
    return kind


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, database_kind: str, tmp_path: Path
) -> Iterator[str]:
    """A fresh, prepared database."""
    if database_kind == "memory":
        yield "sqlite://"
    elif database_kind == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        databases: Databases = request.getfixturevalue("postgresql_databases")
        with databases.one() as address:
            yield address


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The database, opened."""
    opened = open_store(database_url)
    yield opened
    with suppress(Exception):
        opened.close()
