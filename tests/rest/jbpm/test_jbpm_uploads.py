"""What a deployment request may bring: parts, archives, descriptors, or nothing."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from procession.errors import Invalid
from procession.rest.jbpm import uploads
from procession.rest.jbpm.kjars import find_kjar
from procession.rest.jbpm.uploads import read_upload
from procession.web.http import UnsupportedMediaType
from tests.rest.jbpm.commands import PASSWORD, REST, opened
from tests.rest.jbpm.jbpm_samples import HR, request, unit
from tests.rest.jbpm.test_jbpm_routes import go

DESCRIPTOR = b"""<?xml version="1.0"?>
<deployment-descriptor xmlns="http://www.jboss.org/jbpm">
  <audit-mode>JPA</audit-mode><runtime-strategy> per_process_instance </runtime-strategy>
</deployment-descriptor>"""
DEPLOY = f"/deployment/{HR}/deploy"


def zipped(files: dict[str, bytes], *, entries: tuple[zipfile.ZipInfo, ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            archive.writestr(name, content)
        for entry in entries:
            archive.writestr(entry, b"x")
    return buffer.getvalue()


def multipart(*parts: tuple[str, str | None, bytes]) -> dict[str, Any]:
    body = b""
    for field, name, content in parts:
        file = "" if name is None else f'; filename="{name}"'
        head = f'--XX\r\nContent-Disposition: form-data; name="{field}"{file}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return {"body": body + b"--XX--\r\n", "content_type": "multipart/form-data; boundary=XX"}


def test_parts_with_a_file_name_are_the_files_of_the_unit() -> None:
    sent = multipart(
        ("file", "a.bpmn2", b"<a/>\r\n"), ("note", None, b"text"), ("file", "forms/b.ftl", b"")
    )

    files, strategy = read_upload(request(**sent))

    assert files == {"a.bpmn2": b"<a/>\r\n", "forms/b.ftl": b""}
    assert strategy is None


def test_an_archive_is_taken_apart_whatever_the_content_type_says() -> None:
    archive = zipped({"a.bpmn": b"<a/>", "META-INF/": b"", "x/C.class": b"1", "lib/x.jar": b"PK"})

    for kind in ("application/zip", "application/x-www-form-urlencoded", ""):
        files, _ = read_upload(request(body=archive, content_type=kind))
        assert files == {"a.bpmn": b"<a/>", "x/C.class": b"1"}


def test_an_archive_may_come_as_a_part() -> None:
    sent = multipart(("file", "unit.jar", zipped({"a.bpmn": b"<a/>"})), ("file", "b.bpmn", b"<b/>"))

    assert read_upload(request(**sent))[0] == {"a.bpmn": b"<a/>", "b.bpmn": b"<b/>"}


def test_the_descriptor_names_the_strategy() -> None:
    inside = zipped({uploads.DESCRIPTOR: DESCRIPTOR, "a.bpmn": b"<a/>"})

    assert read_upload(request(body=inside))[1] == "PER_PROCESS_INSTANCE"
    body = request(body=DESCRIPTOR, content_type="application/xml")
    assert read_upload(body) == ({}, "PER_PROCESS_INSTANCE")


@pytest.mark.parametrize(
    "name",
    ["../a.bpmn", "/a.bpmn", "x/../../a", "C:/a.bpmn", "x\\a.bpmn", "x//a", "./a", "a\x07", ""],
)
def test_a_name_that_leads_out_of_the_unit_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        uploads.safe_name(name)
    if name.isprintable() and name:
        with pytest.raises(Invalid):
            read_upload(request(body=zipped({name: b"x"})))


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link.bpmn")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (zipped({"a.bpmn": b"x"}, entries=(zipfile.ZipInfo("a.bpmn"),)), "two files"),
        (zipped({"a.bpmn": b"x", "A.bpmn": b"x"}), "two files"),
        (zipped({}, entries=(_link(),)), "link"),
        (zipped({"inner.bpmn": zipped({"a": b"x"})}), "an archive"),
        (zipped({"a.bpmn": b"x" * 100})[:-30], "cannot be read"),
        (b"PK\x03\x04 and nothing", "cannot be read"),
    ],
    # Archives hold the time they were made at: as ids, workers of one run would not agree.
    ids=("same name", "same but for case", "link", "nested", "cut off", "no archive"),
)
def test_an_archive_with_tricks_is_refused(archive: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_upload(request(body=archive))


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)

    with pytest.raises(Invalid, match="more than 1000"):
        read_upload(request(body=zipped({"a.bpmn": b"0" * 2000})))
    with pytest.raises(Invalid, match="1000 bytes"):
        read_upload(request(**multipart(("file", "a.bpmn", b"0" * 2000))))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 1)

    with pytest.raises(Invalid, match="1 files"):
        read_upload(request(body=zipped({"a.bpmn": b"", "b.bpmn": b""})))
    with pytest.raises(Invalid, match="entries"):
        read_upload(request(body=zipped({f"{n}.bpmn": b"" for n in range(6)})))


@pytest.mark.parametrize(
    "sent",
    [
        {"body": b"x", "content_type": "multipart/form-data"},
        {"body": b"--XX\r\nbroken", "content_type": "multipart/form-data; boundary=XX"},
        {"body": b"nonsense", "content_type": "multipart/form-data; boundary=XX"},
        multipart(("strategy", None, b"SINGLETON")),
        {"body": b"<a", "content_type": "application/xml"},
        {"body": b"<definitions/>", "content_type": "text/xml"},
        {
            "body": b'<!DOCTYPE d [<!ENTITY e "x">]><deployment-descriptor/>',
            "content_type": "application/xml",
        },
    ],
)
def test_a_body_that_cannot_be_read_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_upload(request(**sent))


def test_a_body_of_another_kind_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        read_upload(request(body=b"{}", content_type="application/json"))


# -- the route ----------------------------------------------------------------------------------


def test_deploying_files() -> None:
    sent = multipart(("file", "a.bpmn2", b"<a/>"))

    reply, calls, route = go("POST", DEPLOY, "strict=true&strategy=per_request", **sent)

    assert reply.status == 202
    assert route.lane == "pool"
    name, dep, files, *named = calls[0]
    assert (name, dep, files) == ("deployments.deploy", HR, {"a.bpmn2": b"<a/>"})
    assert named == [("strategy", "PER_REQUEST"), ("strict", True)]


def test_the_parameter_beats_the_descriptor_unless_it_is_the_default() -> None:
    body = zipped({uploads.DESCRIPTOR: DESCRIPTOR, "a.bpmn": b"<a/>"})

    for query, expected in (("", "PER_PROCESS_INSTANCE"), ("strategy=per_request", "PER_REQUEST")):
        _, calls, _ = go("PUT", DEPLOY, query, body=body)
        assert calls[0][3] == ("strategy", expected)


@pytest.mark.parametrize("query", ["strategy=x", "mergemode=x", "strategy=SINGLETON&strategy=x"])
def test_a_strategy_or_merge_mode_there_is_not_is_refused(query: str) -> None:
    with pytest.raises(Invalid):
        go("POST", DEPLOY, query)


def test_without_a_body_the_kjar_is_looked_for_and_the_answer_says_where() -> None:
    with opened() as door:
        reply = door.client.post(
            f"{REST}/deployment/a:none:1/deploy",
            headers={"accept": "application/json"},
            auth=("boss", PASSWORD),
        )

    told = reply.json()
    assert reply.status_code == 202
    assert not told["success"]
    assert told["deploymentUnit"]["status"] == "DEPLOY_FAILED"
    assert "data/kjars" in told["explanation"]


def test_without_a_body_a_unit_that_is_deployed_is_told_to_be() -> None:
    reply, _, _ = go("POST", DEPLOY, answers={"deployments.get": unit()})

    assert (reply.status, reply.view.success, reply.view.unit.status) == (202, False, "DEPLOYED")
    assert reply.view.explanation == f"{HR} is already deployed"


@pytest.mark.parametrize(
    ("dep", "place"),
    [
        (HR, "hr-1.0.jar"),
        (HR, "com/acme/hr/1.0/hr-1.0.kjar"),
        ("com.acme:hr:1.0:kb:ks", "hr-1.0.zip"),
        ("myDeployment", "myDeployment.jar"),
    ],
)
def test_a_kjar_is_found_flat_or_as_in_a_maven_repository(
    dep: str, place: str, tmp_path: Path
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped({"a.bpmn": b"<a/>"}))

    assert find_kjar(dep, ("/nowhere", str(tmp_path))) == {"a.bpmn": b"<a/>"}


@pytest.mark.parametrize("dep", ["..:hr:1.0", "a:../x:1.0", "a/b", "a..b:hr:1", "x:y:..", "../x"])
def test_an_id_is_never_a_path(dep: str, tmp_path: Path) -> None:
    (tmp_path / "x.jar").write_bytes(zipped({"a.bpmn": b""}))
    inner = tmp_path / "in"
    inner.mkdir()

    assert find_kjar(dep, (str(inner),)) is None


def test_class_files_beyond_the_bounds_are_left_aside():
    classes = {f"x/C{n}.class": b"1" for n in range(uploads.MOST_CLASSES + 5)}
    archive = zipped({"big/B.class": b"1" * (uploads.MOST_CLASS_BYTES + 1), **classes})

    files, _ = read_upload(request(body=archive, content_type="application/zip"))

    assert len(files) == uploads.MOST_CLASSES
    assert "big/B.class" not in files
