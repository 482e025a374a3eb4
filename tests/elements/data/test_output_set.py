from __future__ import annotations

import pytest

from procession.errors import ExecutionFailure, InvalidModel
from procession.testing import compile_model, model
from python_scripts import play

OUTPUTS = "<dataOutput id='oa' name='a'/><dataOutput id='ob' name='b'/>"
TAKEN = "".join(
    f"<dataOutputAssociation><sourceRef>o{n}</sourceRef><targetRef>{n}</targetRef>"
    "</dataOutputAssociation>"
    for n in "ab"
)


def giving(*sets: str, jbpm: bool = False):
    inside = "".join(f"<outputSet>{refs}</outputSet>" for refs in sets)
    inside = f"<ioSpecification>{OUTPUTS}<inputSet/>{inside}</ioSpecification>{TAKEN}"
    process = model(jbpm=jbpm).variable("a").variable("b").start()
    return process.service("t", inside).end()


A, B = "<dataOutputRefs>oa</dataOutputRefs>", "<dataOutputRefs>ob</dataOutputRefs>"
MAYBE = "<optionalOutputRefs>ob</optionalOutputRefs>"


def test_the_first_set_whose_results_are_there_is_moved_and_it_alone():
    run = play(giving(A, B), a=0, b=0)

    run.complete("t", b=2)

    assert run.variables == {"a": 0, "b": 2}


def test_what_is_optional_need_not_be_there():
    run = play(giving(A + B + MAYBE, B), a=0, b=0)

    run.complete("t", a=1)

    assert run.variables == {"a": 1, "b": None}


def test_results_of_no_set_do_not_complete_the_work():
    run = play(giving(A, B))

    with pytest.raises(ExecutionFailure, match="t cannot complete: it must give oa or ob"):
        run.complete("t", c=1)

    assert run.active == ["t"]


def test_one_set_alone_demands_nothing():
    run = play(giving(A + B), a=0)

    run.complete("t", b=1)

    assert run.variables == {"a": None, "b": 1}


def test_in_files_of_jbpm_all_sets_are_taken_together():
    run = play(giving(A, B, jbpm=True), a=0, b=0)

    run.complete("t", b=2)

    assert run.variables == {"a": None, "b": 2}


# -- which outputs go with which inputs ----------------------------------------------------------


def ruled(first: str = "", second: str = "", given_a: str = "", given_b: str = ""):
    """Two input sets, ``one`` of x and ``two`` of y; two output sets, ``A`` of a and ``B`` of b."""
    sets = "".join(
        f"<inputSet id='{id}'><dataInputRefs>i{name}</dataInputRefs>{rule}</inputSet>"
        for id, name, rule in (("one", "x", first), ("two", "y", second))
    )
    sets += "".join(
        f"<outputSet id='{id}'><dataOutputRefs>{ref}</dataOutputRefs>{rule}</outputSet>"
        for id, ref, rule in (("A", "oa", given_a), ("B", "ob", given_b))
    )
    inputs = "<dataInput id='ix' name='x'/><dataInput id='iy' name='y'/>"
    fed = "".join(
        f"<dataInputAssociation><sourceRef>{n}</sourceRef><targetRef>i{n}</targetRef>"
        "</dataInputAssociation>"
        for n in "xy"
    )
    inside = f"<ioSpecification>{inputs}{OUTPUTS}{sets}</ioSpecification>{fed}{TAKEN}"
    process = model()
    for name in "abxy":
        process.variable(name)
    return process.start().service("t", inside).end()


LEADS_TO_B = "<outputSetRefs>B</outputSetRefs>"
FOLLOWS_TWO = "<inputSetRefs>two</inputSetRefs>"


@pytest.mark.parametrize("rules", [{"first": LEADS_TO_B}, {"given_a": FOLLOWS_TWO}])
def test_what_is_given_has_to_go_with_the_inputs_that_were_used(rules):
    run = play(ruled(**rules), x=1)

    with pytest.raises(ExecutionFailure, match="output set A does not go with input set one"):
        run.complete("t", a=1)

    run.complete("t", b=1)
    assert run.is_completed


@pytest.mark.parametrize("rules", [{"first": LEADS_TO_B}, {"given_a": FOLLOWS_TWO}])
def test_other_inputs_lead_to_what_they_like(rules):
    run = play(ruled(**rules), y=1)

    run.complete("t", a=1)

    assert run.variables["a"] == 1


def test_the_set_counts_that_the_activity_began_with_not_one_that_has_become_available_since():
    run = play(ruled(first=LEADS_TO_B), y=1)
    run.do_set(x=1)

    run.complete("t", a=1)

    assert run.is_completed


@pytest.mark.parametrize("tag", ["whileExecutingInputRefs", "whileExecutingOutputRefs"])
def test_data_that_come_or_go_while_an_activity_is_at_work_are_refused(tag):
    refs = {"whileExecutingInputRefs": "first", "whileExecutingOutputRefs": "given_a"}
    process = ruled(**{refs[tag]: f"<{tag}>x</{tag}>"})

    with pytest.raises(InvalidModel, match=f"{tag}, data that come or go while an activity is"):
        compile_model(process)
