"""Exact versions: what each had and had not, how it read, ordered and told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.rest.jbpm.commands import PASSWORD, REST, Door, item, on_task, opened, typed
from tests.rest.jbpm.test_jbpm_accidents import ENDING, VERSIONS, ask, start
from tests.rest.jbpm.test_jbpm_exchanges import HR, MODEL, RUNTIME

Doors = dict[str, Door]
OPEN = ("6.0.1", "6.0", "6.1", "6.2", "6.5")
JSON = "application/json"
MOUNT = ("business-central=6.0",)


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    """One server of each kind, and ``fixed``, which is 6.0 as it was meant."""
    with ExitStack() as stack:
        found = {
            version: stack.enter_context(opened(jbpm_dialect=version, jbpm_accidents="exact"))
            for version in OPEN
        }
        yield {**found, "fixed": stack.enter_context(opened(jbpm_dialect="6.0", jbpm_mounts=MOUNT))}


def each(doors: Doors, of: Any) -> list[Any]:
    return [of(doors[version]) for version in (*OPEN, "fixed")]


def status(method: str, path: str, accept: str = "application/xml") -> Any:
    return lambda door: ask(door, method, path, accept).status_code


# -- what there is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "codes"),
    [
        ("GET", f"{RUNTIME}/process/acme.hiring", [404, 404, 200, 200, 200, 200]),
        ("POST", f"{RUNTIME}/process/acme.hiring/startform", [404, 404, 200, 404, 404, 200]),
        ("GET", f"{RUNTIME}/process/acme.hiring/startform", [404, 404, 404, 200, 200, 200]),
        ("GET", f"{RUNTIME}/process/instance/1/variables", [200, 404, 404, 404, 404, 200]),
        ("GET", f"{RUNTIME}/history/instances", [200, 200, 404, 404, 404, 200]),
        ("GET", "/history/instances", [404, 200, 200, 200, 200, 200]),
        ("GET", "/deployment/processes", [404, 404, 200, 200, 200, 200]),
        ("GET", f"/deployment/{HR}/processes", [404, 404, 404, 200, 200, 200]),
        ("POST", f"/deployment/{HR}/activate", [404, 404, 404, 404, 200, 200]),
        ("PUT", f"/deployment/{HR}/deploy", [404, 404, 404, 404, 202, 202]),
        ("GET", "/query/task", [404, 404, 404, 200, 200, 200]),
        ("GET", "/query/runtime/process", [404, 404, 404, 200, 200, 200]),
        ("GET", "/task/query", [200] * 6),
    ],
)
def test_addresses_that_a_version_had_not(
    doors: Doors, method: str, path: str, codes: list[int]
) -> None:
    user = "boss" if path.startswith("/deployment/") else "ann"
    found = [
        door.client.request(method, REST + path, auth=(user, PASSWORD)).status_code
        for door in (doors[version] for version in (*OPEN, "fixed"))
    ]

    assert found == codes


def test_commands_are_taken_at_every_address(doors: Doors) -> None:
    for door in doors.values():
        for path in ("/execute", "/task/execute", "/runtime/null/execute"):
            assert door.post("<find-process-instances/>", path=path).status_code == 200


def test_a_deployment_id_of_one_word(doors: Doors) -> None:
    for door in doors.values():
        door.engine.deployments.deploy(door.engine.admin, "word", {"hiring.bpmn2": MODEL})

    codes = each(doors, status("POST", "/runtime/word/process/acme.hiring/start"))

    assert codes == [200, 404, 404, 404, 404, 200]


def test_history_of_a_deployment_that_is_not_there(doors: Doors) -> None:
    codes = each(doors, status("GET", "/runtime/a:b:1/history/instances"))

    assert codes == [400, 200, 404, 404, 404, 200]


def test_an_address_that_no_version_had(doors: Doors) -> None:
    kinds = each(doors, lambda door: ask(door, "GET", "/no/such").headers["content-type"])
    methods = each(doors, status("PUT", "/task/query"))

    assert kinds == [*["application/xml"] * 3, *["text/html;charset=utf-8"] * 2, "application/xml"]
    assert methods == [405] * 6


# -- what is read -------------------------------------------------------------------------------


def test_to_whom_a_task_is_handed(doors: Doors) -> None:
    def by(parameter: str, whom: str) -> Any:
        def delegate(door: Door) -> int:
            task = start(door)[1]
            ask(door, "POST", f"/task/{task}/claim")
            found: int = ask(door, "POST", f"/task/{task}/delegate?{parameter}={whom}").status_code
            return found

        return delegate

    assert each(doors, by("targetEntityId", "bob")) == [200] * 6
    assert each(doors, by("targetId", "bob")) == [*[400] * 5, 200]
    assert each(doors, by("targetEntityId", "HR")) == [200, 200, 200, 200, 500, 200]


def test_a_group_by_command(doors: Doors) -> None:
    door, words = doors["6.5"], []
    for ver in ("6.4.0.1", "6.5.0.1"):
        task = start(door)[1]
        door.do(on_task("claim-task", task), ver=ver)
        target = "<target-entity-id>HR</target-entity-id>"
        words.append(len(door.do(on_task("delegate-task", task, more=target), ver=ver)))

    assert words == [0, 1]


def test_a_correlation_key_by_address(doors: Doors) -> None:
    def key(door: Door) -> bool:
        path = f"{RUNTIME}/process/acme.hiring/start?corrProp=order"
        assert ask(door, "POST", path).status_code == 200
        command = (
            "<get-process-instance-by-correlation-key><correlation-key>order</correlation-key>"
            "</get-process-instance-by-correlation-key>"
        )
        return bool(door.do(command))

    assert each(doors, key) == [False, False, False, True, True, True]


def test_a_text_in_quotes(doors: Doors) -> None:
    def text(door: Door) -> str:
        path = f'{RUNTIME}/withvars/process/acme.hiring/start?map_name="5"'
        found: str = ask(door, "POST", path, JSON).json()["variables"]["name"]
        return found

    assert each(doors, text) == ['"5"', "5", "5", "5", "5", "5"]


def test_the_language_of_a_task_query(doors: Doors) -> None:
    def count(language: str) -> Any:
        path = f"/task/query?language={language}"
        return lambda door: ask(door, "GET", path).text.count("<task-summary>") > 0

    for door in doors.values():
        start(door)
    assert each(doors, count("en-UK")) == [True] * 6
    assert each(doors, count("fr-FR")) == [False, False, True, True, True, True]


def test_running_instances_alone(doors: Doors) -> None:
    def has_ended(door: Door) -> bool:
        number, _ = start(door)
        assert ask(door, "POST", f"{RUNTIME}/process/instance/{number}/abort").status_code == 200
        place = f"{RUNTIME}/history" if door is doors["6.0.1"] else "/history"
        return (
            "<status>3</status>" in ask(door, "GET", f"{place}/instances?activeProcesses=true").text
        )

    assert each(doors, has_ended) == [True, True, True, False, False, False]


def test_pages_of_the_instances_of_a_variable(doors: Doors) -> None:
    def second(door: Door) -> bool:
        for _ in range(2):
            ask(door, "POST", f"{RUNTIME}/process/acme.hiring/start?map_paged=1")
        place = f"{RUNTIME}/history" if door is doors["6.0.1"] else "/history"
        first, second = (
            ask(door, "GET", f"{place}/variable/paged/instances?p={p}&s=1", JSON).json()
            for p in (1, 2)
        )
        return bool(first["historyLogList"] == second["historyLogList"])

    assert each(doors, second) == [True, True, False, False, False, False]


def test_pages_of_the_units(doors: Doors) -> None:
    for door in doors.values():
        door.engine.deployments.deploy(door.engine.admin, "a:paged:1", {"e.bpmn": ENDING})

    counts = each(
        doors, lambda door: ask(door, "GET", "/deployment?p=1&s=1").text.count("<deployment-unit>")
    )

    assert [count > 1 for count in counts] == [True, True, False, False, False, False]


# -- what is answered ---------------------------------------------------------------------------


def test_who_may_not_do_something_to_a_task(doors: Doors) -> None:
    def refused(door: Door) -> tuple[int, int]:
        task = start(door)[1]
        address = f"{REST}/task/{task}"
        stranger = door.client.post(f"{address}/claim", auth=("eve", PASSWORD)).status_code
        return stranger, ask(door, "POST", f"{address.removeprefix(REST)}/complete").status_code

    with opened(jbpm_dialect="6.0.1", jbpm_accidents="exact", access_mode="compat") as earliest:
        assert refused(earliest) == (401, 409)
    with opened(jbpm_dialect="6.0", jbpm_accidents="exact", access_mode="compat") as later:
        assert refused(later) == (409, 409)


def with_list(door: Door) -> int:
    """A new instance that has a list; its number."""
    items = '<element xsi:type="xs:string">a</element>'
    value = typed("jaxbListWrapper", f"<type>LIST</type>{items}")
    return door.start(item("list", value))


def test_a_variable_that_is_a_list(doors: Doors) -> None:
    path = f"{RUNTIME}/process/instance/{{}}/variable/list"
    codes, as_json = [], []
    for version in ("6.1", "6.2", "6.5", "fixed"):
        door = doors[version]
        number = with_list(door)
        codes.append(ask(door, "GET", path.format(number)).status_code)
        as_json.append(ask(door, "GET", path.format(number), JSON).status_code)

    assert codes == [500, 500, 200, 200]
    assert as_json == [500, 200, 200, 200]


WORK = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
 xmlns:tns="http://www.jboss.org/drools">
<process id="acme.work" isExecutable="true"><property id="list"/><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="w"/>
<task id="w" name="Work" tns:taskName="Pending"><ioSpecification>
<dataInput id="in" name="list"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet/>
</ioSpecification><dataInputAssociation><sourceRef>list</sourceRef><targetRef>in</targetRef>
</dataInputAssociation></task>
<sequenceFlow id="g" sourceRef="w" targetRef="e"/><endEvent id="e"/></process></definitions>"""


