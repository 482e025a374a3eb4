"""Saying who one is, at the door."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.errors import Unauthenticated
from procession.settings import Settings
from procession.web.auth import credentials
from serving import PASSWORD, Served, put_people, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Engine.open("sqlite://", settings=Settings(login_failures=3)) as engine:
        put_people(engine, {"ann": (), "ünal": (), "eve": ()})
        with serving(engine) as running:
            yield running


def status(served: Served, header: str | bytes) -> int:
    raw = header.encode() if isinstance(header, str) else header
    answer = served.client().get("/api/me", headers={b"Authorization": raw})
    return answer.status_code


def test_basic_credentials_are_taken_in_utf_8_and_latin_1(served: Served) -> None:
    for encoding in ("utf-8", "latin-1"):
        encoded = b64encode(f"ünal:{PASSWORD}".encode(encoding)).decode()
        assert status(served, f"Basic {encoded}") == 200
        assert status(served, f"bAsIc {encoded}") == 200


def test_passwords_may_contain_colons() -> None:
    assert credentials(b64encode(b"ann:a:b").decode()) == ("ann", "a:b")


@pytest.mark.parametrize("text", ["", "!", "YW5u", b64encode(b":x").decode(), "ä"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        credentials(text)


@pytest.mark.parametrize(
    "header",
    ["Bearer x", b"Bearer \xff\xfe", "Bearer", "Basic", "Negotiate abc", "x" * 9_000, b"\xff"],
)
def test_every_other_header_is_401(served: Served, header: str | bytes) -> None:
    assert status(served, header) == 401


def test_the_operator_of_the_machine_has_a_key_of_this_process(served: Served) -> None:
    key = served.app.operator_key

    assert status(served, f"Bearer {key}") == 200
    assert status(served, f"Bearer {key}x") == 401
    assert len(key) >= 40


def test_guessing_is_slowed_down_and_told_when_to_come_back(served: Served) -> None:
    wrong = b64encode(b"eve:wrong").decode()
    right = b64encode(f"eve:{PASSWORD}".encode()).decode()

    for _ in range(5):
        assert status(served, f"Basic {wrong}") in (401, 429)

    answer = served.client().get("/api/me", headers={"Authorization": f"Basic {right}"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    other = b64encode(f"ann:{PASSWORD}".encode()).decode()
    assert status(served, f"Basic {other}") == 200
