"""Ad hoc scopes: what is begun by its name, over signals and by choice, in a stored instance."""

from __future__ import annotations

import pytest

from procession.errors import NotFound, Rejected
from procession.testing import ManualClock, Model, model
from procession.testing.models import signal
from tests.runtime.rooms import (
    JAVA,
    deploy,
    is_over,
    only_item,
    straight,
    variables,
    visited,
    work_item,
)

IDLE = (
    '<completionCondition>getActivityInstanceAttribute("numberOfActiveInstances") == 0'
    "</completionCondition>"
)
ACTIVITIES = (
    '<task id="a" name="Call the customer" d:taskName="Call"/>'
    '<task id="b" name="Write it down" d:taskName="Write"/>'
)


def case(condition: str = IDLE) -> Model:
    process = model("case", jbpm=True, language=JAVA).variable("x").start()
    return process.node("adHocSubProcess", "scope", ACTIVITIES + condition).end()


def open_case() -> Model:
    process = model("open", jbpm=True, language=JAVA).attribute("d:adHoc", "true")
    process.node("task", "a", name="Call the customer", **{"d:taskName": "Call"})
    process._current = None
    process.node("endEvent", "stop", "<terminateEventDefinition/>", name="Stop")
    return process


def signalled(engine, instance: int, name: str) -> int:
    return engine.processes.signal(engine.admin, name, instance=instance)


def test_a_signal_with_the_name_of_an_activity_begins_it_as_often_as_it_comes(engine):
    deploy(engine, case())
    view = engine.processes.start(engine.admin, "case")

    assert signalled(engine, view.id, "Call the customer") == 1
    assert signalled(engine, view.id, "Call the customer") == 1
    assert signalled(engine, view.id, "Nobody") == 0
    assert visited(engine, view.id, "a") == 2
    assert not is_over(engine, view.id)


def test_it_is_done_when_nothing_is_active_any_more(engine):
    deploy(engine, case())
    view = engine.processes.start(engine.admin, "case")
    signalled(engine, view.id, "Write it down")

    engine.work_items.complete(engine.admin, only_item(engine, view.id))

    assert is_over(engine, view.id)


def test_only_a_signal_to_the_instance_itself_begins_an_activity(engine):
    deploy(engine, case())
    view = engine.processes.start(engine.admin, "case")

    assert engine.processes.signal(engine.admin, "Call the customer") == 0
    assert visited(engine, view.id, "a") == 0


def test_it_survives_the_end_of_the_engine(opening):
    first = opening()
    deploy(first, case())
    view = first.processes.start(first.admin, "case")
    signalled(first, view.id, "Call the customer")
    first.close()

    second = opening()
    assert signalled(second, view.id, "Write it down") == 1
    assert visited(second, view.id, "b") == 1


def test_an_activity_is_begun_by_name_or_id_with_variables_of_its_own(engine):
    inner = '<scriptTask id="s" name="Note" scriptFormat="http://www.java.com/java"><script>'
    inner += 'kcontext.setVariable("x", kcontext.getVariable("mine"));</script></scriptTask>'
    process = model("case", jbpm=True, language=JAVA).variable("x").start()
    deploy(engine, process.node("adHocSubProcess", "scope", ACTIVITIES + inner).end())
    view = engine.processes.start(engine.admin, "case")

    engine.processes.activate(engine.admin, view.id, "Note", {"mine": "by name"})
    assert variables(engine, view.id)["x"] == "by name"
    engine.processes.activate(engine.admin, view.id, "s", {"mine": "by id"})
    assert variables(engine, view.id)["x"] == "by id"


