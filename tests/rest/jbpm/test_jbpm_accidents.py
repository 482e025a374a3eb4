"""What a version did by accident: done on request only, each accident by its own flag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from procession.rest.jbpm.accidents import EXACT, FIXED
from procession.rest.jbpm.profiles import PROFILES, named
from procession.services.processes import ProcessRef
from procession.settings import Settings
from tests.rest.jbpm.commands import PASSWORD, REST, Door, item, on_task, opened, typed
from tests.rest.jbpm.test_jbpm_exchanges import HR, RUNTIME

VERSIONS = ("6.0.1", "6.0", "6.1", "6.2", "6.3", "6.4", "6.5")
OLD, NEW, ALL = VERSIONS[:3], VERSIONS[3:], VERSIONS
OLDEST, LATER = VERSIONS[:2], VERSIONS[4:]
Doors = dict[str, Door]


@pytest.fixture(scope="module")
def exact() -> Iterator[Doors]:
    """A server in each wire form that does what the originals did; 6.3 and 6.4 are as 6.5."""
    with ExitStack() as stack:
        yield {
            version: stack.enter_context(opened(jbpm_dialect=version, jbpm_accidents="exact"))
            for version in ("6.0", "6.1", "6.5")
        }


@pytest.fixture(scope="module")
def fixed() -> Iterator[Door]:
    with opened(jbpm_dialect="6.5") as door:
        yield door


def ask(door: Door, method: str, address: str, accept: str = "application/xml") -> Any:
    headers = {"accept": accept}
    return door.client.request(method, REST + address, headers=headers, auth=("ann", PASSWORD))


def start(door: Door) -> tuple[int, int]:
    number = door.start()
    return number, door.task_of(number)


def test_a_server_does_what_was_meant_unless_told_otherwise() -> None:
    assert all(profile.accidents is FIXED for profile in PROFILES.values())
    assert named("6.5", Settings()).accidents is FIXED
    assert named("L", Settings(jbpm_accidents="exact")).accidents is EXACT["6.0"]


@pytest.mark.parametrize(
    ("flag", "versions"),
    [
        ("conflicts_fail", NEW), ("missing_tasks", ALL), ("missing_logs_fail", ALL),
        ("missing_is_bad", ("6.0.1",)), ("missing_variables", ALL), ("missing_signalled", NEW),
        ("says_nothing", NEW), ("errors_are_xml", ALL), ("errors_are_responses", ("6.0.1",)),
        ("unknown_statuses_fail", LATER), ("odd_floats_fail", LATER),
        ("strange_bodies_fail", OLDEST), ("insists_on_media", ("6.5",)),
        ("forgets_variables", NEW), ("forgets_forms", ("6.0", "6.1")), ("forgets_faults", OLD),
        ("exact_names", LATER), ("lone_page", VERSIONS[1:]), ("one_log_status", OLDEST),
        ("drops_unknown", ALL), ("texts_only", OLD), ("ended_signalled", ALL),
        ("empty_variables", ("6.0.1",)), ("empty_contents", ("6.0.1",)), ("hides_ids", OLDEST),
        ("claims_own_only", ALL), ("lists_once", ALL), ("container_pages", NEW),
        ("denials_ask_again", ("6.0.1",)), ("lacks", ALL), ("gav_only", VERSIONS[1:]),
        ("heeds_units", ("6.0.1",)), ("exact_targets", ALL), ("ignores_keys", OLD),
        ("ignores_merging", OLDEST), ("keeps_quotes", ("6.0.1",)), ("language_excludes", OLDEST),
        ("counts_ended", OLD), ("limits_only", OLDEST),
        ("ignores_required_roles", OLDEST), ("whole_unit_list", OLDEST),
        ("refuses_groups", ("6.5",)), ("lists_fail", ("6.2",)), ("odd_parameters_fail", OLDEST),
        ("made_order", OLD), ("job_words", ALL), ("redeploys", OLDEST),
    ],
)  # fmt: skip
def test_which_versions_had_an_accident(flag: str, versions: tuple[str, ...]) -> None:
    assert tuple(v for v in VERSIONS if getattr(EXACT[v], flag)) == versions


def test_every_flag_is_in_the_table_above() -> None:
    mark = test_which_versions_had_an_accident.pytestmark[0]  # type: ignore[attr-defined]
    assert {row[0] for row in mark.args[1]} == {
        field.name for field in msgspec.structs.fields(FIXED)
    }


def test_a_refused_operation(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        _, task = start(door)
        codes.append(ask(door, "POST", f"/task/{task}/complete").status_code)

    assert codes == [409, 409, 500, 409]


def test_an_operation_on_no_task(exact: Doors, fixed: Door) -> None:
    doors = (*exact.values(), fixed)

    claims = [ask(door, "POST", "/task/999/claim").status_code for door in doors]
    skips = [ask(door, "POST", "/task/999/Skip").status_code for door in doors]
    looks = [ask(door, "GET", "/task/999").status_code for door in doors]

    assert claims == [409, 409, 500, 404]
    assert skips == [500, 500, 500, 404]
    assert looks == [404] * 4


def test_the_history_of_no_instance(exact: Doors, fixed: Door) -> None:
    found = [ask(d, "GET", "/history/instance/999").status_code for d in (*exact.values(), fixed)]

    assert found == [500, 500, 500, 404]


def test_errors_without_words(exact: Doors, fixed: Door) -> None:
    texts = [ask(d, "GET", "/task/999").text for d in (*exact.values(), fixed)]

    assert ["<message>" in text for text in texts] == [True, True, False, True]


def test_errors_in_xml_that_are_called_json(exact: Doors, fixed: Door) -> None:
    for door in exact.values():
        reply = ask(door, "GET", "/task/999", "application/json")
        assert reply.headers["content-type"] == "application/json"
        assert reply.text.startswith("<?xml")
    assert ask(fixed, "GET", "/task/999", "application/json").json()["status"] == "NOT_FOUND"


def test_a_variable_that_is_no_text(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        reply = ask(door, "POST", f"{RUNTIME}/process/acme.hiring/start?map_name=Ann&map_age=5i")
        number = reply.text.partition("<id>")[2].partition("<")[0]
        for name in ("name", "age"):
            look = ask(door, "GET", f"{RUNTIME}/process/instance/{number}/variable/{name}")
            codes.append(look.status_code)

    assert codes == [200, 500, 200, 500, 200, 200, 200, 200]


def test_a_start_with_a_key_and_variables(exact: Doors, fixed: Door) -> None:
    path = f"{RUNTIME}/withvars/process/acme.hiring/start?corrProp=k&map_name=Ann"
    found = ["Ann" in ask(d, "POST", path).text for d in (*exact.values(), fixed)]

    assert found == [True, True, False, True]


def test_a_page_without_a_size(exact: Doors, fixed: Door) -> None:
    sizes = []
    for door in (*exact.values(), fixed):
        for _ in range(12):
            door.start()
        sizes.append(ask(door, "GET", "/history/instances?page=1").text.count("<external-id>"))

    assert sizes[:2] == [0, 0]
    assert sizes[2] >= 12
    assert sizes[3] == 10


def test_the_ids_of_processes(exact: Doors, fixed: Door) -> None:
    (hidden,) = exact["6.0"].do("<get-process-ids/>", ver="6.0.3.1", deployment=HR)
    shown = exact["6.0"].one("<get-process-ids/>", ver="6.5.0.1", deployment=HR)

    assert hidden.tag == "exception"
    assert shown.findtext("string") == "acme.hiring"
    assert fixed.one("<get-process-ids/>", ver="6.0.3.1").findtext("string") == "acme.hiring"


# -- 6.0.0 and 6.0.1, which nobody but these accidents tells from 6.0 ---------------------------


@pytest.fixture(scope="module")
def earliest() -> Iterator[Door]:
    with opened(jbpm_dialect="6.0.1", jbpm_accidents="exact") as door:
        yield door


def test_an_error_of_the_first_versions_is_a_response(earliest: Door, fixed: Door) -> None:
    told = ElementTree.fromstring(ask(earliest, "GET", "/task/999").content)
    bad = ElementTree.fromstring(ask(earliest, "GET", "/task/query?nonsense=1").content)

    assert told.tag == bad.tag == "response"
    assert (told.findtext("status"), bad.findtext("status")) == ("FAILURE", "BAD_REQUEST")
    assert "999" in (told.findtext("message") or "")
    assert ElementTree.fromstring(ask(fixed, "GET", "/task/999").content).tag == "exception"


def test_what_is_missing_was_a_bad_request(earliest: Door, fixed: Door) -> None:
    for door, code in ((earliest, 400), (fixed, 404)):
        for path in ("/process/instance/999", "/withvars/process/instance/999"):
            assert ask(door, "GET", RUNTIME + path).status_code == code
        nowhere = "/runtime/a:b:1/process/acme.hiring/start"
        assert ask(door, "POST", nowhere).status_code == code


def test_operations_on_no_task_in_the_first_versions(earliest: Door) -> None:
    codes = [ask(earliest, "POST", f"/task/999/{word}").status_code for word in ("claim", "skip")]

    assert codes == [409, 404]


def test_the_document_of_a_task_was_empty(earliest: Door, fixed: Door) -> None:
    texts = [ask(d, "GET", f"/task/{start(d)[1]}/content").text for d in (earliest, fixed)]

    assert texts[0].endswith("<content/>")
    assert "TaskName" in texts[1]


# -- what is read -------------------------------------------------------------------------------


def test_parameters_in_a_form(exact: Doors, earliest: Door, fixed: Door) -> None:
    path = f"{REST}{RUNTIME}/withvars/process/acme.hiring/start"
    found = []
    for door in (earliest, *exact.values(), fixed):
        reply = door.client.post(path, data={"map_name": "Ann"}, auth=("ann", PASSWORD))
        found.append("Ann" in reply.text)

    assert found == [True, False, False, True, True]


def test_the_names_of_a_task_query(exact: Doors, fixed: Door) -> None:
    found = []
    for query in ("TASKID=1", "p=1&pageSize=5", "p=1&pagesize=5"):
        doors = (*exact.values(), fixed)
        found.append([ask(d, "GET", f"/task/query?{query}").status_code for d in doors])

    assert found == [[200, 200, 400, 200], [200, 200, 400, 200], [200] * 4]


def test_a_status_that_nobody_knows(exact: Doors, fixed: Door) -> None:
    codes = [ask(d, "GET", "/task/query?status=x").status_code for d in (*exact.values(), fixed)]

    assert codes == [400, 400, 500, 400]


def test_a_number_with_two_points(exact: Doors, fixed: Door) -> None:
    path = f"{RUNTIME}/process/acme.hiring/start?map_x=1.2.3"
    codes = [ask(door, "POST", path).status_code for door in (*exact.values(), fixed)]

    assert codes == [200, 200, 500, 200]


def test_the_status_of_logs(exact: Doors, fixed: Door) -> None:
    found = []
    for door in (*exact.values(), fixed):
        start(door)
        path = "/history/process/acme.hiring?status=3"
        found.append("<process-instance-log" in ask(door, "GET", path).text)

    assert found == [True, False, False, False]


def test_a_command_that_nobody_knows(exact: Doors, fixed: Door) -> None:
    replies = [door.post("<no-such-command/>") for door in (exact["6.5"], fixed)]

    assert [reply.status_code for reply in replies] == [200, 400]
    assert "no-such" not in replies[0].text


def test_commands_that_are_no_xml(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        headers = {"content-type": "text/plain"}
        reply = door.client.post(
            f"{REST}/execute", content=b"x", headers=headers, auth=("ann", PASSWORD)
        )
        codes.append(reply.status_code)

    assert codes == [500, 415, 415, 415]


def test_who_takes_neither_xml_nor_json(exact: Doors, fixed: Door) -> None:
    path = "/deployment/" + HR
    codes = [ask(d, "GET", path, "text/plain").status_code for d in (*exact.values(), fixed)]

    assert codes == [200, 200, 406, 200]
    assert ask(exact["6.5"], "GET", path, "application/json").status_code == 200
    assert ask(exact["6.5"], "GET", "/deployment", "text/plain").status_code == 200


# -- what is answered ---------------------------------------------------------------------------


def test_a_variable_that_is_not_there(exact: Doors, fixed: Door) -> None:
    found = []
    for door in (*exact.values(), fixed):
        reply = ask(door, "GET", f"{RUNTIME}/process/instance/{start(door)[0]}/variable/none")
        found.append((reply.status_code, bool(reply.content)))

    assert found == [(500, True), (500, True), (200, False), (404, True)]


ENDING = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
<process id="acme.ending" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="c"/>
<intermediateCatchEvent id="c"><signalEventDefinition signalRef="go"/></intermediateCatchEvent>
<sequenceFlow id="g" sourceRef="c" targetRef="e"/><endEvent id="e"/></process>
<signal id="go" name="go"/></definitions>"""


