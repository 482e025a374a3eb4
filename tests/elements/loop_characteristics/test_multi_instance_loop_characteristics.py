from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core.ports import Limits
from procession.core.records import ElementActivated, ElementCancelled, VariableSet
from procession.core.state import Role, WaitKind
from procession.errors import ExecutionFailure, LimitExceeded
from procession.testing import Model, Run, model, start
from procession.testing.models import error, parameters, signal
from procession.values import Map, Set, freeze
from python_scripts import compiled, definition, faults, play

ITEMS = "<loopDataInputRef>list</loopDataInputRef>"
RESULTS = "<loopDataOutputRef>out</loopDataOutputRef>"
ITEM = '<inputDataItem id="item"/>'
RESULT = '<outputDataItem id="result"/>'
ALL = ITEMS + RESULTS + ITEM + RESULT
SIGNAL = '<signal id="done" name="done"/>'


def loop(inside: str, **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}{given}>{inside}</{tag}>"


def times(number: object, more: str = "", **attributes: str) -> str:
    return loop(f"<loopCardinality>{number}</loopCardinality>{more}", **attributes)


def enough(condition: str) -> str:
    return f"<completionCondition>{condition}</completionCondition>"


def lists(**options: bool) -> Model:
    return model(**options).variable("list").variable("out")


def doubled(characteristics: str) -> Model:
    text = "<script>kcontext.setVariable('result', item * 2)</script>"
    return lists().start().node("scriptTask", "s", text + characteristics).end()


def complete(run: Run, place: int, **results: object) -> None:
    """Complete the open work item at a place, oldest first."""
    items = run.waits(WaitKind.WORK_ITEM)
    run.do(c.TriggerWait(items[place].id, Map({k: freeze(v) for k, v in results.items()})))


SEQUENTIAL = pytest.mark.parametrize("sequential", ["true", "false"])


@SEQUENTIAL
def test_is_done_for_every_item_and_gathers_what_rounds_give(sequential):
    run = play(doubled(loop(ALL, isSequential=sequential)), list=[3, 1, 2])

    assert run.variables["out"] == (6, 2, 4)
    assert run.visited == ["start", "s", "s", "s", "s", "end"]
    assert run.is_completed


@SEQUENTIAL
@pytest.mark.parametrize("items", [None, (), Set()])
def test_nothing_is_done_when_there_are_no_items(sequential, items):
    run = play(doubled(loop(ALL, isSequential=sequential)), list=items)

    assert run.visited == ["start", "s", "end"]
    assert run.variables["out"] == ()


@SEQUENTIAL
@pytest.mark.parametrize("number", ["3", "n", "n + 0", "0"])
def test_is_done_so_many_times(sequential, number):
    text = "<script>kcontext.setVariable('n', n)</script>"
    process = model().variable("n").start()
    process.node("scriptTask", "s", text + times(number, isSequential=sequential)).end()

    assert play(process, n=3).visited.count("s") == (1 if number == "0" else 4)


@pytest.mark.parametrize("number", ["n - 4", "'many'", "n / 2", "None"])
def test_another_number_of_times_fails(number):
    with pytest.raises(ExecutionFailure, match="loopCardinality must be a whole number"):
        play(model().variable("n").start().task("t", times(number)).end(), n=3)


def test_something_that_is_no_collection_fails():
    with pytest.raises(ExecutionFailure, match="Unexpected collection type"):
        play(doubled(loop(ALL)), list="abc")


def test_a_negative_number_and_no_number_are_refused():
    assert faults(model().start().task("t", times(-2)).end()) == [
        ("t", "loopCardinality is -2, which is negative")
    ]
    assert faults(model().start().task("t", loop("")).end()) == [
        ("t", "a loop needs a loopCardinality or a loopDataInputRef")
    ]


