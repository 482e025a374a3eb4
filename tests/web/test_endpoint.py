"""What the endpoint does for every dialect alike."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.settings import Settings
from procession.web.endpoint import Mount
from procession.web.http import Reply, Request
from serving import Served, put_people, serving

ROOT = "/BPMREST/service/runtime"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    settings = Settings(
        max_body=100_000,
        body_seconds=1,
        trusted_proxies=("127.0.0.0/8",),
        cors_origins=("https://app.example",),
    )
    with Engine.open("sqlite://", settings=settings) as engine:
        put_people(engine, {"ann": ("clerks",)})
        with serving(engine) as running:
            yield running


def test_head_answers_like_get_without_a_body(served: Served) -> None:
    client = served.client("ann")
    got = client.get("/api/version")

    head = client.head("/api/version")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_options_tells_the_methods(served: Served) -> None:
    answer = served.client().options(f"{ROOT}/tasks")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert served.client().options(f"{ROOT}/nowhere").status_code == 404


def test_requests_have_ids(served: Served) -> None:
    client = served.client()

    given = client.get("/api/health", headers={"X-Request-Id": "abc-1"})
    made = [client.get("/api/health").headers["x-request-id"] for _ in range(2)]
    refused = client.get("/api/health", headers={"X-Request-Id": "a b<script>"})

    assert given.headers["x-request-id"] == "abc-1"
    assert made[0] != made[1]
    assert refused.headers["x-request-id"] != "a b<script>"


def test_strangers_do_not_learn_which_addresses_exist(served: Served) -> None:
    for path in (f"{ROOT}/tasks", f"{ROOT}/nowhere", "/api/jobs", "/api/x", "/any/rest/task/1"):
        assert served.client().get(path).status_code == 401


@pytest.mark.parametrize("context", ["", "/business-central", "/kie-wb", "/jbpm-console", "/a/b"])
def test_the_jbpm_dialect_is_below_any_context(served: Served, context: str) -> None:
    answer = served.client("ann").get(f"{context}/rest/task/query")

    assert answer.status_code == 200


def test_large_bodies_are_refused_before_they_are_read(served: Served) -> None:
    head = "POST /api/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    login = "Authorization: Basic YW5uOmNvcnJlY3QgaG9yc2U=\r\n"

    declared = served.raw(f"{head}{login}Content-Length: 100001\r\n\r\n")
    chunk = f"{20_000:x}\r\n{'x' * 20_000}\r\n"
    chunked = served.raw(f"{head}{login}Transfer-Encoding: chunked\r\n\r\n{chunk * 6}0\r\n\r\n")

    assert declared.startswith("HTTP/1.1 413 ")
    assert chunked.startswith("HTTP/1.1 413 ")


def test_a_client_that_dawdles_is_not_waited_for(served: Served) -> None:
    text = served.raw(
        f"POST {ROOT}/process/start HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
        "Connection: close\r\nAuthorization: Basic YW5uOmNvcnJlY3QgaG9yc2U=\r\n\r\n{"
    )

    assert text.startswith("HTTP/1.1 400 ")
    assert "within 1 seconds" in text


def test_a_client_that_hangs_up_does_no_harm(served: Served) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", served.port)) as peer:
            peer.sendall(
                b"POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
                b"Authorization: Basic YW5uOmNvcnJlY3QgaG9yc2U=\r\n\r\n{"
            )

    assert served.client().get("/api/health").status_code == 200


def test_foreign_pages_may_not_make_a_browser_change_anything(served: Served) -> None:
    client = served.client("ann")
    evil = {"Origin": "https://evil.example", "Content-Type": "text/plain"}

    for path in (f"{ROOT}/process/start", "/rest/runtime/x/signal?signal=a", "/api/groups"):
        assert client.post(path, headers=evil).status_code == 403
    assert client.post("/api/groups", headers={"Origin": "null"}).status_code == 403
    assert client.get("/api/version", headers=evil).status_code == 200
    own = {"Origin": served.base}
    assert client.post(f"{ROOT}/process/start", headers=own).status_code == 400
    known = {"Origin": "https://app.example"}
    answer = client.post(f"{ROOT}/process/start", headers=known)
    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "https://app.example"


def test_the_method_cannot_be_overridden(served: Served) -> None:
    override = {"X-HTTP-Method-Override": "DELETE"}

    assert served.client("ann").get("/api/version", headers=override).status_code == 200


def test_proxies_say_how_the_client_called(served: Served) -> None:
    seen: list[Request] = []
    dialect = served.app.mounts[0].dialect
    write = dialect.write

    def watch(request: Request, reply: Reply) -> Reply:
        seen.append(request)
        return write(request, reply)

    dialect.write = watch  # type: ignore[method-assign]
    try:
        forwarded = {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "bpm.example",
        }
        served.client("ann").get("/api/version?a=b", headers=forwarded)
    finally:
        dialect.write = write  # type: ignore[method-assign]

    assert seen[0].url == "https://bpm.example/api/version?a=b"
    assert seen[0].client == "203.0.113.9"


def test_a_stopping_server_finishes_what_is_in_hand_and_refuses_the_rest() -> None:
    entered, go_on = threading.Event(), threading.Event()
    with Engine.open("sqlite://") as engine:
        put_people(engine, {"ann": ()})
        people = engine.people
        listed = people.list_users

        def slowly(actor: object) -> object:
            entered.set()
            assert go_on.wait(10)
            return listed(actor)

        people.list_users = slowly  # type: ignore[method-assign, assignment]
        with serving(engine) as served:
            served.client("ann").get("/api/version")
            answers: list[int] = []
            admin = served.client("admin")
            caller = threading.Thread(
                target=lambda: answers.append(admin.get("/api/users").status_code)
            )
            caller.start()
            assert entered.wait(10)

            served.app.refuse_new()

            refused = served.client("ann").get(f"{ROOT}/tasks?user=ann")
            assert refused.status_code == 503
            assert refused.json()["code"] == 50301
            assert refused.headers["retry-after"]
            assert served.client("ann").get("/rest/task/query").status_code == 503
            assert served.client().get("/api/ready").status_code == 503
            assert served.client().get("/api/health").status_code == 200
            go_on.set()
            caller.join(10)
            assert answers == [200]


def test_one_line_is_logged_for_each_request_if_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "procession.access")
    settings = Settings(access_log=True, host_names=("127.0.0.1",))
    with Engine.open("sqlite://", settings=settings) as engine:
        put_people(engine, {})
        with serving(engine) as served:
            served.client("admin").get("/api/version?secret=1")
            strange = served.client("admin").get("/api/version", headers={"Host": "evil.example"})

    first, second = (r for r in caplog.records if r.name == "procession.access")
    assert first.getMessage() == "GET /api/version"
    assert (first.status, first.user) == (200, "admin")  # type: ignore[attr-defined]
    assert "secret" not in str(vars(first))
    assert strange.status_code == 400
    assert second.status == 400  # type: ignore[attr-defined]


def test_unexpected_errors_tell_nothing_and_are_logged(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    people = served.engine.people
    listed = people.list_groups

    def broken(actor: object) -> object:
        raise RuntimeError("select * from /secret/path")

    people.list_groups = broken  # type: ignore[method-assign, assignment]
    try:
        answer = served.client("admin").get("/api/groups")
    finally:
        people.list_groups = listed  # type: ignore[method-assign]

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_the_page_of_addresses_needs_nothing_from_outside(served: Served) -> None:
    page = served.client().get("/docs")

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|https?://|src=|`", page.text)
    for mount in served.app.mounts:
        for route in mount.dialect.routes.routes:
            assert route.summary, route.path
            assert route.id in page.text


def test_openapi_names_every_route_of_every_dialect(served: Served) -> None:
    document = json.loads(served.client().get("/openapi.json").content)

    assert document["openapi"].startswith("3.1")
    named = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    ids = [
        operation["operationId"]
        for operations in document["paths"].values()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    assert len(ids) == len(set(ids))
    assert len(named) >= 60
    references = set(re.findall(r'"\$ref":"#/components/schemas/([^"]+)"', json.dumps(
        document, separators=(",", ":"))))  # fmt: skip
    assert references <= set(document["components"]["schemas"])
    assert ("POST", f"{ROOT}/process/start") in named


def test_every_route_names_a_known_permission(served: Served) -> None:
    from procession.services.access import TABLE

    mounts: tuple[Mount, ...] = served.app.mounts
    for mount in mounts:
        for route in mount.dialect.routes.routes:
            assert route.permission in TABLE, route.path
