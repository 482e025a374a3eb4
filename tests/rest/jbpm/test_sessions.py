"""Recorded sessions played again: with curl, as scripts do, and what the oldest Java clients send.

Each file has requests as command lines of curl and below each the reply. Ids are matched one to
one (the recorded 7 may be our 1 if it is everywhere), times and the port of the host are not
compared. After a wanted change write the replies anew with ``RECORD_SESSIONS=1`` and read the
difference.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.rest.jbpm.commands import PASSWORD, Door, opened

FILES = sorted((Path(__file__).parent / "sessions").glob("*.txt"))
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|\b[12]\d{12}\b")
_DURATION = re.compile(r'(<duration>|"duration":)\d+')
_HOST = re.compile(r"http://[\w.-]+(?::\d+)?/")
_ID = re.compile(
    r"(?:(?<=[iI]d>)|(?<=[iI]d=\")|(?<=[iI]d\":)|(?<=<long>)|(?<=/instance/)|(?<=/task/)"
    r"|(?<=/workitem/)|(?<=/content/)|(?<=InstanceId=)|(?<=task id )|(?<=instance )|(?<=Task ')"
    r"|(?<=<text>)|(?<=<name>))\d+\b"
)


class Exchange:
    """A request as curl is told of it, and the recorded reply."""

    def __init__(self, text: str) -> None:
        self.command, _, self.reply = text.strip().partition("\n")
        words = shlex.split(self.command.removeprefix("$ curl "))
        self.method, self.user, self.body, self.headers = "GET", "", b"", dict[str, str]()
        while words:
            word = words.pop(0)
            if word == "-X":
                self.method = words.pop(0)
            elif word == "-u":
                self.user = words.pop(0)
            elif word == "-H":
                name, _, value = words.pop(0).partition(": ")
                self.headers[name] = value
            elif word in {"-d", "--data-binary"}:
                self.body = words.pop(0).encode()
                if word == "-d":
                    self.headers["Content-Type"] = "application/x-www-form-urlencoded"
            else:
                self.address = word

    def played(self, door: Door, ours: dict[str, str]) -> str:
        """The reply to it; ids that were recorded are replaced by ours."""
        address, body = (
            _ID.sub(lambda found: ours.get(found[0], found[0]), text)
            for text in (self.address, self.body.decode())
        )
        reply = door.client.request(
            self.method, address, content=body.encode(), headers=self.headers,
            auth=(self.user, PASSWORD),
        )  # fmt: skip
        return f"{reply.status_code} {reply.headers['content-type']}\n{reply.text}"


def _normal(text: str) -> str:
    text = _DURATION.sub(r"\1MS", _TIME.sub("TIME", text))
    return _ID.sub("ID", _HOST.sub("http://HOST/", text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_session_goes_as_it_went(path: Path) -> None:
    record = bool(os.environ.get("RECORD_SESSIONS"))
    exchanges = [Exchange(part) for part in path.read_text().split("\n\n")]
    profile = path.stem.split("-")[1][:3]
    ours: dict[str, str] = {}
    replies = []
    with opened(jbpm_dialect=profile) as door:
        for exchange in exchanges:
            reply = exchange.played(door, ours)
            replies.append(f"{exchange.command}\n{reply.rstrip()}\n")
            if not record:
                assert _normal(reply.rstrip()) == _normal(exchange.reply.rstrip()), exchange.command
                pairs = zip(_ID.findall(exchange.reply), _ID.findall(reply), strict=True)
                for recorded, found in pairs:
                    assert ours.setdefault(recorded, found) == found, exchange.command
    if record:
        path.write_text("\n".join(replies))


def test_ids_of_a_record_need_not_be_ours(tmp_path: Path) -> None:
    """What another server recorded has other numbers, and is the same session all the same."""
    path = next(file for file in FILES if file.stem == "curl-6.5-xml")
    text = _ID.sub(lambda found: str(int(found[0]) + 4000), path.read_text())
    copy = tmp_path / path.name
    copy.write_text(text.replace("localhost:8080/business", "jbpm.example.com:8443/business"))

    with pytest.raises(AssertionError):
        assert copy.read_text() == path.read_text()
    test_a_recorded_session_goes_as_it_went(copy)
