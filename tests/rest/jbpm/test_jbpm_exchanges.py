"""Whole exchanges with a server over an engine, recorded: both wire forms, XML and JSON.

Times are normalised; ids are those of a fresh store. After a wanted change write the records anew
with ``RECORD_EXCHANGES=1 pytest tests/rest/jbpm/test_jbpm_exchanges.py`` and read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from procession.engine import Engine
from procession.server import create_app
from procession.settings import Settings

RECORDS = Path(__file__).parent / "exchanges"
REST = "/business-central/rest"
HR = "com.acme:hr:1.0"
PASSWORD = "correct horse battery"
MODEL = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:drools="http://www.jboss.org/drools"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="acme" id="d">
  <itemDefinition id="text" structureRef="String"/>
  <itemDefinition id="number" structureRef="Integer"/>
  <signal id="sig" name="mySignal"/>
  <process id="acme.hiring" name="Hiring" drools:version="1.0" drools:packageName="acme"
      isExecutable="true">
    <property id="name" itemSubjectRef="text"/>
    <property id="age" itemSubjectRef="number"/>
    <startEvent id="_1" name="Start"/>
    <userTask id="_2" name="Review">
      <ioSpecification>
        <dataInput id="_2_t" name="TaskName"/><dataInput id="_2_g" name="GroupId"/>
        <dataInput id="_2_n" name="candidate"/><dataOutput id="_2_o" name="age"/>
        <inputSet><dataInputRefs>_2_t</dataInputRefs><dataInputRefs>_2_g</dataInputRefs>
          <dataInputRefs>_2_n</dataInputRefs></inputSet>
        <outputSet><dataOutputRefs>_2_o</dataOutputRefs></outputSet>
      </ioSpecification>
      <dataInputAssociation><targetRef>_2_t</targetRef><assignment>
        <from xsi:type="tFormalExpression">Review</from>
        <to xsi:type="tFormalExpression">_2_t</to></assignment></dataInputAssociation>
      <dataInputAssociation><targetRef>_2_g</targetRef><assignment>
        <from xsi:type="tFormalExpression">HR</from>
        <to xsi:type="tFormalExpression">_2_g</to></assignment></dataInputAssociation>
      <dataInputAssociation><sourceRef>name</sourceRef><targetRef>_2_n</targetRef>
      </dataInputAssociation>
      <dataOutputAssociation><sourceRef>_2_o</sourceRef><targetRef>age</targetRef>
      </dataOutputAssociation>
    </userTask>
    <intermediateCatchEvent id="_3" name="Wait">
      <signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
    <task id="_4" name="Notify" drools:taskName="Robot"/>
    <endEvent id="_5" name="End"/>
    <sequenceFlow id="f1" sourceRef="_1" targetRef="_2"/>
    <sequenceFlow id="f2" sourceRef="_2" targetRef="_3"/>
    <sequenceFlow id="f3" sourceRef="_3" targetRef="_4"/>
    <sequenceFlow id="f4" sourceRef="_4" targetRef="_5"/>
  </process>
</definitions>"""
RUNTIME = f"/runtime/{HR}"
XS = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def _commands(ver: str, commands: str, user: str = "ann") -> dict[str, Any]:
    """A body with commands, as a client of a version sends it."""
    head = f"<deployment-id>{HR}</deployment-id><ver>{ver}</ver><user>{user}</user>"
    body = f"<command-request>{head}{commands}</command-request>"
    return {"content": body.encode(), "headers": {"content-type": "application/xml"}}


