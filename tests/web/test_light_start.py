"""What a start does not load: each of these costs time and memory that idle servers keep."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = (
    "alembic",
    "argon2",
    "httpx2",
    "jwt",
    "lxml.etree",
    "procession.bpmn.compiler",
    "procession.bpmn.elements",
    "procession.bpmn.soundness",
    "procession.rules.dmn",
    "procession.rules.rule_base",
    "procession.rules.working_memory",
    "procession.scripting.evaluator",
    "procession.scripting.library",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "rich",
    "sqlalchemy.dialects.postgresql",
    "starlette",
)
START = """
import sys
from procession.cli import client, serve
from procession.cli.options import settings_of
from procession.engine import Engine
from procession.server import create_app

settings = settings_of(port=0, host=None)
with Engine.open(settings.database, settings=settings) as engine:
    create_app(engine).close()
print(*sorted(sys.modules), sep="\\n")
"""


def test_a_server_on_sqlite_starts_without_what_only_others_need() -> None:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PROCESSION_")}
    surroundings |= {"PROCESSION_DATABASE": "sqlite://", "PROCESSION_DEMO": "true"}

    done = subprocess.run(
        [sys.executable, "-c", START], env=surroundings, capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split("\n"))
    assert "sqlalchemy" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_what_a_start_leaves_out_is_loaded_in_the_background() -> None:
    warming = (
        "import sys; from procession.runtime.warming import warm_up; warm_up().join();"
        "sys.exit(not {'procession.bpmn.compiler', 'procession.scripting.evaluator', 'argon2'}"
        " <= set(sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", warming], check=False).returncode == 0
