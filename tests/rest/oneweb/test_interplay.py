"""One engine behind two dialects: what is done in one is seen, allowed and audited in the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from procession.store.repositories.tasks import events_of
from serving import Served, put_people, serving

from . import models
from .conftest import Oneweb, done, open_hotel, refused

JSON = {"Accept": "application/json"}
UNIT = "com.acme:Shop:v1"
ODD = ["Room 12", "ห้องพัก ชั้น ๒", "100% sure? a+b&c=d", "Café “ü” 😀", "a;b'c d#e:f", "A/B"]


def number(public_id: str) -> str:
    return public_id.partition("-")[0]


def jbpm(who: Oneweb, method: str, path: str, status: int = 200, **query: Any) -> Any:
    answer = who.http.request(method, f"/rest{path}", params=query, headers=JSON)
    assert answer.status_code == status, answer.text
    return answer.json()


def audited(served: Served, task: str) -> list[tuple[str, str, str | None]]:
    with served.engine.room.store.read() as reader:
        events = events_of(reader, int(number(task)))
    return [(row.type, row.actor, row.on_behalf_of) for row in events]


def test_what_is_started_here_goes_on_there(ann: Oneweb, bob: Oneweb, served: Served) -> None:
    instance = ann.start("Choice", objects={"Answer": {"kind": "?"}})
    (task,) = ann.tasks(instance)
    work = number(task["id"])

    listed = jbpm(
        bob, "GET", "/task/query", potentialOwner="bob", processInstanceId=number(instance)
    )
    assert work in str(listed)
    jbpm(bob, "POST", f"/task/{work}/claim")
    (seen,) = ann.tasks(instance)
    assert seen["assignee"] == "bob"
    refused(ann.post(f"/tasks/{task['id']}/complete"), 40901)
    jbpm(bob, "POST", f"/task/{work}/start")
    done(bob.post(f"/tasks/{task['id']}/complete", {"Answer": {"kind": "high"}}))

    (after,) = ann.tasks(instance)
    assert after["name"] == "High"
    assert [event[:2] for event in audited(served, task["id"])][-3:] == [
        ("CLAIMED", "bob"),
        ("STARTED", "bob"),
        ("COMPLETED", "bob"),
    ]


def test_what_is_started_there_goes_on_here(ann: Oneweb, bob: Oneweb, served: Served) -> None:
    started = jbpm(ann, "POST", f"/runtime/{UNIT}/process/one-task/start", map_note="hello")
    owned = served.engine.processes.last_known(served.engine.admin, int(started["id"]))
    instance = f"{started['id']}-{owned.uuid}"
    (task,) = ann.tasks(instance)
    work = number(task["id"])

    assert task["createBy"] == "ann"
    assert ann.variables(task["id"]) == {"note": "hello"}
    done(bob.post(f"/tasks/{task['id']}/claim"))
    shown = jbpm(bob, "GET", f"/task/{work}")
    assert "Reserved" in str(shown)
    jbpm(ann, "POST", f"/task/{work}/start", status=409)
    jbpm(bob, "POST", f"/task/{work}/start")
    jbpm(bob, "POST", f"/task/{work}/complete")

    assert ann.tasks(instance) == []
    log = jbpm(ann, "GET", f"/history/instance/{started['id']}")
    assert "one-task" in str(log)


def test_the_same_people_are_refused_in_both(
    ann: Oneweb, carol: Oneweb, dave: Oneweb, robot: Oneweb
) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)
    work = number(task["id"])

    refused(carol.post(f"/tasks/{task['id']}/claim"), 40404)
    jbpm(carol, "POST", f"/task/{work}/claim", status=404)
    refused(dave.get(f"/instance/{instance}/tasks"), 40403)
    jbpm(dave, "GET", f"/history/instance/{number(instance)}", status=404)
    refused(dave.get("/tasks", user="ann"), 40301)
    refused(robot.post(f"/tasks/{task['id']}/claim", user="dave"), 40404)


def test_acting_for_another_names_both_in_the_audit(
    ann: Oneweb, robot: Oneweb, served: Served
) -> None:
    task = ann.task("One Task")

    done(robot.post(f"/tasks/{task}/claim", user="ann"))
    done(robot.post(f"/tasks/{task}/complete", user="ann"))

    events = audited(served, task)
    assert {"CLAIMED", "COMPLETED"} <= {event[0] for event in events}
    acted = {event[1:] for event in events if event[0] in ("CLAIMED", "COMPLETED")}
    assert len(acted) == 1
    assert set(acted.pop()) == {"ann", "robot"}


@pytest.mark.parametrize("path", ["/tasks", "/instance/x/tasks", "/tasks/x/variables"])
def test_the_user_parameter_is_no_authentication_for_reading(served: Served, path: str) -> None:
    stranger = Oneweb(served, None)

    refused(stranger.get(path, user="ann"), 40101)


@pytest.mark.parametrize(
    "path",
    [
        "/process/start",
        "/process/One Task/start",
        "/tasks/x/claim",
        "/tasks/x/unclaim",
        "/tasks/x/complete",
        "/tasks/x/variables",
        "/tasks/x/assign",
        "/instance/x/tasks/assign",
        "/refreshCache",
        "/classAction",
    ],
)
def test_the_user_parameter_is_no_authentication_for_acting(served: Served, path: str) -> None:
    stranger = Oneweb(served, None)

    refused(stranger.post(path, {"processName": "One Task"}, user="admin"), 40101)


def test_the_user_parameter_does_not_start_for_another(ann: Oneweb) -> None:
    instance = done(ann.post("/process/start", {"processName": "One Task"}, user="admin"))

    assert ann.tasks(instance)[0]["createBy"] == "ann"


@pytest.fixture(scope="module")
def odd() -> Iterator[Served]:
    """A server whose processes, people, roles, groups and work parties have odd names."""
    with open_hotel() as engine:
        for place, name in enumerate(ODD):
            lane = (
                f'<laneSet id="lanes"><lane id="lane" name="{_xml(name)}">'
                "<flowNodeRef>work</flowNodeRef></lane></laneSet>"
            )
            model = models.process(
                f"odd{place}",
                _xml(name),
                lane,
                models.START,
                f'<userTask id="work" name="{_xml(name)}" oneweb:formKey="{_xml(name)}"/>',
                models.END,
                models.sequence("start", "work", "end"),
            )
            engine.deployments.deploy(engine.admin, f"com.acme:Odd{place}:v1", {"p.bpmn": model})
            login = name.replace(":", "")
            put_people(engine, {login: (f"g {name}",)})
            engine.people.add_role(engine.admin, f"r {name}", f"c {name}")
            engine.people.grant_role(engine.admin, f"r {name}", login)
            engine.people.add_party(engine.admin, name, None)
            engine.people.add_party_member(engine.admin, name, login)
        with serving(engine) as running:
            yield running


def _xml(text: str) -> str:
    return text.replace("&", "&amp;")


@pytest.mark.parametrize("name", ODD)
def test_odd_names_and_values_go_through_every_call(odd: Served, name: str) -> None:
    user = name.replace(":", "")
    who, admin = Oneweb(odd, user), Oneweb(odd, "admin")
    objects = {name: {name: name, "list": [name, {name: None}]}}

    instance = who.start(name, objects=objects)
    other = done(who.http.post(f"/BPMREST/service/runtime/process/{quote(name, safe='')}/start"))
    (task,) = who.tasks(instance)
    assert (task["name"], task["processName"], task["loadlinkEntityId"]) == (name, name, name)
    assert (task["createBy"], task["definitionId"][-3:]) == (user, ".v1")
    for query in ({"user": user}, {"group": name}):
        assert task["id"] in [each["id"] for each in who.get("/tasks", **query).json()["data"]]
    assert who.variables(task["id"]) == objects
    done(who.post(f"/tasks/{task['id']}/claim", user=user))
    done(who.post(f"/tasks/{task['id']}/unclaim", user=user))
    for query in ({"role": f"r {name}"}, {"role": f"c {name}"}, {"group": f"g {name}"}):
        done(admin.post(f"/tasks/{task['id']}/assign", **query))
        found = who.get("/tasks", **query).json()["data"]
        assert [each["id"] for each in found] == [task["id"]]
    done(admin.post(f"/instance/{other}/tasks/assign", user=user))
    refused(who.post(f"/process/{quote(name, safe='')} not there/start"), 40401)
    done(who.post(f"/tasks/{task['id']}/complete", {name: {"more": name}}, user=user))

    artefact = {"fileNames": [f"{task['definitionId']}.jar"], "event": "generate"}
    assert done(admin.post("/classAction", artefact))["process"] == [task["definitionId"]]
    login = {"username": user, "password": "correct horse", "clientId": name}
    token = odd.client().post("/eaf-rest/login", json=login).json()["id_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    last = odd.client().get(f"/BPMREST/service/runtime/instance/{other}/tasks", headers=bearer)
    (left,) = done(last)
    assert who.variables(left["id"]) == {}
    done(who.post(f"/tasks/{left['id']}/complete", {name: {"more": name}}))
    log = jbpm(who, "GET", f"/history/instance/{number(instance)}")
    assert name in str(log)
