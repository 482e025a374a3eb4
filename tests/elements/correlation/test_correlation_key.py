from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core import records as r
from procession.testing import model
from procession.testing.models import message
from python_scripts import compiled, definition, faults, play

MESSAGES = '<message id="mA" name="A"/><message id="mB" name="B"/>'
RETRIEVAL = (
    '<correlationPropertyRetrievalExpression messageRef="{}"><messagePath>{}</messagePath>'
    "</correlationPropertyRetrievalExpression>"
)


def prop(id: str, **paths: str) -> str:
    inside = "".join(RETRIEVAL.format(name, path) for name, path in paths.items())
    return f'<correlationProperty id="{id}">{inside}</correlationProperty>'


def conversation(*properties: str, conversation: bool = False) -> str:
    refs = "".join(f"<correlationPropertyRef>{p}</correlationPropertyRef>" for p in properties)
    key = f'<correlationKey id="key">{refs}</correlationKey>'
    if conversation:
        key = f'<conversation id="talk">{key}</conversation>'
    return f'<collaboration id="c"><participant id="pp" processRef="process"/>{key}</collaboration>'


def talking(*properties: str, **given: bool):
    """Sends A if asked to, then waits for B twice."""
    names = [p.split('"')[1] for p in properties]
    process = model().root(MESSAGES).root(conversation(*names, **given)).variable("order")
    for each in properties:
        process.root(each)
    inside = '<dataInput id="i"/><dataInputAssociation><sourceRef>order</sourceRef>'
    inside += "<targetRef>i</targetRef></dataInputAssociation>"
    process.start().throw("send", inside + message("mA"))
    return process.catch("one", message("mB")).catch("two", message("mB")).end()


NUMBER = prop("number", mA="message['id']", mB="id")
PLACE = prop("place", mA="message['at']", mB="at")


@pytest.mark.parametrize("in_conversation", [False, True])
def test_the_first_message_that_is_sent_gives_the_key_its_value(in_conversation: bool):
    run = play(talking(NUMBER, conversation=in_conversation), order={"id": 7})

    (sent,) = run.of(r.MessageThrown)
    assert sent.key == "7"
    assert run.wait_at("one").key == "7"


def test_the_first_message_that_is_received_gives_the_key_its_value():
    run = play(talking(NUMBER), order=None)
    assert run.wait_at("one").key is None

    run.message("B", {"id": "x"})

    assert run.wait_at("two").key == "x"


def test_several_properties_make_one_key():
    run = play(talking(NUMBER, PLACE), order={"id": 7, "at": "Rome"})

    assert run.wait_at("one").key == "7:Rome"


def test_a_start_by_message_gives_the_key_its_value():
    process = model().root(MESSAGES).root(conversation("number")).root(NUMBER)
    process.start("s", message("mA")).catch("w", message("mB")).end()
    run = play_from(process, "s", ("message", "A", None), {"id": 3})

    assert run.wait_at("w").key == "3"


def play_from(process, start, trigger, payload):
    from procession.core.ports import Limits
    from procession.runtime.clock import ManualClock
    from procession.testing import Run
    from procession.values import freeze

    run = Run(definition(process), ManualClock(), Limits())
    command = c.StartProcess(start_event=start, payload=freeze(payload), root=1, trigger=trigger)
    run.do(command)
    return run


def test_a_message_without_the_properties_gives_no_value():
    run = play(talking(NUMBER), order={"other": 7})

    (sent,) = run.of(r.MessageThrown)
    assert sent.key is None
    assert run.wait_at("one").key is None


def test_a_key_is_no_variable():
    assert set(play(talking(NUMBER), order={"id": 7}).variables) == {"order"}


def test_a_property_that_is_not_declared_is_refused():
    process = model().root(conversation("nothing")).start().end()

    assert faults(process) == [("key", "nothing is no correlationProperty")]


def test_a_key_that_no_message_tells_is_warned_of():
    process = talking(prop("number", mA="id"), prop("place", mB="at"))

    texts = [p.text for p in compiled(process).problems]

    assert texts == ["no message tells all properties of the key"]


def test_a_process_that_does_not_take_part_has_no_key():
    process = talking(NUMBER)
    process.id = "another"

    assert play(process, order={"id": 7}).wait_at("one").key is None