def test_an_instance_that_a_signal_ended(exact: Doors, fixed: Door) -> None:
    found = []
    for door in (*exact.values(), fixed):
        unit = "a:ending:1"
        door.engine.deployments.deploy(door.engine.admin, unit, {"e.bpmn": ENDING})
        made = door.engine.processes.start(
            "ann", ProcessRef(deployment=unit, process_id="acme.ending")
        )
        path = f"/runtime/{unit}/withvars/process/instance/{made.id}/signal?signal=go"
        reply = ask(door, "POST", path)
        found.append((reply.status_code, reply.text.rpartition("?>")[2]))

    assert [code for code, _ in found] == [404, 404, 200, 200]
    assert found[2][1] == "<process-instance-with-vars-response/>"
    assert "<state>2</state>" in found[3][1]


def test_a_signal_to_no_instance_with_a_session_of_its_own(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        admin, files = door.engine.admin, {"e.bpmn": ENDING}
        door.engine.deployments.deploy(admin, "a:own:1", files, strategy="PER_PROCESS_INSTANCE")
        for unit in ("a:own:1", HR):
            path = f"/runtime/{unit}/process/instance/999/signal?signal=go"
            codes.append(ask(door, "POST", path).status_code)

    assert codes == [200, 200, 200, 200, 404, 200, 200, 200]


def test_the_variables_of_an_instance(earliest: Door, fixed: Door) -> None:
    found = []
    for door in (earliest, fixed):
        path = f"{RUNTIME}/process/acme.hiring/start?map_name=Ann"
        number = ask(door, "POST", path).text.partition("<id>")[2].partition("<")[0]
        text = ask(door, "GET", f"{RUNTIME}/process/instance/{number}/variables").text
        found.append("name" in text)

    assert found == [False, True]


def test_the_next_available_task(exact: Doors, fixed: Door) -> None:
    owners = []
    for door in (*exact.values(), fixed):
        _, task = start(door)
        assert ask(door, "POST", "/task/1/claimnextavailable").status_code == 200
        door.do("<claim-next-available-task><user-id>bob</user-id></claim-next-available-task>",
                user="bob")  # fmt: skip
        owners.append(door.engine.tasks.get(door.engine.admin, task).actual_owner)

    assert owners[:3] == [None] * 3
    assert owners[3] is not None


@pytest.mark.parametrize(("ver", "kept"), [("1", False), ("6.1.0.1", False), ("6.5.0.1", True)])
def test_what_a_failed_task_says(exact: Doors, ver: str, kept: bool) -> None:
    door = exact["6.5"]
    _, task = start(door)
    fault = item("why", typed("xs:string", "no"))
    door.do(on_task("start-task", task), ver=ver)
    door.do(on_task("fail-task", task, more=f"<data>{fault}</data>"), ver=ver)

    number = door.engine.tasks.get(door.engine.admin, task).fault_content_id
    value = door.engine.tasks.content_by_id(door.engine.admin, number).value if number else {}
    assert ("why" in value) is kept


def test_a_refused_command(exact: Doors, fixed: Door) -> None:
    words = []
    for door in (exact["6.5"], fixed):
        _, task = start(door)
        (told,) = door.do(on_task("stop-task", task), ver="6.5.0.1")
        words.append(told.findtext("status"))

    assert words == ["FAILURE", "PERMISSIONS_CONFLICT"]
