"""The envelope: order, failures, users, versions, addresses, and what is refused."""

from __future__ import annotations

import pytest

from procession.rest.jbpm.execute import rows
from procession.rest.jbpm.execute.table import COMMANDS, Version, version_of
from tests.rest.jbpm.commands import NEW, OLD, Door, on_task, opened, typed
from tests.rest.jbpm.test_jbpm_exchanges import HR, REST

ELEMENTS = """start-process start-correlated-process signal-event abort-process-instance
get-process-instance get-process-instances get-process-instance-by-correlation-key get-process-ids
set-process-instance-vars complete-work-item abort-work-item get-workitem get-variable
get-fact-count get-global set-global get-id fire-all-rules insert-object delete update
activate-task claim-task claim-next-available-task complete-task delegate-task exit-task fail-task
forward-task nominate-task release-task resume-task skip-task start-task stop-task suspend-task
add-task get-task get-task-by-workitemid get-task-as-business-admin get-task-as-potential-owner
get-tasks-owned get-tasks-by-processinstanceid get-tasks-by-status-by-processinstanceid
get-tasks-by-various-command get-tasks-by-various get-task-assigned-pot-owner-paging-command
get-tasks-by-group-command task-query-where get-content get-content-by-id get-task-content-command
get-task-content get-content-map-for-user add-content-from-user get-attachment add-comment
delete-comment get-all-comments get-comment set-task-property task-composite-command
process-sub-tasks-command process-sub-tasks execute-task-rules-command execute-task-rules
cancel-deadline-command cancel-deadline clear-history-logs find-active-process-instances
find-node-instances find-process-instance find-process-instances find-subprocess-instances
find-variable-instances find-variable-instances-by-name""".split()


def test_the_table_has_every_command_of_the_reference() -> None:
    assert [row.id for row in rows()] == [f"C{n:02}" for n in range(1, 72)]
    assert set(COMMANDS) == set(ELEMENTS)


def test_answers_come_in_the_order_of_the_commands_with_index_and_name(door: Door) -> None:
    found = door.do(
        '<get-process-ids/><start-process processId="acme.hiring"><parameter/></start-process>'
        '<signal-event event-type="nobody-waits"/><get-process-instances/>'
    )

    assert [(one.tag, one.get("index"), one.findtext("command-name")) for one in found] == [
        ("string-list", "0", "GetProcessIdsCommand"),
        ("process-instance", "1", "StartProcessCommand"),
        ("process-instance-list", "3", "GetProcessInstancesCommand"),
    ]


def test_the_envelope_repeats_what_it_was_sent(door: Door) -> None:
    number = door.start()

    reply = door.post("", more=f"<process-instance-id>{number}</process-instance-id>")
    legacy = door.post("", ver="1", deployment=None)

    assert reply.text.endswith(
        f"<command-response><deployment-id>{HR}</deployment-id>"
        f"<process-instance-id>{number}</process-instance-id><ver>{NEW}</ver></command-response>"
    )
    assert legacy.text.endswith("<command-response/>")


def test_a_command_that_fails_does_not_stop_those_after_it(door: Door) -> None:
    failed, ids = door.do('<start-process processId="acme.nope"/><get-process-ids/>')

    assert failed.tag == "exception"
    assert failed.get("index") == "0"
    assert [child.tag for child in failed] == ["status", "command-name", "message", "stackTrace"]
    assert failed.findtext("status") == "FAILURE"
    assert failed.findtext("command-name") == "StartProcessCommand"
    assert "acme.nope" in (failed.findtext("message") or "")
    assert ids.findtext("string") == "acme.hiring"


def test_what_went_before_a_failure_stays_done(door: Door) -> None:
    task = door.task_of(door.start())

    (failed,) = door.do(on_task("claim-task", task) + on_task("claim-task", task))

    assert failed.findtext("status") == "PERMISSIONS_CONFLICT"
    assert door.engine.tasks.get(door.engine.admin, task).actual_owner == "ann"


