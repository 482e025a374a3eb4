"""The store's contract suite: every test runs on a SQLite file, in memory and on PostgreSQL."""

from __future__ import annotations

import pytest


@pytest.fixture(
    params=["sqlite", "memory", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Also in memory here."""
    kind: str = request.param
    if kind == "postgresql" and request.node.get_closest_marker("sqlite_only"):
        pytest.skip("about SQLite")
    return kind
