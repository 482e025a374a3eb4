from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core.state import WaitKind
from procession.testing import Model, model
from procession.testing.models import signal
from procession.values import Map
from python_scripts import faults, play

TAG = "complexBehaviorDefinition"
DONE = '<signal id="done" name="done"/><signal id="last" name="last"/>'
THROWN = '<signalEventDefinition id="thrown" signalRef="done"/>'


def behavior(condition: str, event: str = "") -> str:
    condition = f"<condition>{condition}</condition>" if condition else ""
    return f"<{TAG}>{condition}{event}</{TAG}>"


def event(inside: str) -> str:
    return f"<event id='implicit'>{inside}</event>"


def looping(*definitions: str) -> Model:
    """Three rounds of a user task, and what hears the signals that it throws."""
    tag = "multiInstanceLoopCharacteristics"
    cardinality = "<loopCardinality>3</loopCardinality>"
    loop = f"<{tag} behavior='Complex'>{cardinality}{''.join(definitions)}</{tag}>"
    process = model().root(DONE).root(THROWN).start().user("ask", loop).end()
    for name in ("done", "last"):
        process.boundary("ask", f"heard_{name}", signal(name), interrupting=False).end(f"e_{name}")
    return process


def heard(process: Model) -> list[int]:
    """After how many rounds each signal was heard, one for each hearing."""
    run, found = play(process), []
    for number in (1, 2, 3):
        before = len(run.visited)
        run.do(c.TriggerWait(run.waits(WaitKind.WORK_ITEM)[0].id, Map()))
        found += [number] * sum(node.startswith("heard") for node in run.visited[before:])
    assert run.is_completed
    return found


def test_throws_after_the_rounds_for_which_its_condition_holds():
    process = looping(behavior("numberOfCompletedInstances == 2", event(signal("done"))))

    assert heard(process) == [2]


def test_each_of_several_is_asked():
    first = behavior("numberOfCompletedInstances == 1", event(signal("done")))
    some = behavior("numberOfCompletedInstances != 2", event(signal("last")))

    assert heard(looping(first, some)) == [1, 1, 3]


def test_without_an_event_nothing_is_thrown():
    assert heard(looping(behavior("True"))) == []


def test_the_event_may_name_a_definition_that_stands_beside_the_processes():
    named = event("<eventDefinitionRef>thrown</eventDefinitionRef>")

    assert heard(looping(behavior("numberOfCompletedInstances == 1", named))) == [1]


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (behavior("", event(signal("done"))), "a complex behavior needs a condition"),
        (
            behavior("True", event("<eventDefinitionRef>nothing</eventDefinitionRef>")),
            "nothing is not declared",
        ),
        (
            behavior("True", event(signal("done") + signal("last"))),
            "an implicit throw event with several definitions is not supported",
        ),
        (
            behavior("True", event("<dataInput id='i' name='i'/>" + signal("done"))),
            "an implicit throw event with data of its own is not supported",
        ),
    ],
)
def test_what_cannot_be_thrown_is_refused(definition: str, text: str):
    assert text in [found for _, found in faults(looping(definition))]
