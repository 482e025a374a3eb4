from __future__ import annotations

import pytest

from procession.core.records import ElementCancelled
from procession.core.state import InstanceStatus
from procession.testing import Model, model
from procession.testing.models import error, timer
from python_scripts import compiled, definition, faults, play
from undoing import CANCEL, begin_transaction, compensate, end_transaction, undo


def booking(*, jbpm: bool = False) -> Model:
    """Two things booked one after the other beside something slow; then all is called off."""
    process = begin_transaction(model(jbpm=jbpm).start(), "t").start("in").parallel("fork")
    process.node("manualTask", "room").inside(undo("room"))
    process.node("manualTask", "car").inside(undo("car", tag="userTask"))
    process.user("decide").exclusive("which").flow("ok == 1").end("fine")
    process.back_to("which").default().end("off", CANCEL)
    process.back_to("fork").user("slow").inside(undo("slow")).end("t.end")
    process = end_transaction(process).node("manualTask", "booked").end("good")
    return process.boundary("t", "out", CANCEL).node("manualTask", "not_booked").end("bad")


def test_succeeds_like_any_sub_process():
    run = play(booking(), ok=1)
    run.complete("decide")
    run.complete("slow")

    assert run.visited[-2:] == ["booked", "good"]
    assert run.is_completed


def test_cancelled_what_is_active_is_stopped_and_what_is_done_is_undone_backwards():
    for jbpm in (False, True):
        run = play(booking(jbpm=jbpm), ok=2)
        run.complete("decide")

        assert [x.node for x in run.of(ElementCancelled)] == ["slow"]
        assert run.active == ["t", "off", "at_car", "undo_car"]
        run.complete("undo_car")
        assert run.visited[run.visited.index("off") :] == [
            *("off", "at_car", "undo_car", "at_room", "undo_room", "out", "not_booked", "bad")
        ]
        assert run.is_completed


def test_while_it_is_being_undone_it_hears_no_other_event():
    process = booking().boundary("t", "late", timer("PT1M")).end("too_late")
    run = play(process, ok=2)
    run.complete("decide")
    run.advance(minutes=5)

    assert "late" not in run.visited
    run.complete("undo_car")
    assert run.visited[-1] == "bad"


def test_with_nothing_to_undo_it_is_left_at_once():
    process = begin_transaction(model().start(), "t").start("in").end("off", CANCEL)
    run = play(end_transaction(process).end("no").boundary("t", "out", CANCEL).end())

    assert run.visited == ["start", "t", "in", "off", "out", "end"]
    assert run.is_completed


def test_without_a_way_out_for_it_a_cancelled_transaction_leads_nowhere():
    process = begin_transaction(model().start(), "t").start("in").end("off", CANCEL)
    process = end_transaction(process).node("manualTask", "never").end()
    run = play(process)

    text = "off cancels it, and no cancel event at its boundary goes on"
    assert [(p.element, p.severity, p.text) for p in compiled(process).problems] == [
        ("t", "warning", text)
    ]
    assert "never" not in run.visited
    assert run.is_completed


def test_an_error_that_leaves_it_undoes_nothing():
    process = model().root('<error id="e" errorCode="E"/>').start()
    begin_transaction(process, "t").start("in").node("manualTask", "a").inside(undo("a"))
    end_transaction(process.end("bad", error("e"))).end("no")
    process.boundary("t", "hazard", error("e")).throw("back", compensate()).end()
    run = play(process)

    assert run.visited[-4:] == ["bad", "hazard", "back", "end"]


def test_an_error_while_it_is_being_undone_is_a_hazard_too():
    inside = (
        f"<startEvent id='u0'/><endEvent id='u1'>{error('e')}</endEvent>"
        "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    )
    process = model().root('<error id="e" errorCode="E"/>').start()
    begin_transaction(process, "t").start("in").node("manualTask", "a")
    process.inside(undo("a", tag="subProcess", inside=inside)).end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "out", CANCEL).end("bad")
    run = play(process.boundary("t", "hazard", error("e")).end())

    assert run.visited[-2:] == ["hazard", "end"]
    assert run.status is InstanceStatus.COMPLETED


def test_done_it_is_undone_part_by_part_like_any_sub_process():
    process = begin_transaction(model().start(), "t").start("in").node("manualTask", "a")
    process = end_transaction(process.inside(undo("a")).end("t.end"))
    run = play(process.throw("back", compensate("t")).end())

    assert run.visited[-4:] == ["t", "at_a", "undo_a", "end"]


@pytest.mark.parametrize("jbpm", [False, True])
def test_its_method_is_kept_and_another_than_compensation_is_refused(jbpm):
    for method, is_known in (("", True), ("##Compensate", True), ("##Store", False)):
        given = {"method": method} if method else {}
        process = begin_transaction(model(jbpm=jbpm).start(), "t", **given)
        end_transaction(process.start("in").end("t.end")).end()
        found = compiled(process).problems
        if is_known or jbpm:
            assert vars(definition(process).nodes["t"])["method"] == (method or "compensate")
        said = [(p.severity, p.text.partition(":")[0]) for p in found]
        severity = "warning" if jbpm else "error"
        assert said == ([] if is_known else [(severity, "method ##Store is not supported")])


def test_is_not_triggered_by_an_event():
    process = begin_transaction(model().start(), "t", triggeredByEvent="true")
    end_transaction(process.start("in", timer("PT1M")).end("t.end"))
    process._current = "start"

    assert ("t", "a transaction is not triggered by an event") in faults(process.end())


def test_done_in_rounds_it_is_called_off_as_a_whole():
    loop = (
        "<multiInstanceLoopCharacteristics isSequential='true'><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    process = model().variable("ok").start().sub("t", loop)
    level, opening, parts = process._levels.pop()
    process._levels.append((level, opening.replace("<subProcess", "<transaction", 1), parts))
    process.start("in").node("manualTask", "a").inside(undo("a")).user("u").exclusive("which")
    process.flow("ok == 1").end("t.end").back_to("which").default().end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "out", CANCEL).end()
    run = play(process, ok=1)
    run.complete("u")
    run.do_set(ok=2)
    run.complete("u")

    assert [node for node in run.visited if node.startswith("undo_")] == ["undo_a"] * 2
    assert run.visited[-2:] == ["out", "end"]
    assert run.is_completed


def test_cancelled_it_has_the_rest_undone_of_what_was_being_undone():
    process = begin_transaction(model().start(), "t").start("in").parallel("fork")
    for name in ("a", "b"):
        process.node("manualTask", name).inside(undo(name, tag="userTask"))
    process.throw("back", compensate()).end("t.end")
    process.back_to("fork").user("decide").end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "out", CANCEL).end()
    run = play(process)

    assert "undo_b" in run.active
    run.complete("decide")
    assert run.active[-1] == "undo_a"
    run.complete("undo_a")
    assert run.visited[-2:] == ["out", "end"]
