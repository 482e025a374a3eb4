from __future__ import annotations

import pytest

from procession.core.records import ElementNoted, ErrorThrown, SignalThrown
from procession.core.state import InstanceStatus
from procession.errors import LimitExceeded
from procession.testing import Model, model
from procession.testing.models import error, timer
from python_scripts import compiled, faults, play
from undoing import COMPENSATE, compensate, undo, undoing


def undone(visited: list[str]) -> list[str]:
    return [node for node in visited if node.startswith("undo_")]


def steps(process: Model, *names: str) -> Model:
    """Manual tasks one after the other, each with a task that undoes it."""
    for name in names:
        process.node("manualTask", name).inside(undo(name))
    return process


# -- thrown --------------------------------------------------------------------------------------


def test_thrown_for_nothing_in_particular_all_that_is_done_is_undone_from_the_last_on():
    process = steps(model().start(), "a", "b", "c").throw("back", compensate())

    run = play(process.node("manualTask", "after").end())

    assert undone(run.visited) == ["undo_c", "undo_b", "undo_a"]
    assert run.visited[-2:] == ["after", "end"]
    assert run.is_completed


def test_thrown_for_one_activity_only_that_is_undone():
    process = steps(model().start(), "a", "b").throw("back", compensate("a"))

    assert undone(play(process.end()).visited) == ["undo_a"]


def test_an_end_event_throws_too():
    process = steps(model().start(), "a").end("back", compensate())
    run = play(process)

    assert undone(run.visited) == ["undo_a"]
    assert run.is_completed


def test_each_handler_is_done_before_the_next_one_begins():
    process = model().start()
    for name in ("a", "b"):
        process.node("manualTask", name).inside(undo(name, tag="userTask"))
    run = play(process.throw("back", compensate()).end())

    assert run.active[-1] == "undo_b"
    assert "undo_a" not in run.active
    run.complete("undo_b")
    assert run.active[-1] == "undo_a"
    assert not run.is_completed
    run.complete("undo_a")
    assert run.is_completed


def test_what_is_not_done_is_not_undone():
    process = model().start().parallel("fork").user("busy")
    process.inside(undo("busy")).end().back_to("fork").throw("back", compensate()).end()
    run = play(process)

    assert undone(run.visited) == []
    assert run.active == ["busy"]


def test_what_was_never_come_to_is_not_undone():
    process = steps(model().start().exclusive("way").flow("False"), "never").end("no")
    run = play(process.back_to("way").default().throw("back", compensate("never")).end())

    assert undone(run.visited) == []
    assert run.is_completed


def test_what_was_stopped_is_not_undone():
    process = model().start().user("stopped").inside(undo("stopped")).end("e")
    process.boundary("stopped", "late", timer("PT1M")).throw("back", compensate()).end()
    run = play(process)
    run.advance(minutes=1)

    assert undone(run.visited) == []
    assert run.is_completed


def test_without_waiting_the_thrower_goes_on_at_once():
    process = model().start().node("manualTask", "a").inside(undo("a", tag="userTask"))
    run = play(process.throw("back", compensate(wait=False)).user("on").end())

    assert "on" in run.active
    assert "undo_a" in run.active
    run.complete("on")
    assert not run.is_completed, "the process stays until all is undone"
    run.complete("undo_a")
    assert run.is_completed


def test_what_was_undone_is_not_undone_again():
    process = steps(model().start(), "a").throw("one", compensate()).throw("two", compensate())

    assert undone(play(process.end()).visited) == ["undo_a"]


def test_in_jbpm_files_it_is_undone_again():
    process = steps(model(jbpm=True).start(), "a").throw("one", compensate())

    assert undone(play(process.throw("two", compensate("a")).end()).visited) == ["undo_a"] * 2


def test_an_activity_done_several_times_is_undone_as_often():
    process = model().start().variable("n").exclusive("again")
    process.script("a", "kcontext.setVariable('n', (n or 0) + 1)").inside(undo("a"))
    process.exclusive("enough").flow("n < 3").to("again")
    process.back_to("enough").default().throw("back", compensate("a")).end()

    assert undone(play(process).visited) == ["undo_a"] * 3


