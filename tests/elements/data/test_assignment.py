from __future__ import annotations

from procession.testing import model
from python_scripts import compiled, play

IO = "<ioSpecification><dataInput id='i' name='p'/><inputSet/><outputSet/></ioSpecification>"
ONE = "<assignment><from>{}</from><to>{}</to></assignment>"


def feeding(*assignments: str, jbpm: bool = False):
    inside = f"{IO}<dataInputAssociation><targetRef>i</targetRef>{''.join(assignments)}"
    process = model(jbpm=jbpm).start().service("t", inside + "</dataInputAssociation>")
    return process.end()


def test_several_constants_make_one_object():
    process = feeding(ONE.format("a", "i.one"), ONE.format("#{x}", "p.two"))

    assert play(process, x=4).waits()[0].parameters == {"p": {"one": "a", "two": 4}}


def test_in_files_of_jbpm_only_the_first_counts_and_that_is_said():
    process = feeding(ONE.format("a", "i"), ONE.format("b", "i"), jbpm=True)

    assert play(process).waits()[0].parameters == {"p": "a"}
    assert [p.text for p in compiled(process).problems] == ["only the first assignment counts"]


def test_a_value_that_goes_to_the_target_though_another_is_named_is_warned_of():
    (problem,) = compiled(feeding(ONE.format("a", "elsewhere"))).problems

    assert problem.severity == "warning"
    assert problem.text == "the value goes to p, not to 'elsewhere'"
