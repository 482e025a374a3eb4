"""Rich queries, and where forms are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from procession.errors import Invalid
from procession.rest.jbpm.rich_query import KNOWN, moment
from procession.values import Map
from tests.rest.jbpm.commands import Door, opened
from tests.rest.jbpm.test_jbpm_exchanges import HR, PASSWORD, REST

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class Instances:
    """Three instances: Ann's and Bob's run, Eve's has ended."""

    def __init__(self, door: Door) -> None:
        self.door = door
        engine = door.engine
        actor = engine.people.actor("ann")
        self.ann, self.bob, self.eve = (
            engine.processes.start(actor, "acme.hiring", Map(name=name)).id
            for name in ("Ann", "Bob", "Eve")
        )
        engine.processes.set_variables(actor, self.ann, Map(name="Anna"))
        engine.processes.abort(actor, self.eve)
        self.task = door.task_of(self.ann)
        engine.tasks.claim(actor, self.task)

    def ask(
        self, what: str, query: str, user: str = "ann", accept: str = "application/json"
    ) -> Any:
        return self.door.client.get(
            f"{REST}/query/runtime/{what}?{query}",
            auth=(user, PASSWORD),
            headers={"accept": accept},
        )

    def found(self, query: str, user: str = "ann") -> list[int]:
        reply = self.ask("process", query, user)
        assert reply.status_code == 200, reply.text
        return [one["processInstance"]["id"] for one in reply.json()["processInstanceInfoList"]]

    def tasks(self, query: str, user: str = "ann") -> list[int]:
        reply = self.ask("task", query, user)
        assert reply.status_code == 200, reply.text
        return [one["processInstanceId"] for one in reply.json()["taskInfoList"]]


@pytest.fixture(scope="module")
def three() -> Iterator[Instances]:
    """A server with three instances."""
    with opened() as door:
        yield Instances(door)