# -- handlers ------------------------------------------------------------------------------------


def test_a_sub_process_undoes():
    inside = (
        "<startEvent id='u0'/><userTask id='u1'/><endEvent id='u2'/>"
        "<sequenceFlow id='f0' sourceRef='u0' targetRef='u1'/>"
        "<sequenceFlow id='f1' sourceRef='u1' targetRef='u2'/>"
    )
    process = model().start().node("manualTask", "a")
    process.inside(undo("a", tag="subProcess", inside=inside))
    run = play(process.throw("back", compensate()).end())

    assert run.active[-2:] == ["undo_a", "u1"]
    run.complete("u1")
    assert run.is_completed


def test_a_call_of_another_process_undoes():
    process = model().start().node("manualTask", "a")
    process.inside(undo("a", tag="callActivity", more="calledElement='other'"))
    run = play(process.throw("back", compensate()).end())

    run.returned("undo_a")
    assert run.is_completed


def test_a_call_of_another_process_is_undone_by_its_handler():
    process = model().start().call("call", "other").inside(undo("call"))
    run = play(process.throw("back", compensate("call")).end())
    run.returned("call")

    assert undone(run.visited) == ["undo_call"]


def test_a_whole_sub_process_is_undone_by_one_handler_and_not_its_parts():
    process = steps(model().start().sub("s").start("in"), "a").end().end_sub().inside(undo("s"))

    assert undone(play(process.throw("back", compensate()).end()).visited) == ["undo_s"]


def test_an_error_in_a_handler_is_caught_around_the_thrower():
    ending = f"<endEvent id='u1'>{error('e')}</endEvent>"
    flow = "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    handler = undo("a", tag="subProcess", inside=f"<startEvent id='u0'/>{ending}{flow}")
    process = model().root('<error id="e" errorCode="E"/>').start().sub("s").start("in")
    process.node("manualTask", "a").inside(handler).throw("back", compensate()).end().end_sub()
    run = play(process.end("no").boundary("s", "caught", error("e")).end())

    assert run.visited[-2:] == ["caught", "end"]
    assert run.is_completed


def test_an_error_in_a_handler_is_caught_at_the_handler_first():
    ending = f"<endEvent id='u1'>{error('e')}</endEvent>"
    flow = "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    handler = undo("b", tag="subProcess", inside=f"<startEvent id='u0'/>{ending}{flow}")
    process = model().root('<error id="e" errorCode="E"/>').start().node("manualTask", "a")
    process.inside(undo("a")).node("manualTask", "b").inside(handler)
    process.throw("back", compensate()).end()
    process.boundary("undo_b", "caught", error("e")).node("manualTask", "mend").end("mended")
    run = play(process)

    assert "mend" in run.visited
    assert undone(run.visited) == ["undo_b", "undo_a"], "the others are undone all the same"
    assert run.is_completed


def test_what_has_been_left_does_not_catch_errors_of_its_undoing():
    ending = f"<endEvent id='u1'>{error('e')}</endEvent>"
    flow = "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    handler = undo("a", tag="subProcess", inside=f"<startEvent id='u0'/>{ending}{flow}")
    process = model().root('<error id="e" errorCode="E"/>').start().sub("s").start("in")
    process.node("manualTask", "a").inside(handler).end().end_sub()
    process.throw("back", compensate()).end()
    process.boundary("s", "late", error("e")).end("never")
    run = play(process)

    assert run.status is InstanceStatus.ABORTED
    assert run.of(ErrorThrown)[-1].catcher == ""


# -- sub-processes -------------------------------------------------------------------------------


def test_a_sub_process_without_handler_is_undone_part_by_part_with_the_data_it_had():
    process = model().variable("seen").start().sub("s").variable("own").start("in")
    process.script("a", "kcontext.setVariable('own', 7)")
    script = "<script>kcontext.setVariable('seen', own)</script>"
    process.inside(undo("a", tag="scriptTask", inside=script))
    steps(process, "b").end().end_sub()
    steps(process, "c").throw("back", compensate())
    run = play(process.end())

    assert undone(run.visited) == ["undo_c", "undo_b", "undo_a"]
    assert run.variables == {"seen": 7}


