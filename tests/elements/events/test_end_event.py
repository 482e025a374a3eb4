from __future__ import annotations

from procession.testing import model
from procession.testing.models import timer
from python_scripts import faults, play


def test_the_process_completes_with_its_last_token():
    process = model().start().parallel("f").end("one").back_to("f").user("u").end("two")

    run = play(process)
    assert not run.is_completed

    run.complete("u")
    assert run.is_completed


def test_nothing_may_leave_it():
    process = model().start().end().to("t").task("t").end("e2")

    assert ("end", "an end event cannot have outgoing flows") in faults(process)


def test_it_cannot_wait_for_a_time():
    process = model().start().end("end", timer("PT1S"))

    assert ("end", "an end event cannot have a timer definition") in faults(process)


def test_a_definition_we_do_not_know_is_refused_by_name():
    process = model().start().end("end", "<oddEventDefinition/>")

    assert faults(process) == [("end", "oddEventDefinition on an event is not supported")]


def test_two_ends_of_the_scope_are_refused():
    process = model().start().end("end", "<terminateEventDefinition/><terminateEventDefinition/>")

    assert faults(process) == [("end", "only one of terminate and terminate can happen at an end")]
