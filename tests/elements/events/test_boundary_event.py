from __future__ import annotations

from procession.core.records import ElementCancelled, WaitClosed
from procession.testing import Model, model
from procession.testing.models import error, signal, timer
from python_scripts import faults, play


def guarded(inside: str, *, interrupting: bool = True) -> Model:
    process = model().root('<signal id="s" name="S"/>').root('<error id="e" errorCode="E"/>')
    process.start().user("u").task("after").end()
    process.boundary("u", "b", inside, interrupting=interrupting)
    return process.task("aside").end("end2")


def test_listens_only_while_its_host_is_active():
    run = play(guarded(signal("s")))
    assert [w.handler for w in run.waits()] == ["b", "u"]

    run.complete("u")

    assert run.is_completed
    assert "b" not in run.visited
    assert [(w.name, w.how) for w in run.of(WaitClosed)] == [
        ("Human Task", "met"),
        ("S", "cancelled"),
    ]


def test_an_interrupting_one_cancels_its_host_and_takes_over():
    run = play(guarded(signal("s")))

    run.signal("S")

    assert [c.node for c in run.of(ElementCancelled)] == ["u"]
    assert run.visited == ["start", "u", "b", "aside", "end2"]
    assert run.is_completed


def test_a_non_interrupting_one_may_fire_again():
    run = play(guarded(signal("s"), interrupting=False))

    run.signal("S")
    run.signal("S")
    assert run.visited.count("aside") == 2
    assert run.active == ["u"]

    run.complete("u")
    assert run.is_completed


def test_a_non_interrupting_cycle_goes_on_until_the_host_ends():
    run = play(guarded(timer("R/PT10S", "timeCycle"), interrupting=False))

    run.advance(seconds=35)
    assert run.visited.count("aside") == 3

    run.complete("u")
    assert run.is_completed
    assert not run.waits()


def test_a_non_interrupting_duration_fires_once():
    run = play(guarded(timer("PT10S"), interrupting=False))

    run.advance(seconds=100)

    assert run.visited.count("aside") == 1
    assert [w.handler for w in run.waits()] == ["u"]


def test_an_error_event_always_interrupts_so_it_must_not_say_otherwise():
    process = guarded(error("e"), interrupting=False)

    assert ("b", "an error event always interrupts") in faults(process)


def test_in_files_of_jbpm_an_error_event_interrupts_whatever_it_says():
    process = model(jbpm=True).root('<error id="e" errorCode="E"/>').start().user("u").end()
    run = play(process.boundary("u", "b", error("e"), interrupting=False).end("end2"))

    run.fail("u", "E")

    assert run.visited[-2:] == ["b", "end2"]
    assert run.is_completed


def test_it_needs_a_host():
    process = model().start().end().boundary("nowhere", "b", timer("PT1S")).end("end2")

    assert ("b", "the boundary event is attached to nothing") in faults(process)


def test_it_cannot_sit_on_a_gateway():
    process = model().start().exclusive("x").end().boundary("x", "b", timer("PT1S")).end("end2")

    assert ("b", "a boundary event cannot be attached to x") in faults(process)
