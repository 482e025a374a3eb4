from __future__ import annotations

from procession.core import records as r
from procession.testing import model
from procession.testing.models import parameters
from python_scripts import play

MESSAGE = '<itemDefinition id="i" structureRef="String"/><message id="m" name="Order" itemRef="i"/>'


def test_is_a_work_item_in_jbpm_files():
    inside = parameters(inputs={"Message": "x"})
    process = model(jbpm=True).root(MESSAGE).start()
    run = play(process.node("sendTask", "t", inside, messageRef="m").end(), x="hi")
    [wait] = run.waits()

    assert wait.name == "Send Task"
    assert wait.parameters == {
        "Message": "hi",
        "MessageType": "String",
        "@node": {"message": "m", "message_name": "Order"},
    }
    run.complete("t")
    assert run.is_completed


def test_sends_at_once_in_other_files():
    inside = parameters(inputs={"body": "x"})
    process = model().root(MESSAGE).start().node("sendTask", "t", inside, messageRef="m").end()
    run = play(process, x="hi")

    assert run.of(r.MessageThrown) == [r.MessageThrown("Order", None, "hi", "t")]
    assert run.is_completed
