"""Commands: R01 and T01 as 6.0 and 6.1 send them, X01 as 6.2 to 6.5 do.

The version of the request decides, whatever the profile of the address.
"""

from __future__ import annotations

from tests.golden.models import UNIT
from tests.golden.talk import XML, Talk

XS = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
VERSIONS = {
    "6.0": "6.0.3.1", "6.1": "6.1.0.1", "6.2": "6.2.0.1", "6.3": "6.3.0.1", "6.4": "6.4.0.1",
    "6.5": "6.5.0.1",
}  # fmt: skip


def commands(say: Talk) -> None:
    """Several commands at once, values of every type, failures; XML whatever is asked for."""
    if say.kind != XML:
        return _not_as_json(say)
    route = "R01" if say.profile in {"6.0", "6.1"} else "X01"
    path = f"/runtime/{UNIT}/execute" if route == "R01" else "/execute"
    ver = VERSIONS[say.profile]

    def do(title: str, inside: str, *, at: str = path, on: str = route, head: str = "") -> None:
        head = head or f"<deployment-id>{UNIT}</deployment-id>"
        body = f"<command-request>{head}<ver>{ver}</ver><user>ann</user>{inside}</command-request>"
        answer = say.server.call(
            "ann", "POST", f"/business-central/rest{at}", body.encode(),
            accept=XML, content_type=XML,
        )  # fmt: skip
        shown = body.replace(ver, "{version}")
        say.keep(on, title, f"ann POST {at}\ncontent-type: {XML}\n{shown}", answer, ver)

    _session(do)
    _tasks(do)
    _audit(do)
    _failures(say, do, path, route)
    if route == "R01":
        do(
            "without a deployment",
            _task("get-task", 99999),
            at="/runtime/null/execute",
            head="<process-instance-id>1</process-instance-id>",
        )
        do("a task command", _task("claim-task", 99999), at="/task/execute", on="T01")
        do("an audit command", "<find-process-instances/>", at="/task/execute", on="T01")
        do("a session command", "<get-process-ids/>", at="/task/execute", on="T01")
        say("T01", "not XML", "POST /task/execute", body="<command-request>", content_type=XML)
        do(
            "by a name of folklore",
            "<find-active-process-instances/>",
            at="/history/execute",
            on="T01",
        )


def _not_as_json(say: Talk) -> None:
    body = "<command-request><get-process-ids/></command-request>"
    for route, path in (
        ("R01", f"/runtime/{UNIT}/execute"),
        ("T01", "/task/execute"),
        ("X01", "/execute"),
    ):
        say(route, "JSON is wanted", f"POST {path}", body=body, content_type=XML)
        say(
            route,
            "JSON is sent",
            f"POST {path}",
            body="{}",
            content_type="application/json",
            accept=XML,
        )


def _value(kind: str, text: str, name: str = "value") -> str:
    return f'<{name} xsi:type="{kind}" {XS}>{text}</{name}>'


def _task(name: str, task: int, inside: str = "") -> str:
    return f"<{name}><task-id>{task}</task-id><user-id>ann</user-id>{inside}</{name}>"