def test_nothing_runs_if_a_command_is_unknown_or_cannot_be_read(door: Door) -> None:
    before = len(door.do("<get-process-instances/>")[0].findall("process-instance"))
    start = '<start-process processId="acme.hiring"/>'

    for bad in ("<walk-the-dog/>", '<abort-process-instance processInstanceId="x"/>'):
        reply = door.post(start + bad)
        assert reply.status_code == 400
        assert "<status>BAD_REQUEST</status>" in reply.text

    assert len(door.do("<get-process-instances/>")[0].findall("process-instance")) == before


def test_a_command_that_lacks_an_argument_fails_alone(door: Door) -> None:
    failed, _ = door.do("<abort-process-instance/><get-process-ids/>")

    assert "processInstanceId" in (failed.findtext("message") or "")


@pytest.mark.parametrize("deployment", [None, "no:such:1"])
def test_a_session_command_needs_a_deployment_that_is_there(
    door: Door, deployment: str | None
) -> None:
    commands = (
        '<start-process processId="acme.hiring"/><signal-event event-type="x"/><get-id/>'
        "<get-process-ids/><get-process-instances/>"
    )

    found = door.do(commands, deployment=deployment)

    assert [one.findtext("status") for one in found] == ["FAILURE"] * 5


def test_the_deployment_may_stand_in_the_address_or_in_a_header(door: Door) -> None:
    body = b"<command-request><get-process-ids/></command-request>"

    for reply in (
        door.raw(body, path=f"/runtime/{HR}/execute"),
        door.raw(body, path=f"/runtime/{HR}/execute/GetProcessIdsCommand"),
        door.raw(body, Kie_Deployment_Id=HR),
    ):
        assert "<string>acme.hiring</string>" in reply.text


@pytest.mark.parametrize(
    "path", ["/task/execute", "/history/execute", "/runtime/null/execute", "/execute"]
)
def test_every_address_takes_every_command(door: Door, path: str) -> None:
    found = door.do(
        "<find-process-instances/><get-tasks-by-processinstanceid><process-instance-id>1"
        "</process-instance-id></get-tasks-by-processinstanceid><get-process-ids/>",
        path=path,
        ver=OLD,
    )

    assert [one.tag for one in found] == ["history-log-list", "long-list", "string-list"]


@pytest.mark.parametrize(("ver", "inner"), [(OLD, "fact-handle"), (NEW, "result")])
def test_facts_are_put_in_counted_and_taken_out_by_their_handle(
    door: Door, ver: str, inner: str
) -> None:
    def do(commands: str):
        return door.do(commands, user="boss", ver=ver)

    put, counted = do(
        f"<insert-object>{typed('xs:string', 'a fact', 'object')}</insert-object><get-fact-count/>"
    )
    found = put.find(inner)
    assert put.tag == "other"
    assert found is not None
    handle = found.get("external-form") or ""
    assert handle.startswith("0:")
    before = int(counted.findtext("result") or 0)
    assert (counted.tag, counted.get("type")) == ("primitive", "java.lang.Long")

    (fired,) = do('<fire-all-rules max="10"/>')
    assert (fired.get("type"), fired.findtext("result")) == ("java.lang.Integer", "0")

    changed = f"<fact-handle external-form='{handle}'/>{typed('xs:int', '7', 'object')}"
    counted, again, strange = do(
        f"<update>{changed}</update><delete fact-handle='{handle}'/><get-fact-count/>"
        f"<delete fact-handle='{handle}'/><delete fact-handle='strange'/>"
    )
    assert int(counted.findtext("result") or 0) == before - 1
    assert again.tag == strange.tag == "exception"
    assert "is no fact handle" in (strange.findtext("message") or "")


def test_who_does_not_manage_processes_leaves_the_shared_facts_alone(door: Door) -> None:
    (refused,) = door.do(
        f"<insert-object>{typed('xs:string', 'a fact', 'object')}</insert-object>", user="eve"
    )

    assert refused.tag == "exception"


