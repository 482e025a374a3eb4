"""Units by their ids: knowledge bases of a kjar, the latest version, and what a job came to."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from procession.rest.jbpm.latest import order_of
from tests.rest.jbpm.commands import PASSWORD, REST, Door, opened
from tests.rest.jbpm.test_jbpm_exchanges import MODEL

KMODULE = b"""<kmodule xmlns="http://jboss.org/kie/6.0.0/kmodule">
<kbase name="hiring" default="true" packages="com.acme.hr"><ksession name="desk"/></kbase>
<kbase name="other" packages="org.other.*"><ksession name="side"/></kbase>
<kbase name="both" includes="hiring,other" packages="none"/>
<kbase name="all"/>
</kmodule>"""


def model(process: str) -> bytes:
    return MODEL.replace(b"acme.hiring", process.encode())


KJAR = {
    "META-INF/kmodule.xml": KMODULE,
    "com/acme/hr/a.bpmn2": model("acme.a"),
    "org/other/deep/b.bpmn2": model("acme.b"),
    "c.bpmn2": model("acme.c"),
    "Review-taskform.frm": b"<form/>",
}


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


def deploy(door: Door, unit: str, files: dict[str, bytes] | None = None, query: str = "") -> Any:
    return door.client.post(
        f"{REST}/deployment/{unit}/deploy{query}", content=packed(KJAR if files is None else files),
        headers={"content-type": "application/zip", "accept": "application/json"},
        auth=("boss", PASSWORD),
    )  # fmt: skip


def ask(door: Door, method: str, path: str, user: str = "boss") -> Any:
    headers = {"accept": "application/json"}
    return door.client.request(method, REST + path, headers=headers, auth=(user, PASSWORD))


def processes(door: Door, unit: str) -> list[str]:
    found = ask(door, "GET", f"/deployment/{unit}/processes").json()["processDefinitionList"]
    return [one["id"] for one in found]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("", ["acme.a"]),
        (":hiring", ["acme.a"]),
        (":hiring:desk", ["acme.a"]),
        ("::desk", ["acme.a"]),
        (":other:side", ["acme.b"]),
        ("::side", ["acme.b"]),
        (":both", ["acme.a", "acme.b"]),
        (":all", ["acme.a", "acme.b", "acme.c"]),
    ],
)
def test_an_id_names_a_knowledge_base(door: Door, names: str, wanted: list[str]) -> None:
    unit = f"com.acme:kb{len(names)}{names.count('s')}:1.0{names}"

    assert deploy(door, unit).status_code == 202
    assert processes(door, unit) == wanted


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (":none", "has no knowledge base 'none'; it has hiring, other, both, all"),
        (":hiring:side", "has no session 'side'; it has desk"),
        ("::none", "has no session 'none'; it has desk, side"),
    ],
)
def test_names_that_a_kjar_has_not_are_refused(door: Door, names: str, told: str) -> None:
    reply = deploy(door, f"com.acme:kb:1.0{names}")

    assert reply.status_code == 400
    assert told in reply.json()["message"]


@pytest.mark.parametrize("content", [b"<kmodule", b"<!DOCTYPE k><kmodule/>"])
def test_a_kmodule_that_cannot_be_read_is_refused(door: Door, content: bytes) -> None:
    assert deploy(door, "com.acme:bad:1.0", {**KJAR, "META-INF/kmodule.xml": content}).is_error


def test_a_unit_without_a_kmodule_takes_any_names(door: Door) -> None:
    assert deploy(door, "com.acme:free:1.0:kb:ks", {"a.bpmn2": model("acme.a")}).is_success


def test_the_latest_version_is_the_highest_that_takes_starts() -> None:
    with opened(jbpm_dialect="6.5", access_mode="compat") as door:
        for version in ("1.9", "1.10", "1.10-SNAPSHOT", "1.2"):
            deploy(door, f"com.acme:app:{version}", {"a.bpmn2": model("acme.a")})
        path = "/process/acme.a/start"

        def start(unit: str) -> Any:
            number = ask(door, "POST", f"/runtime/{unit}{path}", "ann").json()["id"]
            log = ask(door, "GET", f"/history/instance/{number}", "ann").json()
            return number, log["externalId"]

        first, unit = start("com.acme:app:latest")
        assert unit == "com.acme:app:1.10"
        assert start("com.acme:app:1.9")[1] == "com.acme:app:1.9"
        assert ask(door, "GET", "/deployment/com.acme:app:LATEST").json()["version"] == "1.10"

        deploy(door, "com.acme:app:2.0", {"a.bpmn2": model("acme.a")})
        assert start("com.acme:app:Latest")[1] == "com.acme:app:2.0"
        stays = f"/runtime/com.acme:app:latest/process/instance/{first}"
        assert ask(door, "GET", stays, "ann").json()["id"] == first
        command = '<start-process processId="acme.a"/>'
        told = door.one(command, deployment="com.acme:app:latest", ver="6.5.0.1")
        found = f'<get-process-instance processInstanceId="{first}"/>'
        assert told.findtext("state") == "1"
        assert door.one(found, deployment="com.acme:app:latest").findtext("id") == str(first)

        ask(door, "POST", "/deployment/com.acme:app:2.0/deactivate")
        assert start("com.acme:app:latest")[1] == "com.acme:app:1.10"
        refused = ask(door, "POST", f"/runtime/com.acme:app:2.0{path}", "ann")
        assert (refused.status_code, "deactivated" in refused.text) == (404, True)
        for word in ("deploy", "undeploy", "activate", "deactivate"):
            assert ask(door, "POST", f"/deployment/com.acme:app:latest/{word}").status_code == 400
        assert ask(door, "POST", f"/runtime/com.acme:no:latest{path}", "ann").status_code == 404


def test_the_order_of_versions() -> None:
    versions = [
        "0.9", "1.0-alpha1", "1.0-beta", "1.0-M2", "1.0-RC1", "1.0-SNAPSHOT", "1.0", "1.0-SP1",
        "1.0.1", "1.2", "1.10", "2",
    ]  # fmt: skip
    assert sorted(set(versions), key=order_of) == versions
    assert order_of("1.0.0") == order_of("1") == order_of("1.0.Final")


def test_what_a_job_came_to_is_told_to_who_asks_later(tmp_path: Path) -> None:
    with opened(kjar_paths=(str(tmp_path),)) as door:
        failed = ask(door, "POST", "/deployment/a:late:1/deploy").json()
        assert failed["deploymentUnit"]["status"] == "DEPLOY_FAILED"
        assert ask(door, "GET", "/deployment/a:late:1").json()["status"] == "DEPLOY_FAILED"
        assert "a:late:1" not in ask(door, "GET", "/deployment").text

        descriptor = (
            b"<deployment-descriptor><runtime-strategy>PER_REQUEST</runtime-strategy>"
            b"</deployment-descriptor>"
        )
        files = {"a.bpmn2": MODEL, "META-INF/kie-deployment-descriptor.xml": descriptor}
        (tmp_path / "late-1.jar").write_bytes(packed(files))
        ask(door, "POST", "/deployment/a:late:1/deploy")
        found = ask(door, "GET", "/deployment/a:late:1").json()
        assert (found["status"], found["strategy"]) == ("DEPLOYED", "PER_REQUEST")

        ask(door, "POST", "/runtime/a:late:1/process/acme.hiring/start")
        kept = ask(door, "POST", "/deployment/a:late:1/undeploy").json()
        assert (kept["success"], kept["deploymentUnit"]["status"]) == (False, "UNDEPLOY_FAILED")
        assert ask(door, "GET", "/deployment/a:late:1").json()["status"] == "DEPLOYED"
