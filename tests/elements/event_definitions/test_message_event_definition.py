from __future__ import annotations

from procession.core import records as r
from procession.testing import Model, model
from procession.testing.models import message
from python_scripts import faults, play

DATA = (
    "<dataInput id='d' name='v'/><dataInputAssociation><sourceRef>x</sourceRef>"
    "<targetRef>d</targetRef></dataInputAssociation>"
)


def ordering(jbpm: bool) -> Model:
    process = model(jbpm=jbpm).root('<itemDefinition id="i" structureRef="String"/>')
    return process.root('<message id="m" name="Order" itemRef="i"/>')


def test_is_waited_for_by_name_with_both_names_at_hand():
    run = play(ordering(False).start().catch("c", message("m")).end())
    [wait] = run.waits()

    assert wait.name == "Order"
    assert wait.parameters == {"message": "m", "message_name": "Order"}
    assert run.message("Order") == 1
    assert run.is_completed


def test_is_waited_for_by_id_in_jbpm_files():
    run = play(ordering(True).start().catch("c", message("m")).end())

    assert run.message("m") == 1
    assert run.is_completed


def test_leaves_as_a_record():
    run = play(ordering(False).start().throw("t", DATA + message("m")).end(), x=1)

    assert run.of(r.MessageThrown) == [r.MessageThrown("Order", None, 1, "t")]
    assert run.is_completed


def test_is_a_work_item_in_jbpm_files():
    run = play(ordering(True).start().end("end", DATA + message("m")), x=1)
    [wait] = run.waits()

    assert wait.name == "Send Task"
    assert wait.parameters == {
        "MessageType": "String",
        "Message": 1,
        "@node": {"message": "m", "message_name": "Order"},
    }
    run.complete("end")
    assert run.is_completed


def test_one_that_is_not_declared_is_refused_in_jbpm_files():
    process = model(jbpm=True).start().catch("c", message("nowhere")).end()

    assert faults(process) == [("c", "message nowhere is not declared")]


def test_the_operation_may_name_it():
    process = ordering(False).root(
        '<interface id="if" name="I"><operation id="op" name="o"><inMessageRef>m</inMessageRef>'
        "</operation></interface>"
    )
    inside = "<messageEventDefinition><operationRef>op</operationRef></messageEventDefinition>"
    run = play(process.start().catch("c", inside).end())

    assert run.waits()[0].name == "Order"
