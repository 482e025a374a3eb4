"""Asynchronous continuation: a token rests before a node until a job takes it on."""

from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core import records as r
from procession.core.continuing import NAME
from procession.core.state import WaitKind
from procession.testing import Model, model, start
from procession.testing.models import error, parameters, timer
from python_scripts import compiled, definition, play

ASYNC = (
    '<extensionElements><d:metaData name="customAsync"><d:metaValue>true</d:metaValue>'
    "</d:metaData></extensionElements>"
)


def before(id: str) -> str:
    """A script task that is entered later and notes that it was."""
    text = f"kcontext.setVariable('{id}', 1)"
    return f"{ASYNC}<script>{text}</script>"


def with_async(process: Model, id: str) -> Model:
    return process.node("scriptTask", id, before(id))


def jobs(run) -> list[str]:
    return [w.handler for w in run.waits(WaitKind.TIMER) if w.name == NAME]


def test_the_node_is_entered_only_when_the_job_comes():
    run = play(with_async(model(jbpm=True).start(), "a").end())

    assert run.visited == ["start"]
    assert jobs(run) == ["a"]
    assert run.status == 1

    run.advance()
    assert run.visited == ["start", "a", "end"]
    assert run.is_completed


def test_a_scope_is_not_done_while_a_token_rests_in_it():
    process = model(jbpm=True).start().sub("sub").start("s2")
    run = play(with_async(process, "a").end().end_sub().end())

    assert run.active == ["sub"]
    run.advance()
    assert run.is_completed


def test_a_token_that_rests_ends_with_its_scope():
    process = model(jbpm=True).start().sub("sub").start("s2")
    process = with_async(process, "a").end().end_sub().end()
    run = play(process.boundary("sub", "late", timer("PT0S")).end("gave_up"))

    late = next(w for w in run.waits() if w.handler == "late")
    run.do(c.TriggerWait(late.id))

    assert run.is_completed
    assert "a" not in run.visited
    assert ("cancelled", NAME) in [(x.how, x.name) for x in run.of(r.WaitClosed)]


def test_a_terminate_beside_it_takes_it_along():
    process = model(jbpm=True).start().parallel("fork")
    process = with_async(process, "a").end().back_to("fork").throw("t")
    run = play(process.node("endEvent", "stop", "<terminateEventDefinition/>"))

    assert run.is_completed
    assert "a" not in run.visited


def test_a_parallel_join_gathers_tokens_that_went_on_later():
    process = model(jbpm=True).start().parallel("fork")
    process = with_async(process, "a").parallel("join").back_to("fork")
    run = play(with_async(process, "b").to("join").end())

    assert jobs(run) == ["a", "b"]
    run.trigger("b")
    assert not run.is_completed
    run.trigger("a")
    assert run.visited.count("join") == 1
    assert run.is_completed


def test_an_inclusive_join_waits_for_a_token_that_rests():
    process = model(jbpm=True).start().inclusive("fork").flow("True")
    process = with_async(process, "a").inclusive("join").back_to("fork").flow("True")
    run = play(process.throw("b").to("join").end())

    assert "end" not in run.visited
    run.advance()
    assert run.visited.count("end") == 1
    assert run.is_completed


def test_boundary_events_listen_only_once_it_is_entered():
    process = model(jbpm=True).start().node("userTask", "a", ASYNC).end()
    run = play(process.boundary("a", "b", timer("PT1H")).end("end2"))

    assert [w.name for w in run.waits()] == [NAME]
    run.advance()
    assert {w.handler for w in run.waits()} == {"a", "b"}


def test_an_error_it_throws_is_caught_in_the_turn_of_the_job():
    process = model(jbpm=True).start().root('<error id="e" errorCode="bad.thing"/>')
    process.sub("sub").start("s2")
    process.node("scriptTask", "a", f"{ASYNC}<script>throw bad.thing</script>").end().end_sub()
    run = play(process.end().boundary("sub", "b", error("e")).end("caught"))

    run.advance()

    assert run.visited[-1] == "caught"


