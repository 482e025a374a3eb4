"""Each flag of ``core/semantics.py``: one process, run in jBPM's way and in the specification's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from procession.bpmn.compiler import compile_document
from procession.core import commands as c
from procession.core import records as r
from procession.core.flags import JBPM, SPECIFICATION
from procession.core.semantics import NAMES, read_choice
from procession.core.state import Caller, InstanceStatus, WaitKind
from procession.errors import Invalid, InvalidModel, InvalidValue, Rejected
from procession.scripting.evaluator import Evaluator
from procession.testing import Run, compile_model, start
from procession.testing.models import parameters
from procession.values import Map
from tests.undoing import COMPENSATE, undo

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DROOLS = "http://www.jboss.org/drools"
SIGNALS = "".join(f'<signal id="S{name}" name="{name}"/>' for name in "abcdg")
PLAIN = '<startEvent id="s"/><endEvent id="e"/>'


def file(body: str, top: str = "", *, more: str = "", process: str = "", beside: str = "") -> bytes:
    """A BPMN file around what stands in a process."""
    head = f'<definitions xmlns="{BPMN}" xmlns:d="{DROOLS}" targetNamespace="t" {more}>'
    head = head.replace(f' xmlns:d="{DROOLS}"', "") if "d:" not in body + process else head
    xml = f'{head}{top}{SIGNALS}<process id="p" {process}>{body}</process>{beside}</definitions>'
    return xml.encode()


def flows(*paths: str) -> str:
    """Sequence flows along each of the paths, which name nodes."""
    pairs = [p for path in paths for p in zip(path.split(), path.split()[1:], strict=False)]
    return "".join(
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def wait(name: str, id: str = "") -> str:
    inside = f'<signalEventDefinition signalRef="S{name}"/>'
    return f'<intermediateCatchEvent id="{id or name}">{inside}</intermediateCatchEvent>'


def script(id: str, text: str, more: str = "") -> str:
    return f'<scriptTask id="{id}"><script>{text}</script>{more}</scriptTask>'


def declared(*names: str) -> str:
    return "".join(f'<property id="{name}" name="{name}"/>' for name in names)


def definition(xml: bytes, *choice: str):
    return compile_model(xml, semantics=choice)


def both(flag: str, xml: bytes, **variables: object) -> tuple[Run, Run]:
    """Runs in jBPM's way and in the specification's, alike in everything else."""
    jbpm, bpmn = (definition(xml, "specification", f"{flag}={on}") for on in ("true", "false"))
    return start(jbpm, **variables), start(bpmn, **variables)


def outcome(run: Run) -> tuple[InstanceStatus, str | None]:
    return run.status, run.state.outcome


COMPLETED, ABORTED = InstanceStatus.COMPLETED, InstanceStatus.ABORTED


# -- events --------------------------------------------------------------------------------------


def test_escalation_ends_instance():
    inside = '<escalationEventDefinition escalationRef="up"/>'
    thrown = f'<intermediateThrowEvent id="t">{inside}</intermediateThrowEvent>'
    xml = file(PLAIN + thrown + flows("s t e"), '<escalation id="up" escalationCode="UP"/>')

    jbpm, bpmn = both("escalation_ends_instance", xml)

    assert outcome(jbpm) == (ABORTED, "UP")
    assert outcome(bpmn) == (COMPLETED, None)


def listener(id: str, name: str, inside: str, *, interrupting: bool = False) -> str:
    begun = f'<startEvent id="{id}s" isInterrupting="{str(interrupting).lower()}">'
    begun += f'<signalEventDefinition signalRef="S{name}"/></startEvent>'
    way = f"{id}s {id}w {id}e" if inside else f"{id}s {id}e"
    body = f'{begun}{inside}<endEvent id="{id}e"/>{flows(way)}'
    return f'<subProcess id="{id}" triggeredByEvent="true">{body}</subProcess>'


def test_interruption_aborts_process():
    xml = file(PLAIN + wait("g") + flows("s g e") + listener("x", "a", "", interrupting=True))

    runs = both("interruption_aborts_process", xml)
    for run in runs:
        run.signal("a")

    assert [run.status for run in runs] == [ABORTED, COMPLETED]


def test_events_listen_to_the_end():
    busy, other = listener("x", "a", wait("b", "xw")), listener("y", "c", "")
    xml = file(PLAIN + wait("g") + flows("s g e") + busy + other)

    heard = []
    for run in both("events_listen_to_the_end", xml):
        run.signal("a")
        run.signal("g")
        heard.append(run.signal("c"))

    assert heard == [1, 0]


def test_catch_events_listen_without_flow():
    xml = file(PLAIN + wait("g") + flows("s g e") + wait("a") + '<endEvent id="f"/>' + flows("a f"))

    assert [run.signal("a") for run in both("catch_events_listen_without_flow", xml)] == [1, 0]


def timed(kind: str, text: str) -> bytes:
    inside = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    caught = f'<intermediateCatchEvent id="t">{inside}</intermediateCatchEvent>'
    return file(PLAIN + caught + flows("s t e"))


def test_timer_catches_repeat():
    runs = both("timer_catches_repeat", timed("timeCycle", "R3/PT10S"))
    for run in runs:
        run.advance(seconds=60)

    assert [run.visited.count("e") for run in runs] == [3, 1]


def test_typed_starts_begin_idle():
    begun = '<startEvent id="s"><signalEventDefinition signalRef="Sa"/></startEvent>'
    xml = file(begun + '<endEvent id="e"/>' + flows("s e"))

    run = start(definition(xml, "typed_starts_begin_idle=true"))

    assert (run.status, run.active) == (InstanceStatus.ACTIVE, [])
    with pytest.raises(Rejected, match="no start event without a definition"):
        start(definition(xml, "typed_starts_begin_idle=false"))


def mapped(*pairs: tuple[str, str]) -> str:
    """Data outputs of an event and where they go."""
    outputs = "".join(f'<dataOutput id="{name}" name="{name}"/>' for name, _ in pairs)
    return outputs + "".join(
        f"<dataOutputAssociation><sourceRef>{name}</sourceRef><targetRef>{to}</targetRef>"
        "</dataOutputAssociation>"
        for name, to in pairs
    )


def test_payload_needs_a_variable():
    inside = mapped(("o", "nowhere")) + '<signalEventDefinition signalRef="Sa"/>'
    caught = f'<intermediateCatchEvent id="t">{inside}</intermediateCatchEvent>'
    jbpm, bpmn = both("payload_needs_a_variable", file(PLAIN + caught + flows("s t e")))

    bpmn.signal("a", 1)

    assert bpmn.is_completed
    assert bpmn.variables == {}
    with pytest.raises(Exception, match="Could not find variable"):
        jbpm.signal("a", 1)


def test_start_mappings_read_event():
    inside = mapped(("event", "x"), ("other", "y")) + '<signalEventDefinition signalRef="Sa"/>'
    begun = f'<startEvent id="s">{inside}</startEvent>'
    xml = file(declared("x", "y") + begun + '<endEvent id="e"/>' + flows("s e"))

    jbpm, bpmn = both(
        "start_mappings_read_event", xml, start_event="s", payload={"event": 1, "other": 2}
    )

    assert jbpm.variables["y"] == "other"
    assert bpmn.variables == {"x": 1, "y": 2}


def test_async_inputs_delay_signals():
    inside = '<dataInput id="i" name="async"/><signalEventDefinition signalRef="Sa"/>'
    thrown = f'<intermediateThrowEvent id="t">{inside}</intermediateThrowEvent>'
    xml = file(PLAIN + thrown + flows("s t e"))

    jbpm, bpmn = both("async_inputs_delay_signals", xml)

    [later], [now] = jbpm.of(r.SignalThrown), bpmn.of(r.SignalThrown)
    assert (later.name, later.reach) != (now.name, now.reach) == ("a", "deployment")


# -- messages ------------------------------------------------------------------------------------

MESSAGE = '<itemDefinition id="i"/><message id="m" name="hello" itemRef="i"/>'


def test_messages_named_by_id():
    inside = '<messageEventDefinition messageRef="m"/>'
    caught = f'<intermediateCatchEvent id="t">{inside}</intermediateCatchEvent>'
    xml = file(PLAIN + caught + flows("s t e"), MESSAGE)

    names = [run.wait_at("t").name for run in both("messages_named_by_id", xml)]

    assert names == ["m", "hello"]


def test_messages_are_work_items():
    xml = file(PLAIN + '<sendTask id="t" messageRef="m"/>' + flows("s t e"), MESSAGE)

    jbpm, bpmn = both("messages_are_work_items", xml)

    assert jbpm.wait_at("t").name == "Send Task"
    assert [thrown.name for thrown in bpmn.of(r.MessageThrown)] == ["hello"]


def test_receipts_are_work_items():
    xml = file(PLAIN + '<receiveTask id="t" messageRef="m"/>' + flows("s t e"), MESSAGE)

    jbpm, bpmn = both("receipts_are_work_items", xml)

    assert [w.name for w in jbpm.waits(WaitKind.WORK_ITEM)] == ["Receive Task"]
    assert bpmn.waits(WaitKind.WORK_ITEM) == []


def test_instantiate_ignored():
    receive = '<receiveTask id="t" messageRef="m" instantiate="true"/>'
    xml = file(receive + '<endEvent id="e"/>' + flows("t e"), MESSAGE)

    found = [
        definition(xml, f"instantiate_ignored={on}").nodes["t"].instantiates
        for on in ("true", "false")
    ]

    assert found == [False, True]


def test_conversations_ignored():
    flow = '<messageFlow id="f" sourceRef="t" targetRef="r"/>'
    pools = '<participant id="P" processRef="p"/><participant id="Q" processRef="q"/>'
    top = f'{MESSAGE}<collaboration id="C">{pools}{flow}</collaboration>'
    receive = '<startEvent id="q1"/><receiveTask id="r" messageRef="m"/><endEvent id="q3"/>'
    beside = f'<process id="q">{receive}{flows("q1 r q3")}</process>'
    xml = file(PLAIN + '<sendTask id="t" messageRef="m"/>' + flows("s t e"), top, beside=beside)

    routes = [
        dict(definition(xml, f"conversations_ignored={on}").message_routes)
        for on in ("true", "false")
    ]

    assert routes[0] == {}
    assert [route.node for route in routes[1]["t"]] == ["r"]


# -- timers --------------------------------------------------------------------------------------


def test_timer_days_are_exact():
    xml = timed("timeDuration", "P1M")

    assert start(definition(xml, "timer_days_are_exact=false")).active == ["t"]
    with pytest.raises(InvalidModel, match="no fixed length"):
        definition(xml, "timer_days_are_exact=true")


def seconds_to_first(run: Run) -> float:
    due = run.wait_at("t").due
    assert due is not None
    return (due - run.clock.now()) / timedelta(seconds=1)


def test_cycles_begin_after_a_second():
    runs = both("cycles_begin_after_a_second", timed("timeCycle", "R/PT1H"))

    assert [seconds_to_first(run) for run in runs] == [1, 3600]


def test_late_cycles_begin_now():
    jbpm, bpmn = both("late_cycles_begin_now", timed("timeCycle", "R5/2000-01-01T00:00:07Z/P1D"))

    assert seconds_to_first(jbpm) == 0
    assert (bpmn.wait_at("t").due or bpmn.clock.now()).strftime("%H:%M:%S") == "00:00:07"


# -- activities ----------------------------------------------------------------------------------


def user(id: str = "t", inside: str = "") -> str:
    return f'<userTask id="{id}">{inside}</userTask>'


def test_parameters_are_templates():
    body = declared("x", "y") + PLAIN + user(inside=parameters(inputs={"Comment": "x"}))

    runs = both("parameters_are_templates", file(body + flows("s t e")), x="of #{y}", y="ann")

    assert [run.wait_at("t").parameters["Comment"] for run in runs] == ["of ann", "of #{y}"]


def test_unknown_results_refused():
    body = declared("x") + PLAIN + user(inside=parameters(outputs={"answer": "x"}))
    jbpm, bpmn = both("unknown_results_refused", file(body + flows("s t e")))

    bpmn.complete("t", nonsense=1)

    assert bpmn.is_completed
    with pytest.raises(InvalidValue):
        jbpm.complete("t", nonsense=1)


def test_quantities_ignored():
    body = PLAIN + '<manualTask id="t" completionQuantity="3"/>' + flows("s t e")

    runs = both("quantities_ignored", file(body))

    assert [run.visited.count("e") for run in runs] == [1, 3]


def test_called_processes_live_on():
    xml = file(PLAIN + '<callActivity id="t" calledElement="q"/>' + flows("s t e"))

    called = [run.of(r.ProcessCalled)[0] for run in both("called_processes_live_on", xml)]

    assert [call.independent for call in called] == [True, False]


def ad_hoc(attributes: str = "") -> bytes:
    inside = f'<adHocSubProcess id="t" {attributes}>{user("a1")}{user("a2")}</adHocSubProcess>'
    return file(PLAIN + inside + flows("s t e"))


def test_ad_hoc_begins_nothing():
    runs = both("ad_hoc_begins_nothing", ad_hoc())

    assert [run.active for run in runs] == [["t"], ["t", "a1", "a2"]]


def test_ad_hoc_order_ignored():
    runs = both("ad_hoc_order_ignored", ad_hoc('ordering="Sequential"'))

    assert [run.active for run in runs] == [["t", "a1", "a2"], ["t", "a1"]]


def test_ad_hoc_asks_when_branches_end():
    runs = both("ad_hoc_asks_when_branches_end", ad_hoc())
    for run in runs:
        run.complete("a1")
        run.complete("a2")

    assert [run.is_completed for run in runs] == [False, True]


# -- loops ---------------------------------------------------------------------------------------


def test_standard_loops_ignored():
    loop = '<standardLoopCharacteristics loopMaximum="3"/>'
    body = declared("n") + PLAIN + script("t", "kcontext.setVariable('n', n + 1);", loop)

    runs = both("standard_loops_ignored", file(body + flows("s t e")), n=0)

    assert [run.variables["n"] for run in runs] == [1, 3]


def many(inside: str, attributes: str = "") -> str:
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag} {attributes}>{inside}</{tag}>"


TWICE = "<loopCardinality>2</loopCardinality>"
LIST = "<loopDataInputRef>list</loopDataInputRef>"
OUT = "<loopDataOutputRef>out</loopDataOutputRef>"
ITEM, RESULT = '<inputDataItem id="item"/>', '<outputDataItem id="result"/>'


def test_loops_are_parallel():
    body = PLAIN + user(inside=many(TWICE, 'isSequential="true"')) + flows("s t e")

    runs = both("loops_are_parallel", file(body))

    assert [len(run.waits()) for run in runs] == [2, 1]


def test_loops_tell_no_numbers():
    text = "kcontext.setVariable('n', kcontext.getVariable('loopCounter'));"
    body = declared("n") + PLAIN + script("t", text, many(TWICE, 'isSequential="true"'))

    runs = both("loops_tell_no_numbers", file(body + flows("s t e")))

    assert [run.variables.get("n") for run in runs] == [None, 2]


def test_loop_items_named_by_id():
    text = "kcontext.setVariable('n', kcontext.getVariable('item'));"
    loop = many(LIST + '<inputDataItem id="i" name="item"/>')
    body = declared("n", "list") + PLAIN + script("t", text, loop) + flows("s t e")

    runs = both("loop_items_named_by_id", file(body), list=[7])

    assert [run.variables.get("n") for run in runs] == [None, 7]


def test_loop_results_as_completed():
    inside = parameters(outputs={"result": "result"}) + many(LIST + OUT + ITEM + RESULT)
    body = declared("list", "out") + PLAIN + user(inside=inside) + flows("s t e")

    gathered = []
    for run in both("loop_results_as_completed", file(body), list=[1, 2]):
        first, second = run.waits(WaitKind.WORK_ITEM)
        run.do(c.TriggerWait(second.id, Map(result="second")))
        run.do(c.TriggerWait(first.id, Map(result="first")))
        gathered.append(run.variables["out"])

    assert gathered == [("second", "first"), ("first", "second")]


def test_loop_results_appended():
    text = "kcontext.setVariable('result', item);"
    loop = many(LIST + OUT + ITEM + RESULT)
    body = declared("list", "out") + PLAIN + script("t", text, loop) + flows("s t e")

    runs = both("loop_results_appended", file(body), list=[1], out=[0])

    assert [run.variables["out"] for run in runs] == [(0, 1), (1,)]


# -- data ----------------------------------------------------------------------------------------


def test_default_language_ignored():
    feel = 'expressionLanguage="http://www.omg.org/spec/FEEL/20140401"'
    condition = "<conditionExpression>x in [1..5]</conditionExpression>"
    body = declared("x") + '<startEvent id="s"/><exclusiveGateway id="g1" default="g1-f"/>'
    body += '<endEvent id="e"/><endEvent id="f"/>' + flows("s g1 f")
    body += f'<sequenceFlow id="y" sourceRef="g1" targetRef="e">{condition}</sequenceFlow>'
    xml = file(body, more=feel)

    run = start(definition(xml, "default_language_ignored=false"), x=3)

    assert run.visited[-1] == "e"
    with pytest.raises(InvalidModel):
        definition(xml, "default_language_ignored=true")


def test_first_assignment_only():
    parts = "".join(
        f"<assignment><from>{n}</from><to>order.{n}</to></assignment>" for n in ("a", "b")
    )
    io = '<dataInput id="order" name="order"/><inputSet/><outputSet/>'
    inside = f"<ioSpecification>{io}</ioSpecification>"
    inside += f"<dataInputAssociation><targetRef>order</targetRef>{parts}</dataInputAssociation>"
    body = PLAIN + user(inside=inside) + flows("s t e")

    jbpm, bpmn = (
        run.wait_at("t").parameters["order"] for run in both("first_assignment_only", file(body))
    )

    assert bpmn == {"a": "a", "b": "b"}
    assert "b" not in jbpm


def test_data_objects_named_by_id():
    xml = file('<dataObject id="DO_1" name="data"/>' + PLAIN + flows("s e"))

    names = [
        list(definition(xml, f"data_objects_named_by_id={on}").variables[""])
        for on in ("true", "false")
    ]

    assert names == [["DO_1"], ["data"]]


def test_data_sets_ignored():
    sets = "<inputSet><dataInputRefs>i</dataInputRefs></inputSet>"
    sets += "<inputSet><dataInputRefs>j</dataInputRefs></inputSet><outputSet/>"
    io = '<dataInput id="i" name="i"/><dataInput id="j" name="j"/>'
    fed = "".join(
        f"<dataInputAssociation><sourceRef>{x}</sourceRef><targetRef>{to}</targetRef>"
        "</dataInputAssociation>"
        for x, to in (("x", "i"), ("y", "j"))
    )
    inside = f"<ioSpecification>{io}{sets}</ioSpecification>{fed}"
    body = declared("x", "y") + PLAIN + user(inside=inside) + flows("s t e")

    runs = both("data_sets_ignored", file(body))

    assert [[w.name for w in run.waits()] for run in runs] == [["Human Task"], ["@input"]]


def test_data_stores_ignored():
    inside = '<dataInput id="i" name="i"/><inputSet/><outputSet/>'
    inside = f"<ioSpecification>{inside}</ioSpecification><dataInputAssociation>"
    inside += "<sourceRef>ref</sourceRef><targetRef>i</targetRef></dataInputAssociation>"
    body = '<dataStoreReference id="ref" dataStoreRef="store"/>' + PLAIN + user(inside=inside)
    xml = file(body + flows("s t e"), '<dataStore id="store" name="store"/>')

    told = [
        [p.text for p in compiled(xml, f"data_stores_ignored={on}").problems]
        for on in ("true", "false")
    ]

    assert "an association with a data store moves nothing" in told[0]
    assert told[1] == []


def compiled(xml: bytes, *choice: str):
    return compile_document(xml, Evaluator(), resource="x", semantics=read_choice(choice))


# -- compensation --------------------------------------------------------------------------------

THROW = f'<intermediateThrowEvent id="throw">{COMPENSATE}</intermediateThrowEvent>'


def inner(after: str = "") -> str:
    """A sub-process with an activity that can be undone."""
    after = after or '<endEvent id="e1"/>'
    inside = f'<startEvent id="s1"/><manualTask id="a"/>{after}'
    return f'<subProcess id="sub">{inside}{undo("a")}{flows("s1 a e1")}</subProcess>'


def times_undone(flag: str, xml: bytes) -> list[int]:
    return [run.visited.count("undo_a") for run in both(flag, xml)]


def test_handlers_only_in_their_scope():
    xml = file(PLAIN + inner() + THROW + flows("s sub throw e"))

    assert times_undone("handlers_only_in_their_scope", xml) == [0, 1]


def test_compensation_repeats():
    again = THROW.replace('"throw"', '"again"')
    body = PLAIN + '<manualTask id="a"/>' + undo("a") + THROW + again + flows("s a throw again e")

    assert times_undone("compensation_repeats", file(body)) == [2, 1]


def test_called_processes_keep_nothing():
    xml = file(PLAIN + '<manualTask id="a"/>' + undo("a") + flows("s a e"))

    kept = []
    for on in ("true", "false"):
        run = start(definition(xml, f"called_processes_keep_nothing={on}"))
        called = Run(run.definition, run.clock, run.limits)
        called.do(c.StartProcess(root=1, caller=Caller(9, 9)))
        kept.append(called.of(r.ProcessInstanceEnded)[0].kept)

    assert kept[0] is None
    assert kept[1] is not None


def test_errors_undo_nothing():
    failing = '<endEvent id="e1"><errorEventDefinition errorRef="bad"/></endEvent>'
    caught = '<boundaryEvent id="at" attachedToRef="sub"><errorEventDefinition/></boundaryEvent>'
    body = PLAIN + inner(failing) + caught + '<endEvent id="f"/>' + flows("s sub e", "at f")

    xml = file(body, '<error id="bad" errorCode="BAD"/>')

    assert times_undone("errors_undo_nothing", xml) == [0, 1]


def test_compensation_by_signal():
    body = PLAIN + '<manualTask id="a"/>' + undo("a") + wait("g") + flows("s a g e")

    runs = both("compensation_by_signal", file(body))

    assert [run.signal("Compensation", "a") for run in runs] == [1, 0]
    assert [run.visited.count("undo_a") for run in runs] == [1, 0]


# -- what is refused -----------------------------------------------------------------------------


def test_jbpm_checks():
    xml = file('<startEvent id="s"/>' + user() + flows("s t"))

    assert definition(xml, "jbpm_checks=false")
    with pytest.raises(InvalidModel):
        definition(xml, "jbpm_checks=true")


# -- flags as such -------------------------------------------------------------------------------

OF_TASKS = {
    "lanes_claim_tasks",
    "assignment_policies_ignored",
    "tasks_begin_with_priority_0",
    "documentation_not_shown",
}
"""These are shown with real tasks, in ``tests/services/test_semantics.py``."""


def test_every_flag_is_shown_in_both_ways():
    assert [
        name for name in NAMES if name not in OF_TASKS and f"test_{name}" not in globals()
    ] == []


def test_a_file_means_what_its_namespaces_say_unless_it_is_chosen_otherwise():
    plain, jbpm = file(PLAIN + flows("s e")), file(PLAIN + flows("s e"), process='d:version="1"')

    assert definition(plain).semantics == SPECIFICATION
    assert definition(jbpm).semantics == JBPM
    assert definition(plain, "jbpm").semantics == JBPM
    assert definition(jbpm, "specification").semantics == SPECIFICATION
    mixed = definition(jbpm, "loops_are_parallel=false").semantics
    assert (mixed.loops_are_parallel, mixed.quantities_ignored) == (False, True)


@pytest.mark.parametrize("text", ["nonsense=true", "nonsense", "", "=true"])
def test_a_flag_that_is_not_known_is_refused_naming_those_that_are(text: str):
    with pytest.raises(Invalid, match=r"no semantics flag.*loops_are_parallel"):
        read_choice([text])


def test_a_flag_is_true_or_false():
    with pytest.raises(Invalid, match="loops_are_parallel is true or false, not 'maybe'"):
        read_choice(["loops_are_parallel=maybe"])


def test_a_later_word_goes_before_what_was_said_of_single_flags():
    assert read_choice(["loops_are_parallel=true", "specification"]) == {"meaning": "specification"}
