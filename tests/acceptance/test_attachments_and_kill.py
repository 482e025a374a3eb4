"""Attachments in files, and SIGKILL while they are written.

Whatever was acknowledged can be read, byte for byte. What was not is either there whole or not
there at all, and a file that belongs to nothing is swept up once it is old enough.
"""

from __future__ import annotations

import os
import random
import threading
import time
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from procession.tasks.cabinet import GRACE_SECONDS
from tests.acceptance.server import PASSWORD, Server
from tests.plain_http import NO_TLS

KILLS = max(2, int(os.environ.get("PROCESSION_KILLS", "10")) // 25)
WRITERS = 3
ANYBODY = ("admin", PASSWORD)

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]


class Writer(threading.Thread):
    """Attaches one document after the other until the server is gone."""

    def __init__(self, server: Server, task: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.server, self.task, self.dice = server, task, random.Random(seed)
        self.kept: dict[int, str] = {}
        self.sent: set[str] = set()

    def run(self) -> None:
        place = f"/tasks/{self.task}/attachments"
        with client(self.server) as api:
            while True:
                content = self.dice.randbytes(self.dice.choice((10, 4_000, 300_000)))
                mark = sha256(content).hexdigest()
                self.sent.add(mark)
                body = {"name": mark, "content": b64encode(content).decode()}
                try:
                    answer = api.post(place, json=body)
                except httpx2.HTTPError:
                    return
                if answer.status_code == 201:
                    self.kept[answer.json()["id"]] = mark


def client(server: Server) -> httpx2.Client:
    base = f"{server.base}/api"
    return httpx2.Client(base_url=base, auth=ANYBODY, timeout=20, trust_env=False, verify=NO_TLS)


def listed(api: httpx2.Client, task: int) -> dict[int, str]:
    items = api.get(f"/tasks/{task}/attachments").json()["items"]
    return {one["id"]: one["name"] for one in items}


def test_no_attachment_is_lost_and_none_is_half_there(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    server = Server(database_url, tmp_path, PROCESSION_ATTACHMENT_DIR=str(folder))
    server.start()
    dice = random.Random(20260104)
    kept: dict[int, str] = {}
    try:
        with client(server) as api:
            task = api.post("/tasks", json={"name": "Papers"}).json()["id"]
        for number in range(KILLS):
            writers = [Writer(server, task, 100 * number + each) for each in range(WRITERS)]
            for writer in writers:
                writer.start()
            while not any(writer.kept for writer in writers):
                assert any(writer.is_alive() for writer in writers), "nothing can be attached"
                time.sleep(0.01)
            time.sleep(dice.uniform(0, 0.2))
            server.kill()
            for writer in writers:
                writer.join(30)
            server.start()
            sent = set().union(*(writer.sent for writer in writers))
            acknowledged = {k: v for writer in writers for k, v in writer.kept.items()}
            with client(server) as api:
                there = listed(api, task)
                assert acknowledged.items() <= there.items(), "an acknowledged attachment is lost"
                assert {there[one] for one in there.keys() - kept.keys()} <= sent
                for one, mark in there.items() - kept.items():
                    found = api.get(f"/tasks/{task}/attachments/{one}").content
                    assert sha256(found).hexdigest() == mark
            kept = there
        assert kept
        sweep(server, folder, task, kept)
    finally:
        server.stop()


def sweep(server: Server, folder: Path, task: int, kept: dict[int, str]) -> None:
    """Files of nobody go, those of somebody stay."""
    (folder / f"{task}-{'0' * 32}").write_bytes(b"left behind by a crash")
    (folder / f"{task}-{'1' * 32}.part").write_bytes(b"left behind half written")
    long_ago = time.time() - GRACE_SECONDS - 60
    for file in folder.iterdir():
        os.utime(file, (long_ago, long_ago))
    with client(server) as api:
        answer = api.post("/attachments/sweep")
        assert answer.status_code == 200, answer.text
        assert len(list(folder.iterdir())) == len(kept), "one file for each attachment"
        for one, mark in kept.items():
            found = api.get(f"/tasks/{task}/attachments/{one}").content
            assert sha256(found).hexdigest() == mark