def test_without_rules_of_tasks_nothing_is_refused(door: Door) -> None:
    task = door.task_of(door.start())

    assert door.do(on_task("execute-task-rules", task, "ann", "<scope>completeTask</scope>")) == []


# -- users --------------------------------------------------------------------------------------


def test_a_modern_task_command_names_its_user_and_that_is_the_caller(door: Door) -> None:
    task = door.task_of(door.start())

    nameless = door.post(f"<claim-task><task-id>{task}</task-id></claim-task>")
    foreign = door.post("<get-process-ids/>" + on_task("claim-task", task, "bob"))

    assert nameless.status_code == 400
    assert foreign.status_code == 409
    assert "<status>PERMISSIONS_CONFLICT</status>" in foreign.text
    assert door.engine.tasks.get(door.engine.admin, task).status == "Ready"


def test_the_client_of_6_2_may_leave_the_user_out_where_it_only_reads(door: Door) -> None:
    place = "<process-instance-id>1</process-instance-id>"
    read = f"<get-tasks-by-processinstanceid>{place}</get-tasks-by-processinstanceid>"

    assert door.post(read, ver="6.2.0.1").status_code == 200
    assert door.post(read, ver="6.3.0.1").status_code == 400
    assert (
        door.post("<claim-task><task-id>1</task-id></claim-task>", ver="6.2.0.1").status_code == 400
    )


def test_the_type_of_a_command_counts_more_than_its_name(door: Door) -> None:
    """As the client of 6.3 asks for the tasks one administers."""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    name = "getTaskAssignedAsBusinessAdminCommand"
    command = f'<add-comment xsi:type="{name}" {xsi}><user-id>ann</user-id></add-comment>'

    assert door.one(command, ver="6.3.0.1").tag == "task-summary-list"


def test_a_legacy_task_command_may_leave_the_user_out(door: Door) -> None:
    task = door.task_of(door.start())

    assert door.do(f"<claim-task><task-id>{task}</task-id></claim-task>", ver=OLD) == []
    assert door.engine.tasks.get(door.engine.admin, task).actual_owner == "ann"


def test_nobody_acts_for_others_without_the_permission(door: Door) -> None:
    task = door.task_of(door.start())

    (failed,) = door.do(on_task("claim-task", task, "bob"), ver=OLD, user="ann")
    done = door.do(on_task("claim-task", task, "bob"), ver=OLD, user="boss")

    assert failed.findtext("status") == "PERMISSIONS_CONFLICT"
    assert done == []
    assert door.engine.tasks.get(door.engine.admin, task).actual_owner == "bob"


# -- versions and representations ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (None, (6, 0)), ("1", (6, 0, 1)), ("6.0.3.1", (6, 0)), ("6.1.0.1", (6, 1)),
        ("6.2.0.1", (6, 2)), ("6.5.0.1", (6, 5)), ("6.0", (6, 0)), ("7.0.0.1", (6, 5)),
        ("6.10", (6, 5)), ("x", (6, 5)),
    ],
)  # fmt: skip
def test_the_version_of_a_request(text: str | None, version: tuple[int, ...]) -> None:
    assert version_of(text) == Version(*version)


def test_the_same_command_in_every_form(door: Door) -> None:
    number = door.start()
    task = door.task_of(number)
    item = door.engine.tasks.get(door.engine.admin, task).work_item_id
    commands = f'<get-workitem workItemId="{item}"/>' + on_task("get-task", task) + "<get-id/>"

    old, middle, new = (door.do(commands, ver=ver) for ver in (OLD, "6.1.0.1", NEW))

    assert [one.tag for one in old] == ["work-item", "task-response", "primitive"]
    assert [one.tag for one in new] == ["work-item", "task-response", "primitive"]
    assert old[0].find("parameters") is not None
    assert middle[0].find("param-map") is not None
    assert new[0].find("param-map") is not None
    assert old[1].find("jaxbTaskData/status") is not None
    assert new[1].find("taskData/status") is not None
    assert [form[2].get("type") for form in (old, middle, new)] == [
        "java.lang.Integer", "java.lang.Integer", "java.lang.Long",
    ]  # fmt: skip