def test_an_activity_has_one_kind_of_loop():
    both = times(2) + "<standardLoopCharacteristics loopMaximum='2'/>"

    assert faults(model().start().task("t", both).end()) == [
        ("t", "an activity has one kind of loop only")
    ]


def test_all_rounds_wait_at_once_and_end_in_any_order():
    run = play(lists().start().user("ask", loop(ALL)).task("after").end(), list=["a", "b", "c"])
    assert run.active == ["ask"] * 4

    complete(run, 2, result="C")
    complete(run, 0, result="A")
    assert "after" not in run.visited

    complete(run, 0, result="B")
    assert run.variables["out"] == ("A", "B", "C")
    assert run.visited[-2:] == ["after", "end"]


def test_sequential_rounds_wait_one_after_the_other_on_the_items_of_the_beginning():
    process = lists().start().user("ask", loop(ALL, isSequential="true")).end()
    run = play(process, list=["a", "b"])
    assert run.active == ["ask", "ask"]

    run.do_set(list=freeze(["x", "y", "z"]))
    complete(run, 0, result="A")
    assert [v.value for v in run.of(VariableSet) if v.name == "item"] == ["a", "b"]
    complete(run, 0, result="B")

    assert run.variables["out"] == ("A", "B")
    assert run.is_completed


def test_a_round_knows_its_number_and_those_of_the_loop():
    names = "loopCounter numberOfInstances numberOfActiveInstances numberOfCompletedInstances"
    text = "kcontext.setVariable('out', (out or ()) + ((" + ", ".join(names.split()) + "),))"
    process = lists().start().node("scriptTask", "s", f"<script>{text}</script>" + times(2)).end()

    assert play(process).variables["out"] == ((1, 2, 2, 0), (2, 2, 1, 1))


def test_variables_of_a_round_are_its_own():
    process = lists().variable("item").start()
    process.sub("sub", loop(ITEMS + ITEM)).variable("own").start("in")
    process.script("s", "kcontext.setVariable('own', item)").user("u").end("out1").end_sub().end()

    run = play(process, list=["a", "b"], item="outer")

    inner = [names for at, names in run.state.variables.items() if at != 1]
    assert [(names["item"], names["own"]) for names in inner] == [("a", "a"), ("b", "b")]
    assert run.variables["item"] == "outer"


def test_items_come_through_the_input_of_the_activity_and_go_out_through_its_output():
    given = parameters(inputs={"all": "list", "one": "item"}, outputs={"each": "out"})
    inside = "<loopDataInputRef>in_all</loopDataInputRef>"
    inside += "<loopDataOutputRef>out_each</loopDataOutputRef>" + ITEM + RESULT
    run = play(lists().start().service("call", given + loop(inside)).end(), list=["a", "b"])

    assert [dict(w.parameters) for w in run.waits()] == [{"one": "a"}, {"one": "b"}]
    complete(run, 0, result=1)
    complete(run, 0, result=2)
    assert run.variables["out"] == (1, 2)


def test_a_completion_condition_cancels_the_rest():
    process = lists().start().user("ask", loop(ALL + enough("result == 'yes'"))).end()
    run = play(process, list=["a", "b", "c"])

    complete(run, 1, result="no")
    complete(run, 1, result="yes")

    assert run.is_completed
    assert run.variables["out"] == ("no", "yes")
    assert [x.role for x in run.of(ElementCancelled)] == [Role.ITERATION]
    assert not run.waits()


@pytest.mark.parametrize(
    "condition", ["numberOfCompletedInstances == 2", "out[-1] == 4", "loopCounter == 2"]
)
@SEQUENTIAL
def test_a_condition_sees_the_numbers_and_the_results_so_far(condition, sequential):
    process = doubled(loop(ALL + enough(condition), isSequential=sequential))

    assert play(process, list=[1, 2, 3, 4]).variables["out"] == (2, 4)


