"""Too much of anything is refused, quickly and in the dialect's own form."""

from __future__ import annotations

import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator

import pytest

from serving import PASSWORD
from tests.security.house import UNIT, House, house

ONEWEB = "/BPMREST/service/runtime"
START = f"/rest/runtime/{UNIT}/process/vault/start"


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house(max_body=200_000, body_seconds=1) as one:
        yield one


def basic(user: str) -> str:
    return f"Authorization: Basic {b64encode(f'{user}:{PASSWORD}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("user", "path"),
    [("ann", START), ("ann", f"{ONEWEB}/process/start"), ("admin", "/api/users")],
)
def test_a_body_that_is_too_large(opened: House, user: str, path: str) -> None:
    got = opened.call(user, "POST", path, content=b"x" * 200_001)

    assert got.status_code == 413
    assert len(got.content) < 2_000


def test_a_chunked_body_that_never_ends(opened: House) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1_000

    got = opened.call("ann", "POST", START, content=chunks())

    assert got.status_code == 413


def test_strangers_bodies_are_not_even_read(opened: House) -> None:
    """401 comes before the body, however large it says it is."""
    head = f"POST {START} HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", opened.served.port), timeout=5) as peer:
        peer.sendall(head.encode())
        assert b" 401 " in peer.recv(100)


@pytest.mark.parametrize("head", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_slow_body_is_given_up(opened: House, head: str) -> None:
    began = time.perf_counter()
    text = (
        f"POST {START} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{basic('ann')}\r\n{head}\r\n\r\n"
    )

    answer = opened.served.raw(text + "1\r\na\r\n")

    assert " 400 " in answer.splitlines()[0]
    assert time.perf_counter() - began < 4


def test_slow_clients_do_not_keep_others_waiting(opened: House) -> None:
    slow = []
    for _ in range(30):
        peer = socket.create_connection(("127.0.0.1", opened.served.port), timeout=5)
        peer.sendall(b"GET /api/health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        slow.append(peer)
    began = time.perf_counter()

    assert opened.call("ann", "GET", "/rest/task/query").status_code == 200

    assert time.perf_counter() - began < 2
    for peer in slow:
        peer.close()


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Content-Length: 1e3",
        "Content-Length: ٣",
    ],
)
def test_ambiguous_framing_smuggles_no_second_request(opened: House, framing: str) -> None:
    before = opened.people()
    inner = (
        f"POST /api/groups HTTP/1.1\r\nHost: x\r\n{basic('admin')}\r\nContent-Length: 13\r\n\r\n"
    )
    text = (
        f"POST {START} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{framing}\r\n\r\n"
        f'0\r\n\r\n{inner}{{"name": "x1"}}'
    )

    opened.served.raw(text)

    assert opened.people() == before


@pytest.mark.parametrize(
    "query",
    [
        "page=1&pageSize=99999999999999999999",
        "page=99999999999999999999&pageSize=10",
        "page=-1",
        "pageSize=-1",
        "page=1e9",
        "page=0x10",
        "page=NaN",
        "page=" + "9" * 5_000,
        "page=9223372036854775807&pageSize=9223372036854775807",
    ],
)
@pytest.mark.parametrize(
    "path", ["/rest/history/instances", "/rest/task/query", "/rest/deployment", f"{ONEWEB}/tasks"]
)
def test_page_numbers_out_of_all_reason(opened: House, path: str, query: str) -> None:
    got = opened.call("ann", "GET", f"{path}?{query}{'&user=ann' if ONEWEB in path else ''}")

    assert got.status_code in {200, 400}, got.text
    assert len(got.content) < 100_000


@pytest.mark.parametrize("count", [2_001, 10_000])
def test_too_many_parameters(opened: House, count: int) -> None:
    body = "&".join(f"map_v{n}=1" for n in range(count))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    got = opened.call("ann", "POST", START, content=body.encode(), headers=headers)

    assert got.status_code == 400


def test_many_variables_are_taken_or_refused_but_never_break(opened: House) -> None:
    names = {f"v{n}": n for n in range(1_500)}
    query = "&".join(f"map_{k}={v}" for k, v in names.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    got = opened.call("ann", "POST", START, content=query.encode(), headers=headers)

    assert got.status_code in {200, 400}, got.text


LONG = "n" * 5_000
NAMES = (
    "/rest/task/query?potentialOwner={}",
    "/rest/history/process/{}",
    "/rest/history/variable/{}/value/x",
    "/rest/deployment/{}",
    "/rest/runtime/{}/process/p",
)


@pytest.mark.parametrize("path", NAMES)
def test_long_names(opened: House, path: str) -> None:
    got = opened.call("ann", "GET", path.format(LONG))

    assert got.status_code in {200, 400, 404}
    assert len(got.content) < 50_000


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 201, "a:b", "a,b", "a\nb", "a\x00b", " a", "\u202ea", "\ud83d"]
)
def test_names_of_people_that_would_confuse(opened: House, name: str) -> None:
    before = opened.people()
    for path in ("/api/users", "/api/groups", "/api/roles", "/api/work-parties"):
        if name == "a:b" and path != "/api/users":
            continue
        body = json.dumps({"name": name}).encode()
        assert opened.call("admin", "POST", path, content=body).status_code == 400, path
    assert opened.people() == before


@pytest.mark.parametrize("depth", [200, 5_000, 60_000])
@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("ann", f"{ONEWEB}/process/start"),
        ("ann", START),
        ("walt", "/api/workers/complete"),
        ("admin", "/api/users"),
    ],
)
def test_deep_json(opened: House, user: str, path: str, depth: int) -> None:
    inner = "[" * depth + "]" * depth
    body = (
        f'{{"processName": "vault", "object": {inner}, "x": {inner}, "results": {{"x": {inner}}}}}'
    )

    got = opened.call(
        user, "POST", path, content=body.encode(), headers={"Content-Type": "application/json"}
    )

    assert got.status_code in {200, 400, 404, 413}, got.text[:300]


@pytest.mark.parametrize(
    "text",
    [
        '{"secret": 1e999}',
        '{"secret": NaN}',
        '{"secret": ' + "9" * 5_000 + "}",
        '{"secret": "\\ud800"}',
        '{"secret": "\\u0000"}',
        '{"a": 1, "a": 2}',
        "[]",
        "1",
        '"x"',
        "null",
        "{",
        '{"": 1}',
        '{"secret": {"__class__": "os.system", "@class": "java.lang.Runtime"}}',
        '{"secret": {"$type": "x", "!!python/object": "y"}}',
    ],
)
def test_odd_json_is_refused_or_kept_as_data(opened: House, text: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    for path in (START, f"{ONEWEB}/process/vault/start"):
        got = opened.call("ann", "POST", path, content=text.encode(), headers=headers)

        assert got.status_code in {200, 400}, (path, got.text)
        if got.status_code == 200 and path == START:
            number = got.json()["id"]
            read = opened.call("ann", "GET", f"/rest/history/instance/{number}/variable")
            assert read.status_code == 200, read.text


def test_a_long_header_is_refused(opened: House) -> None:
    got = opened.served.client().get("/api/me", headers={"Authorization": "Basic " + "A" * 20_000})

    assert got.status_code in {400, 401, 431}