# method, address, who, body; the ids are those of a fresh store
CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("POST", f"/deployment/{HR}/deploy?strict=false", "boss",
     {"files": [("file", ("hiring.bpmn2", MODEL, "application/xml"))]}),
    ("POST", f"/deployment/{HR}/deploy", "ann", {}),
    ("POST", "/deployment/broken/deploy", "boss",
     {"files": [("file", ("a.bpmn2", MODEL.replace(b'"_5"/>', b'"_6"/>'), "application/xml"))]}),
    ("GET", "/deployment", "ann", {}),
    ("GET", f"/deployment/{HR}", "ann", {}),
    ("GET", "/deployment/nobody:knows:1", "ann", {}),
    ("GET", "/deployment/processes?p=1", "ann", {}),
    ("GET", f"{RUNTIME}/process/acme.hiring/", "ann", {}),
    ("POST", f"{RUNTIME}/process/acme.nope/start", "ann", {}),
    ("POST", "/runtime/no:such:1/process/acme.hiring/start", "ann", {}),
    ("POST", f"{RUNTIME}/process/acme.hiring/start?map_age=12345678901i", "ann", {}),
    ("POST", f"{RUNTIME}/process/acme.hiring/start?map_name=Ann&map_age=5i", "ann", {}),
    ("POST", f"{RUNTIME}/withvars/process/acme.hiring/start?map_name=Bob", "ann",
     {"json": {"list": [1, "two"], "nothing": None}}),
    ("GET", f"{RUNTIME}/process/instance/1", "ann", {}),
    ("GET", f"{RUNTIME}/process/instance/99", "ann", {}),
    ("GET", f"{RUNTIME}/withvars/process/instance/1", "ann", {}),
    ("GET", f"{RUNTIME}/process/instance/1/variables", "ann", {}),
    ("GET", f"{RUNTIME}/process/instance/1/variable/age", "ann", {}),
    ("GET", f"{RUNTIME}/process/instance/4/variable/list", "ann", {}),
    ("GET", f"{RUNTIME}/process/instance/1/variable/nope", "ann", {}),
    ("GET", "/task/query?processInstanceId=1&status=ready&pageSize=5", "ann", {}),
    ("GET", "/task/query?potentialOwner=HR", "boss", {}),
    ("GET", "/task/query?color=red", "ann", {}),
    ("GET", "/task/3", "ann", {}),
    ("GET", "/task/99", "ann", {}),
    ("GET", "/task/3/content", "ann", {}),
    ("GET", f"{RUNTIME}/workitem/2", "ann", {}),
    ("POST", "/task/3/complete", "ann", {}),
    ("POST", "/task/3/Claim", "ann", {}),
    ("POST", "/task/3/claim", "ann", {}),
    ("POST", "/task/3/start", "ann", {}),
    ("POST", "/task/99/start", "ann", {}),
    ("POST", "/task/3/delegate", "ann", {}),
    ("POST", "/task/3/complete", "ann", {"data": {"map_age": "31i"}}),
    ("GET", f"{RUNTIME}/process/instance/1", "ann", {}),
    ("POST", f"{RUNTIME}/withvars/process/instance/1/signal?signal=mySignal", "ann", {}),
    ("POST", f"{RUNTIME}/process/instance/99/signal?signal=mySignal", "ann", {}),
    ("POST", f"{RUNTIME}/signal", "boss", {}),
    ("GET", f"{RUNTIME}/workitem/7", "ann", {}),
    ("POST", f"{RUNTIME}/workitem/7/complete?map_sent=yes", "ann", {}),
    ("POST", f"{RUNTIME}/workitem/7/complete", "ann", {}),
    ("GET", f"{RUNTIME}/workitem/7", "ann", {}),
    ("POST", f"{RUNTIME}/process/instance/4/abort", "ann", {}),
    ("POST", f"{RUNTIME}/process/instance/4/abort", "ann", {}),
    ("GET", "/history/instances", "ann", {}),
    ("GET", "/history/instance/1", "ann", {}),
    ("GET", "/history/instance/99", "ann", {}),
    ("GET", "/history/instance/1/child", "ann", {}),
    ("GET", "/history/instance/1/node/_2", "ann", {}),
    ("GET", "/history/instance/1/variable/age", "ann", {}),
    ("GET", "/history/process/acme.hiring?status=3", "ann", {}),
    ("GET", "/history/variable/name/value/Ann", "ann", {}),
    ("GET", "/history/variable/age/instances", "ann", {}),
    ("GET", "/history/instance/1/tasks", "ann", {}),
    ("POST", "/history/clear", "ann", {}),
    ("POST", "/history/clear", "boss", {}),
    ("GET", f"{RUNTIME}/process/acme.hiring/startform", "ann", {}),
    ("GET", "/task/3/showTaskForm", "ann", {}),
    ("POST", "/task/history/bam/clear", "boss", {}),
    ("GET", "/query/runtime/process?processinstancestatus=1", "ann", {}),
    *(
        ("POST", address, "ann", _commands(ver, commands))
        for address, ver in ((f"{RUNTIME}/execute", "6.0.3.1"), ("/execute", "6.5.0.1"))
        for commands in (
            '<start-process processId="acme.hiring"><parameter><item key="name">'
            f'<value xsi:type="xs:string" {XS}>Zoe</value></item></parameter></start-process>'
            "<get-process-ids/><get-process-instances/>",
            '<start-process processId="acme.nope"/><get-id/><walk/>',
            '<start-process processId="acme.nope"/><get-id/><fire-all-rules/>',
            "<get-task-as-potential-owner><user-id>ann</user-id></get-task-as-potential-owner>",
            "<claim-task><task-id>3</task-id><user-id>boss</user-id></claim-task>",
            "<get-task><task-id>3</task-id><user-id>ann</user-id></get-task>"
            "<get-task-content><task-id>3</task-id><user-id>ann</user-id></get-task-content>"
            "<find-process-instances/><find-process-instance process-instance-id='1'/>",
        )
    ),
    ("GET", "/query/runtime/task?varid=name&page=1", "ann", {}),
    ("POST", f"/deployment/{HR}/undeploy", "boss", {}),
    ("POST", f"/deployment/{HR}/undeploy", "boss", {}),
    ("GET", "/nothing", "ann", {}),
    ("GET", "/task/3/claim", "ann", {}),
]  # fmt: skip
_TIMES = [
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"\b1[789]\d{11}\b"), "TIME"),
    (re.compile(r"(<duration>|\"duration\":)\d+"), r"\1MS"),
]


