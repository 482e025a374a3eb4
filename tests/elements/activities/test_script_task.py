from __future__ import annotations

import pytest

from procession.errors import ScriptFailure
from procession.testing import model
from procession.testing.models import error, signal
from python_scripts import faults, play


def test_sets_variables_and_goes_on():
    run = play(model().start().script("s", "kcontext.setVariable('x', y + 1)").end(), y=1)

    assert run.variables == {"y": 1, "x": 2}
    assert run.is_completed


def test_without_a_text_does_nothing():
    assert play(model().start().script("s").end()).is_completed


def test_an_uncaught_exception_drops_the_step():
    process = model().start().script("s", "throw java.lang.RuntimeException no").end()

    with pytest.raises(ScriptFailure, match=r"\[process:1 - s:s\] -- java.lang.RuntimeExc.*: no"):
        play(process)


def test_its_exception_is_caught_at_the_boundary():
    process = model().start().script("s", "throw java.lang.RuntimeException no").end()
    process.boundary("s", "b", error()).task("help").end()

    assert play(process).visited == ["start", "s", "b", "help", "end"]


def test_nothing_else_is_listened_for_at_its_boundary():
    process = model().start().script("s").end().boundary("s", "b", signal("s")).end()

    run = play(process)

    assert run.is_completed
    assert not [x for x in run.records if type(x).__name__ == "WaitOpened"]


def test_a_syntax_error_is_a_problem_with_its_line():
    process = model().start().script("s", "\n\nx = = 1").end()

    [(element, text)] = faults(process)

    assert element == "s"
    assert text.startswith("script: ")


def test_entry_and_exit_scripts_are_not_read_on_it():
    inside = (
        '<extensionElements><d:onEntry-script xmlns:d="http://www.jboss.org/drools">'
        "<d:script>kcontext.setVariable('x', 1)</d:script></d:onEntry-script></extensionElements>"
    )
    run = play(model(jbpm=True).start().node("scriptTask", "s", inside).end())

    assert run.variables == {}