def test_a_work_item_with_a_list(doors: Doors) -> None:
    codes = []
    for version in ("6.0", "6.1", "fixed"):
        door, unit = doors[version], "a:work:1"
        door.engine.deployments.deploy(door.engine.admin, unit, {"w.bpmn": WORK})
        value = typed("jaxbListWrapper", '<element xsi:type="xs:string">a</element>')
        (made,) = door.do(
            f'<start-process processId="acme.work"><parameter>{item("list", value)}</parameter>'
            "</start-process>",
            deployment=unit,
        )
        logs = ask(door, "GET", f"/history/instance/{made.findtext('id')}/node/w", JSON).json()
        (log,) = (next(iter(one.values())) for one in logs["historyLogList"])
        path = f"/runtime/{unit}/workitem/{log['workItemId']}"
        codes += [ask(door, "GET", path).status_code, ask(door, "GET", path, JSON).status_code]

    assert codes == [500, 200, 200, 200, 200, 200]


def test_how_jobs_are_told(doors: Doors) -> None:
    def told(door: Door) -> list[tuple[str, str]]:
        found = []
        for word in ("deploy", "undeploy"):
            reply = door.client.post(
                f"{REST}/deployment/a:job:1/{word}?mergemode=none",
                files={"file": ("e.bpmn", ENDING)} if word == "deploy" else None,
                auth=("boss", PASSWORD),
            )
            found.append((str(reply.status_code), reply.text.partition("<status>")[2][:6]))
        return found

    early = [("202", "DEPLOY"), ("202", "UNDEPL")]
    none = ("202", "ACCEPT")
    found = each(doors, told)
    assert found[:2] == [early, early]  # which do not know merge modes
    assert [one[0][0] for one in found[2:]] == ["400"] * 4
    for version in ("6.1", "6.5"):
        door = doors[version]
        reply = door.client.post(
            f"{REST}/deployment/a:job:2/deploy",
            files={"file": ("e.bpmn", ENDING)},
            auth=("boss", PASSWORD),
        )
        assert (str(reply.status_code), reply.text.partition("<status>")[2][:6]) == none


