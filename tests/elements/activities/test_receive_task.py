from __future__ import annotations

from procession.core.state import WaitKind
from procession.testing import model
from procession.testing.models import parameters
from python_scripts import faults, play

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


def test_one_that_starts_a_process_is_refused():
    process = (
        model().root(MESSAGE).start().node("receiveTask", "t", messageRef="m", instantiate="true")
    )

    assert faults(process.end()) == [
        ("t", "a receive task that starts the process is not supported")
    ]
