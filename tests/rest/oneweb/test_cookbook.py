"""What the cookbook shows is what runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from serving import PASSWORD, Served

COOKBOOK = Path(__file__).resolve().parents[3] / "docs" / "cookbook"
README = COOKBOOK.parents[1] / "README.md"


def test_the_page_shows_the_client_as_it_is() -> None:
    page = (COOKBOOK / "oneweb.md").read_text(encoding="utf-8")

    assert f"```js\n{(COOKBOOK / 'oneweb.js').read_text(encoding='utf-8')}```" in page


def test_the_readme_says_how_to_run_the_walk_through() -> None:
    assert "sh docs/cookbook/booking-room.sh" in README.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl is installed")
def test_the_walk_through_of_the_readme_books_a_room_with_its_loop(served: Served) -> None:
    environment = {**os.environ, "SERVER": served.base, "PASSWORD": PASSWORD, "LOGIN": "admin"}

    done = subprocess.run(
        ["sh", str(COOKBOOK / "booking-room.sh")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "Choose room: BOOKED",
        "Choose room: BOOKED",
        "Choose room: FREE",
        "Enter customer",
        "booked",
    ]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl is installed")
def test_the_walk_through_says_what_went_wrong(served: Served) -> None:
    environment = {**os.environ, "SERVER": served.base, "PASSWORD": "wrong"}

    done = subprocess.run(
        ["sh", str(COOKBOOK / "booking-room.sh")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "40101" in done.stderr