def test_a_round_that_is_cancelled_by_itself_is_not_waited_for():
    process = lists().start().user("ask", loop(ALL)).end()
    run = play(process, list=["a", "b"])
    first = next(e for e in run.state.elements.values() if e.role is Role.ITERATION)

    run.do(c.CancelElement(first.id))
    complete(run, 0, result="B")

    assert run.is_completed
    assert run.variables["out"] == ("B",)


def test_a_sequential_loop_goes_on_behind_a_round_that_was_cancelled():
    process = lists().start().user("ask", loop(ALL, isSequential="true")).end()
    run = play(process, list=["a", "b"])
    first = next(e for e in run.state.elements.values() if e.role is Role.ITERATION)

    run.do(c.CancelElement(first.id))
    assert run.waits()
    complete(run, 0, result="B")

    assert run.variables["out"] == ("B",)


def test_an_interrupting_boundary_event_cancels_every_round():
    process = lists().root(SIGNAL).start().user("ask", loop(ALL)).end()
    process.boundary("ask", "stopped", signal("done")).end()
    run = play(process, list=["a", "b", "c"])
    assert len(run.waits(WaitKind.SIGNAL)) == 1

    run.signal("done")

    assert run.visited[-2:] == ["stopped", "end"]
    assert len(run.of(ElementCancelled)) == 4
    assert run.is_completed


def test_an_error_in_one_round_ends_the_loop_at_its_boundary():
    process = lists().root('<error id="e" errorCode="E"/>').start().sub("sub", loop(ITEMS + ITEM))
    process.start("in").exclusive("x").flow("item == 2").end("bad", error("e"))
    process.back_to("x").default().user("u").end("ok").end_sub().end()
    process.boundary("sub", "caught", error("e")).task("help").end()

    run = play(process, list=[1, 2, 3])

    assert run.visited[-3:] == ["caught", "help", "end"]
    assert not run.waits()
    assert run.is_completed


def test_loops_stand_in_loops():
    process = lists().start().sub("outer", loop(ITEMS + '<inputDataItem id="row"/>')).start("in")
    inner = "<loopDataInputRef>row</loopDataInputRef>" + ITEM
    text = "<script>kcontext.setVariable('out', (out or ()) + (item,))</script>"
    process.node("scriptTask", "s", text + loop(inner, isSequential="true")).end(
        "e"
    ).end_sub().end()

    run = play(process, list=[[1, 2], [], [3]])

    assert run.variables["out"] == (1, 2, 3)
    assert run.is_completed


def test_a_called_process_is_called_for_every_item():
    given = parameters(inputs={"x": "item"}, outputs={"y": "result"})
    process = lists().start().call("call", "other", given + loop(ALL)).end()
    run = play(process, list=[1, 2])

    assert [w.kind for w in run.waits()] == [WaitKind.CALLED_PROCESS] * 2
    run.returned("call", y="one")
    run.returned("call", y="two")

    assert run.variables["out"] == ("one", "two")


def test_scripts_at_entry_and_exit_belong_to_each_round_of_a_task_and_once_to_a_sub_process():
    def scripts(kind: str) -> str:
        text = "<d:script>kcontext.setVariable('out', (out or ()) + ('{}',))</d:script>"
        entry = f"<d:onEntry-script>{text.format('in')}</d:onEntry-script>"
        leaving = f"<d:onExit-script>{text.format('out')}</d:onExit-script>"
        return f"<extensionElements>{entry}{leaving}</extensionElements>" + loop(ITEMS + ITEM)

    task = lists(jbpm=True).start().node("manualTask", "t", scripts("t")).end()
    sub = lists(jbpm=True).start().sub("s", scripts("s")).start("i").end("o").end_sub().end()

    assert play(task, list=[1, 2]).variables["out"] == ("in", "out", "in", "out")
    assert play(sub, list=[1, 2]).variables["out"] == ("in", "out")


# -- what is thrown ------------------------------------------------------------------------------


