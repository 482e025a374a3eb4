from __future__ import annotations

import pytest

from procession.bpmn.starts import start_subscriptions
from procession.core.state import WaitKind
from procession.testing import model, start
from procession.testing.models import parameters
from python_scripts import compiled, definition, faults, play

MESSAGE = '<itemDefinition id="i" structureRef="String"/><message id="m" name="Order" itemRef="i"/>'


def test_waits_for_the_message_by_name():
    process = model().root(MESSAGE).variable("x").start()
    inside = parameters(outputs={"body": "x"})
    run = play(process.node("receiveTask", "t", inside, messageRef="m").end())
    assert [w.name for w in run.waits()] == ["Order"]

    run.message("Order", "hello")
    assert run.variables == {"x": "hello"}
    assert run.is_completed


def test_is_a_work_item_and_a_message_in_jbpm_files():
    process = model(jbpm=True).root(MESSAGE).variable("x").start()
    inside = parameters(outputs={"Message": "x"})
    process.node("receiveTask", "t", inside, messageRef="m").end()

    run = play(process)
    assert [(w.kind, w.name) for w in run.waits()] == [
        (WaitKind.WORK_ITEM, "Receive Task"),
        (WaitKind.MESSAGE, "m"),
    ]
    assert run.waits()[0].parameters == {"MessageId": "m", "MessageType": "String"}
    run.message("m", "by signal")
    assert run.variables == {"x": "by signal"}
    assert run.is_completed

    run = play(process)
    run.complete("t", Message="by handler")
    assert run.variables == {"x": "by handler"}
    assert run.is_completed


def instantiating(behind_start: bool = False, **attributes: str):
    io = parameters(outputs={"Message": "got"})
    process = model().root(MESSAGE).variable("got")
    if behind_start:
        process.start()
    given = {"messageRef": "m", "instantiate": "true", **attributes}
    return process.node("receiveTask", "t", io, **given).user("u").end()


@pytest.mark.parametrize("behind_start", [False, True])
def test_the_message_may_begin_the_process(behind_start):
    built = definition(instantiating(behind_start))
    [(kind, name, node)] = start_subscriptions(built)
    assert (kind, node) == ("message", "t")

    run = start(built, start_event=node, payload="hello")

    assert run.active == ["u"]
    assert run.variables == {"got": "hello"}
    assert run.visited == (["start", "t", "u"] if behind_start else ["t", "u"])
    assert name


def test_started_by_hand_it_waits_for_the_message():
    run = start(definition(instantiating()))

    assert run.active == ["t"]


def test_one_that_starts_a_process_stands_at_its_beginning_and_names_a_message():
    process = model().root(MESSAGE).start().user("u")
    process.node("receiveTask", "t", messageRef="m", instantiate="true").end()
    text = "a receive task that starts the process stands at its beginning"
    assert faults(process) == [("t", text)]

    assert ("t", "a receive task that starts the process names its message") in faults(
        model().node("receiveTask", "t", instantiate="true").end()
    )


def test_in_strict_mode_no_flow_leads_to_one_that_starts_a_process():
    text = "a flow leads to a task that starts the process"

    assert ("t", text) in faults(instantiating(behind_start=True), strict=True)
    assert not faults(instantiating(behind_start=True))


def test_jbpm_does_not_read_that():
    process = model(jbpm=True).root(MESSAGE).start()
    found = compiled(process.node("receiveTask", "t", messageRef="m", instantiate="true").end())

    assert not found.errors
    assert "instantiate has no effect in files of jBPM" in [p.text for p in found.problems]
