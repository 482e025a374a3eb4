"""``required-roles`` of a deployment descriptor (``reference/jbpm-rest-api.md`` B.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from procession.services.processes import ProcessRef
from tests.rest.jbpm.commands import NEW, OLD, PASSWORD, REST, Door, on_task, opened
from tests.rest.jbpm.test_jbpm_exchanges import MODEL

UNIT = "acme:closed:1.0"
SIGNAL = '<signal-event event-type="go"/>'
START = '<start-process processId="acme.hiring"/>'


def deploy(door: Door, unit: str, *roles: str) -> None:
    told = "".join(f"<required-role>{role}</required-role>" for role in roles)
    descriptor = (
        '<deployment-descriptor xmlns="http://www.jboss.org/jbpm"><required-roles>'
        f"{told}</required-roles></deployment-descriptor>"
    )
    files = {"META-INF/kie-deployment-descriptor.xml": descriptor.encode(), "a.bpmn2": MODEL}
    door.engine.deployments.deploy(door.engine.admin, unit, files)


def ask(door: Door, method: str, path: str, user: str) -> Any:
    headers = {"accept": "application/json"}
    return door.client.request(method, REST + path, headers=headers, auth=(user, PASSWORD))


def closed_unit(door: Door, unit: str = UNIT) -> tuple[int, int]:
    """A unit for recruiters, ann among them; an instance of hers, and its task."""
    people, admin = door.engine.people, door.engine.admin
    people.add_role(admin, "recruiter")
    people.grant_role(admin, "recruiter", "ann")
    deploy(door, unit, "recruiter", "director")
    started = ask(door, "POST", f"/runtime/{unit}/process/acme.hiring/start", "ann").json()
    return started["id"], door.task_of(started["id"])


@pytest.fixture(params=["guarded", "compat"])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    with opened(access_mode=request.param) as found:
        yield found


def test_who_lacks_the_roles_cannot_work_with_the_unit(door: Door) -> None:
    instance, task = closed_unit(door)

    refused = {
        path: ask(door, "POST", path, "bob")
        for path in (
            f"/runtime/{UNIT}/process/acme.hiring/start",
            f"/runtime/{UNIT}/withvars/process/acme.hiring/start",
            f"/runtime/{UNIT}/process/instance/{instance}/abort",
            f"/runtime/{UNIT}/process/instance/{instance}/signal?signal=go",
            f"/runtime/{UNIT}/signal?signal=go",
            f"/task/{task}/claim",
            f"/task/{task}/exit",
        )
    }

    assert {path: reply.status_code for path, reply in refused.items()} == dict.fromkeys(
        refused, 403
    )
    told = refused[f"/task/{task}/claim"].json()
    assert told["status"] == "FORBIDDEN"
    assert "it takes the role recruiter or director" in told["message"]
    look = f"/runtime/{UNIT}/process/instance/{instance}"
    assert [ask(door, "GET", look, user).status_code for user in ("bob", "ann")] == [403, 200]


def test_who_has_one_of_them_works_as_ever(door: Door) -> None:
    instance, task = closed_unit(door)

    words = [ask(door, "POST", f"/task/{task}/{word}", "ann") for word in ("claim", "start")]

    assert [reply.status_code for reply in words] == [200, 200]
    assert ask(door, "GET", f"/history/instance/{instance}", "ann").status_code == 200


def test_the_next_available_task_is_one_that_may_be_taken(door: Door) -> None:
    closed_unit(door)
    ours = door.task_of(door.start())
    closed_unit_task = door.task_of(
        ask(door, "POST", f"/runtime/{UNIT}/process/acme.hiring/start", "ann").json()["id"]
    )

    assert ask(door, "POST", "/task/0/claimnextavailable", "bob").status_code == 200

    tasks = door.engine.tasks
    owners = [tasks.get(door.engine.admin, one).actual_owner for one in (ours, closed_unit_task)]
    assert owners == ["bob", None]


def test_commands_are_refused_as_addresses_are(door: Door) -> None:
    instance, task = closed_unit(door)
    head = f"<process-instance-id>{instance}</process-instance-id>"

    for commands, more in ((START, ""), (SIGNAL, head), (on_task("claim-task", task, "bob"), "")):
        for version in (NEW, OLD):
            answer = door.post(commands, user="bob", deployment=UNIT, ver=version, more=more)
            assert "it takes the role recruiter or director" in answer.text, (commands, version)
    assert "<exception" not in door.post(START, deployment=UNIT).text


def test_groups_count_as_roles_and_administrators_may_always(door: Door) -> None:
    deploy(door, UNIT, "HR")
    path = f"/runtime/{UNIT}/process/acme.hiring/start"

    assert [ask(door, "POST", path, user).status_code for user in ("bob", "boss", "eve")] == [
        200, 200, 403,
    ]  # fmt: skip


def test_roles_for_looking_and_roles_for_doing(door: Door) -> None:
    deploy(door, UNIT, "view:HR", "execute:doer")
    instance = door.engine.processes.start(door.engine.admin, ProcessRef(UNIT, "acme.hiring")).id
    start = f"/runtime/{UNIT}/process/acme.hiring/start"
    look = f"/runtime/{UNIT}/process/instance/{instance}"

    assert ask(door, "POST", start, "ann").status_code == 403
    assert ask(door, "GET", look, "ann").status_code == 200


def test_a_unit_without_roles_lets_everybody(door: Door) -> None:
    deploy(door, UNIT)

    assert ask(door, "POST", f"/runtime/{UNIT}/process/acme.hiring/start", "eve").status_code == 200


def test_a_unit_deployed_anew_asks_for_what_it_says_now(door: Door) -> None:
    deploy(door, UNIT, "nobody")
    path = f"/runtime/{UNIT}/process/acme.hiring/start"
    assert ask(door, "POST", path, "eve").status_code == 403

    door.engine.deployments.undeploy(door.engine.admin, UNIT)
    deploy(door, UNIT)

    assert ask(door, "POST", path, "eve").status_code == 200


@pytest.mark.parametrize(
    ("version", "accidents", "status"),
    [("6.0", "exact", 200), ("6.0.1", "exact", 200), ("6.0", "fixed", 403), ("6.1", "exact", 403)],
)
def test_only_the_first_version_ignored_them(version: str, accidents: str, status: int) -> None:
    with opened(jbpm_dialect=version, jbpm_accidents=accidents) as door:
        deploy(door, UNIT, "nobody")
        reply = ask(door, "POST", f"/runtime/{UNIT}/process/acme.hiring/start", "eve")
        assert reply.status_code == status


STARTS = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="acme">
  <signal id="s" name="begin"/>
  <message id="m" name="begin"/>
  <process id="acme.begun" isExecutable="true">
    <startEvent id="a"><signalEventDefinition signalRef="s"/></startEvent>
    <startEvent id="b"><messageEventDefinition messageRef="m"/></startEvent>
    <task id="t"/>
    <sequenceFlow id="f" sourceRef="a" targetRef="t"/>
    <sequenceFlow id="g" sourceRef="b" targetRef="t"/>
  </process>
</definitions>
"""


def test_signals_and_messages_to_all_begin_nothing_in_units_that_do_not_let_the_sender(
    door: Door,
) -> None:
    closed_unit(door)
    descriptor = (
        b'<deployment-descriptor xmlns="http://www.jboss.org/jbpm"><required-roles>'
        b"<required-role>recruiter</required-role></required-roles></deployment-descriptor>"
    )
    files = {"META-INF/kie-deployment-descriptor.xml": descriptor, "a.bpmn2": STARTS}
    door.engine.deployments.deploy(door.engine.admin, "acme:begun:1.0", files)
    processes = door.engine.processes

    for send in (processes.signal, processes.message):
        assert [send(who, "begin") for who in ("bob", "ann", door.engine.admin)] == [0, 1, 1]
