"""Data for conditions over the plain interface: the sender is told what has begun."""

from __future__ import annotations

from procession.testing import model
from procession.testing.models import conditional
from serving import Served

from .test_service import problem


def test_data_begin_what_they_are_the_condition_of(served: Served) -> None:
    process = model("alarm").variable("t").start("hot", conditional("t > 30")).user("u").end()
    files = {"alarm.bpmn": process.xml()}
    served.engine.deployments.deploy(served.engine.admin, "org.test:alarm:1.0", files)
    client = served.client("ann")
    given = {"variables": {"t": 31}, "deployment_id": "org.test:alarm:1.0"}

    answer = client.post("/api/conditions", json=given)

    assert answer.status_code == 200, answer.text
    (begun,) = answer.json()["started"]
    assert begun["process_id"] == "alarm"
    view = served.engine.processes.get(served.engine.admin, begun["id"])
    assert (view.started_by, view.variables) == ("ann", {"t": 31})
    assert client.post("/api/conditions", json={"variables": {"t": 3}}).json() == {"started": []}


def test_data_are_named(served: Served) -> None:
    assert problem(served.client("ann").post("/api/conditions", json={"variables": [1]}), 400)
