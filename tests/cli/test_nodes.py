"""What the first of several processes does before there are others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOADING = """
import os, sys, threading
from procession.cli import serve
from procession.cli.options import settings_of
from procession.runtime import requests

settings = settings_of(port=0, host=None)
files = set(os.listdir("/proc/self/fd"))
serve._load(settings)
assert threading.active_count() == 1, threading.enumerate()
assert len(os.listdir("/proc/self/task")) == 1
assert set(os.listdir("/proc/self/fd")) == files
assert not requests._SECRETS._left, "every process would draw the same"
"""
OPENING = """
loaded = set(sys.modules)
from procession.engine import Engine
from procession.server import create_app, uvicorn_config

with Engine.open(settings.database, settings=settings) as engine:
    engine.people.ensure_first_administrator("secret-enough-1")
    engine.worker().start()
    app = create_app(engine)
    uvicorn_config(app).load()
    app.close()
print(*sorted(set(sys.modules) - loaded))
"""
HEAVY = ("procession", "sqlalchemy", "psycopg", "lxml")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nodes are split off on Linux")


def run(program: str, database: str) -> str:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PROCESSION_")}
    surroundings |= {"PROCESSION_DATABASE": database}
    done = subprocess.run(
        [sys.executable, "-c", program], env=surroundings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("database", ["sqlite:///{}/x.db", "postgresql://nobody@/none?host={}"])
def test_loading_starts_and_opens_nothing_and_draws_no_chance(
    database: str, tmp_path: Path
) -> None:
    run(LOADING, database.format(tmp_path))


def test_nodes_load_nothing_of_ours_anew(database_url: str) -> None:
    anew = run(LOADING + OPENING, database_url).split()

    heavy = [name for name in anew if name.partition(".")[0] in HEAVY]
    assert heavy == []
