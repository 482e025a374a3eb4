from __future__ import annotations

import pytest

from procession.errors import ExecutionFailure
from procession.testing import model
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
