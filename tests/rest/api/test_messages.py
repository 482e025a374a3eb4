"""Messages over the plain interface: the sender is told how many received one."""

from __future__ import annotations

from procession.testing import model
from procession.testing.models import message
from serving import Served

from .test_instances import started
from .test_service import problem


def send(served: Served, user: str, **body: object) -> int:
    answer = served.client(user).post("/api/messages", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["received"])


def test_a_message_says_how_many_received_it(served: Served) -> None:
    takes = "<dataOutput id='o'/><dataOutputAssociation><sourceRef>o</sourceRef>"
    takes += "<targetRef>x</targetRef></dataOutputAssociation>"
    process = model("waiting").root('<message id="m" name="Come"/>').variable("x").start()
    view = started(served, process.catch("c", takes + message("m")).user("u").end())

    assert send(served, "ann", name="Come", value={"a": 1}, deployment_id=view.deployment_id) == 1
    assert send(served, "ann", name="Come", deployment_id=view.deployment_id) == 0
    assert served.engine.processes.variable(served.engine.admin, view.id, "x") == {"a": 1}


def test_a_message_needs_a_name(served: Served) -> None:
    answer = served.client("ann").post("/api/messages", json={"value": 1})

    assert problem(answer, 400)