def test_what_cannot_be_begun_is_answered_precisely(engine):
    deploy(engine, case(), straight("plain", work_item("w", "Wait")))
    view = engine.processes.start(engine.admin, "case")
    plain = engine.processes.start(engine.admin, "plain")

    with pytest.raises(Rejected, match="Call the customer, Write it down, a, b"):
        engine.processes.activate(engine.admin, view.id, "nothing")
    with pytest.raises(Rejected, match="in its ad hoc scopes: none"):
        engine.processes.activate(engine.admin, plain.id, "w")
    with pytest.raises(NotFound):
        engine.processes.activate(engine.admin, 999_999, "a")
    engine.processes.suspend(engine.admin, view.id)
    with pytest.raises(Rejected, match="is suspended"):
        engine.processes.activate(engine.admin, view.id, "a")
    assert signalled(engine, view.id, "Call the customer") == 0


def test_an_ad_hoc_process_goes_on_until_a_terminate_event(engine):
    deploy(engine, open_case())
    view = engine.processes.start(engine.admin, "open")
    assert view.state == 1

    signalled(engine, view.id, "Call the customer")
    engine.work_items.complete(engine.admin, only_item(engine, view.id))
    assert not is_over(engine, view.id)

    signalled(engine, view.id, "Stop")
    assert engine.processes.last_known(engine.admin, view.id).state == 2


def test_an_ad_hoc_process_may_be_aborted(engine):
    deploy(engine, open_case())
    view = engine.processes.start(engine.admin, "open")

    engine.processes.abort(engine.admin, view.id)

    assert engine.processes.last_known(engine.admin, view.id).state == 3


def test_a_script_of_the_instance_begins_an_activity(engine):
    text = 'kcontext.getProcessInstance().signalEvent("Call the customer", null);'
    inner = f'<scriptTask id="s" name="Begin" scriptFormat="{JAVA}"><script>{text}'
    inner += "</script></scriptTask>"
    process = model("case", jbpm=True, language=JAVA).start()
    deploy(engine, process.node("adHocSubProcess", "scope", ACTIVITIES + inner).end())
    view = engine.processes.start(engine.admin, "case")

    signalled(engine, view.id, "Begin")

    assert visited(engine, view.id, "a") == 1


def test_a_signal_event_for_the_instance_begins_an_activity(engine):
    scope = '<extensionElements><d:metaData name="customScope"><d:metaValue>processInstance'
    scope += "</d:metaValue></d:metaData></extensionElements>"
    inner = f'<intermediateThrowEvent id="t" name="Begin">{scope}'
    inner += signal("Call the customer") + "</intermediateThrowEvent>"
    process = model("case", jbpm=True, language=JAVA).start()
    deploy(engine, process.node("adHocSubProcess", "scope", ACTIVITIES + inner).end())
    view = engine.processes.start(engine.admin, "case")

    signalled(engine, view.id, "Begin")

    assert visited(engine, view.id, "a") == 1


def test_every_round_of_a_loop_has_activities_of_its_own(engine):
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    inside = loop + "</multiInstanceLoopCharacteristics>" + ACTIVITIES + IDLE
    process = model("case", jbpm=True, language=JAVA).start()
    deploy(engine, process.node("adHocSubProcess", "scope", inside).end())
    view = engine.processes.start(engine.admin, "case")

    assert signalled(engine, view.id, "Call the customer") == 2
    assert visited(engine, view.id, "a") == 2


def test_an_asynchronous_activity_begins_when_its_job_runs(opening):
    clock = ManualClock()
    engine = opening(clock=clock, threads=False)
    later = (
        '<task id="c" name="Later" d:taskName="Later"><extensionElements>'
        '<d:metaData name="customAsync"><d:metaValue>true</d:metaValue></d:metaData>'
        "</extensionElements></task>"
    )
    process = model("case", jbpm=True, language=JAVA).start()
    deploy(engine, process.node("adHocSubProcess", "scope", later + IDLE).end())
    view = engine.processes.start(engine.admin, "case")

    signalled(engine, view.id, "Later")
    assert visited(engine, view.id, "c") == 0
    engine.run_due_jobs()
    assert visited(engine, view.id, "c") == 1
    assert not is_over(engine, view.id)
