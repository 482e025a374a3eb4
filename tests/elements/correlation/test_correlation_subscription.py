from __future__ import annotations

from procession.testing import model
from procession.testing.models import message
from python_scripts import faults, play

ROOT = """<message id="mB" name="B"/><correlationProperty id="number">
<correlationPropertyRetrievalExpression messageRef="mB"><messagePath>id</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty>
<collaboration id="c"><correlationKey id="key">
<correlationPropertyRef>number</correlationPropertyRef></correlationKey></collaboration>"""
BINDING = """<correlationPropertyBinding correlationPropertyRef="number">
<dataPath>mine * 2</dataPath></correlationPropertyBinding>"""


def subscribed(inside: str = BINDING, key: str = "key"):
    process = model().root(ROOT).variable("mine")
    process.inside(
        f'<correlationSubscription id="s" correlationKeyRef="{key}">{inside}'
        "</correlationSubscription>"
    )
    return process.start().catch("one", message("mB")).catch("two", message("mB")).end()


def test_waits_carry_what_the_data_of_the_process_say():
    assert play(subscribed(), mine=4).wait_at("one").key == "8"


def test_the_data_are_asked_anew_for_each_wait():
    run = play(subscribed(), mine=4)
    run.do_set(mine=5)

    run.message("B", {"id": 8})

    assert run.wait_at("two").key == "10"


def test_every_property_of_the_key_is_bound():
    assert faults(subscribed("")) == [
        ("process", "the subscription to key binds no data to number")
    ]


def test_a_binding_needs_a_path():
    inside = '<correlationPropertyBinding correlationPropertyRef="number"/>'

    assert ("s", "the binding has no dataPath") in faults(subscribed(inside))


def test_a_key_that_is_not_there_is_refused():
    assert faults(subscribed(key="other")) == [("process", "other is no correlationKey")]