def test_deploying_what_is_deployed_already(doors: Doors) -> None:
    def told(door: Door) -> bool:
        reply = door.client.post(f"{REST}/deployment/{HR}/deploy", auth=("boss", PASSWORD))
        assert reply.status_code == 202
        return "<success>true</success>" in reply.text

    assert each(doors, told) == [True, True, False, False, False, False]


def test_the_order_of_logs(doors: Doors) -> None:
    other = MODEL.replace(b'"acme.hiring"', b'"acme.first"')

    def order(door: Door) -> list[str]:
        door.engine.deployments.deploy(door.engine.admin, "a:order:1", {"first.bpmn2": other})
        door.start()
        ask(door, "POST", "/runtime/a:order:1/process/acme.first/start?map_sorted=1")
        ask(door, "POST", f"{RUNTIME}/process/acme.hiring/start?map_sorted=1")
        ask(door, "POST", "/runtime/a:order:1/process/acme.first/start?map_sorted=1")
        place = f"{RUNTIME}/history" if door is doors["6.0.1"] else "/history"
        found = []
        for path in ("variable/sorted", "variable/sorted/instances"):
            logs = ask(door, "GET", f"{place}/{path}", JSON).json()["historyLogList"]
            found.append(" ".join(next(iter(log.values()))["processId"][5:] for log in logs))
        logs = ask(door, "GET", f"{place}/instances", JSON).json()["historyLogList"]
        numbers = [next(iter(log.values()))["id"] for log in logs]
        return [*found, "made" if numbers == sorted(numbers) else "sorted"]

    made, ordered = ["first hiring first"] * 2, ["first first hiring"] * 2
    assert each(doors, order) == [
        [*made, "made"], [*made, "made"], [*made, "made"],
        [*ordered, "sorted"], [*ordered, "sorted"], [*ordered, "sorted"],
    ]  # fmt: skip


