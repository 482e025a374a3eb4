"""Commands on each kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Commands


@pytest.fixture
def procession(database_url: str, tmp_path: Path) -> Commands:
    return Commands(database_url, tmp_path)


@pytest.fixture
def alone(tmp_path: Path) -> Commands:
    """On a SQLite file that does not exist yet."""
    return Commands(f"sqlite:///{tmp_path}/new.db", tmp_path)
