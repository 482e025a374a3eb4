"""Vulnerabilities that products of this family had, one test for each whose shape applies here.

What a whole file of this folder tries is tried here once more in the smallest form, under the
number by which people look for it.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import procession
from procession.services.access import TABLE, Who
from procession.testing.models import model
from tests.security.house import NOWHERE, SECRET, UNIT, House, house

DEPLOY = "/rest/deployment/org.test:Known:1.0/deploy"
JAVA, MVEL = "http://www.java.com/java", "http://www.mvel.org/2.0"
EXEC = 'java.lang.Runtime.getRuntime().exec("touch {mark}")'


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house() as one:
        yield one


def refuses(opened: House, content: bytes) -> bool:
    got = opened.call("admin", "POST", DEPLOY, files={"file": ("a.bpmn2", content)})
    return got.status_code == 400


def run_script(opened: House, language: str, text: str) -> int:
    xml = model("known", jbpm=True).start().script("s", text, scriptFormat=language).end().xml()
    if refuses(opened, xml):
        return 400
    path = "/rest/runtime/org.test:Known:1.0/process/known/start"
    code = opened.call("ann", "POST", path).status_code
    opened.engine.deployments.undeploy(opened.admin, "org.test:Known:1.0")
    return code


def doctype(entity: str) -> bytes:
    text = model("x").start().end().xml().decode()
    return f"<!DOCTYPE d [{entity}]>{text.replace('urn:test', '&x;')}".encode()


# -- XML -------------------------------------------------------------------------------------


def test_cve_2014_8125_a_process_file_reads_no_other_file(opened: House, tmp_path: Path) -> None:
    (tmp_path / "s").write_text(SECRET)

    assert refuses(opened, doctype(f'<!ENTITY x SYSTEM "file://{tmp_path}/s">'))


def test_cve_2014_3682_nor_does_a_drawing_or_form_in_a_unit(opened: House, tmp_path: Path) -> None:
    (tmp_path / "s").write_text(SECRET)
    svg = f'<!DOCTYPE s [<!ENTITY x SYSTEM "file://{tmp_path}/s">]><svg>&x;</svg>'
    files = {"a.svg": svg.encode(), "p.bpmn2": model("p").start().end().xml()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)

    place = DEPLOY.replace("Known", "Drawn")
    got = opened.call("admin", "POST", place, content=buffer.getvalue())

    assert SECRET not in got.text


def test_cve_2015_1818_a_descriptor_makes_no_requests(opened: House) -> None:
    text = (
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'
        "<deployment-descriptor><runtime-strategy>SINGLETON</runtime-strategy>"
        "</deployment-descriptor>"
    )
    got = opened.call(
        "admin", "POST", DEPLOY, content=text.encode(), headers={"Content-Type": "text/xml"}
    )

    assert got.status_code == 400


def test_cve_2017_7463_an_error_does_not_echo_what_was_uploaded(opened: House) -> None:
    text = b"<definitions><script>alert(1)</script></definitions>"
    got = opened.call(
        "admin",
        "POST",
        DEPLOY,
        files={"file": ("<b>.bpmn2", text)},
        headers={"Accept": "text/html"},
    )

    assert got.headers["content-type"] == "application/xml"
    assert "<script>" not in got.text


def test_cve_2017_2674_pictures_and_lists_escape_names(opened: House) -> None:
    xml = model("stored").start().user("t", name="<script>alert(1)</script>").end().xml()
    opened.engine.deployments.deploy(opened.admin, "org.test:Stored:1", {"s.bpmn": xml})
    view = opened.engine.processes.start(opened.engine.people.actor("ann"), "stored")

    for path in (
        f"/api/process-instances/{view.id}/diagram.svg",
        f"/rest/history/instance/{view.id}/node",
    ):
        assert "<script>" not in opened.call("ann", "GET", path).text


# -- code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [JAVA, MVEL])
@pytest.mark.parametrize(
    "text",
    [
        EXEC,
        'new java.lang.ProcessBuilder("touch", "{mark}").start()',
        '"".getClass().forName("java.lang.Runtime").getMethod("exec")',
        'Class.forName("java.lang.Runtime")',
    ],
)
def test_cve_2013_6468_expressions_run_no_programs(
    opened: House, tmp_path: Path, language: str, text: str
) -> None:
    """And CVE-2025-26074, CVE-2026-58138, CVE-2020-11977, CVE-2026-53405."""
    mark = tmp_path / "touched"

    assert run_script(opened, language, text.replace("{mark}", str(mark)) + ";") in {400, 500}
    assert not mark.exists()


@pytest.mark.parametrize("language", ["groovy", "ruby", "python", "javascript", "juel", "xpath"])
def test_cve_2026_116058_no_language_reaches_a_class(opened: House, language: str) -> None:
    """And CVE-2026-75414: what is not ours to run is refused when it is deployed."""
    answer = run_script(opened, language, "${''.getClass().forName('java.lang.Runtime')}")

    assert answer in ({400} if language in ("groovy", "ruby") else {400, 500})


def test_cve_2026_109432_queries_hold_no_expressions(opened: House) -> None:
    for text in ("${1+1}", "#{1+1}", "${''.getClass()}", "' or 1=1 --"):
        raw = quote(text, safe="")
        for name in ("potentialOwner", "taskOwner", "businessAdministrator"):
            got = opened.call("ann", "GET", f"/rest/task/query?{name}={raw}")
            assert got.status_code == 200
            assert "<task-summary>" not in got.text
        assert opened.call("ann", "GET", f"/rest/task/query?status={raw}").status_code == 400
    body = {"orQueries": [{"orQueries": [{"user": "${1}"}]}], "fileNames": [["x"]]}
    got = opened.call("admin", "POST", "/BPMREST/service/runtime/classAction", json=body)
    assert got.status_code == 400


def test_cve_2025_58059_models_see_no_environment(
    opened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "canary-9d")
    for text in ('System.getenv("CANARY")', 'System.getProperty("CANARY")'):
        assert run_script(opened, JAVA, f"System.out.println({text}.length());") in {400, 500}


def test_cve_2015_7501_nothing_is_deserialised(opened: House) -> None:
    """Java's streams are refused at every door, and no product code unpickles."""
    stream = b"\xac\xed\x00\x05sr\x00\x32sun.reflect.annotation.AnnotationInvocationHandler"
    kind = {"Content-Type": "application/x-java-serialized-object"}
    things = opened.fresh("InProgress")
    for method, path in (
        ("POST", DEPLOY),
        ("POST", f"/rest/task/{things.task.id}/complete"),
        ("POST", f"/rest/runtime/{UNIT}/process/vault/start"),
        ("POST", "/BPMREST/service/runtime/process/start"),
        ("POST", "/invoker/JMXInvokerServlet"),
    ):
        got = opened.call("admin", method, path, content=stream, headers=kind)
        assert got.status_code in {200, 400, 404, 405, 415}, path
    folder = Path(procession.__file__).parent
    for source in folder.rglob("*.py"):
        if source.parent.name == "shapes" and source.name == "source.py":
            continue  # writes the code of writers from our own shapes, never from data
        if source.parent.name == "cli" and source.name == "siblings.py":
            continue  # starts further nodes with the server's own command line, never from data
        text = source.read_text()
        for word in (
            "import pickle",
            "import marshal",
            "import shelve",
            "yaml.load",
            " eval(",
            "import subprocess",
            "os.system",
            " exec(",
        ):
            assert word not in text, (source.name, word)