def test_the_order_of_logs_by_command(doors: Doors) -> None:
    door = doors["6.5"]

    def numbers(ver: str) -> list[int]:
        (logs,) = door.do("<find-process-instances/>", ver=ver)
        return [int(log.get("id") or 0) for log in logs]

    assert numbers("6.1.0.1") == sorted(numbers("6.5.0.1"))


# -- lists in JSON ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != "6.0.1"])
def test_scripts_of_every_age_find_their_lists(version: str) -> None:
    with opened(jbpm_mounts=(f"business-central={version}",)) as door:
        start(door)
        logs = ask(door, "GET", "/history/instances", JSON).json()
        tasks = ask(door, "GET", "/task/query", JSON).json()

        assert logs["list"] == logs["historyLogList"] != []
        assert tasks["list"] == tasks["taskSummaryList"] != []
        (log,) = logs["list"][0].values()
        assert ("result" in log) is (version == "6.0")
        if version == "6.0":
            own = {n: v for n, v in log.items() if n not in {"result", "index", "commandName"}}
            assert log["result"] == own


def test_exact_versions_name_a_list_once(doors: Doors) -> None:
    def names(path: str) -> Any:
        return lambda door: (
            {"list", "taskSummaryList", "historyLogList"}
            & ask(door, "GET", path, JSON).json().keys()
        )

    old, new = {"list"}, {"taskSummaryList"}
    assert each(doors, names("/task/query")) == [old, old, old, new, new, old | new]
    both, one = {"historyLogList", "list"}, {"historyLogList"}
    doors = {version: door for version, door in doors.items() if version != "6.0.1"}
    found = [names("/history/instances")(door) for door in doors.values()]
    assert found == [both, one, one, one, both]


@pytest.mark.parametrize(("context", "times"), [("", 1), ("/app", 1), ("/kie-wb", 1), ("/own", 4)])
def test_a_list_of_6_0_stands_there_once_unless_the_path_is_named(context: str, times: int) -> None:
    """Who reads there counts what is found in the whole document."""
    with opened(jbpm_mounts=("own=6.0",)) as door:
        start(door)
        ask = {"auth": ("ann", PASSWORD), "headers": {"accept": JSON}}
        logs = door.client.get(f"{context}/rest/history/instances", **ask).text
        tasks = door.client.get(f"{context}/rest/task/query", **ask).text

    assert logs.count('"processName"') == times
    assert tasks.count('"createdOn"') == min(times, 2)


# -- whose error it is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ver", "root", "has_message"),
    [("1", "response", True), ("6.0.3.1", "exception", True), ("6.5.0.1", "exception", False)],
)
@pytest.mark.parametrize("version", ["6.0.1", "6.5"])
def test_errors_of_commands_are_told_in_the_version_of_the_request(
    doors: Doors, version: str, ver: str, root: str, has_message: bool
) -> None:
    door = doors[version]
    reply = door.post("<start-process/>" * 1001, ver=ver)

    assert reply.status_code == 400
    assert f"<{root}>" in reply.text
    assert ("<message>" in reply.text) is has_message
    assert ("http://localhost" in reply.text) is (ver != "6.5.0.1")


def test_who_may_not_execute_is_told_so_in_the_version_of_the_request() -> None:
    with opened(jbpm_dialect="6.5", jbpm_accidents="exact", needs_rest_roles=True) as door:
        told = [door.post("<get-id/>", ver=ver) for ver in ("1", "6.5.0.1")]

        assert [reply.status_code for reply in told] == [403, 403]
        assert "<response>" in told[0].text
        assert "<exception>" in told[1].text
        unread = door.raw(b"<command-request", user="ann")
        assert unread.status_code == 403


def test_whom_a_task_command_names() -> None:
    with opened(jbpm_task_users="any") as door:
        task = start(door)[1]
        unnamed = f"<claim-task><task-id>{task}</task-id></claim-task>"

        assert door.do(unnamed, ver="6.5.0.1") == []
        assert door.engine.tasks.get(door.engine.admin, task).actual_owner == "ann"
        (told,) = door.do(on_task("release-task", task, user="bob"), ver="6.5.0.1")
        assert told.tag == "exception"
