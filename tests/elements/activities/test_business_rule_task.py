"""What a business rule task is in a model; rules themselves run in ``tests/runtime``."""

from __future__ import annotations

import pytest

from procession.testing import model
from procession.testing.models import parameters
from python_scripts import faults, play


def test_one_that_names_nothing_is_decided_outside():
    inside = parameters(constants={"amount": "5"}, outputs={"verdict": "v"})
    process = model().variable("v").start().node("businessRuleTask", "t", inside).end()
    run = play(process)

    [wait] = run.waits()
    assert wait.name == "Business Rule Task"
    assert wait.parameters == {"amount": "5"}

    run.complete("t", verdict="yes")
    assert run.variables == {"v": "yes"}


def test_in_a_file_of_jbpm_it_has_to_name_a_group():
    process = model(jbpm=True).start().node("businessRuleTask", "t").end()

    assert faults(process) == [("t", "the rule task names no ruleFlowGroup")]


def test_its_group_is_named_by_attribute():
    process = model(jbpm=True).start()
    process.node("businessRuleTask", "t", **{"d:ruleFlowGroup": "prices"}).end()

    assert faults(process) == []
    assert play(process).is_completed


@pytest.mark.parametrize("tag", ["startQuantity", "completionQuantity"])
def test_quantities_count_from_one(tag: str):
    process = model().start().node("businessRuleTask", "t", **{tag: "0"}).end()

    assert faults(process) == [("t", f"{tag} must be 1 or more")]
