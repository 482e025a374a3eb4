from __future__ import annotations

from procession.testing import start
from tests.elements.process.test_global_task import IO, task

OWNER = (
    "<potentialOwner><resourceAssignmentExpression><formalExpression>{}</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner>"
)


def test_is_a_human_task_for_its_owners_with_its_interface():
    xml = f'<globalUserTask id="g" name="Decide">{IO}{OWNER.format("#{amount}")}</globalUserTask>'
    run = start(task(xml), amount="ann")

    [wait] = run.waits()
    assert wait.name == "Human Task"
    assert wait.parameters["NodeName"] == "Decide"
    assert wait.parameters["ActorId"] == "ann"
    assert wait.parameters["amount"] == "ann"

    run.complete("g", answer="yes", ActorId="ann")
    assert run.is_completed
    assert run.variables["answer"] == "yes"