def test_in_jbpm_files_a_sub_process_without_handler_is_not_undone():
    process = steps(model(jbpm=True).start().sub("s").start("in"), "a").end().end_sub()

    assert undone(play(process.throw("back", compensate()).end()).visited) == []


def test_an_event_sub_process_undoes_the_sub_process_around_it_with_the_data_it_had():
    process = model().variable("seen").start().sub("s").variable("own").start("in")
    process.script("a", "kcontext.setVariable('own', 7)").inside(undo("a")).end()
    script = "<scriptTask id='@'><script>kcontext.setVariable('seen', own)</script></scriptTask>"
    process.inside(undoing("h", script)).end_sub()
    run = play(process.throw("back", compensate("s")).end())

    assert run.visited[-6:] == ["s", "h", "h.0", "h.1", "h.2", "end"]
    assert run.variables == {"seen": 7}
    assert undone(run.visited) == [], "its handler does it all"


def test_an_event_sub_process_may_have_the_parts_undone():
    throw = f"<intermediateThrowEvent id='@'>{COMPENSATE}</intermediateThrowEvent>"
    process = steps(model().start().sub("s").start("in"), "a", "b").end()
    process.inside(undoing("h", "<manualTask id='@'/>", throw)).end_sub()
    run = play(process.throw("back", compensate()).end())

    assert run.visited[run.visited.index("h") :] == [
        *("h", "h.0", "h.1", "h.2", "at_b", "undo_b", "at_a", "undo_a", "h.3", "end")
    ]
    assert run.is_completed


def test_an_event_sub_process_for_compensation_does_nothing_while_its_scope_is_active():
    process = model().start().sub("s").start("in").user("u").end()
    process.inside(undoing("h", "<manualTask id='@'/>")).end_sub()
    run = play(process.end())

    assert [wait.handler for wait in run.waits()] == ["u"]
    run.complete("u")
    assert "h" not in run.visited
    assert run.is_completed


def test_in_a_sub_process_only_what_is_done_there_is_undone():
    process = steps(model().start(), "before").sub("s").start("in")
    steps(process, "a").throw("back", compensate()).end().end_sub()

    assert undone(play(process.end()).visited) == ["undo_a"]


def test_what_is_done_further_out_may_be_named():
    process = steps(model().start(), "before").sub("s").start("in")
    steps(process, "a").throw("back", compensate("before")).end().end_sub()

    assert undone(play(process.end()).visited) == ["undo_before"]


def test_an_error_handler_inside_undoes_what_its_sub_process_had_done():
    throw = f"<intermediateThrowEvent id='t'>{COMPENSATE}</intermediateThrowEvent>"
    handler = (
        f"<subProcess id='h' triggeredByEvent='true'><startEvent id='h0'>{error('e')}</startEvent>"
        f"{throw}<endEvent id='h2'/><sequenceFlow id='hf1' sourceRef='h0' targetRef='t'/>"
        "<sequenceFlow id='hf2' sourceRef='t' targetRef='h2'/></subProcess>"
    )
    process = model().root('<error id="e" errorCode="E"/>').start().sub("s").start("in")
    steps(process, "a", "b").end("bad", error("e")).inside(handler).end_sub()
    run = play(process.node("manualTask", "after").end())

    assert undone(run.visited) == ["undo_b", "undo_a"]
    assert run.visited[-3:] == ["h2", "after", "end"]


# -- what is remembered --------------------------------------------------------------------------


def test_nothing_is_remembered_of_what_nobody_undoes():
    process = model().start().node("manualTask", "a").sub("s").start("in").end().end_sub()
    run = play(process.node("manualTask", "b").inside(undo("b")).user("u").end())

    noted = run.of(ElementNoted)
    assert [(x.element, x.memo[1], x.how) for x in noted] == [(1, "b", "added")]
    assert run.state.elements[1].log == ((noted[0].memo,),)


# -- asked for by a client -----------------------------------------------------------------------