@pytest.fixture(params=["L-xml", "L-json", "M-xml", "M-json"])
def exchange(request: pytest.FixtureRequest) -> Iterator[tuple[str, TestClient]]:
    """A fresh server in one wire form, with ann of HR and boss the administrator."""
    name: str = request.param
    settings = Settings(jbpm_dialect=name[0])  # type: ignore[arg-type]
    with Engine.open("sqlite://", settings=settings) as engine:
        people, admin = engine.people, engine.admin
        for group in ("HR", "Administrators"):
            people.add_group(admin, group)
        people.add_user(admin, "ann", PASSWORD, groups=("HR",))
        people.add_user(admin, "boss", PASSWORD, groups=("Administrators",))
        app = create_app(engine)
        yield name, TestClient(app, base_url="http://localhost:8080")
        app.close()


def _normal(text: str) -> str:
    for pattern, word in _TIMES:
        text = pattern.sub(word, text)
    return text


def _record(client: TestClient, kind: str) -> str:
    lines = []
    for method, address, who, body in CALLS:
        wanted = {"accept": kind, **body.get("headers", {})}
        rest = {name: value for name, value in body.items() if name != "headers"}
        reply = client.request(method, REST + address, auth=(who, PASSWORD), headers=wanted, **rest)
        assert reply.headers["content-type"] == kind
        lines.append(f"> {method} {address} ({who})\n{reply.status_code}\n{_normal(reply.text)}\n")
    return "\n".join(lines)


def test_the_exchange_is_the_recorded_one(exchange: tuple[str, TestClient]) -> None:
    name, client = exchange
    path = RECORDS / f"{name}.txt"

    record = _record(client, f"application/{name[2:]}")

    if os.environ.get("RECORD_EXCHANGES"):
        path.write_text(record)
    assert record == path.read_text()
