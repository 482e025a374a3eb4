from __future__ import annotations

from procession.testing import Model, model
from python_scripts import play

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
