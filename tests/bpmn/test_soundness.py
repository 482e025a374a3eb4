"""Traps in a process that are found before it runs, each with the shortest trace to it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from procession import Engine
from procession.bpmn.compiler import compile_document
from procession.bpmn.problems import Problem
from procession.bpmn.soundness.checking import DEPLOYING, check_soundness
from procession.bpmn.soundness.search import Bounds
from procession.cli.check import check
from procession.scripting.evaluator import Evaluator
from procession.testing.models import Model, error, message, model, signal, timer


def findings(process: Model) -> list[Problem]:
    """What is found; the search must have gone to its end."""
    xml = process.xml()
    assert not compile_document(xml, Evaluator(), resource="model.bpmn").errors
    found = check_soundness(xml, resource="model.bpmn")
    assert not found.undecided
    assert all(problem.severity == "warning" and problem.line for problem in found.problems)
    return list(found.problems)


def rules(process: Model) -> list[tuple[str, str]]:
    return [(problem.rule, problem.element) for problem in findings(process)]


def branches(split: str, join: str, **ways: str) -> Model:
    """Two user tasks between two gateways."""
    process = getattr(model().start(), split)("split")
    if split != "parallel":
        process = process.flow(ways.get("condition", "x > 1"))
    process = getattr(process.user("A"), join)("join").back_to("split")
    if split != "parallel":
        process = process.default()
    return process.user("B").to("join").user("C").end()


# -- what is wrong -------------------------------------------------------------------------------


def test_a_choice_before_a_parallel_join_is_a_deadlock_shown_by_its_trace():
    (found,) = findings(branches("exclusive", "parallel"))

    assert (found.rule, found.element) == ("deadlock", "join")
    trace = "start → split → A → join (waits for ever: it lacks a token from B)"
    assert found.text == f"deadlock: {trace}"


def test_a_choice_of_three_is_one_decision():
    process = model().start().exclusive("split").flow("x").user("A").parallel("join")
    process = process.back_to("split").flow("y").user("B").to("join")
    process = process.back_to("split").default().user("C").to("join").end()

    (found,) = findings(process)
    assert found.text.startswith("deadlock: start → split → A → join (waits for ever: it lacks")


def test_where_two_conditions_must_meet_a_deadlock_is_only_possible():
    process = model().start().inclusive("split").flow("x").user("A").parallel("join")
    process = process.back_to("split").flow("y").user("B").to("join").end()

    (found,) = findings(process)
    assert found.rule == "deadlock"
    assert found.text.startswith("possible deadlock: ")


def test_names_are_printed_with_their_ids():
    process = model().start().exclusive("split").flow("x").user("A", name="Check the\n order")
    process = process.parallel("join").back_to("split").default().to("join").end()

    (found,) = findings(process)
    assert found.text.endswith("(waits for ever: it lacks a token from Check the order (A))")


def test_a_merge_before_a_join_leaves_a_token_behind():
    process = model().start().parallel("split").user("A").parallel("join")
    process = process.back_to("split").user("B").exclusive("merge").to("join")
    process = process.back_to("split").user("C").to("merge").back_to("join").end()

    (found,) = findings(process)
    assert (found.rule, found.element) == ("lack-of-synchronisation", "join")
    assert found.text.endswith("(more than one token comes from merge: one is left behind)")


def test_a_token_that_comes_when_the_join_has_fired_is_left_behind():
    process = model().start().parallel("split").script("A").parallel("join")
    process = process.back_to("split").script("B").exclusive("merge").to("join")
    process = process.back_to("split").script("C").to("merge").back_to("join").end()

    assert rules(process) == [("lack-of-synchronisation", "join")]


def test_a_loop_with_nothing_to_wait_for_is_endless():
    process = model().start().exclusive("again").script("A").task("B").to("again")

    (found,) = findings(process)
    assert (found.rule, found.element) == ("endless-loop", "again")
    assert "endless loop: start, and then for ever again → A → B → again, with" in found.text


def test_a_loop_that_makes_more_and_more_tokens_is_endless():
    process = model().start().exclusive("again").script("A").parallel("split").user("B").end()
    process = process.back_to("split").to("again")

    assert rules(process) == [("endless-loop", "again")]


def test_an_endless_loop_in_one_of_two_branches_is_found():
    process = model().start().exclusive("choose").flow("x").user("A").end()
    process = process.back_to("choose").default().exclusive("again").script("B").to("again")

    assert rules(process) == [("endless-loop", "again")]


def test_what_listens_at_something_that_is_done_at_once_is_dead():
    process = model().start().script("A").end().boundary("A", "late", timer("PT1H"))

    (found,) = findings(process.script("B").end("over"))
    assert (found.rule, found.element) == ("dead-element", "late")


def test_what_follows_a_sub_process_is_no_finding_of_its_own_if_that_never_ends():
    process = model().start().sub("inner").start("begin").exclusive("split").flow("x").task("A")
    process = process.parallel("join").back_to("split").default().task("B").to("join").end()

    assert rules(process.end_sub().user("after").end()) == [("deadlock", "join")]


def test_a_circle_of_links_is_endless_and_shown():
    link = "<linkEventDefinition name='back'/>"
    there = (
        f"<intermediateCatchEvent id='come'>{link}</intermediateCatchEvent>"
        "<sequenceFlow id='f' sourceRef='come' targetRef='A'/>"
    )
    process = model().start().node("manualTask", "A").throw("go", link).inside(there)

    (found,) = findings(process)
    assert found.rule == "endless-loop"
    assert "for ever A → go → come → A" in found.text


def test_a_complex_gateway_that_counts_more_tokens_than_come_is_a_deadlock():
    inside = "<activationCondition>activationCount &gt;= 3</activationCondition>"
    process = model().start().parallel("split")
    for way in "AB":
        process = process.back_to("split").user(way).node("complexGateway", "some", inside)

    (found,) = findings(process.user("D").end())
    assert (found.rule, found.element) == ("deadlock", "some")
    assert "activationCount >= 3 never holds" in found.text


def test_an_event_sub_process_for_an_error_that_nothing_throws_is_dead():
    inside = (
        f"<startEvent id='on'>{error('e')}</startEvent><endEvent id='off'/>"
        "<sequenceFlow id='f' sourceRef='on' targetRef='off'/>"
    )
    handler = f"<subProcess id='h' triggeredByEvent='true'>{inside}</subProcess>"
    process = model().root('<error id="e" errorCode="E"/>').start()

    (found,) = findings(process.throw("A").end().inside(handler))
    assert (found.rule, found.element) == ("dead-element", "on")
    assert found.text == "dead element: nothing in the process throws what it catches"


def test_a_way_behind_an_event_that_ends_all_is_dead():
    process = model().start().sub("inner").start("begin").script("A")
    process = process.end("stop", "<terminateEventDefinition/>").end_sub().end()
    process = process.boundary("inner", "soon", signal("s")).end("late")

    assert rules(process) == [("dead-element", "soon")]


def test_a_deadlock_behind_a_caught_error_is_found():
    process = model().root("<error id='e' errorCode='E1'/>").start().service("A").end()
    process = process.boundary("A", "failed", error("e")).exclusive("split").flow("x").user("B")
    process = process.parallel("join").back_to("split").default().user("C").to("join").end("no")

    assert rules(process) == [("deadlock", "join")]


def test_a_deadlock_behind_an_error_of_a_script_is_found():
    process = model().start().script("A", "x = 1").end()
    process = process.boundary("A", "failed", error()).exclusive("split").flow("x").user("B")
    process = process.parallel("join").back_to("split").default().user("C").to("join").end("no")

    assert rules(process) == [("deadlock", "join")]


# -- what is right -------------------------------------------------------------------------------


def test_sound_blocks_are_sound():
    assert rules(branches("exclusive", "exclusive")) == []
    assert rules(branches("parallel", "parallel")) == []
    assert rules(branches("inclusive", "inclusive")) == []


def test_several_tokens_that_meet_without_a_join_are_meant():
    assert rules(branches("parallel", "exclusive")) == []


def test_two_tokens_of_each_way_pass_a_join_one_after_the_other():
    process = model().start().parallel("split")
    for merge, ways in {"left": "AB", "right": "CD"}.items():
        for way in ways:
            process = process.back_to("split").user(way).exclusive(merge)
        process = process.parallel("join")

    assert rules(process.user("E").end()) == []


def test_a_loop_that_data_may_end_is_no_endless_loop():
    process = model().start().exclusive("again").script("A").exclusive("more")
    process = process.flow("x > 1").to("again").back_to("more").default().end()

    assert rules(process) == []


def test_a_loop_with_a_wait_is_no_endless_loop():
    process = model().start().exclusive("again").script("A").timer("wait", "PT1H").to("again")

    assert rules(process) == []


def test_an_inclusive_join_in_a_loop_is_sound():
    process = model().start().exclusive("again").inclusive("split").flow("x").user("A")
    process = process.inclusive("join").back_to("split").flow("y").user("B").to("join")
    process = process.exclusive("more").flow("z").to("again").back_to("more").default().end()

    assert rules(process) == []


def test_an_event_that_does_not_interrupt_may_come_again_and_again():
    process = (
        model()
        .start()
        .user("A")
        .end()
        .boundary("A", "reminder", timer("R/PT1H", "timeCycle"), interrupting=False)
    )

    assert rules(process.user("B").end("told")) == []


def test_where_an_event_could_still_help_a_join_that_never_fires_is_dead_but_no_deadlock():
    inside = (
        "<startEvent id='help'><signalEventDefinition signalRef='s'/></startEvent>"
        "<endEvent id='helped'/><sequenceFlow id='f' sourceRef='help' targetRef='helped'/>"
    )
    process = model().root("<signal id='s' name='s'/>").start().exclusive("split").flow("x")
    process = process.user("A").parallel("join").back_to("split").default().user("B").to("join")
    process = process.end().inside(
        f"<subProcess id='rescue' triggeredByEvent='true'>{inside}</subProcess>"
    )

    (found,) = findings(process)
    assert (found.rule, found.element) == ("dead-element", "join")
    assert "but never all that it needs" in found.text


def test_all_ways_to_start_are_taken():
    process = model().root("<message id='m' name='m'/>").start().user("A").end()
    process = process.start("asked", message("m")).exclusive("split").flow("x").user("B")
    process = process.parallel("join").back_to("split").default().user("C").to("join").end("no")

    assert rules(process) == [("deadlock", "join")]


def test_loops_of_any_number_of_rounds_are_sound():
    rounds = (
        "<multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    again = (
        "<standardLoopCharacteristics testBefore='true'><loopCondition>true</loopCondition>"
        "</standardLoopCharacteristics>"
    )

    assert rules(model().start().user("A", rounds).user("B", again).user("C").end()) == []


def test_an_asynchronous_task_rests_like_any_other():
    metadata = (
        "<extensionElements><d:metaData name='customAsync'><d:metaValue>true</d:metaValue>"
        "</d:metaData></extensionElements>"
    )

    assert rules(model(jbpm=True).start().script("A", "x = 1").user("B", metadata).end()) == []


CONDITION = "<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>"


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_may_become_true_at_any_time(interrupting: bool):
    process = model().variable("x", "Integer").start().user("A").end()
    process = process.boundary("A", "soon", CONDITION.format("x == 1"), interrupting=interrupting)

    assert rules(process.user("B").end("told")) == []


def test_a_complex_gateway_takes_what_its_condition_says():
    inside = "<activationCondition>activationCount == 2</activationCondition>"
    process = model().start().parallel("split")
    for way in "ABC":
        process = process.back_to("split").user(way).node("complexGateway", "some", inside)

    assert rules(process.user("D").end()) == []


def test_a_choice_that_the_world_makes_leaves_nothing_behind():
    process = model().root("<message id='m' name='m'/>").start()
    process = process.node("eventBasedGateway", "first").catch("asked", message("m"))
    process = process.exclusive("merge").back_to("first").timer("late", "PT1H").to("merge")

    assert rules(process.user("A").end()) == []


def test_the_world_chooses_too_so_a_parallel_join_behind_it_is_a_deadlock():
    process = model().root("<message id='m' name='m'/>").start()
    process = process.node("eventBasedGateway", "first").catch("asked", message("m"))
    process = process.parallel("join").back_to("first").timer("late", "PT1H").to("join").end()

    (found,) = findings(process)
    assert found.text.startswith("deadlock: start → first → asked → join (waits for ever")


def test_links_lead_on():
    link = "<linkEventDefinition name='there'/>"
    there = (
        f"<intermediateCatchEvent id='come'>{link}</intermediateCatchEvent><endEvent id='over'/>"
        "<sequenceFlow id='f' sourceRef='come' targetRef='over'/>"
    )

    assert rules(model().start().user("A").throw("go", link).inside(there)) == []


def test_an_escalation_that_is_caught_ends_nothing_too_early():
    definition = "<escalationEventDefinition escalationRef='e'/>"
    process = model().root("<escalation id='e' escalationCode='E1'/>").start()
    process = process.sub("inner").start("begin").throw("tell", definition).user("A").end("inside")
    process = process.end_sub().end().boundary("inner", "told", definition, interrupting=False)

    assert rules(process.user("B").end("over")) == []


# -- bounds --------------------------------------------------------------------------------------


def chain(length: int, width: int) -> Model:
    """Blocks of user tasks that go on at the same time, and a trap behind them."""
    process = model().start()
    for block in range(length):
        process = process.parallel(f"split{block}")
        for way in range(width):
            process = process.back_to(f"split{block}").user(f"U{block}.{way}")
            process = process.parallel(f"join{block}")
    process = process.exclusive("choose").flow("x").user("A").parallel("trap")
    return process.back_to("choose").default().user("B").to("trap").end()


def test_a_search_that_is_stopped_says_so_and_still_finds_what_any_order_shows():
    found = check_soundness(
        chain(4, 8).xml(), resource="model.bpmn", bounds=Bounds(states=500, records=100_000)
    )

    assert [problem.element for problem in found.problems] == ["trap"]
    ((process, reason),) = found.undecided
    assert process == "process"
    assert reason.startswith("the search was stopped after 50")


def test_deploying_a_thousand_elements_takes_a_bounded_search():
    found = check_soundness(chain(100, 4).xml(), resource="model.bpmn", bounds=DEPLOYING)

    assert [problem.element for problem in found.problems] == ["trap"]


def test_of_a_long_way_a_deployment_tells_the_two_ends():
    found = check_soundness(chain(40, 1).xml(), resource="model.bpmn", bounds=DEPLOYING)

    (text,) = [problem.text for problem in found.problems]
    assert text.startswith("deadlock: start → split0 → ")
    assert " more) → " in text
    assert text.endswith("→ choose → A → trap (waits for ever: it lacks a token from B)")
    assert len(text) < 600


def test_a_file_that_cannot_be_deployed_is_not_searched():
    found = check_soundness(b"<definitions/>", resource="model.bpmn")

    assert found.problems == ()


# -- where it is told ----------------------------------------------------------------------------


def test_a_deployment_is_warned_and_not_refused():
    trap = branches("exclusive", "parallel").variable("x", "Integer")

    with Engine.open("sqlite://") as engine:
        job = engine.deployments.deploy(engine.admin, "org.acme:trap:1.0", {"t.bpmn": trap.xml()})

    assert job.success
    assert "deadlock: start → split → A → join" in job.explanation


def test_check_lists_traps_as_warnings_with_their_rule(tmp_path: Path):
    file = tmp_path / "trap.bpmn"
    file.write_bytes(branches("exclusive", "parallel").xml())

    told = CliRunner().invoke(check, [str(file), "--json"])
    assert told.exit_code == 0
    (row,) = msgspec.json.decode(told.stdout)
    assert (row["severity"], row["rule"], row["element"]) == ("warning", "deadlock", "join")
    shown = CliRunner().invoke(check, [str(file)])
    assert "deadlock: start → split → A → join" in shown.output
    assert "0 error(s), 1 warning(s)" in shown.output


def test_check_says_where_it_was_stopped(tmp_path: Path):
    file = tmp_path / "wide.bpmn"
    file.write_bytes(chain(1, 16).xml())

    shown = CliRunner().invoke(check, [str(file)])
    assert shown.exit_code == 0
    assert "process: not decided: the search was stopped after" in shown.output
    assert "deadlock" in shown.output