def asked_for() -> Model:
    process = steps(model(jbpm=True).start(), "a").sub("s").start("in")
    return steps(process, "b").user("u").end().end_sub().end()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("implicit:process", ["undo_a"]),
        ("implicit:s", ["undo_b"]),
        ("b", ["undo_b"]),
        ("a", ["undo_a"]),
        ("implicit:nowhere", []),
        ("nothing", []),
        ("", []),
    ],
)
def test_a_client_of_a_jbpm_file_asks_by_a_signal_with_a_text(text: str, what: list[str]):
    run = play(asked_for())

    assert run.signal("Compensation", text) == 1
    assert undone(run.visited) == what
    assert run.signal("Compensation", text) == 1, "it may ask again"
    assert undone(run.visited) == what * 2
    run.complete("u")
    assert run.is_completed


def test_other_files_and_processes_without_handlers_have_no_such_signal():
    assert play(steps(model().start(), "a").user("u").end()).signal("Compensation", "a") == 0
    assert play(model(jbpm=True).start().user("u").end()).signal("Compensation", "a") == 0


# -- what is refused -----------------------------------------------------------------------------


def test_may_not_stand_where_the_specification_forbids_it():
    start = model().start("start", COMPENSATE).end()
    assert faults(start) == [("start", "a start event cannot have a compensation definition")]

    catch = model().start().catch("c", COMPENSATE).end()
    assert faults(catch) == [
        ("c", "an intermediate catch event cannot have a compensation definition")
    ]


def test_an_event_sub_process_of_the_process_itself_is_refused_in_jbpm_files():
    for jbpm in (False, True):
        process = model(jbpm=jbpm).start().end().inside(undoing("h", "<manualTask id='@'/>"))
        text = "compensation of the process itself is not supported"
        assert faults(process) == ([("h.0", text)] if jbpm else [])


def test_an_event_sub_process_for_compensation_interrupts():
    handler = undoing("h", "<manualTask id='@'/>").replace(
        "'h.0'>", "'h.0' isInterrupting='false'>"
    )
    process = model().start().sub("s").start("in").end().inside(handler).end_sub().end()

    assert [element for element, _ in faults(process)] == ["h.0"]


def test_an_event_at_a_boundary_needs_exactly_one_activity_that_undoes():
    process = model().start().node("manualTask", "a").end()
    alone = process.inside(f"<boundaryEvent id='b' attachedToRef='a'>{COMPENSATE}</boundaryEvent>")
    text = "an association leads to exactly one activity with isForCompensation, not to "
    assert faults(alone) == [("b", text + "0")]

    more = "<association sourceRef='at_a' targetRef='z'/><task id='z' isForCompensation='true'/>"
    two = model().start().node("manualTask", "a").inside(undo("a")).inside(more).end()
    assert faults(two) == [("at_a", text + "2")]


def test_an_activity_has_one_handler():
    twice = undo("a", "h2").replace("at_a", "again")
    process = model().start().node("manualTask", "a").inside(undo("a")).inside(twice).end()
    assert faults(process) == [("again", "a has two compensation handlers")]

    both = model().start().sub("s").start("in").end().inside(undoing("h", "<task id='@'/>"))
    assert [at for at, _ in faults(both.end_sub().inside(undo("s")).end())] in (["at_s"], ["h.0"])


def test_a_handler_stands_outside_the_flow_and_in_the_same_scope():
    process = model().start().node("manualTask", "a").inside(undo("a")).to("undo_a").end()
    assert ("undo_a", "no flow leads to or from what compensates") in faults(process)

    away = undo("a", "h").replace("<manualTask id='h' isForCompensation='true' ></manualTask>", "")
    inner = "<manualTask id='h' isForCompensation='true'/>"
    process = model().start().node("manualTask", "a").inside(away).sub("s").start("in")
    process.inside(inner).end().end_sub().end()
    assert ("at_a", "h is not in the same scope") in faults(process)


def test_a_handler_that_nothing_begins_is_pointed_out():
    process = model().start().inside("<task id='h' isForCompensation='true'/>").end()

    assert [str(p) for p in compiled(process).problems if p.severity == "warning"]
    assert not faults(process)


def test_no_flow_leaves_the_event_at_the_boundary():
    flow = "<sequenceFlow id='f' sourceRef='at_a' targetRef='end'/>"
    process = model().start().node("manualTask", "a").inside(undo("a")).end().inside(flow)

    assert ("at_a", "no flow leaves a compensation event at a boundary") in faults(process)


