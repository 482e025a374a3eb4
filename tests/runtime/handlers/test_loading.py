"""What a server loads before it is asked for anything: nothing that only some calls need."""

from __future__ import annotations

import subprocess
import sys

LATE = ("zeep", "requests", "httpx2", "smtplib", "pydantic_settings", "rich")
OPENING = """
import sys
from procession import Engine, Settings
with Engine.open("sqlite://", settings=Settings(allowed_hosts=("example.com",), smtp_host="x")):
    pass
print(*sys.modules)
"""


def test_what_few_calls_need_is_loaded_with_the_first_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENING], check=True, capture_output=True, text=True
    )

    loaded = set(done.stdout.split())
    assert "procession.engine" in loaded
    assert not [name for name in LATE if name in loaded]
    handlers = "procession.runtime.handlers."
    assert not [name for name in ("web", "soap", "mail", "databases") if handlers + name in loaded]
