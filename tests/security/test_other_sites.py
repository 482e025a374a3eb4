"""Pages of other sites, in the browser of somebody whose credentials it remembers (CSRF).

A browser adds remembered Basic credentials to whatever a page asks for; it also says where the
page comes from, and that decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.security.house import EVERYBODY, House, address, house

FORM = "application/x-www-form-urlencoded"
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "https://app.example.evil.example"},
    {"Origin": "http://app.example"},
    {"Origin": "https://app.example:8443"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
)


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house(cors_origins=("https://app.example",)) as one:
        yield one


@pytest.mark.parametrize("origin", FOREIGN, ids=str)
def test_every_change_that_a_foreign_page_asks_for_is_refused(
    opened: House, origin: dict[str, str]
) -> None:
    things = opened.fresh("InProgress")
    before = opened.state(things), opened.people()

    for prefix, route in opened.routes():
        if route.method == "GET":
            continue
        path = address(prefix, route, things)
        for kind, body in ((FORM, b"name=x&map_a=b"), ("text/plain", b'{"name": "x"}')):
            headers = {**origin, "Content-Type": kind}
            got = opened.call("admin", route.method, path, content=body, headers=headers)

            assert got.status_code == 403, (route, origin, got.text)
            assert "access-control-allow-origin" not in got.headers

    assert (opened.state(things), opened.people()) == before


def test_reading_is_not_shown_to_foreign_pages_and_changes_nothing(opened: House) -> None:
    things = opened.fresh("InProgress")
    before = opened.state(things), opened.people()

    for prefix, route in opened.routes():
        if route.method == "GET":
            path = address(prefix, route, things)
            got = opened.call("admin", "GET", path, headers={"Origin": "https://evil.example"})
            assert "access-control-allow-origin" not in got.headers

    assert (opened.state(things), opened.people()) == before


def test_programs_and_our_own_pages_are_not_affected(opened: House) -> None:
    for headers in (
        {},
        {"Origin": opened.served.base},
        {"Origin": "https://app.example"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ):
        things = opened.fresh()
        path = f"/rest/task/{things.task.id}/claim"
        got = opened.call("carl", "POST", path, headers={**headers, "Content-Type": FORM})
        assert got.status_code == 200, headers


def test_a_foreign_page_is_not_told_that_it_may(opened: House) -> None:
    for origin, may in (
        ("https://evil.example", False),
        ("null", False),
        ("https://app.example", True),
    ):
        got = opened.served.client().options(
            "/api/me", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
        )
        assert ("access-control-allow-origin" in got.headers) == may
        assert "access-control-allow-credentials" not in got.headers


def test_there_are_no_cookies_to_ride_on(opened: House) -> None:
    for user in EVERYBODY[:3]:
        for path in ("/api/me", "/rest/task/query", "/docs", "/nothing"):
            assert "set-cookie" not in opened.call(user, "GET", path).headers
    body = json.dumps({"username": "ann", "password": "correct horse"})
    got = opened.served.client().post("/eaf-rest/login", content=body)
    assert got.status_code == 200
    assert "set-cookie" not in got.headers


def test_pages_cannot_be_framed_and_answers_are_not_kept(opened: House) -> None:
    """CVE-2017-2658's shape."""
    for path in ("/docs", "/", "/nothing"):
        got = opened.served.client().get(path)
        assert "frame-ancestors 'none'" in got.headers["content-security-policy"], path
    assert opened.call("ann", "GET", "/rest/task/query").headers["cache-control"] == "no-store"