def test_commands_are_answered_as_xml_only(door: Door) -> None:
    body = b"<command-request/>"

    assert door.raw(body, accept="application/json").status_code == 406
    assert door.raw(body, accept="application/json, */*").status_code == 200
    assert door.raw(body, content_type="application/json").status_code == 415
    assert door.raw(body, content_type="text/xml; charset=UTF-8").status_code == 200


def test_an_error_to_a_java_client_has_the_root_that_it_can_read(door: Door) -> None:
    reply = door.raw(b"<command-request><nope/></command-request>", user_agent="Java/1.7.0_51")

    assert "<exception-response>" in reply.text
    assert "<exception>" in door.raw(b"<command-request><nope/></command-request>").text


def test_who_may_execute_needs_no_other_role() -> None:
    with opened(access_mode="compat") as strict:
        engine = strict.engine
        engine.access.needs_rest_roles = True
        for role, user in (("rest-client", "ann"), ("rest-task", "bob")):
            engine.people.add_role(engine.admin, role)
            engine.people.grant_role(engine.admin, role, user)

        assert strict.do("<find-process-instances/>")[0].tag == "history-log-list"
        assert strict.post("<find-process-instances/>", user="bob").status_code == 403
        assert strict.client.get(f"{REST}/history/instances", auth=("ann", "x")).status_code == 401


# -- hostile bodies -----------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "document type": "<!DOCTYPE command-request><command-request/>",
    "external entity": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    "<command-request><deployment-id>&x;</deployment-id></command-request>",
    "bomb": f'<!DOCTYPE c [<!ENTITY x0 "lol">{LAUGHS}]>'
    "<command-request><ver>&x9;</ver></command-request>",
    "depth": "<command-request>" + "<a>" * 10_000,
    "deep value": '<command-request><start-process processId="p">' + "<parameter>" * 300,
    "another root": "<command-response/>",
    "not closed": "<command-request>",
    "nothing": "",
    "not XML": '{"a": 1}',
    "undeclared prefix": "<command-request><a:b/></command-request>",
    "undeclared type": '<command-request><set-global identifier="x"><object '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:int">1</object>'
    "</set-global></command-request>",
    "strange encoding": '<?xml version="1.0" encoding="x-martian"?><command-request/>',
    "UTF-7": '<?xml version="1.0" encoding="UTF-7"?>+ADw-command-request/+AD4-',
    "UTF-16 by name only": '<?xml version="1.0" encoding="UTF-16"?><command-request/>',
    "many commands": "<command-request>" + "<get-process-ids/>" * 1_001 + "</command-request>",
    "number too long": f'<command-request><get-workitem workItemId="{"9" * 400}"/>'
    "</command-request>",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_bodies_are_refused(door: Door, name: str) -> None:
    reply = door.raw(HOSTILE[name].encode())

    assert reply.status_code == 400, reply.text
    assert reply.headers["content-type"] == "application/xml"
    assert "<status>BAD_REQUEST</status>" in reply.text
    assert len(reply.content) < 2_000


def test_prefixes_comments_and_unknown_children_do_no_harm(door: Door) -> None:
    body = (
        '<a:command-request xmlns:a="urn:x"><!-- c --><a:start-process processId="acme.hiring">'
        '<strange/><parameter><item key="n"><value '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:ns2="http://www.w3.org/2001/XMLSchema" i:type="ns2:int">7</value></item></parameter>'
        f"</a:start-process><deployment-id>{HR}</deployment-id></a:command-request>"
    )

    reply = door.raw(body.encode("utf-16"), content_type="application/xml")

    assert "<state>1</state>" in reply.text