def throwing(behavior: str, inside: str = "", *, definition: str = "", **more: str) -> Model:
    shared = definition or '<signalEventDefinition id="thrown" signalRef="done"/>'
    process = model().variable("seen").root(SIGNAL).root(shared).start()
    process.user("ask", times(3, inside, behavior=behavior, **more)).task("after").end()
    return process


def heard(process: Model, order: int = 3) -> list[str]:
    process.boundary("ask", "heard", signal("done"), interrupting=False).task("seen1").end()
    run = play(process)
    for _ in range(order):
        complete(run, 0)
    return run.visited[5:]


def test_behavior_none_throws_for_every_round():
    process = throwing("None", noneBehaviorEventRef="thrown")

    found = heard(process)

    assert found.count("heard") == 3
    assert found.count("after") == 1


def test_behavior_one_throws_for_the_first_round():
    found = heard(throwing("One", oneBehaviorEventRef="thrown"))

    assert found.count("heard") == 1
    assert found.count("after") == 1


def test_behavior_all_throws_nothing():
    assert "heard" not in heard(throwing("All", oneBehaviorEventRef="thrown"))


def test_behavior_complex_throws_where_its_condition_holds():
    condition = "<condition>numberOfCompletedInstances == 2</condition>"
    event = f"<event id='implicit'>{signal('done')}</event>"
    inside = f"<complexBehaviorDefinition>{condition}{event}</complexBehaviorDefinition>"

    found = heard(throwing("Complex", inside), order=2)

    assert found.count("heard") == 1
    assert heard(throwing("Complex", inside), order=1).count("heard") == 0


def test_what_is_thrown_carries_the_numbers_of_the_loop():
    process = throwing("One", oneBehaviorEventRef="thrown")
    mapping = (
        "<dataOutput id='o' name='event'/><dataOutputAssociation><sourceRef>o</sourceRef>"
        "<targetRef>seen</targetRef></dataOutputAssociation>"
    )
    process.boundary("ask", "heard", mapping + signal("done"), interrupting=False).end("other")
    run = play(process)

    complete(run, 0)

    assert run.variables["seen"] == Map(
        numberOfActiveInstances=2,
        numberOfCompletedInstances=1,
        numberOfInstances=3,
        numberOfTerminatedInstances=0,
    )


def test_an_interrupting_event_that_hears_it_ends_the_loop():
    process = throwing("One", oneBehaviorEventRef="thrown")
    process.boundary("ask", "heard", signal("done")).task("instead").end()
    run = play(process)

    complete(run, 0)

    assert run.visited[-3:] == ["heard", "instead", "end"]
    assert "after" not in run.visited
    assert run.is_completed


def test_an_event_that_is_not_named_or_cannot_be_thrown_is_reported():
    unnamed = compiled(throwing("One"))
    assert not unnamed.errors
    assert "nobody hears it" in " ".join(p.text for p in unnamed.problems)

    assert faults(throwing("None", noneBehaviorEventRef="nowhere")) == [
        ("ask", "nowhere is not declared")
    ]
    late = '<timerEventDefinition id="thrown"><timeDuration>PT1S</timeDuration>'
    late += "</timerEventDefinition>"
    assert faults(throwing("One", definition=late, oneBehaviorEventRef="thrown")) == [
        ("ask", "a loop that throws a timer definition is not supported")
    ]
    assert faults(throwing("Some")) == [("ask", "behavior Some is none of None, One, All, Complex")]


# -- jBPM ----------------------------------------------------------------------------------------


def test_jbpm_makes_all_rounds_first_and_appends_in_the_order_of_completion():
    process = lists(jbpm=True).start().user("ask", loop(ALL, isSequential="true")).end()
    run = play(process, list=["a", "b"], out=["old"])
    assert run.active == ["ask"] * 3

    complete(run, 1, result="B")
    complete(run, 0, result=None)

    assert run.variables["out"] == ("old", "B", None)


