from __future__ import annotations

import pytest

from procession.core.state import WaitKind
from procession.errors import InvalidValue
from procession.testing import model
from procession.testing.models import timer
from python_scripts import play

INPUTS = "<dataInput id='ia' name='a'/><dataInput id='ib' name='b'/>"
FED = "".join(
    f"<dataInputAssociation><sourceRef>{n}</sourceRef><targetRef>i{n}</targetRef>"
    "</dataInputAssociation>"
    for n in "ab"
)


def needing(*sets: str, jbpm: bool = False, fed: str = FED):
    inside = "".join(f"<inputSet>{refs}</inputSet>" for refs in sets)
    inside = f"<ioSpecification>{INPUTS}{inside}<outputSet/></ioSpecification>{fed}"
    process = model(jbpm=jbpm).variable("a").variable("b").start()
    return process.service("t", inside).end()


def refs(*names: str, tag: str = "dataInputRefs") -> str:
    return "".join(f"<{tag}>i{name}</{tag}>" for name in names)


MEANT = '<dataInput id="ic" name="c"/>'
INPUTS += MEANT
OPTIONAL = refs("c", tag="optionalInputRefs")
"""What makes an only set say which inputs are required."""


def items(run):
    return [dict(w.parameters) for w in run.waits(WaitKind.WORK_ITEM)]


def test_the_work_begins_at_once_when_everything_is_there():
    assert items(play(needing(refs("a", "b") + OPTIONAL), a=1, b=2)) == [{"a": 1, "b": 2}]


def test_the_activity_waits_until_what_is_missing_comes():
    run = play(needing(refs("a", "b") + OPTIONAL), a=1)
    assert run.active == ["t"]
    assert items(run) == []

    run.do_set(b=2)

    assert items(run) == [{"a": 1, "b": 2}]
    run.complete("t")
    assert run.is_completed


def test_a_boundary_event_may_end_the_waiting():
    process = needing(refs("a") + OPTIONAL)
    process.boundary("t", "late", timer("PT1H")).end("given_up")
    run = play(process)

    run.advance(hours=1)

    assert run.is_completed
    assert "given_up" in run.visited


def test_what_is_optional_is_not_waited_for():
    process = needing(refs("a", "b") + refs("b", tag="optionalInputRefs"))

    assert items(play(process, a=1)) == [{"a": 1}]


def test_the_first_set_that_is_there_is_used_and_it_alone():
    process = needing(refs("a"), refs("b"))

    assert items(play(process, a=1, b=2)) == [{"a": 1}]
    assert items(play(process, b=2)) == [{"b": 2}]
    assert items(play(process)) == []


def test_an_input_that_nothing_fills_is_not_waited_for():
    assert items(play(needing(refs("a", "b") + OPTIONAL, fed=""))) == [{}]


def test_an_only_set_that_calls_nothing_optional_demands_nothing():
    assert items(play(needing(refs("a", "b")), a=1)) == [{"a": 1}]


def test_files_of_jbpm_wait_for_nothing():
    assert items(play(needing(refs("a", "b") + OPTIONAL, jbpm=True), a=1)) == [{"a": 1}]


# -- of a process ------------------------------------------------------------------------------


def process(*sets: str):
    inside = "".join(f"<inputSet>{refs}</inputSet>" for refs in sets)
    io = f"<ioSpecification>{INPUTS}{inside}<outputSet/></ioSpecification>"
    return model().inside(io).start().end()


def test_a_process_does_not_start_without_what_it_needs():
    with pytest.raises(InvalidValue, match="process process cannot start without a, b"):
        play(process(refs("a", "b"))).variables  # noqa: B018

    assert play(process(refs("a")), a=1).is_completed


def test_one_of_several_sets_is_enough_for_a_process():
    both = process(refs("a"), refs("b"))

    assert play(both, b=1).is_completed
    with pytest.raises(InvalidValue, match="cannot start without a or b"):
        play(both)