def _session(do: object) -> None:
    assert callable(do)
    items = "".join(
        f'<item key="{key}">{_value(kind, text)}</item>'
        for key, kind, text in (
            ("name", "xs:string", "Ann"), ("age", "xs:int", "5"), ("long", "xs:long", "7"),
            ("flag", "xs:boolean", "true"), ("half", "xs:double", "1.5"),
            ("when", "xs:dateTime", "2014-05-13T16:53:20.123Z"),
        )
    )  # fmt: skip
    start = (
        f'<start-process processId="acme.hiring"><parameter>{items}<item key="nothing"/>'
        "</parameter></start-process>"
    )
    do("a start, the ids, the instances", f"{start}<get-process-ids/><get-process-instances/>")
    do(
        "a start with a correlation key",
        '<start-correlated-process processId="acme.waiting">'
        "<correlation-key>order:17</correlation-key></start-correlated-process>",
    )
    do(
        "an instance by its correlation key",
        "<get-process-instance-by-correlation-key><correlation-key>order:17</correlation-key></get-process-instance-by-correlation-key>",
    )
    do("an instance by its number", '<get-process-instance processInstanceId="1"/>')
    do("an instance that is not there", '<get-process-instance processInstanceId="99999"/>')
    do(
        "variables are set",
        '<set-process-instance-vars processInstanceId="1"><variables><item key="age">'
        f"{_value('xs:int', '6')}</item></variables></set-process-instance-vars>",
    )
    do("a work item", '<get-workitem workItemId="2"/>')
    do(
        "a signal to all",
        f'<signal-event event-type="mySignal">{_value("xs:string", "x", "event")}</signal-event>',
    )
    do("the session's number", "<get-id/>")
    do(
        "an instance that cannot be aborted",
        '<abort-process-instance processInstanceId="99999"/><get-process-ids/>',
    )
    do(
        "a list",
        '<start-process processId="acme.waiting"><parameter><item key="list">'
        f'<value xsi:type="jaxbListWrapper" {XS}><type>LIST</type>'
        '<element xsi:type="xs:string">a</element><element xsi:type="xs:int">2</element>'
        "</value></item></parameter></start-process>",
    )


def _tasks(do: object) -> None:
    assert callable(do)
    do("a task by its number", _task("get-task", 3))
    do("a task that is not there", _task("get-task", 99999))
    do("what a task was given", _task("get-task-content", 3))
    do(
        "candidates' tasks",
        "<get-task-as-potential-owner><user-id>ann</user-id></get-task-as-potential-owner>",
    )
    do(
        "claim, start, complete",
        _task("claim-task", 3)
        + _task("start-task", 3)
        + _task(
            "complete-task", 3, f'<data><item key="age">{_value("xs:int", "31")}</item></data>'
        ),
    )
    do("a task that cannot be claimed", _task("claim-task", 3))
    do(
        "tasks of an instance",
        "<get-tasks-by-processinstanceid><user-id>ann</user-id><process-instance-id>1</process-instance-id></get-tasks-by-processinstanceid>",
    )
    do(
        "administrators' tasks, of which there are none",
        "<get-task-as-business-admin><user-id>ann</user-id></get-task-as-business-admin>",
    )
    do("tasks owned", "<get-tasks-owned><user-id>ann</user-id></get-tasks-owned>")


def _audit(do: object) -> None:
    assert callable(do)
    do("all instances in the audit", "<find-process-instances/>")
    do("one in the audit", '<find-process-instance process-instance-id="1"/>')
    do("one that never was in the audit", '<find-process-instance process-instance-id="99999"/>')
    do(
        "its variables in the audit",
        '<find-variable-instances process-instance-id="1" variableId="age"/>',
    )
    do("an empty list in the audit", '<find-subprocess-instances process-instance-id="1"/>')


def _failures(say: Talk, do: object, path: str, route: str) -> None:
    assert callable(do)
    do(
        "an unknown process, then what still runs",
        '<start-process processId="acme.nope"/><get-process-ids/>',
    )
    do("an unknown command", "<get-id/><walk/>")
    do(
        "an unknown deployment",
        "<get-process-ids/>",
        head="<deployment-id>no:such:1</deployment-id>",
    )
    do("no command", "")
    for title, body in (
        ("not XML", "<command-request>"),
        ("another document", "<something/>"),
        ("a document type", '<!DOCTYPE a [<!ENTITY x "y">]><command-request/>'),
    ):
        say(route, title, f"POST {path}", body=body, content_type=XML)
    say(route, "by the wrong method", f"GET {path}")
    say(route, "nobody asks", f"POST {path}", None, body="<command-request/>", content_type=XML)
