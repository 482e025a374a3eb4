"""Messages between instances: by key, along message flows, and those that nobody receives."""

from __future__ import annotations

import pytest

from procession.runtime.clock import ManualClock
from procession.testing.models import BPMN
from tests.runtime.rooms import UNIT, is_over, jobs, until, visited

DECLARED = """
<message id="mOrder" name="Order"/><message id="mPaid" name="Paid"/>
<correlationProperty id="number">
  <correlationPropertyRetrievalExpression messageRef="mOrder">
    <messagePath>order</messagePath></correlationPropertyRetrievalExpression>
  <correlationPropertyRetrievalExpression messageRef="mPaid">
    <messagePath>message.order</messagePath></correlationPropertyRetrievalExpression>
</correlationProperty>
<collaboration id="c">
  <participant id="pShop" processRef="shop"/><participant id="pBank" processRef="bank"/>
  <correlationKey id="key"><correlationPropertyRef>number</correlationPropertyRef></correlationKey>
</collaboration>
"""
SHOP = """
<process id="shop" isExecutable="true">
  <property id="order"/><property id="sum"/>
  <startEvent id="s"><dataOutput id="so"/><dataOutputAssociation><sourceRef>so</sourceRef>
    <targetRef>order</targetRef></dataOutputAssociation>
    <messageEventDefinition messageRef="mOrder"/></startEvent>
  <sequenceFlow id="f1" sourceRef="s" targetRef="paid"/>
  <receiveTask id="paid" messageRef="mPaid"><ioSpecification><dataOutput id="po" name="p"/>
    <inputSet/><outputSet/></ioSpecification><dataOutputAssociation><sourceRef>po</sourceRef>
    <targetRef>sum</targetRef></dataOutputAssociation></receiveTask>
  <sequenceFlow id="f2" sourceRef="paid" targetRef="e"/>
  <endEvent id="e"/>
</process>
"""
BANK = """
<process id="bank" isExecutable="true">
  <property id="transfer"/>
  <startEvent id="s2"/>
  <sequenceFlow id="f3" sourceRef="s2" targetRef="pay"/>
  <sendTask id="pay" messageRef="mPaid"><ioSpecification><dataInput id="pi" name="Message"/>
    <inputSet/><outputSet/></ioSpecification><dataInputAssociation>
    <sourceRef>transfer</sourceRef><targetRef>pi</targetRef></dataInputAssociation></sendTask>
  <sequenceFlow id="f4" sourceRef="pay" targetRef="e2"/>
  <endEvent id="e2"/>
</process>
"""


def file(*parts):
    return f'<definitions xmlns="{BPMN}" targetNamespace="urn:t">{"".join(parts)}</definitions>'


def deploy(engine, *parts, unit=UNIT):
    done = engine.deployments.deploy(engine.admin, unit, {"f.bpmn": file(*parts).encode()})
    assert done.success, done.explanation


def order(engine, number):
    """Start a shop by its message; its instance."""
    before = set(instances(engine))
    assert engine.processes.message(engine.admin, "Order", None, {"order": number}) == 1
    (found,) = set(instances(engine)) - before
    return found


def instances(engine):
    from procession.services.paging import PageRequest

    return [i.id for i in engine.processes.active(engine.admin, None, PageRequest(1, 100)).items]


