"""Hostile XML at deployment, the one place where the doors read any."""

from __future__ import annotations

import http.server
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from procession.testing.models import model
from tests.security.house import House

DEPLOY = "/rest/deployment/org.test:Hostile:1.0/deploy"
CANARY = "canary-7f3a"
GOOD = model("good").start().script("s").end().xml().decode()
BODY = GOOD[GOOD.index("<definitions") :]
NAMED = BODY.replace('<process id="good"', '<process id="good" name="&x;"')


def upload(opened: House, content: bytes, name: str = "a.bpmn2") -> httpx2.Response:
    return opened.call("admin", "POST", DEPLOY, files={"file": (name, content)})


def laughs(levels: int = 10) -> str:
    lines = ['<!ENTITY x0 "lol">']
    lines += [f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, levels)]
    return "".join([*lines, f'<!ENTITY x "&x{levels - 1};">'])


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[str]]]:
    """A server that must not be called."""
    calls: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1], calls
    server.shutdown()
    thread.join(5)
    server.server_close()


def documents(secret: Path, port: int) -> dict[str, bytes]:
    url = f"http://127.0.0.1:{port}"
    texts = {
        "external entity, file": f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>{NAMED}',
        "external entity, http": f'<!DOCTYPE d [<!ENTITY x SYSTEM "{url}/x">]>{NAMED}',
        "external entity, public": f'<!DOCTYPE d [<!ENTITY x PUBLIC "p" "{url}/p">]>{NAMED}',
        "parameter entity": (
            f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{url}/p.dtd"> %p; <!ENTITY x "y">]>{NAMED}'
        ),
        "external subset": f'<!DOCTYPE definitions SYSTEM "{url}/a.dtd">{BODY}',
        "external subset, file": f'<!DOCTYPE definitions SYSTEM "file://{secret}">{BODY}',
        "empty document type": f"<!DOCTYPE definitions>{BODY}",
        "internal entity": f'<!DOCTYPE d [<!ENTITY x "{CANARY}">]>{NAMED}',
        "entity in an element": (
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
            + BODY.replace("<script></script>", "<script>&x;</script>")
        ),
        "billion laughs": f"<!DOCTYPE d [{laughs()}]>{NAMED}",
        "quadratic blow-up": f'<!DOCTYPE d [<!ENTITY x "{"a" * 50_000}">]>'
        + BODY.replace("<script></script>", f"<script>{'&x;' * 50_000}</script>"),
        "unknown entity": NAMED,
        "entity that names itself": f'<!DOCTYPE d [<!ENTITY x "&x;">]>{NAMED}',
        "deep nesting": "<a>" * 10_000 + "</a>" * 10_000,
        "deep nesting inside": BODY.replace(
            "<script></script>", "<documentation>" * 300 + "</documentation>" * 300
        ),
        "many attributes": "<a " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
        "huge text": BODY.replace("<script></script>", f"<script>{'a' * 9_000_000}"),
        "not closed": BODY[:-20],
        "nothing": "",
        "only spaces": "   ",
        "not XML": '{"a": 1}',
        "control characters": BODY.replace("good", "go\x01od"),
        "encoding that nobody knows": f'<?xml version="1.0" encoding="x-martian"?>{BODY}',
        "UTF-16 by label only": f'<?xml version="1.0" encoding="UTF-16"?>{BODY}',
        "UTF-7": '<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-',
    }
    found = {name: text.encode() for name, text in texts.items()}
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>{NAMED}'
    found["document type in UTF-16"] = f'<?xml version="1.0" encoding="UTF-16"?>{entity}'.encode(
        "utf-16"
    )
    found["document type in UTF-16 without a mark"] = entity.encode("utf-16-le")
    found["not UTF-8"] = BODY.replace("good", "g\xf6d").encode("latin-1")
    found["zero bytes"] = b"\x00" * 1_000
    return found


NAMES = sorted(documents(Path("/x"), 1))


