from __future__ import annotations

from procession.core.records import ElementCancelled, ElementCompleted
from procession.testing import model
from python_scripts import play

TERMINATE = "<terminateEventDefinition/>"
WHOLE = '<terminateEventDefinition xmlns:d="http://www.jboss.org/drools" d:scope="process"/>'


def test_ends_the_process_with_everything_in_it():
    process = model().start().parallel("f").user("u").end()
    run = play(process.back_to("f").end("stop", TERMINATE))

    assert run.is_completed
    assert [x.node for x in run.of(ElementCancelled)] == ["u"]
    assert "stop" in [x.node for x in run.of(ElementCompleted)]


def test_may_end_the_whole_process_from_inside():
    process = model(jbpm=True).start().sub("sub").start("in").end("stop", WHOLE).end_sub()
    run = play(process.node("manualTask", "never").end())

    assert run.is_completed
    assert "never" not in run.visited
