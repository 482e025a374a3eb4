"""What a request draws at random is its own, in whatever process."""

from __future__ import annotations

import subprocess
import sys

import pytest

DRAW = """
import os
from procession.runtime.requests import _SECRETS as secrets
secrets.draw()
child = os.fork()
if child:
    os.waitpid(child, 0)
print(secrets.draw().hex())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_processes_that_were_one_do_not_draw_the_same() -> None:
    drawn = subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, check=True)

    assert len(set(drawn.stdout.split())) == 2
