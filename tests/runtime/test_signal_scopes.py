"""How far a thrown signal reaches: ``customScope`` in jBPM's files, with two deployments."""

from __future__ import annotations

import pytest

from procession.testing import Model, model
from procession.testing.models import signal
from tests.runtime.rooms import deploy, is_over, variables

HERE, THERE = "org.test:here:1.0", "org.test:there:1.0"


def thrower(scope: str) -> Model:
    """Listens for the signal beside throwing it."""
    given = (
        f'<extensionElements><d:metaData name="customScope"><d:metaValue>{scope}</d:metaValue>'
        "</d:metaData></extensionElements>"
    )
    process = model("thrower", jbpm=True).variable("SignalDeploymentId").start()
    process.parallel("fork").catch("own", signal("news")).end("heard")
    process.back_to("fork").timer("wait", "PT0S").throw("t", given + signal("news"))
    return process.end("thrown")


def listener(id: str) -> Model:
    return model(id, jbpm=True).variable("x").start().catch("c", signal("news")).end()


def begun() -> Model:
    return model("begun", jbpm=True).start("start", signal("news")).task("w", taskName="W").end()


@pytest.mark.parametrize(
    ("scope", "own", "same", "other", "starts"),
    [
        ("default", True, True, False, 1),
        ("", True, True, False, 1),
        ("processInstance", True, False, False, 0),
        ("runtimeManager", True, True, False, 1),
        ("project", True, True, False, 1),
        ("external", False, False, False, 0),
    ],
)
def test_who_hears_a_signal_of_that_scope(opening, scope, own, same, other, starts):
    engine = opening(threads=False)
    deploy(engine, thrower(scope), listener("same"), begun(), unit=HERE)
    deploy(engine, listener("other"), unit=THERE)
    near = engine.processes.start(engine.admin, "same").id
    far = engine.processes.start(engine.admin, "other").id
    view = engine.processes.start(engine.admin, "thrower")

    engine.run_due_jobs()

    heard = [n.node_id for n in engine.history.nodes(engine.admin, view.id).items]
    assert ("heard" in heard) == own
    assert is_over(engine, near) == same
    assert is_over(engine, far) == other
    assert len(engine.history.by_process(engine.admin, "begun").items) == starts


def test_an_external_signal_is_a_work_item_for_whoever_carries_it_out(engine):
    deploy(engine, thrower("external"), unit=HERE)
    seen = []
    engine.handler("External Send Task")(lambda item: seen.append(dict(item.parameters)))

    engine.processes.start(engine.admin, "thrower", {"SignalDeploymentId": THERE})
    engine.run_due_jobs()

    assert seen == [{"Signal": "news", "SignalDeploymentId": THERE}]


def test_a_client_reaches_one_deployment_or_all(engine):
    deploy(engine, listener("same"), unit=HERE)
    deploy(engine, listener("other"), unit=THERE)
    near = engine.processes.start(engine.admin, "same").id
    far = engine.processes.start(engine.admin, "other").id

    assert engine.processes.signal(engine.admin, "news", deployment=HERE) == 1
    assert (is_over(engine, near), is_over(engine, far)) == (True, False)
    assert engine.processes.signal(engine.admin, "news") == 1
    assert is_over(engine, far)
    assert variables(engine, far) == {}
