"""Deadlines by the real clock and a real mail server, and SIGKILL in between.

Nothing is lost: every late task is handed on, once; of every late task a mail is sent, and if it is
sent twice because nobody knew of the first, both have the same Message-ID.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller

from tests.acceptance.server import PASSWORD, Server
from tests.plain_http import NO_TLS

KILLS = max(1, int(os.environ.get("PROCESSION_KILLS", "10")) // 25)
TASKS = 5
DEADLINES = {
    "NotStartedReassign": "[groups:Administrators]@[1s]",
    "NotStartedNotify": "[toemails:late@example.com|subject:Late ${taskId}|body:Hurry]@[1s]",
}

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]


class Mailbox:
    """A mail server that keeps what it is given; now and then it kills who brings it."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.victim: Server | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.victim is not None:
            self.victim.kill()  # the mail is here, and nobody has been told so
            self.victim = None
        return "250 OK"

    def of(self, task: int) -> list[str]:
        """The Message-IDs of the mails about a task."""
        return [m["Message-ID"] for m in self.mails if m["Subject"] == f"Late {task}"]


class OnAnyPort(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = OnAnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port  # type: ignore[attr-defined]
    yield box
    controller.stop()


def client(server: Server) -> httpx2.Client:
    return httpx2.Client(
        base_url=f"{server.base}/api",
        auth=("admin", PASSWORD),
        timeout=20,
        trust_env=False,
        verify=NO_TLS,
    )


def begun(server: Server) -> list[int]:
    with client(server) as api:
        body = {
            "name": "Late",
            "potential_owners": [{"name": "admin"}],
            "deadlines": DEADLINES,
        }
        answers = [api.post("/tasks", json=body) for _ in range(TASKS)]
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    return [answer.json()["id"] for answer in answers]


def handed_on(api: httpx2.Client, task: int) -> int:
    """How often a task was handed on, by its own story."""
    events = api.get(f"/tasks/{task}/events").json()["items"]
    return sum((e["message"] or "").startswith("NotStartedReassign") for e in events)


def check(server: Server, box: Mailbox, tasks: list[int]) -> None:
    until = time.monotonic() + 60
    with client(server) as api:
        for task in tasks:
            while not (box.of(task) and handed_on(api, task)):
                assert time.monotonic() < until, f"a deadline of task {task} is lost"
                time.sleep(0.05)
        while api.get("/jobs").json()["total"]:
            assert time.monotonic() < until, "jobs are left over"
            time.sleep(0.05)
        for task in tasks:
            assert handed_on(api, task) == 1
            view = api.get(f"/tasks/{task}").json()
            assert [owner["name"] for owner in view["potential_owners"]] == ["Administrators"]
            assert (view["status"], view["actual_owner"]) == ("Ready", None)
            assert len(set(box.of(task))) == 1, "mails of one deadline look like several"
        assert api.get("/incidents").json()["total"] == 0


def test_no_deadline_is_lost_when_the_server_is_killed(
    database_url: str, tmp_path: Path, mailbox: Mailbox
) -> None:
    server = Server(
        database_url,
        tmp_path,
        PROCESSION_JOB_LEASE_SECONDS="2",
        PROCESSION_SMTP_HOST="127.0.0.1",
        PROCESSION_SMTP_PORT=str(mailbox.port),  # type: ignore[attr-defined]
        PROCESSION_SMTP_SECURITY="none",
        PROCESSION_MAIL_FROM="tasks@example.com",
    )
    server.start()
    dice = random.Random(20260102)
    try:
        for number in range(KILLS):
            tasks = begun(server)
            if number % 2 == 0:
                mailbox.victim = server
                while mailbox.victim is not None:
                    time.sleep(0.01)
            else:
                time.sleep(dice.uniform(0.7, 1.3))
                server.kill()
            server.start()
            check(server, mailbox, tasks)
    finally:
        server.stop()
