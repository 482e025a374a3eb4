"""Hostile archives and multipart bodies at the deployment door."""

from __future__ import annotations

import io
import stat
import struct
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from procession.testing.models import model
from tests.security.house import House

DEPLOY = "/rest/deployment/org.test:Archive:1.0/deploy"
GOOD = model("archived").start().script("s").end().xml()


def archive(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        warnings.simplefilter("ignore")
        for name, content in files:
            opened.writestr(name, content)
    return buffer.getvalue()


def link(name: str, target: bytes) -> bytes:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive((entry, target), ("a.bpmn2", GOOD))


def post(opened: House, body: bytes, kind: str = "application/zip") -> httpx2.Response:
    return opened.call("admin", "POST", DEPLOY, content=body, headers={"Content-Type": kind})


def nested() -> bytes:
    return archive(("inner.zip", archive(("a.bpmn2", GOOD))), ("a.bpmn2", GOOD))


def bomb() -> bytes:
    """Forty files of 8 MB in few bytes."""
    zeros = b"\x00" * 8_000_000
    return archive(*((f"f{n}.txt", zeros) for n in range(16)))


def lying() -> bytes:
    """An entry that says it is small and is not."""
    body = bytearray(archive(("a.bpmn2", b" " * 1_000_000 + GOOD)))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(body)


def encrypted() -> bytes:
    body = bytearray(archive(("a.bpmn2", GOOD)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + offset] |= 1
    return bytes(body)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "parent": lambda: archive(("../evil.bpmn2", GOOD)),
    "parent inside": lambda: archive(("a/../../evil.bpmn2", GOOD)),
    "absolute": lambda: archive(("/etc/evil.bpmn2", GOOD)),
    "backslash": lambda: archive(("..\\evil.bpmn2", GOOD)),
    "drive": lambda: archive(("C:/evil.bpmn2", GOOD)),
    "dot": lambda: archive(("./a.bpmn2", GOOD)),
    "line break": lambda: archive(("a\nb.bpmn2", GOOD)),
    "right to left": lambda: archive(("a\u202enpmb.bpmn2", GOOD)),
    "link": lambda: link("a.bpmn2", b"/etc/passwd"),
    "linked directory": lambda: link("forms", b"../../.."),
    "twice": lambda: archive(("a.bpmn2", GOOD), ("a.bpmn2", GOOD)),
    "case": lambda: archive(("a.bpmn2", GOOD), ("A.BPMN2", GOOD)),
    "case of folders": lambda: archive(("x/a.txt", b"1"), ("X/a.txt", b"1"), ("p.bpmn2", GOOD)),
    "bomb": bomb,
    "many entries": lambda: archive(*((f"{n}.txt", b"") for n in range(10_001))),
    "archive in an archive": nested,
    "lying about its size": lying,
    "encrypted": encrypted,
    "cut off": lambda: archive(("a.bpmn2", GOOD))[:60],
    "empty": lambda: archive(),
    "only a mark": lambda: b"PK\x03\x04",
    "no process": lambda: archive(("a.txt", b"x")),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_archives_are_refused_and_deploy_nothing(guarded: House, name: str) -> None:
    body, before = HOSTILE[name](), guarded.people()

    began = time.perf_counter()
    got = post(guarded, body)

    assert got.status_code == 400, (got.status_code, got.text[:500])
    assert time.perf_counter() - began < 5
    assert "Traceback" not in got.text
    assert len(got.content) < 20_000
    assert guarded.people() == before


@pytest.mark.parametrize(
    "name", ["../a.bpmn2", "/a.bpmn2", "..\\a.bpmn2", "a/../../b.bpmn2", "", "C:a.bpmn2", "a\x00b"]
)
def test_parts_have_names_that_stay_inside(guarded: House, name: str) -> None:
    before = guarded.people()
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + GOOD
        + b"\r\n--XX--\r\n"
    )

    got = post(guarded, body, "multipart/form-data; boundary=XX")

    assert got.status_code == 400, got.text
    assert guarded.people() == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--XX\r\n", "multipart/form-data; boundary=XX"),
        (b"x", "multipart/form-data"),
        (b"x", 'multipart/form-data; boundary=""'),
        (b"x", f"multipart/form-data; boundary={'x' * 5_000}"),
        (b"--XX\r\n" + b"A: b\r\n" * 50_000, "multipart/form-data; boundary=XX"),
        (b"--XX\r\n\r\n\r\n" * 20_000, "multipart/form-data; boundary=XX"),
        (b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap", "application/x-java-serialized-object"),
        (b"\xac\xed\x00\x05", "application/octet-stream"),
        (b"{}", "application/json"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"\x1f\x8b\x08" + b"\x00" * 20, "application/gzip"),
    ],
)
def test_other_bodies_are_refused(guarded: House, body: bytes, kind: str) -> None:
    before = guarded.people()

    began = time.perf_counter()
    got = post(guarded, body, kind)

    assert got.status_code in {400, 415}, got.text
    assert time.perf_counter() - began < 3
    assert guarded.people() == before


def test_a_compressed_body_is_not_unpacked_on_the_way(guarded: House) -> None:
    import gzip

    got = guarded.call(
        "admin",
        "POST",
        DEPLOY,
        content=gzip.compress(archive(("a.bpmn2", GOOD))),
        headers={"Content-Type": "application/zip", "Content-Encoding": "gzip"},
    )

    assert got.status_code in {400, 415}


def test_a_deployment_id_does_not_lead_to_files(guarded: House, tmp_path: Path) -> None:
    (tmp_path / "evil-1.jar").write_bytes(archive(("a.bpmn2", GOOD)))
    for name in ("..%2f..%2fetc:passwd:1", "..:..:..", f"x:{tmp_path}/evil:1".replace("/", "%2f")):
        got = guarded.call("admin", "POST", f"/rest/deployment/{name}/deploy")

        assert got.status_code in {202, 400, 404}
        assert "<success>true" not in got.text


def test_only_administrators_bring_code_in(guarded: House) -> None:
    before = guarded.people()
    for user in ("ann", "dave", "pam", "oscar", "walt", "ada", "sam"):
        got = guarded.call(user, "POST", DEPLOY, content=archive(("a.bpmn2", GOOD)))
        assert got.status_code == 403
    assert guarded.people() == before
