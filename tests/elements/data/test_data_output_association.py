from __future__ import annotations

import pytest

from procession.testing import Model, model
from python_scripts import faults, play

IO = "<ioSpecification><dataOutput id='o' name='{}'/><inputSet/><outputSet/></ioSpecification>"


def giving(association: str, name: str = "r") -> Model:
    inside = IO.format(name) + f"<dataOutputAssociation>{association}</dataOutputAssociation>"
    return model().variable("x").start().service("t", inside).end()


PLAIN = "<sourceRef>o</sourceRef><targetRef>x</targetRef>"


def test_a_result_goes_to_its_variable():
    run = play(giving(PLAIN))

    run.complete("t", r=1, other=2)

    assert run.variables == {"x": 1}


def test_a_missing_result_wipes_the_variable():
    run = play(giving(PLAIN), x="old")

    run.complete("t")

    assert run.variables == {"x": None}


def test_a_result_is_transformed_on_its_way():
    process = giving(
        PLAIN + "<transformation language='http://www.mvel.org/2.0'>r + 1</transformation>"
    )
    run = play(process)

    run.complete("t", r=1)

    assert run.variables == {"x": 2}


def test_a_constant_may_be_assigned():
    process = giving("<targetRef>x</targetRef><assignment><from>done</from><to>x</to></assignment>")
    run = play(process)

    run.complete("t")

    assert run.variables == {"x": "done"}


@pytest.mark.parametrize("target", ["x.name", "#{x.name}"])
def test_a_result_may_go_to_a_part_of_a_variable(target: str):
    run = play(giving(f"<sourceRef>o</sourceRef><targetRef>{target}</targetRef>"), x={"age": 3})

    run.complete("t", r="ann")

    assert run.variables == {"x": {"age": 3, "name": "ann"}}


def test_assignments_change_parts_of_a_variable_and_keep_the_rest():
    process = giving(
        PLAIN + "<assignment><from language='mvel'>r['a']</from><to>x.one</to></assignment>"
        "<assignment><from>r</from><to>x.all.of</to></assignment>"
    )
    run = play(process, x={"age": 3})

    run.complete("t", r={"a": 1})

    assert run.variables == {"x": {"age": 3, "one": 1, "all": {"of": {"a": 1}}}}


def test_a_part_of_something_that_is_not_there_yet_is_made():
    run = play(giving("<sourceRef>o</sourceRef><targetRef>x.a.b</targetRef>"))

    run.complete("t", r=1)

    assert run.variables == {"x": {"a": {"b": 1}}}


def test_an_assignment_to_something_that_is_no_path_is_refused():
    process = giving(PLAIN + "<assignment><from>r</from><to>x[1]</to></assignment>")

    assert faults(process) == [("t", "an assignment to something that is no path is not supported")]