def test_two_waits_of_one_message_with_different_keys_do_not_mix(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    one, two = order(engine, 1), order(engine, 2)

    received = engine.processes.message(engine.admin, "Paid", None, {"order": 2, "sum": 20})

    assert received == 1
    assert is_over(engine, two)
    assert not is_over(engine, one)


def test_a_message_whose_key_nobody_waits_with_is_answered_with_none(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    one = order(engine, 1)

    assert engine.processes.message(engine.admin, "Paid", None, {"order": 7}) == 0
    assert engine.processes.message(engine.admin, "Paid", None, {"nothing": 7}) == 0
    assert not is_over(engine, one)


def test_a_sender_may_give_the_key_itself(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    one, two = order(engine, 1), order(engine, 2)

    assert engine.processes.message(engine.admin, "Paid", "1", "paid") == 1
    assert is_over(engine, one)
    assert not is_over(engine, two)


def test_a_process_that_sends_reaches_the_instance_of_the_same_key(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    one, two = order(engine, "a"), order(engine, "b")

    engine.processes.start(engine.admin, "bank", {"transfer": {"order": "b"}})

    assert is_over(engine, two)
    assert not is_over(engine, one)
    assert not jobs(engine)


def test_keys_hold_after_the_engine_was_opened_again(opening):
    engine = opening()
    deploy(engine, DECLARED, SHOP, BANK)
    one, two = order(engine, 1), order(engine, 2)
    engine.close()

    again = opening()

    assert again.processes.message(again.admin, "Paid", None, {"order": 1}) == 1
    assert is_over(again, one)
    assert not is_over(again, two)


def test_a_message_with_a_key_is_kept_until_somebody_waits(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    engine.processes.start(engine.admin, "bank", {"transfer": {"order": 5}})
    (kept,) = jobs(engine, kind="message")
    assert (kept.topic, kept.state) == ("Paid", "ready")

    other, mine = order(engine, 4), order(engine, 5)
    engine.worker().start()  # sooner, and the second might be over before it is looked for

    until(lambda: is_over(engine, mine), 5)
    until(lambda: not jobs(engine, kind="message"), 5)
    assert not is_over(engine, other)


def test_a_kept_message_that_nobody_comes_for_is_an_incident(opening):
    clock = ManualClock()
    engine = opening(clock=clock, threads=False, message_keep_seconds=10)
    deploy(engine, DECLARED, SHOP, BANK)
    sender = engine.processes.start(engine.admin, "bank", {"transfer": {"order": 5}}).id
    assert not engine.jobs.incidents(engine.admin).items

    for _ in range(12):
        clock.advance(1)
        engine.run_due_jobs()

    (incident,) = engine.jobs.incidents(engine.admin).items
    assert incident.message == "message Paid with key 5 found no receiver"
    assert incident.process_instance_id == sender
    assert incident.node_id == "pay"


def test_an_incident_of_a_message_that_is_tried_again_delivers_it(opening):
    engine = opening(threads=False, message_keep_seconds=0)
    deploy(engine, DECLARED, SHOP, BANK)
    engine.processes.start(engine.admin, "bank", {"transfer": {"order": 5}})
    (incident,) = engine.jobs.incidents(engine.admin).items
    mine = order(engine, 5)

    engine.jobs.retry(engine.admin, incident.job_id)
    engine.run_due_jobs()

    assert is_over(engine, mine)
    assert not engine.jobs.incidents(engine.admin).items
    assert not jobs(engine)


def test_a_message_that_goes_by_its_name_alone_is_reported_at_once(engine):
    deploy(engine, '<message id="mPaid" name="Paid"/>', BANK)

    engine.processes.start(engine.admin, "bank", {"transfer": 5})

    (incident,) = engine.jobs.incidents(engine.admin).items
    assert incident.message == "message Paid found no receiver"
    (job,) = jobs(engine, kind="message")
    assert job.state == "failed"


# -- message flows -----------------------------------------------------------------------------

CATCHING = """
<process id="{0}" isExecutable="true"><startEvent id="{0}s"/>
<sequenceFlow id="{0}f" sourceRef="{0}s" targetRef="{0}c"/>
<intermediateCatchEvent id="{0}c"><messageEventDefinition {1}/></intermediateCatchEvent>
<sequenceFlow id="{0}g" sourceRef="{0}c" targetRef="{0}e"/><endEvent id="{0}e"/></process>
"""
THROWING = """
<process id="sender" isExecutable="true"><startEvent id="ss"/>
<sequenceFlow id="sf" sourceRef="ss" targetRef="st"/>
<intermediateThrowEvent id="st"><messageEventDefinition {0}/></intermediateThrowEvent>
<sequenceFlow id="sg" sourceRef="st" targetRef="se"/><endEvent id="se"/></process>
"""
NAMED = 'messageRef="m"'
MESSAGE = '<message id="m" name="M"/>'
POOLS = """
<collaboration id="c"><participant id="p0" processRef="sender"/>
<participant id="p1" processRef="left"/><participant id="p2" processRef="right"/>
<participant id="p3" name="The world"/>
<messageFlow id="mf" sourceRef="st" targetRef="{0}"/></collaboration>
"""


@pytest.mark.parametrize(("target", "named"), [("rightc", NAMED), ("rightc", ""), ("p2", NAMED)])
def test_a_message_goes_only_where_its_message_flow_leads(engine, target, named):
    parts = [CATCHING.format("left", NAMED), CATCHING.format("right", named)]
    deploy(engine, MESSAGE, POOLS.format(target), THROWING.format(named), *parts)
    left = engine.processes.start(engine.admin, "left").id
    right = engine.processes.start(engine.admin, "right").id

    engine.processes.start(engine.admin, "sender")

    assert is_over(engine, right)
    assert not is_over(engine, left)


def test_a_message_flow_to_a_start_event_starts_that_process(engine):
    starting = CATCHING.format("left", NAMED)
    begun = """<process id="right" isExecutable="true"><startEvent id="rs">
        <messageEventDefinition messageRef="m"/></startEvent>
        <sequenceFlow id="rf" sourceRef="rs" targetRef="ru"/><userTask id="ru"/></process>"""
    deploy(engine, MESSAGE, POOLS.format("rs"), THROWING.format(NAMED), starting, begun)
    left = engine.processes.start(engine.admin, "left").id

    engine.processes.start(engine.admin, "sender")

    (begun_id,) = set(instances(engine)) - {left}
    assert visited(engine, begun_id, "ru") == 1


def test_a_message_along_a_flow_waits_for_its_receiver(engine):
    parts = [CATCHING.format("left", NAMED), CATCHING.format("right", NAMED)]
    deploy(engine, MESSAGE, POOLS.format("rightc"), THROWING.format(NAMED), *parts)
    engine.worker().start()
    engine.processes.start(engine.admin, "sender")
    left = engine.processes.start(engine.admin, "left").id

    right = engine.processes.start(engine.admin, "right").id

    until(lambda: is_over(engine, right), 5)
    assert not is_over(engine, left)


def test_a_message_to_a_pool_outside_is_nobodys_fault(engine):
    parts = [CATCHING.format("left", NAMED), CATCHING.format("right", NAMED)]
    deploy(engine, MESSAGE, POOLS.format("p3"), THROWING.format(NAMED), *parts)

    engine.processes.start(engine.admin, "sender")

    assert not jobs(engine)


# -- files of jBPM -----------------------------------------------------------------------------


def test_a_send_task_of_jbpm_that_nobody_hears_goes_on_and_is_reported(engine):
    sending = BANK.replace(
        "<process", '<process xmlns:d="http://www.jboss.org/drools" d:version="1"'
    )
    item = '<itemDefinition id="i"/><message id="mPaid" name="Paid" itemRef="i"/>'
    deploy(engine, item, sending)

    sender = engine.processes.start(engine.admin, "bank", {"transfer": 5}).id

    assert is_over(engine, sender)
    (incident,) = engine.jobs.incidents(engine.admin).items
    assert incident.message == "message mPaid found no receiver"


def test_a_key_that_the_sender_gave_at_the_start_holds_from_then_on(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    assert engine.processes.message(engine.admin, "Order", "9", "no fields") == 1
    (mine,) = instances(engine)
    other = order(engine, 8)

    assert engine.processes.message(engine.admin, "Paid", None, {"order": 9}) == 1

    assert is_over(engine, mine)
    assert not is_over(engine, other)


def test_of_many_who_wait_only_the_one_it_is_for_is_looked_at(engine):
    deploy(engine, DECLARED, SHOP, BANK)
    ids = [order(engine, number) for number in range(20)]
    touched = []
    load = engine.room.executive.loaded.load

    def counted(reader, number):
        touched.append(number)
        return load(reader, number)

    engine.room.executive.loaded.load = counted

    assert engine.processes.message(engine.admin, "Paid", None, {"order": 7}) == 1

    assert set(touched) <= {ids[0], ids[7]}
    assert is_over(engine, ids[7])