@pytest.mark.parametrize("name", NAMES)
def test_hostile_documents_are_refused(
    guarded: House, tmp_path: Path, listener: tuple[int, list[str]], name: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    content = documents(secret, listener[0])[name]
    before = guarded.people()

    began = time.perf_counter()
    got = upload(guarded, content)
    seconds = time.perf_counter() - began

    assert got.status_code == 400, got.text[:500]
    assert got.headers["content-type"] == "application/xml"
    assert CANARY not in got.text
    assert str(tmp_path) not in got.text
    assert len(got.content) < 20_000
    assert seconds < 2
    assert listener[1] == []
    assert guarded.people() == before


@pytest.mark.parametrize(
    "name", ["billion laughs", "quadratic blow-up", "deep nesting", "empty document type"]
)
def test_refusing_takes_little_time_and_memory(tmp_path: Path, name: str) -> None:
    from procession.xml_documents import Unreadable, parse

    content = documents(tmp_path, 1)[name]
    parse(b"<a/>")
    tracemalloc.start()
    began = time.perf_counter()

    with pytest.raises(Unreadable):
        parse(content)

    seconds, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 0.3
    assert peak < 20_000_000


def test_xinclude_includes_nothing(
    guarded: House, tmp_path: Path, listener: tuple[int, list[str]]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    for href in (f"file://{secret}", f"http://127.0.0.1:{listener[0]}/x"):
        include = (
            '<extensionElements><x:include xmlns:x="http://www.w3.org/2001/XInclude" '
            f'parse="text" href="{href}"/></extensionElements>'
        )
        got = upload(guarded, BODY.replace("<script></script>", f"{include}<script/>").encode())

        assert got.status_code in {202, 400}
        assert CANARY not in got.text
    assert listener[1] == []
    deployed = {unit.id for unit in guarded.engine.deployments.list(guarded.admin).items}
    if "org.test:Hostile:1.0" in deployed:
        guarded.engine.deployments.undeploy(guarded.admin, "org.test:Hostile:1.0")


def test_stylesheets_and_schemas_are_not_fetched(
    guarded: House, listener: tuple[int, list[str]]
) -> None:
    url = f"http://127.0.0.1:{listener[0]}"
    text = f'<?xml version="1.0"?><?xml-stylesheet href="{url}/x.xsl"?>' + BODY.replace(
        "<definitions ",
        '<definitions xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        f'i:schemaLocation="urn:x {url}/x.xsd" ',
    )
    text = text.replace('targetNamespace="urn:test"', f'targetNamespace="{url}/ns"')

    upload(guarded, text.encode())

    assert listener[1] == []
    guarded.engine.deployments.undeploy(guarded.admin, "org.test:Hostile:1.0")


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("accept", ["text/html", "application/json", "application/xml", "*/*"])
def test_errors_never_echo_markup(guarded: House, accept: str) -> None:
    """What a client sent comes back as text in XML or JSON, never as a page."""
    client, headers = guarded.served.client("admin"), {"Accept": accept}
    ghost = "%3Cscript%3Ealert(1)%3C%2Fscript%3E"
    answers = [
        upload(guarded, MARKUP.encode()),
        upload(guarded, b"<a/>", name=f"{MARKUP}.bpmn2"),
        client.post(DEPLOY, content=f"<html>{MARKUP}</html>", headers={"Content-Type": "text/xml"}),
        client.post(f"/rest/deployment/{ghost}/undeploy", headers=headers),
        client.get(f"/rest/runtime/{ghost}/process/{ghost}", headers=headers),
        client.get("/rest/task/1", params={"x": MARKUP}, headers=headers),
        client.post("/rest/task/1/nominate", params={"user": MARKUP}, headers=headers),
        client.get("/rest/task/query", params={"status": MARKUP}, headers=headers),
        client.get("/rest/task/query", params={MARKUP: "1"}, headers=headers),
        client.get(f"/rest/{ghost}", headers=headers),
        client.get(f"/{ghost}", headers=headers),
        client.get("/api/jobs", params={"page": MARKUP}, headers=headers),
        client.post(f"/BPMREST/service/runtime/process/{ghost}/start", headers=headers),
        client.post("/BPMREST/service/runtime/process/start", json={"processName": MARKUP}),
        client.get("/BPMREST/service/runtime/tasks", params={"page": MARKUP, "user": "x"}),
        client.post("/eaf-rest/login", json={"username": MARKUP, "password": "x"}),
        client.get("/api/health", headers={"Authorization": MARKUP}),
    ]

    for got in answers:
        kind = got.headers["content-type"]
        assert kind in {
            "application/xml",
            "application/json",
            "application/json;charset=UTF-8",
            "application/problem+json",
        }, got.url
        assert got.headers["x-content-type-options"] == "nosniff", got.url
        if kind == "application/xml":
            assert "<script" not in got.text, got.url
            assert "<img" not in got.text, got.url


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/rest/task/query", "application/xml"),
        ("/rest/deployment", "application/xml"),
        ("/BPMREST/service/runtime/tasks?user=ann", "application/json;charset=UTF-8"),
        ("/api/me", "application/json"),
        ("/api/nothing", "application/problem+json"),
        ("/rest/nothing", "application/xml"),
        ("/openapi.json", "application/json"),
        ("/docs", "text/html; charset=utf-8"),
        ("/nothing", "application/problem+json"),
    ],
)
def test_content_types_are_exact(guarded: House, path: str, kind: str) -> None:
    got = guarded.call("ann", "GET", path, headers={"Accept": "text/html"})

    assert got.headers["content-type"] == kind
    assert got.headers["x-content-type-options"] == "nosniff"
    if kind.startswith("text/html"):
        assert "frame-ancestors 'none'" in got.headers["content-security-policy"]


def test_pictures_escape_what_a_model_says(guarded: House) -> None:
    text = model("painted").start().user("t", name=MARKUP).end().xml()
    guarded.engine.deployments.deploy(guarded.admin, "org.test:Painted:1", {"a.bpmn": text})
    view = guarded.engine.processes.start(guarded.engine.people.actor("ann"), "painted")

    got = guarded.call("ann", "GET", f"/api/process-instances/{view.id}/diagram.svg")

    assert got.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in got.text
    assert "<img" not in got.text
    assert "foreignObject" not in got.text