def test_instances_with_their_variables_ended_ones_too(three: Instances) -> None:
    found = three.ask("process", "").json()["processInstanceInfoList"]

    assert [one["processInstance"]["id"] for one in found] == [three.ann, three.bob, three.eve]
    assert [one["processInstance"]["state"] for one in found] == [1, 1, 3]
    assert [(v["name"], v["value"]) for v in found[0]["variables"]] == [("name", "Anna")]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("piid={ann}&piid={eve}", "ann eve"), ("processInstanceId={ann}l", "ann"),
        ("piid_min={bob}", "bob eve"), ("PIID_MAX={bob}&pist=1", "ann bob"),
        ("pid=acme.hiring&pist=3", "eve"), ("processid_re=acme*", "ann bob eve"),
        ("pid_re=acm.", ""), ("did=com.acme:hr:1.0&pv=1.0", "ann bob eve"), ("did_re=*:hr:2*", ""),
        ("stdt_min=20-01-01_00:00:00", "ann bob eve"), ("stdt_max=20-01-01", ""),
        ("enddate_min=20-01-01", "eve"), ("startdate_min=00:00:00.000", "ann bob eve"),
        ("var_name=Anna", "ann"), ("var_name=Ann", ""), ("var_name=Ann&all=true", "ann"),
        ("var_name=Anna&vr_name=E*", "ann eve"), ("varregex_name=B.b", "bob"),
        ("vid=name&vv=Bob", "bob"), ("varid=name&varvalue_re=*n*", "ann"), ("vid=age", ""),
        ("p=2&s=1", "bob"), ("pagesize=2", "ann bob"),
    ],
)  # fmt: skip
def test_criteria_of_instances(three: Instances, query: str, wanted: str) -> None:
    numbers = {"ann": three.ann, "bob": three.bob, "eve": three.eve}

    assert three.found(query.format(**numbers)) == [numbers[name] for name in wanted.split()]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "ann bob eve"), ("tst=reserved", "ann"), ("to=ann", "ann"), ("taskowner_re=a*", "ann"),
        ("po=HR", "ann bob eve"), ("potentialowner=ann&piid={bob}", "bob"),
        ("po_re=H.", "ann bob eve"),
        ("ba=Administrators&tid_min=1&piid={ann}", "ann"), ("stho=nobody", ""), ("init=nobody", ""),
        ("tid={task}", "ann"), ("taskid_max=0", ""), ("vv=Bob", "bob"),
    ],
)  # fmt: skip
def test_criteria_of_tasks(three: Instances, query: str, wanted: str) -> None:
    numbers = {"ann": three.ann, "bob": three.bob, "eve": three.eve}
    query = query.format(**numbers, task=three.task)

    assert three.tasks(query) == [numbers[name] for name in wanted.split()]


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("process", "tid=1"), ("process", "taskowner_re=a"), ("process", "color=red"),
        ("task", "tst=Nope"), ("task", "piid=x"), ("task", "stdt=tomorrow"), ("process", "pist=-1"),
        ("task", "tst_re=R*"), ("process", "var_=x"), ("process", "var_a=1&var_a=2"),
        ("process", "stdt=26-13-01"), ("process", "stdt=26-01-01_"), ("process", "p=-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(three: Instances, what: str, query: str) -> None:
    assert three.ask(what, query).status_code == 400


def test_nobody_finds_what_is_not_theirs(three: Instances) -> None:
    assert three.found("", "eve") == []
    assert three.tasks("", "eve") == []
    assert three.found("var_name=Anna", "eve") == []
    assert three.found("", "boss") == [three.ann, three.bob, three.eve]


def test_both_answers_in_xml(three: Instances) -> None:
    process = three.ask("process", f"piid={three.ann}", accept="application/xml").text
    task = three.ask("task", f"piid={three.ann}", accept="application/xml").text

    start = f"<process-instance><process-id>acme.hiring</process-id><id>{three.ann}</id>"
    assert f"<query-process-instance-result><processInstanceInfoList>{start}" in process
    assert "<variables><name>name</name><string>Anna</string><lastModificationDate>" in process
    assert (
        f"<taskInfoList><processInstanceId>{three.ann}</processInstanceId><taskSummaries>" in task
    )


def test_every_parameter_of_the_reference_is_known() -> None:
    names = (
        "processinstanceid piid processid pid deploymentid did taskid tid initiator init "
        "stakeholder stho potentialowner po taskowner to businessadmin ba taskstatus tst "
        "processinstancestatus pist processversion pv startdate stdt enddate edt varid vid "
        "varvalue vv"
    ).split()  # fmt: skip

    assert set(names) <= set(KNOWN)
    assert {name.rpartition("_")[0] for name in KNOWN if name not in names} <= set(names)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("26-01-04_10:20:30", datetime(2026, 1, 4, 10, 20, 30, tzinfo=UTC)),
        ("26-01-04_10:20:30.5", datetime(2026, 1, 4, 10, 20, 30, 500_000, tzinfo=UTC)),
        ("26-1-4", datetime(2026, 1, 4, tzinfo=UTC)),
        ("10:20:30.123", datetime(2026, 1, 5, 10, 20, 30, 123_000, tzinfo=UTC)),
    ],
)
def test_the_forms_of_a_date(text: str, wanted: datetime) -> None:
    assert moment("d", text, NOW) == wanted
    with pytest.raises(Invalid):
        moment("d", text + "x", NOW)


def test_forms_are_shown_at_the_address_of_the_original(three: Instances) -> None:
    def address(path: str, method: str = "GET") -> str:
        reply = three.door.client.request(
            method, REST + path, auth=("ann", PASSWORD), headers={"accept": "application/json"}
        )
        assert reply.status_code == 200, reply.text
        assert reply.json()["status"] == "SUCCESS"
        return str(reply.json()["formUrl"])

    begin = "http://localhost:8080/business-central/org.kie.workbench.KIEWebapp/KIEWebapp.html"
    begin += "?perspective=FormDisplayPerspective&standalone=true"
    start = f"/runtime/{HR}/process/acme.hiring/startform"
    wanted = f"{begin}&processId=acme.hiring&domainId={HR}&opener=localhost:8080"
    assert address(start) == address(start, "POST") == wanted
    assert address(f"/task/{three.task}/showTaskForm") == (
        f"{begin}&taskId={three.task}&opener=localhost:8080"
    )
    for path in (f"/runtime/{HR}/process/nope/startform", "/task/99999/showTaskForm"):
        assert three.door.client.get(REST + path, auth=("ann", PASSWORD)).status_code == 404


def test_the_statistics_of_the_dashboard_are_cleared_by_an_administrator(three: Instances) -> None:
    path = f"{REST}/task/history/bam/clear"

    assert three.door.client.post(path, auth=("ann", PASSWORD)).status_code == 403
    reply = three.door.client.post(path, auth=("boss", PASSWORD))
    assert "<status>SUCCESS</status><url>/task/history/bam/clear</url>" in reply.text
