"""Instances over the plain interface: rest, go on, begin what is ad hoc."""

from __future__ import annotations

from itertools import count

import httpx2

from procession.services.paging import EVERYTHING
from procession.services.views import ProcessInstanceView
from procession.testing import Model, model
from procession.testing.models import parameters
from serving import Served

from .test_service import problem

_numbers = count(1)
IDLE = "<completionCondition>autocomplete</completionCondition>"


def started(served: Served, process: Model) -> ProcessInstanceView:
    """An instance that ann started, in a deployment of its own."""
    engine = served.engine
    unit = f"instances-{next(_numbers)}"
    engine.deployments.deploy(engine.admin, unit, {"p.bpmn": process.xml()})
    return engine.processes.start(engine.people.actor("ann"), process.id, {})


def approving() -> Model:
    owner = parameters(constants={"ActorId": "ann"})
    return model("approving", jbpm=True).start().user("u", owner).end()


def case() -> Model:
    inside = '<userTask id="a" name="Call the customer"/>' + IDLE
    return model("case", jbpm=True).start().node("adHocSubProcess", "scope", inside).end()


def post(
    served: Served, user: str, view: ProcessInstanceView, word: str, **body: object
) -> httpx2.Response:
    return served.client(user).post(f"/api/process-instances/{view.id}/{word}", json=body or None)


def test_a_suspended_instance_refuses_work_until_it_is_resumed(served: Served) -> None:
    view = started(served, approving())
    ann, engine = served.client("ann"), served.engine
    [task] = engine.tasks.of_instance(engine.admin, view.id, EVERYTHING).items
    assert ann.post(f"/rest/task/{task.id}/start").status_code == 200

    assert post(served, "ann", view, "suspend").status_code == 204
    problem(post(served, "ann", view, "suspend"), 409)
    refused = ann.post(f"/rest/task/{task.id}/complete")
    assert refused.status_code == 409
    assert "suspended" in refused.text

    assert post(served, "ann", view, "resume").status_code == 204
    problem(post(served, "ann", view, "resume"), 409)
    assert ann.post(f"/rest/task/{task.id}/complete").status_code == 200
    assert engine.processes.last_known(engine.admin, view.id).state == 2


def test_an_ad_hoc_activity_begins_by_its_name(served: Served) -> None:
    view = started(served, case())

    assert post(served, "ann", view, "activate", name="Call the customer").status_code == 204
    assert post(served, "ann", view, "activate", name="a", variables={"n": 1}).status_code == 204
    problem(post(served, "ann", view, "activate", name="Sing"), 409)
    problem(post(served, "ann", view, "activate"), 400)

    tasks = served.engine.tasks.of_instance(served.engine.admin, view.id, EVERYTHING).items
    assert [task.name for task in tasks] == ["Call the customer", "Call the customer"]


def test_over_the_jbpm_dialect_a_signal_with_the_name_begins_it(served: Served) -> None:
    view = started(served, case())
    path = f"/rest/runtime/{view.deployment_id}/process/instance/{view.id}/signal"

    for name in ("Call the customer", "Sing"):
        assert served.client("ann").post(path, params={"signal": name}).status_code == 200

    tasks = served.engine.tasks.of_instance(served.engine.admin, view.id, EVERYTHING).items
    assert [task.name for task in tasks] == ["Call the customer"]


def test_who_has_no_part_in_an_instance_cannot_tell_that_it_exists(served: Served) -> None:
    view = started(served, case())

    for word, body in (("suspend", {}), ("resume", {}), ("activate", {"name": "a"})):
        there = post(served, "packer", view, word, **body)
        nowhere = served.client("packer").post(
            f"/api/process-instances/999999/{word}", json=body or None
        )
        assert problem(there, 404)["title"] == problem(nowhere, 404)["title"]
