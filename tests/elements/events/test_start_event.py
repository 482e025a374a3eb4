from __future__ import annotations

import pytest

from procession.bpmn.starts import start_subscriptions, start_timers
from procession.errors import NotFound, Rejected
from procession.testing import Model, model, start
from procession.testing.models import message, signal, timer
from python_scripts import compiled, definition, faults, play

OUTPUT = (
    "<dataOutput id='d' name='{0}'/><dataOutputAssociation><sourceRef>d</sourceRef>"
    "<targetRef>{1}</targetRef></dataOutputAssociation>"
)


def signalled(jbpm: bool = False) -> Model:
    process = model(jbpm=jbpm).variable("x").root('<signal id="s" name="Go"/>')
    return process.start("go", OUTPUT.format("event", "x") + signal("s")).end()


def test_a_plain_start_begins_the_process():
    run = play(model().start().end())

    assert run.visited == ["start", "end"]
    assert run.variables == {}


def test_what_started_it_is_mapped():
    run = start(definition(signalled()), start_event="go", payload="hello")

    assert run.visited == ["go", "end"]
    assert run.variables == {"x": "hello"}


def test_the_deployment_is_told_what_to_listen_for():
    process = signalled().root('<message id="m" name="Order"/>')
    process.start("order", message("m")).to("end")
    process.start("tick", timer("R/PT1H", "timeCycle")).to("end")
    built = definition(process)

    assert start_subscriptions(built) == [("signal", "Go", "go"), ("message", "Order", "order")]
    [(node, expression)] = start_timers(built)
    assert (node, expression.text) == ("tick", "R/PT1H")


def test_in_jbpm_files_a_message_goes_by_its_id():
    process = model(jbpm=True).root('<itemDefinition id="i"/>')
    process.root('<message id="m" name="Order" itemRef="i"/>').start("o", message("m")).end()

    assert start_subscriptions(definition(process)) == [("message", "m", "o")]


def test_started_plainly_without_a_plain_start_it_is_active_with_nothing_to_do_in_jbpm_files():
    run = play(signalled(jbpm=True))

    assert run.active == []
    assert not run.is_completed


def test_started_plainly_without_a_plain_start_it_is_rejected_elsewhere():
    with pytest.raises(Rejected, match="no start event without a definition"):
        play(signalled())


def test_an_unknown_start_event_is_not_found():
    with pytest.raises(NotFound, match="no start event nowhere"):
        start(definition(signalled()), start_event="nowhere")


def test_without_any_start_event_it_begins_where_no_flow_leads():
    assert play(model().task("a").end()).visited == ["a", "end"]
    assert faults(model(jbpm=True).node("manualTask", "a").end())


def test_nothing_may_lead_to_it():
    process = model().start().task("t").to("start")

    assert ("start", "a start event cannot have incoming flows") in faults(process)


def test_variables_begin_with_their_default():
    inside = (
        '<property id="x"><extensionElements><d:metaData name="defaultValue" '
        'xmlns:d="http://www.jboss.org/drools"><d:metaValue>7</d:metaValue></d:metaData>'
        "</extensionElements></property>"
    )
    process = model().inside(inside).start().end()

    assert play(process).variables == {"x": "7"}
    assert play(process, x="given").variables == {"x": "given"}


def test_a_second_plain_start_is_pointed_out():
    process = model().start().end().start("second").to("end")

    assert [p.element for p in compiled(process).problems] == ["second", "second"][:1]


def test_a_timer_that_starts_a_process_cannot_refer_to_variables():
    process = model(jbpm=True).start("tick", timer("#{when}")).end()

    text = "a timer that starts a process cannot refer to its variables"

    assert faults(process) == [("tick", text)]