def test_jbpm_skips_a_loop_without_items_and_calls_items_by_their_ids():
    text = "<script>kcontext.setVariable('result', i1)</script>"
    inside = ITEMS + RESULTS + '<inputDataItem id="i1" name="other"/>' + RESULT
    process = lists(jbpm=True).start().node("scriptTask", "s", text + loop(inside)).end()

    assert play(process, list=[], out=["old"]).variables["out"] == ("old",)
    assert play(process, list=["x"], out=Set(["old"])).variables["out"] == Set(["old", "x"])


def test_jbpm_knows_none_of_the_numbers():
    process = lists(jbpm=True).variable("loopCounter").start()
    text = "<script>kcontext.setVariable('result', loopCounter)</script>"
    process.node("scriptTask", "s", text + loop(ALL)).end()

    assert play(process, list=[1, 2], loopCounter="mine").variables["out"] == ("mine", "mine")


# -- bounds --------------------------------------------------------------------------------------


@SEQUENTIAL
def test_items_are_progress(sequential):
    process = definition(doubled(loop(ALL, isSequential=sequential)))

    run = start(process, limits=Limits(records_per_step=40), list=list(range(300)))

    assert run.is_completed
    assert len(run.variables["out"]) == 300


def test_a_round_without_progress_is_stopped():
    process = model().start().sub("sub", times(3)).start("in").exclusive("a").task("t").to("a")

    with pytest.raises(LimitExceeded, match="a loop through"):
        play(process.end_sub().end())


def test_a_token_that_goes_round_through_a_loop_for_ever_is_stopped():
    process = model().start().exclusive("again").task("t", times(1)).to("again")

    with pytest.raises(LimitExceeded, match="loops may begin 100 in one step"):
        start(definition(process), limits=Limits(rounds_per_step=100))


def test_a_loop_of_too_many_rounds_is_not_begun():
    process = definition(model().start().task("t", times(1_000_000_000)).end())

    with pytest.raises(LimitExceeded, match="1000000000 more rounds"):
        start(process)


def test_many_rounds_can_be_cancelled_at_once():
    process = definition(lists().start().user("ask", loop(ITEMS + ITEM)).end())
    run = start(process, limits=Limits(records_per_step=40), list=list(range(300)))

    run.do(c.AbortProcess())

    assert not run.state.elements


@SEQUENTIAL
def test_nothing_is_left_of_finished_rounds_but_what_they_gave(sequential):
    process = doubled(loop(ALL, isSequential=sequential)).back_to("s").user("rest").end("other")
    run = play(process, list=[1, 2, 3])

    assert set(run.state.variables) == {1}
    assert [e.role for e in run.state.elements.values()] == [Role.SINGLE] * 2


@SEQUENTIAL
@pytest.mark.parametrize("kind", ["script", "sub"])
def test_records_are_so_many_for_each_item(sequential, kind):
    def records(count: int) -> int:
        if kind == "script":
            process = doubled(loop(ALL, isSequential=sequential))
        else:
            process = lists().start().sub("s", loop(ALL, isSequential=sequential)).start("in")
            process.task("t").end("o").end_sub().end()
        return len(play(process, list=list(range(count))).records)

    assert records(30) - records(20) == records(20) - records(10)


def test_rounds_are_of_the_same_node_inside_the_loop():
    run = play(lists().start().user("ask", loop(ITEMS + ITEM)).end(), list=[1, 2])

    body, *rounds = [x for x in run.of(ElementActivated) if x.node == "ask"]
    assert (body.role, {x.role for x in rounds}) == (Role.BODY, {Role.ITERATION})
    assert {x.scope for x in rounds} == {body.element}


def test_a_circle_that_passes_a_loop_without_a_wait_is_stopped():
    process = model().start().exclusive("again").task("twice", times(2, isSequential="true"))
    with pytest.raises(LimitExceeded, match="loop through"):
        play(process.to("again"))
