"""External workers, jobs and incidents."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx2

from procession.runtime.work_items import Mode
from serving import Served

from .conftest import FETCHED
from .test_service import problem

_numbers = count(1)


def started(served: Served) -> tuple[str, int]:
    """A process that waits for work on a topic of its own; topic and instance."""
    topic = f"Pack {next(_numbers)}"
    engine = served.engine
    engine.room.handlers.register(topic, lambda item: None, mode=Mode.EXTERNAL)
    deployment = f"packing-{topic.replace(' ', '-')}"
    engine.deployments.deploy(engine.admin, deployment, {"p.bpmn": FETCHED % topic.encode()})
    instance = engine.processes.start(engine.admin, "fetched", {"order": 7})
    return topic, instance.id


def fetch(served: Served, topic: str, **more: Any) -> list[dict[str, Any]]:
    body = {"worker": "w1", "topics": [topic], **more}
    answer = served.client("packer").post("/api/workers/fetch", json=body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def tell(served: Served, what: str, job: dict[str, Any], **more: Any) -> httpx2.Response:
    body = {"job_id": job["id"], "worker": "w1", **more}
    return served.client("packer").post(f"/api/workers/{what}", json=body)


def ended(served: Served, instance: int) -> bool:
    return served.engine.history.instance(served.engine.admin, instance).end is not None


def test_work_is_fetched_once_and_completed(served: Served) -> None:
    topic, instance = started(served)

    (job,) = fetch(served, topic, limit=5)

    assert (job["topic"], job["process_instance_id"]) == (topic, instance)
    assert job["key"]
    assert fetch(served, topic) == []
    assert tell(served, "extend", job, lease_ms=90_000).status_code == 204
    problem(tell(served, "complete", job, worker="other"), 409)
    assert tell(served, "complete", job, results={"weight": 2.5}).status_code == 204
    assert ended(served, instance)
    problem(tell(served, "complete", job), 404)


def test_failed_work_is_offered_again_until_it_is_an_incident(served: Served) -> None:
    topic, instance = started(served)
    (job,) = fetch(served, topic)

    assert tell(served, "fail", job, message="no tape", retries=1).status_code == 204
    (again,) = fetch(served, topic)
    assert (again["id"], again["last_error"]) == (job["id"], "no tape")
    assert tell(served, "fail", job, message="no box", retries=0).status_code == 204

    assert fetch(served, topic) == []
    watch = served.client("watch")
    incidents = watch.get("/api/incidents").json()["items"]
    assert [i["message"] for i in incidents if i["process_instance_id"] == instance] == ["no box"]
    offered = watch.post(f"/api/jobs/{job['id']}/retry", json={"retries": 2}).json()
    assert (offered["state"], offered["retries"]) == ("external", 2)
    assert [each["id"] for each in fetch(served, topic)] == [job["id"]]


def test_a_failure_with_a_code_is_caught_in_the_diagram(served: Served) -> None:
    topic, instance = started(served)
    (job,) = fetch(served, topic)

    assert tell(served, "fail", job, message="will not", code="REFUSED").status_code == 204

    assert ended(served, instance)
    nodes = served.engine.history.nodes(served.engine.admin, instance).items
    assert "sorry" in {node.node_id for node in nodes}


def test_jobs_are_listed_and_cancelled(served: Served) -> None:
    topic, instance = started(served)
    watch = served.client("watch")

    found = watch.get("/api/jobs", params={"kind": "work_item"}).json()
    (job,) = [each for each in found["items"] if each["process_instance_id"] == instance]
    assert found["total"] >= 1
    assert job["topic"] == topic
    assert watch.post(f"/api/jobs/{job['id']}/cancel").status_code == 204
    assert fetch(served, topic) == []
    problem(watch.post(f"/api/jobs/{job['id']}/cancel"), 404)
    first = watch.get("/api/jobs?page=1&size=1").json()
    assert (first["page"], first["size"]) == (1, 1)
    assert len(first["items"]) <= 1


def test_only_workers_fetch_and_only_operators_look(served: Served) -> None:
    body = {"worker": "w", "topics": ["x"]}

    problem(served.client("ann").post("/api/workers/fetch", json=body), 403)
    problem(served.client("packer").get("/api/jobs"), 403)
    problem(served.client("ann").post("/api/jobs/1/retry"), 403)


def test_a_running_instance_has_a_picture(served: Served) -> None:
    engine = served.engine
    actor = engine.people.actor("ann")
    view = engine.processes.start(actor, "BookingRoom", {})

    answer = served.client("ann").get(f"/api/process-instances/{view.id}/diagram.svg")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<svg" in answer.text
    problem(served.client("packer").get(f"/api/process-instances/{view.id}/diagram.svg"), 404)
    problem(served.client("ann").get("/api/process-instances/9999999/diagram.svg"), 404)
