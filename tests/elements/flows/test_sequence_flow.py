from __future__ import annotations

import pytest

from procession.errors import NoOutgoingFlow
from procession.testing import model
from python_scripts import faults, play


def test_a_condition_of_white_space_is_none():
    process = model().start().task("t").flow(" ").task("a").end()

    assert play(process).is_completed


def test_a_syntax_error_is_a_problem_of_the_flow():
    [(element, text)] = faults(model().start().exclusive("x").flow("= =").end())

    assert element == "flow2"
    assert text.startswith("condition: ")


def test_it_must_lead_somewhere():
    process = model().start().to("nowhere")

    assert faults(process) == [("flow1", "targetRef nowhere is no node of this process")]


def test_it_cannot_leave_its_sub_process():
    process = model().start().sub("sub").start("in").to("outer").end_sub().task("outer").end()

    assert ("flow2", "a sequence flow cannot leave its sub-process") in faults(process)


def test_when_no_way_is_open_the_instance_cannot_go_on():
    process = model().start().task("t").flow("False").end()

    with pytest.raises(NoOutgoingFlow, match=r"process:1 - t:t\] -- no condition holds"):
        play(process)


def test_a_token_goes_a_way_without_condition_although_no_condition_holds():
    process = model().start().task("t").flow("False").task("a").end().back_to("t").task("b").end()

    assert play(process).visited == ["start", "t", "b", "end"]
