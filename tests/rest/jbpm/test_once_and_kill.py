"""A request with an ``Idempotency-Key`` is carried out once, even if a kill comes within it."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.acceptance.server import Server
from tests.rest.jbpm.test_jbpm_exchanges import HR, MODEL

COMMANDS = 100
BODY = (
    f"<command-request><deployment-id>{HR}</deployment-id><ver>6.5.0.1</ver>"
    + '<start-process processId="acme.hiring"/><get-process-ids/>' * COMMANDS
    + "</command-request>"
)
XML = {"accept": "application/xml"}
HEADERS = {**XML, "idempotency-key": "orders of today", "content-type": "application/xml"}


def deploy(client: httpx2.Client) -> Any:
    files = [("file", ("hiring.bpmn2", MODEL, "application/xml"))]
    headers = {**XML, "idempotency-key": "u"}
    return client.post(f"/deployment/{HR}/deploy", files=files, headers=headers)


def started(client: httpx2.Client) -> int:
    params = {"p": 1, "s": 1000}
    text = client.get("/history/process/acme.hiring", params=params, headers=XML).text
    return text.count("<process-instance-log ")


def send(server: Server) -> None:
    with server.client() as lost, contextlib.suppress(httpx2.HTTPError):
        lost.post("/execute", content=BODY, headers=HEADERS)


def test_what_a_kill_cuts_off_goes_on_where_it_was(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/data.db", tmp_path)
    server.start()
    try:
        with server.client() as client:
            deployed = deploy(client)
            sender = threading.Thread(target=send, args=(server,))
            sender.start()
            while sender.is_alive() and started(client) < 5:
                time.sleep(0.002)
        server.kill()
        sender.join()
        server.start()
        with server.client() as client:
            left = started(client)
            first = client.post("/execute", content=BODY, headers=HEADERS)
            again = client.post("/execute", content=BODY, headers=HEADERS)
            count, redeployed = started(client), deploy(client)
    finally:
        server.stop()

    assert 5 <= left < COMMANDS, "the kill came too early or too late"
    assert count == COMMANDS
    assert first.status_code == 200, first.text
    assert again.content == first.content
    ids = re.findall(r"<id>(\d+)</id>", first.text)
    assert len(ids) == len(set(ids)) == COMMANDS
    assert first.text.count("<string-list ") == COMMANDS
    assert "<success>true</success>" in deployed.text
    assert redeployed.content == deployed.content