def test_what_is_named_must_be_there_and_in_reach():
    process = model().start().throw("back", compensate("ghost")).end()
    assert faults(process) == [("back", "activityRef ghost is no activity here")]

    process = steps(model().start().sub("s").start("in"), "a").end().end_sub()
    text = "a stands neither in the scope of the event nor around it"
    assert faults(process.throw("back", compensate("a")).end()) == [("back", text)]


def test_naming_what_has_no_handler_is_a_warning_and_in_jbpm_files_an_error():
    for jbpm, severity in ((False, "warning"), (True, "error")):
        process = model(jbpm=jbpm).start().node("manualTask", "a").throw("back", compensate("a"))
        found = compiled(process.end()).problems
        assert [(p.element, p.severity) for p in found] == [("back", severity)]


def test_not_waiting_is_refused_in_jbpm_files():
    process = steps(model(jbpm=True).start(), "a").throw("back", compensate(wait=False)).end()

    assert faults(process) == [("back", "waitForCompletion false is not supported")]


# -- loops ---------------------------------------------------------------------------------------

ONE = "<property id='item'/>"
MANY = "<multiInstanceLoopCharacteristics isSequential='{}'>{}</multiInstanceLoopCharacteristics>"
THREE = "<loopCardinality>3</loopCardinality>"
EACH = "<loopDataInputRef>list</loopDataInputRef><inputDataItem id='item' name='item'/>"
NOTE = "<script>kcontext.setVariable('seen', (seen or '') + item)</script>"


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_every_round_of_a_loop_is_undone_with_the_item_it_had(sequential: str):
    process = model().variable("list").variable("seen").start()
    process.node("manualTask", "a", MANY.format(sequential, EACH))
    process.inside(undo("a", tag="scriptTask", inside=NOTE))
    run = play(process.throw("back", compensate()).end(), list=["x", "y", "z"])

    assert undone(run.visited) == ["undo_a"] * 3
    assert run.variables["seen"] == "zyx"
    assert run.is_completed


def test_a_standard_loop_is_undone_round_by_round():
    loop = "<standardLoopCharacteristics loopMaximum='3'/>"
    process = model().start().node("manualTask", "a", loop).inside(undo("a"))

    run = play(process.throw("back", compensate("a")).end())
    assert undone(run.visited) == ["undo_a"] * 3


def test_a_sub_process_done_in_rounds_is_undone_part_by_part_round_by_round():
    process = model().variable("list").variable("seen").start()
    process.sub("s", MANY.format("false", EACH)).start("in").node("manualTask", "a")
    process.inside(undo("a", tag="scriptTask", inside=NOTE)).node("manualTask", "b")
    process.inside(undo("b")).end().end_sub().throw("back", compensate()).end()
    run = play(process, list=["x", "y"])

    assert undone(run.visited) == ["undo_b", "undo_a"] * 2
    assert run.variables["seen"] == "yx"


def test_each_round_of_a_sub_process_has_its_own_event_sub_process_for_compensation():
    script = f"<scriptTask id='@'>{NOTE}</scriptTask>"
    process = model().variable("list").variable("seen").start()
    process.sub("s", MANY.format("true", EACH)).start("in").end()
    process.inside(undoing("h", script)).end_sub().throw("back", compensate("s")).end()
    run = play(process, list=["x", "y"])

    assert run.variables["seen"] == "yx"
    assert run.is_completed


def test_a_loop_that_was_stopped_is_not_undone():
    process = model().start().user("a", MANY.format("true", THREE)).inside(undo("a")).end("no")
    process.boundary("a", "late", timer("PT1M")).throw("back", compensate()).end()
    run = play(process)
    run.complete("a")
    run.advance(minutes=1)

    assert undone(run.visited) == []
    assert run.is_completed


def test_what_undoes_may_do_so_in_rounds():
    handler = undo("a", inside=MANY.format("false", THREE))
    process = model().start().node("manualTask", "a").inside(handler)
    run = play(process.throw("back", compensate()).end())

    assert undone(run.visited) == ["undo_a"] * 4
    assert run.is_completed


