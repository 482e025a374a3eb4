from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core.ports import Env
from procession.core.state import empty_state
from procession.core.step import step
from procession.errors import InvalidValue
from procession.runtime.clock import ManualClock
from procession.testing import model
from procession.values import Map, freeze_all
from python_scripts import compiled, definition

IO = "<ioSpecification><dataInput id='i{0}' name='p'/><dataOutput id='o{0}' name='r'/>"
IO += "</ioSpecification>"
READS = "<dataInputAssociation><sourceRef>ref</sourceRef><targetRef>i{0}</targetRef>"
WRITES = "<dataOutputAssociation><sourceRef>o{0}</sourceRef><targetRef>ref</targetRef>"
READS += "</dataInputAssociation>"
WRITES += "</dataOutputAssociation>"


def using(store: str = '<dataStore id="files" name="Files"/>'):
    inside = IO + READS + WRITES
    process = (
        model().start().service("a", inside.format("a")).service("b", inside.format("b")).end()
    )
    reference = '<dataStoreReference id="ref" dataStoreRef="files"/>'
    return process.root(store).inside(reference)


def moved(process, state, command, held):
    env = Env(ManualClock().now(), stores=held.get)
    return step(definition(process), state, command, env)


def begun(process, held):
    return moved(process, empty_state(1, definition(process).key), c.StartProcess(root=1), held)


def completed(process, outcome, result, held):
    (wait,) = outcome.state.waits.values()
    command = c.TriggerWait(wait.id, freeze_all({"r": result}))
    return moved(process, outcome.state, command, held)


def test_is_read_by_its_name_when_the_work_begins():
    outcome = begun(using(), {"Files": 3})

    (wait,) = outcome.state.waits.values()
    assert wait.parameters == {"p": 3}


def test_what_is_written_leaves_the_step_and_is_read_in_it_at_once():
    first = begun(using(), {"Files": 3})

    second = completed(using(), first, "new", {"Files": 3})

    (wish,) = second.wishes
    assert (wish.kind, wish.name, wish.value) == ("data_store", "Files", "new")
    (wait,) = second.state.waits.values()
    assert wait.parameters == {"p": "new"}


def test_is_no_variable_of_the_instance():
    second = completed(using(), begun(using(), {}), "new", {})

    assert second.state.variables == {}


@pytest.mark.parametrize(
    ("limits", "is_taken"),
    [('capacity="2"', False), ('capacity="2" isUnlimited="true"', True), ("", True)],
)
def test_holds_no_more_than_its_capacity(limits: str, is_taken: bool):
    process = using(f'<dataStore id="files" {limits}/>')
    first = begun(process, {})
    if is_taken:
        assert completed(process, first, [1, 2, 3], {}).wishes
        return

    with pytest.raises(InvalidValue, match="takes 2 items, not 3"):
        completed(process, first, [1, 2, 3], {})


def test_a_text_becomes_what_it_is_declared_to_hold():
    item = '<itemDefinition id="n" structureRef="Integer"/>'
    process = using(item + '<dataStore id="files" itemSubjectRef="n"/>')

    (wish,) = completed(process, begun(process, {}), "12", {}).wishes

    assert wish.value == 12


def test_associations_in_files_of_jbpm_move_nothing_and_that_is_said():
    process = using()
    process.jbpm = True

    texts = {p.text for p in compiled(process).problems if p.severity == "warning"}

    assert "an association with a data store moves nothing" in texts


def test_values_of_a_map_are_kept_as_they_are():
    outcome = begun(using(), {"Files": Map(a=1)})

    (wait,) = outcome.state.waits.values()
    assert wait.parameters == {"p": {"a": 1}}
