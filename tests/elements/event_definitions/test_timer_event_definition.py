from __future__ import annotations

from datetime import timedelta

import pytest

from procession.errors import ExecutionFailure
from procession.testing import model
from procession.testing.models import timer
from python_scripts import compiled, faults, play


def test_fires_after_its_duration():
    run = play(model().start().timer("t", "PT30S").end())
    [wait] = run.waits()

    assert wait.due == run.clock.now() + timedelta(seconds=30)
    run.advance(seconds=29)
    assert not run.is_completed
    run.advance(seconds=1)
    assert run.is_completed


def test_a_text_that_cannot_be_read_is_refused():
    process = model().start().timer("t", "abcdef").end()

    [(element, text)] = faults(process)

    assert element == "t"
    assert "abcdef" in text


def test_a_template_is_read_when_the_timer_begins():
    process = model(jbpm=True).start().timer("t", "#{wait}").end()

    run = play(process, wait="2s")
    assert run.waits()[0].due == run.clock.now() + timedelta(seconds=2)

    with pytest.raises(ExecutionFailure, match=r"timer '#\{wait\}' of t"):
        play(process, wait="whenever")


def test_a_date_in_the_past_is_due_at_once():
    run = play(model().start().catch("t", timer("2001-01-01T00:00:00Z", "timeDate")).end())

    assert run.waits()[0].due < run.clock.now()


def test_without_a_time_it_never_fires_outside_jbpm():
    process = model().start().catch("t", "<timerEventDefinition/>").end()

    assert [p.severity for p in compiled(process).problems] == ["warning"]
    assert play(process).waits()[0].due is None
    assert faults(model(jbpm=True).start().catch("t", "<timerEventDefinition/>").end())