def test_many_rounds_are_undone_at_the_same_cost_each():
    """Neither a round that is noted nor one that is undone copies what is noted of the others."""
    sizes = []
    for rounds in (300, 600):
        loop = MANY.format("false", f"<loopCardinality>{rounds}</loopCardinality>")
        process = model().start().node("manualTask", "a", loop).inside(undo("a"))
        run = play(process.throw("back", compensate()).end())
        assert len(undone(run.visited)) == rounds
        noted = [x.memo for x in run.of(ElementNoted) if x.how]
        sizes.append(sum(len(str(memo)) for memo in noted))

    assert sizes[1] < 2.2 * sizes[0]


# -- several definitions -------------------------------------------------------------------------


def test_may_be_thrown_beside_something_else():
    other = '<signalEventDefinition signalRef="s"/>'
    process = steps(model().root('<signal id="s" name="S"/>').start(), "a")
    run = play(process.throw("both", compensate() + other).user("u").end())

    assert undone(run.visited) == ["undo_a"]
    assert run.of(SignalThrown)[0].name == "S"
    assert run.active == ["u"]


def test_what_begins_compensation_has_no_other_definition():
    handler = undo("a").replace(COMPENSATE, COMPENSATE + timer("PT1M"))
    process = model().start().node("manualTask", "a").inside(handler).end()

    assert ("at_a", "an event that begins compensation can have no other definition") in faults(
        process
    )


# -- what an error leaves ------------------------------------------------------------------------


def failing(process: Model) -> Model:
    process.root('<error id="e" errorCode="E"/>').start().sub("s").variable("own").start("in")
    process.script("a", "kcontext.setVariable('own', 7)")
    process.inside(undo("a", tag="userTask"))
    return steps(process, "b").end("bad", error("e")).end_sub().end("no")


def test_a_sub_process_that_an_error_leaves_is_undone_before_the_error_is_handled():
    process = failing(model()).boundary("s", "caught", error("e")).end()
    run = play(process)

    assert undone(run.visited) == ["undo_b", "undo_a"]
    assert "caught" not in run.visited
    assert run.of(ErrorThrown)[0].catcher == "caught"
    run.complete("undo_a")
    assert run.visited[-2:] == ["caught", "end"]
    assert run.is_completed


def test_what_an_event_sub_process_further_out_catches_leaves_the_inner_one_only():
    handler = (
        f"<subProcess id='h' triggeredByEvent='true'><startEvent id='h0'>{error('e')}</startEvent>"
        "<endEvent id='h1'/><sequenceFlow id='hf' sourceRef='h0' targetRef='h1'/></subProcess>"
    )
    process = steps(model().root('<error id="e" errorCode="E"/>').start().sub("o").start("o0"), "x")
    process.sub("s").start("in")
    steps(process, "a").end("bad", error("e")).end_sub().end("o1").inside(handler).end_sub()
    run = play(process.end())

    assert undone(run.visited) == ["undo_a"], "x is in what handles the error itself"
    assert run.visited[-2:] == ["h1", "end"]


def test_an_error_while_that_is_undone_does_not_keep_the_rest_from_it():
    ending = f"<endEvent id='u1'>{error('e')}</endEvent>"
    flow = "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    process = model().root('<error id="e" errorCode="E"/>').start().sub("s").start("in")
    steps(process, "a").node("manualTask", "b")
    process.inside(undo("b", tag="subProcess", inside=f"<startEvent id='u0'/>{ending}{flow}"))
    process.end("bad", error("e")).end_sub().end("no").boundary("s", "caught", error("e")).end()
    run = play(process)

    assert undone(run.visited) == ["undo_b", "undo_a"]
    assert run.visited.count("caught") == 1
    assert run.is_completed


def test_in_jbpm_files_an_error_undoes_nothing():
    run = play(failing(model(jbpm=True)).boundary("s", "caught", error("e")).end())

    assert undone(run.visited) == []
    assert run.visited[-2:] == ["caught", "end"]


# -- limits --------------------------------------------------------------------------------------


