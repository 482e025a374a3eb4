from __future__ import annotations

from procession.core.records import WaitClosed
from procession.testing import Model, model
from procession.testing.models import signal, timer
from python_scripts import faults, play

OUTPUT = (
    "<dataOutput id='d' name='event'/><dataOutputAssociation><sourceRef>d</sourceRef>"
    "<targetRef>x</targetRef></dataOutputAssociation>"
)


def test_a_token_waits_until_it_happens():
    run = play(model().root('<signal id="s" name="Go"/>').start().catch("c", signal("s")).end())
    assert run.active == ["c"]
    assert run.signal("other") == 0

    assert run.signal("Go") == 1
    assert run.is_completed
    assert [w.how for w in run.of(WaitClosed)] == ["met"]


def test_what_came_is_mapped():
    process = model().variable("x").root('<signal id="s" name="Go"/>')
    run = play(process.start().catch("c", OUTPUT + signal("s")).end())

    run.signal("Go", "hello")

    assert run.variables == {"x": "hello"}


def test_it_must_say_what_it_waits_for():
    process = model().start().catch("c", "").end()

    assert faults(process) == [("c", "the event does not say what it waits for")]


def repeating(jbpm: bool) -> Model:
    process = model(jbpm=jbpm).start().catch("c", timer("R3/PT10S", "timeCycle"))
    return process.script("s").end()


def test_a_cycle_sends_a_token_each_time_in_jbpm_files():
    run = play(repeating(jbpm=True))

    run.advance(seconds=12)
    assert run.visited.count("s") == 2
    assert run.active == ["c"]

    run.advance(seconds=60)
    assert run.visited.count("s") == 3
    assert run.is_completed


def test_a_cycle_fires_once_elsewhere():
    run = play(repeating(jbpm=False))

    run.advance(seconds=60)

    assert run.visited.count("s") == 1
    assert run.is_completed


def test_one_that_no_flow_leads_to_listens_all_along_in_jbpm_files():
    process = model(jbpm=True).root('<signal id="s" name="Go"/>').start().user("u").end()
    process._current = None
    process.catch("c", signal("s")).script("hear").end("heard")
    run = play(process)

    run.signal("Go")
    run.signal("Go")
    assert run.visited.count("hear") == 2

    run.complete("u")
    assert run.is_completed
