"""Other spellings of an address: they are the same address, or none (CVE-2022-25237's shape)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from serving import PASSWORD
from tests.security.house import SECRET, UNIT, House, Things, house

OVERRIDES = (
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
)
REWRITES = ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Original-Method")


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house() as one:
        yield one


@pytest.fixture(scope="module")
def things(opened: House) -> Things:
    return opened.fresh("InProgress")


def send(opened: House, user: str | None, method: str, target: str, *headers: str) -> str:
    """One request, byte for byte; the whole answer."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    if user:
        lines.append(f"Authorization: Basic {b64encode(f'{user}:{PASSWORD}'.encode()).decode()}")
    if method != "GET":
        lines.append("Content-Length: 0")
    return opened.served.raw("\r\n".join(lines) + "\r\n\r\n")


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


def spellings(path: str) -> Iterator[str]:
    """Ways to write that address that other servers took for it, or for a public one."""
    head, _, last = path.rpartition("/")
    yield f"{path};x"
    yield f"{path};i18ntranslation"
    yield f"{path};jsessionid=1"
    yield f"{head};x/{last}"
    yield f"/;x{path}"
    yield f"/{path}"
    yield f"{head}//{last}"
    yield f"{head}/./{last}"
    yield f"{head}/%2e/{last}"
    yield f"{head}/x/../{last}"
    yield f"{head}/x/%2e%2e/{last}"
    yield f"{head}/x/%2E%2e/{last}"
    yield f"{head}/x/..%2f{last}"
    yield f"{head}/x/%252e%252e/{last}"
    yield f"/api/health/..{path}"
    yield f"/api/health/%2e%2e{path}"
    yield f"/api/health;{path}"
    yield f"/api/health%2f..%2f..{path}"
    yield f"/docs/..{path}"
    yield f"/eaf-rest/login/../..{path}"
    yield f"{head}%2f{last}"
    yield f"{head}%252f{last}"
    yield f"{head}\\{last}"
    yield f"{head}%5c{last}"
    yield f"{path}%00"
    yield f"{path}%00.html"
    yield f"{path}%0d%0a"
    yield f"{path}%20"
    yield f"{path}."
    yield f"{path}.json"
    yield f"{path}.svg"
    yield f"{path}/"
    yield f"{path}//"
    yield path.upper()
    yield path.title()
    yield "".join(f"%{ord(c):02x}" if c.isalpha() else c for c in path)
    yield f"http://127.0.0.1{path}"
    yield f"{path}?a=/api/health"
    yield f"{path}#/api/health"


def protected(things: Things) -> tuple[tuple[str, str], ...]:
    view, task = things.view, things.task
    root = "/BPMREST/service/runtime"
    return (
        ("GET", f"/rest/task/{task.id}"),
        ("GET", f"/rest/task/{task.id}/content"),
        ("POST", f"/rest/task/{task.id}/complete"),
        ("GET", f"/business-central/rest/runtime/{UNIT}/withvars/process/instance/{view.id}"),
        ("POST", f"/rest/runtime/{UNIT}/process/instance/{view.id}/abort"),
        ("GET", f"{root}/tasks/{task.id}-{task.uuid}/variables"),
        ("POST", f"{root}/tasks/{task.id}-{task.uuid}/claim"),
        ("GET", f"/api/process-instances/{view.id}/diagram.svg"),
        ("GET", "/api/users"),
        ("GET", "/api/jobs"),
        ("POST", "/rest/history/clear"),
        ("POST", f"/rest/deployment/{UNIT}/undeploy"),
    )


def test_no_spelling_opens_a_door_to_nobody_or_to_a_stranger(opened: House, things: Things) -> None:
    before = opened.state(things), opened.people()

    for method, path in protected(things):
        for other in spellings(path):
            for user in (None, "dave"):
                answer = send(opened, user, method, other)
                code = status(answer)

                assert code in {400, 401, 403, 404, 405}, (user, method, other, answer[:300])
                assert SECRET not in answer
                assert "olga" not in answer

    assert (opened.state(things), opened.people()) == before


def test_an_encoded_letter_is_that_letter_for_friend_and_stranger_alike(
    opened: House, things: Things
) -> None:
    """Parameters are decoded once, after the route was chosen."""
    path = f"/rest/runtime/{UNIT.replace(':', '%3A')}/process/instance/{things.view.id}"
    twice = path.replace("%3A", "%253A")

    assert status(send(opened, "ann", "GET", path)) == 200
    assert status(send(opened, "dave", "GET", path)) == 404
    assert status(send(opened, "ann", "GET", twice)) == 404


def test_a_trailing_slash_is_judged_like_none(opened: House, things: Things) -> None:
    path = f"/rest/task/{things.task.id}"

    for user, code in (("olga", 200), ("dave", 404), (None, 401)):
        assert status(send(opened, user, "GET", path)) == code
        assert status(send(opened, user, "GET", f"{path}/")) == code


@pytest.mark.parametrize("header", OVERRIDES)
def test_a_header_does_not_change_the_method(opened: House, things: Things, header: str) -> None:
    path = f"/rest/runtime/{UNIT}/process/instance/{things.view.id}"
    before = opened.people()

    assert status(send(opened, "admin", "GET", "/api/users/dave", f"{header}: DELETE")) == 405
    assert status(send(opened, "admin", "POST", "/api/users/dave", f"{header}: DELETE")) == 405
    assert status(send(opened, "ann", "GET", f"{path}/abort", f"{header}: POST")) == 405
    assert status(send(opened, "ann", "GET", f"{path}?_method=POST")) == 200

    assert opened.people() == before


@pytest.mark.parametrize("header", REWRITES)
def test_a_header_does_not_change_the_address(opened: House, header: str) -> None:
    answer = send(opened, "dave", "GET", "/api/me", f"{header}: /api/users")

    assert status(answer) == 200
    assert '"dave"' in answer
    assert "olga" not in answer
    assert status(send(opened, None, "GET", "/api/users", f"{header}: /api/health")) == 401


def test_words_for_operations_are_judged_like_their_plain_spelling(
    opened: House, things: Things
) -> None:
    before = opened.state(things)

    for word in ("complete", "Complete", "COMPLETE", "cOmPlEtE", "exit", "EXIT"):
        answer = send(opened, "dave", "POST", f"/rest/task/{things.task.id}/{word}")
        assert status(answer) == 404, word
    for word in ("Complete", "ABORT"):
        path = f"/rest/runtime/{UNIT}/workitem/{things.ship}/{word}"
        assert status(send(opened, "dave", "POST", path)) == 200

    assert opened.state(things) == before


def test_numbers_in_other_digits_are_no_numbers(opened: House) -> None:
    for text in ("٣", "%D9%A3", "+3", "3e0", "0x3", "3_0", " 3", "3.0", "-3", "9" * 400):
        path = f"/rest/task/{text.strip()}"
        assert status(send(opened, "ann", "GET", path.encode().decode("latin-1"))) in {400, 404}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "DELETE", "PATCH", "PUT", "PROPFIND"])
def test_other_methods_do_nothing(opened: House, things: Things, method: str) -> None:
    before = opened.state(things)

    for path in (f"/rest/task/{things.task.id}", "/rest/task/query", "/api/me", "/docs"):
        assert status(send(opened, "ann", method, path)) in {400, 401, 404, 405}, path

    assert opened.state(things) == before
