"""Databases for tests.

``database_url`` is a fresh, prepared database; a test that uses it runs once on a SQLite file and
once on PostgreSQL (mark it ``sqlite_only`` to keep it to SQLite). ``store`` is that database,
opened.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import postgresql_server
from procession.store.opening import open_store
from procession.store.store import Store

_ON_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


def pytest_configure(config: pytest.Config) -> None:
    """Our marker."""
    config.addinivalue_line("markers", "sqlite_only: does not run on PostgreSQL")


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


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> str:
    """The run's PostgreSQL server, its maintenance database."""
    import os

    if not os.environ.get("TEST_POSTGRES_URL") and postgresql_server.binaries() is None:
        pytest.skip(
            "no PostgreSQL: set TEST_POSTGRES_URL or install one; half the suite is skipped"
        )
    return postgresql_server.server(_run_folder(tmp_path_factory, worker_name))


def _sql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _in(url: str, name: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> Iterator[str]:
    """The name of a prepared PostgreSQL database to copy."""
    name = f"template_{uuid4().hex[:12]}"
    _sql(postgresql_url, f"create database {name}")
    open_store(_in(postgresql_url, name)).close()
    yield name
    _sql(postgresql_url, f"drop database if exists {name} with (force)")


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    name = f"test_{uuid4().hex[:12]}"
    _sql(postgresql_url, f"create database {name} template template0")
    yield _in(postgresql_url, name)
    _sql(postgresql_url, f"drop database if exists {name} with (force)")


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
        server = request.getfixturevalue("postgresql_url")
        template = request.getfixturevalue("postgresql_template")
        name = f"test_{uuid4().hex[:12]}"
        _sql(server, f"create database {name} template {template}")
        yield _in(server, name)
        _sql(server, f"drop database if exists {name} with (force)")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The database, opened."""
    opened = open_store(database_url)
    yield opened
    with suppress(Exception):
        opened.close()
