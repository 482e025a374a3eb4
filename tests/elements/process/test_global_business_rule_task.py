from __future__ import annotations

from procession.testing import start
from tests.elements.process.test_global_task import IO, task


def test_is_decided_outside_with_its_interface():
    xml = f'<globalBusinessRuleTask id="g" name="Rate">{IO}</globalBusinessRuleTask>'
    run = start(task(xml), amount=5)

    [wait] = run.waits()
    assert wait.name == "Business Rule Task"
    assert wait.parameters == {"amount": 5}

    run.complete("g", answer="yes")
    assert run.is_completed
    assert run.variables["answer"] == "yes"