@pytest.mark.parametrize("vendor", ["camunda", "activiti"])
def test_vendors_spell_it_as_an_attribute(vendor):
    spaces = {
        "camunda": ("http://camunda.org/schema/1.0/bpmn", "asyncBefore"),
        "activiti": ("http://activiti.org/bpmn", "async"),
    }
    space, name = spaces[vendor]
    xml = model().start().node("userTask", "a", **{f"v:{name}": "true"}).end().xml().decode()
    run = play(xml.replace("<definitions ", f'<definitions xmlns:v="{space}" '))

    assert jobs(run) == ["a"]
    run.advance()
    assert run.active == ["a"]


def test_a_process_may_begin_later():
    space = "http://camunda.org/schema/1.0/bpmn"
    xml = model().start().throw("a").end().xml().decode()
    xml = xml.replace("<startEvent ", '<startEvent v:asyncBefore="true" ')
    run = play(xml.replace("<definitions ", f'<definitions xmlns:v="{space}" '))

    assert run.visited == []
    run.advance()
    assert run.is_completed


def test_each_visit_of_a_loop_waits_for_its_own_job():
    process = model(jbpm=True).variable("n").start().exclusive("again")
    text = f"{ASYNC}<script>kcontext.setVariable('n', n + 1)</script>"
    process.node("scriptTask", "a", text).exclusive("enough").flow("n < 3")
    run = play(process.to("again").back_to("enough").flow("n >= 3").end(), n=0)

    for _ in range(3):
        assert jobs(run) == ["a"]
        run.trigger("a")
    assert run.is_completed
    assert run.variables["n"] == 3


def test_parameters_are_mapped_when_it_is_entered():
    process = model(jbpm=True).variable("x").start()
    io = parameters(inputs={"given": "x"})
    run = play(process.node("userTask", "a", ASYNC + io).end(), x=1)

    run.do_set(x=2)
    run.advance()

    assert run.wait_at("a").parameters["given"] == 2


def test_the_rounds_of_a_loop_go_on_together():
    """It is the loop as a whole that is put off."""
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    process = model(jbpm=True).start()
    inside = ASYNC + loop + "</multiInstanceLoopCharacteristics>"
    run = play(process.node("userTask", "a", inside).end())

    assert jobs(run) == ["a"]
    run.advance()
    assert [w.handler for w in run.waits(WaitKind.WORK_ITEM)] == ["a", "a", "a"]


def test_tokens_that_are_gathered_are_put_off_one_by_one():
    space = "http://camunda.org/schema/1.0/bpmn"
    process = model().start().parallel("fork")
    given = {"v:asyncBefore": "true", "startQuantity": "2"}
    process.node("userTask", "a", **given).end().back_to("fork").to("a")
    xml = process.xml().decode()
    run = play(xml.replace("<definitions ", f'<definitions xmlns:v="{space}" '))

    assert jobs(run) == ["a", "a"]
    run.advance()
    assert run.visited.count("a") == 1
    assert run.active == ["a"]


def test_an_event_that_nothing_leads_to_is_not_put_off_and_a_warning_says_so():
    process = model(jbpm=True).start().node("userTask", "a").end()
    process.boundary("a", "b", ASYNC + timer("PT1H")).end("end2")

    found = [(p.element, p.text) for p in compiled(process).problems]

    assert ("b", "no token comes to it, so nothing is put off") in found


def test_a_start_that_rests_knows_which_of_several_events_it_was():
    process = model(jbpm=True)
    for name in ("A", "B"):
        process.root(f'<signal id="_{name}" name="{name}"/>')
    definitions = "".join(f'<signalEventDefinition signalRef="_{name}"/>' for name in "AB")
    process.node("startEvent", "s", ASYNC + definitions, parallelMultiple="true").script("a").end()

    run = start(definition(process), start_event="s", trigger=("signal", "B", None))
    run.advance()

    assert [w.name for w in run.waits()] == ["A"]