def test_cve_2017_7957_a_class_name_in_a_body_is_data(opened: House) -> None:
    """And the XStream settings that nobody made: there is nothing to configure."""
    for body in ('{"secret": {"@class": "void"}}', '{"secret": {"!!python/object": "os.system"}}'):
        path = f"/rest/runtime/{UNIT}/process/vault/start"
        got = opened.call(
            "ann", "POST", path, content=body.encode(), headers={"Content-Type": "application/json"}
        )
        assert got.status_code in {200, 400}
    assert "antigravity" not in sys.modules


# -- who may what ----------------------------------------------------------------------------


def test_cve_2026_110118_nobody_completes_or_reassigns_anothers_task(opened: House) -> None:
    things = opened.fresh("InProgress")
    before = opened.state(things)
    long = f"{things.task.id}-{things.task.uuid}"
    root = "/BPMREST/service/runtime/tasks"

    for path in (
        f"/rest/task/{things.task.id}/complete",
        f"/rest/task/{things.task.id}/delegate?targetEntityId=dave",
        f"/rest/task/{things.task.id}/forward?targetEntityId=dave",
        f"/rest/task/{things.task.id}/nominate?user=dave",
        f"{root}/{long}/complete",
        f"{root}/{long}/assign?user=dave",
        f"{root}/{long}/claim",
    ):
        assert opened.call("dave", "POST", path).status_code == 404, path

    assert opened.state(things) == before