def test_much_may_be_undone_in_one_step():
    loop = MANY.format("false", "<loopCardinality>3000</loopCardinality>")
    process = model().start().node("manualTask", "a", loop).inside(undo("a"))

    assert play(process.throw("back", compensate()).end()).is_completed


def test_a_loop_that_does_and_undoes_without_end_is_stopped():
    for jbpm in (False, True):
        process = model(jbpm=jbpm).start().exclusive("again").node("manualTask", "a")
        process.inside(undo("a")).throw("back", compensate()).exclusive("on").flow("True")
        process.to("again").back_to("on").default().end()
        with pytest.raises(LimitExceeded):
            play(process)


def test_whether_the_event_at_the_boundary_interrupts_means_nothing():
    for value in ("true", "false"):
        handler = undo("a").replace("attachedToRef", f"cancelActivity='{value}' attachedToRef")
        process = model().start().node("manualTask", "a").inside(handler)

        assert not compiled(process.throw("back", compensate()).end()).problems
        assert undone(play(process).visited) == ["undo_a"]


# -- stopped half way ----------------------------------------------------------------------------


def listening(id: str, name: str, throw: str, *, interrupting: bool) -> str:
    """An event sub-process that begins by a signal and throws compensation."""
    flag = str(interrupting).lower()
    begun = f"<signalEventDefinition signalRef='{name}'/>"
    nodes = f"<startEvent id='{id}.0' isInterrupting='{flag}'>{begun}</startEvent>"
    nodes += f"<intermediateThrowEvent id='{id}.1'>{throw}</intermediateThrowEvent>"
    nodes += f"<endEvent id='{id}.2'/>"
    for n in (0, 1):
        ends = f"sourceRef='{id}.{n}' targetRef='{id}.{n + 1}'"
        nodes += f"<sequenceFlow id='{id}-{n}' {ends}/>"
    return f"<subProcess id='{id}' triggeredByEvent='true'>{nodes}</subProcess>"


def stopped_while_undoing(first: str = COMPENSATE, jbpm: bool = False):
    """``a``, ``b`` and ``c`` are done, an event undoes them, another stops it and undoes again."""
    process = model(jbpm=jbpm).start()
    for name in ("a", "b", "c"):
        process.node("manualTask", name).inside(undo(name, tag="userTask"))
    process.inside(listening("one", "first", first, interrupting=False))
    process.inside(listening("two", "second", COMPENSATE, interrupting=True))
    run = play(process.node("userTask", "rest").end())
    run.signal("first")
    return run


def test_what_was_not_yet_undone_when_a_throw_is_stopped_can_be_undone_again():
    run = stopped_while_undoing()
    assert undone(run.visited) == ["undo_c"]

    run.signal("second")

    assert undone(run.visited) == ["undo_c", "undo_b"]
    run.complete("undo_b")
    run.complete("undo_a")
    assert run.is_completed
    assert undone(run.visited) == ["undo_c", "undo_b", "undo_a"]


def test_what_goes_back_takes_its_place_among_what_was_left_alone():
    run = stopped_while_undoing(compensate("b"))

    run.signal("second")
    run.complete("undo_c")
    run.complete("undo_a")

    assert undone(run.visited) == ["undo_b", "undo_c", "undo_a"]
    assert run.is_completed


def test_a_throw_that_does_not_wait_gives_back_too():
    run = stopped_while_undoing(compensate(wait=False))

    run.signal("second")
    run.complete("undo_b")
    run.complete("undo_a")

    assert undone(run.visited) == ["undo_c", "undo_b", "undo_a"]
    assert run.is_completed


def test_what_a_sub_process_had_done_goes_with_it():
    process = model().start().sub("sub").start("in")
    steps(process, "a").node("userTask", "w").end("out").end_sub()
    process.boundary("sub", "late", timer("PT1H")).throw("back", compensate()).end("given_up")
    run = play(process.back_to("sub").end("done"))

    run.advance(hours=1)

    assert undone(run.visited) == []
    assert run.is_completed


def test_a_process_that_is_aborted_while_it_undoes_gives_nothing_back():
    from procession.core.commands import AbortProcess

    run = stopped_while_undoing()
    before = len(run.of(ElementNoted))

    run.do(AbortProcess())

    assert len(run.of(ElementNoted)) == before