def test_cve_2026_62183_the_starter_does_not_approve_for_the_approver(opened: House) -> None:
    """Neither by the task, nor by its work item, nor by acting for the approver."""
    things = opened.fresh("InProgress")
    item = things.task.work_item_id
    before = opened.state(things)

    for path in (
        f"/rest/task/{things.task.id}/complete",
        f"/rest/runtime/{UNIT}/workitem/{item}/complete",
        f"/rest/runtime/{UNIT}/workitem/{item}/abort",
        f"/BPMREST/service/runtime/tasks/{things.task.id}-{things.task.uuid}/complete?user=olga",
    ):
        assert opened.call("ann", "POST", path).status_code in {403, 409}, path
    for path in ("/api/roles/act-for-others/users/ann", "/api/groups/clerks/members/ann"):
        assert opened.call("ann", "PUT", path).status_code == 403

    assert opened.state(things) == before


def test_cve_2014_8115_no_route_is_open_by_default(opened: House) -> None:
    """And CVE-2017-1628, BZ-1168316: every route names a permission that the table knows."""
    public = set()
    for prefix, route in opened.routes():
        assert route.permission in TABLE, route
        if TABLE[route.permission].who is Who.EVERYBODY:
            public.add(prefix + route.path)

    assert public == {"/api/health", "/api/ready", "/eaf-rest/login"}


def test_cve_2015_1904_documents_belong_to_their_task(opened: House) -> None:
    things = opened.fresh()
    path = f"/rest/task/content/{things.task.input_content_id}"

    assert opened.call("olga", "GET", path).status_code == 200
    assert opened.call("dave", "GET", path).status_code == 404


def test_cve_2021_20306_no_list_tells_names_of_others_work(opened: House) -> None:
    opened.fresh()
    for path in (
        "/rest/history/instances",
        "/rest/task/query",
        "/rest/history/process/vault",
        "/rest/history/variable/secret",
        "/rest/history/variable/secret/instances",
    ):
        got = opened.call("dave", "GET", path)
        assert SECRET not in got.text
        assert got.text.endswith("list/>"), path


def test_cve_2022_25237_a_suffix_in_the_address_opens_nothing(opened: House) -> None:
    things = opened.fresh()
    for path in (
        "/api/users;i18ntranslation",
        "/api/users;i18ntranslation/",
        "/api/;i18ntranslation/users",
        "/api/users/../i18ntranslation/../users",
        f"/rest/task/{things.task.id};i18ntranslation",
    ):
        for user in (None, "dave", "admin"):
            text = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            answer = opened.served.raw(text)
            assert answer.split(" ")[1] in {"401", "404"}, (user, path)


def test_cve_2026_77226_nobody_makes_an_administrator_from_outside(opened: House) -> None:
    body = {"name": "evil", "password": "evil", "groups": ["Administrators"]}
    before = opened.people()

    for user, code in ((None, 401), ("dave", 403), ("pam", 403), ("ada", 403)):
        assert opened.call(user, "POST", "/api/users", json=body).status_code == code
    assert opened.engine.people.ensure_first_administrator("evil") is None

    assert opened.people() == before


def test_cve_2016_7034_no_session_no_token_to_guess(opened: House) -> None:
    """Changes that a foreign page asks for are refused by where the page comes from."""
    got = opened.call(
        "admin",
        "POST",
        "/api/groups",
        json={"name": "x"},
        headers={"Origin": "https://evil.example"},
    )

    assert got.status_code == 403
    assert "set-cookie" not in got.headers


def test_cve_2017_2658_no_page_is_framed(opened: House) -> None:
    policy = opened.served.client().get("/docs").headers["content-security-policy"]

    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_bz_1229171_and_its_kin(request: pytest.FixtureRequest, mode: str) -> None:
    """RHBPMS-4576, JBPM-6068, RHPAM-2810, JBPM-5610, RHBPMS-4995."""
    opened: House = request.getfixturevalue(mode)
    things = opened.fresh("InProgress")
    before = opened.state(things)
    seen = opened.call("dave", "GET", f"/rest/task/{things.task.id}")
    assert seen.status_code == (404 if mode == "guarded" else 200)

    for word in ("claim", "start", "complete", "fail", "exit", "release", "stop"):
        got = opened.call("dave", "POST", f"/rest/task/{things.task.id}/{word}")
        assert got.status_code == (404 if mode == "guarded" else 409), word
    path = f"/rest/task/{things.task.id}/delegate"
    got = opened.call("olga", "POST", path, params={"targetEntityId": "nobody-such"})
    assert got.status_code == 400

    assert opened.state(things) == before


def test_what_does_not_exist_is_told_in_few_words(opened: House) -> None:
    got = opened.call("dave", "GET", f"/rest/task/{NOWHERE}", headers={"Accept": "*/*"})

    assert got.status_code == 404
    assert "stackTrace" not in got.text or json.dumps(None) in got.text
