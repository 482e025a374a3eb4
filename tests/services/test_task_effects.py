"""What an operation does beside the change of state is what the reference page says."""

from __future__ import annotations

import pytest

from procession.services.processes import ProcessRef
from procession.tasks.effects import (
    ACTOR,
    EFFECTS,
    GIVEN_UP,
    GOES_ON,
    NOBODY,
    TARGET,
    side_effects,
)
from procession.tasks.lifecycle import TABLE, Operation, Status
from procession.values import Map

from .task_house import DROOLS, house, human_task, process

UNIT = "acme:effects:1.0"
DEADLINES = {
    "NotStartedReassign": "[users:carl]@[1d]",
    "NotCompletedReassign": "[users:carl]@[2d]",
}
CALLS = {
    Operation.DELEGATE: ("carl",),
    Operation.FORWARD: ("carl",),
    Operation.NOMINATE: (("carl",),),
    Operation.COMPLETE: (Map(verdict="good"),),
    Operation.FAIL: (Map(faultName="broken"),),
}
BEFORE = {
    Status.CREATED: (),
    Status.READY: (),
    Status.RESERVED: ("claim",),
    Status.IN_PROGRESS: ("claim", "start"),
    Status.SUSPENDED: ("suspend",),
}
ONEWEBS = (Operation.OPEN, Operation.TAKE, Operation.GIVE_BACK)


@pytest.fixture(scope="module")
def home():
    with house() as made:
        offered = human_task("offered", {"ActorId": "ann,bob", **DEADLINES})
        nobody = human_task("nobody", DEADLINES)
        files = {
            f"{name}.bpmn2": process(name, node, extra=DROOLS)
            for name, node in (("offered", offered), ("nobody", nobody))
        }
        made.engine.deployments.deploy(made.admin, UNIT, files)
        yield made


def began(home, state):
    """A task in that state, with both kinds of deadlines ahead of it."""
    ref = ProcessRef(UNIT, "nobody" if state == Status.CREATED else "offered")
    task = home.task_of(home.engine.processes.start(home.actor("mary"), ref).id)
    for step in BEFORE[state]:
        getattr(home.tasks, step)(home.actor("ann"), task.id)
    return home.tasks.get(home.admin, task.id)


def is_waiting(home, task):
    with home.engine.room.store.read() as reader:
        return bool(reader.hot("wait_by_public_id", (task.work_item_id,)))


def deadlines_of(home, task):
    jobs = home.engine.jobs.list(home.admin, kind="task_deadline").items
    return sum(job.process_instance_id == task.process_instance_id for job in jobs)


CELLS = [
    (line.operation, state)
    for line in TABLE
    for state in line.states
    if line.operation not in ONEWEBS and not line.previous
]


@pytest.mark.parametrize(("operation", "state"), CELLS)
def test_every_operation_does_what_the_page_says(home, operation, state):
    task = began(home, state)
    assert task.status == state
    before = deadlines_of(home, task)
    assert before == (1 if state == Status.IN_PROGRESS else 2)
    by = home.admin if operation is Operation.EXIT or state == Status.CREATED else home.actor("ann")
    if operation is Operation.ACTIVATE:
        by = home.admin

    call = getattr(home.tasks, operation.value.lower())
    after = call(by, task.id, *CALLS.get(operation, ()))

    said, effects = side_effects(operation, Status(after.status)), EFFECTS[operation]
    owners = {ACTOR: by.name, NOBODY: None, TARGET: "carl", "": task.actual_owner}
    assert after.actual_owner == owners[effects.owner]
    named = {one.name for one in after.potential_owners}
    if "joins the potential owners" in said:
        assert named == {"ann", "bob", "carl"}
    elif "takes the actor's place" in said:
        assert named == {"bob", "carl"}
    elif "are replaced" in said:
        assert named == {"carl"}
    else:
        assert named == {one.name for one in task.potential_owners}
    left = 0 if "all deadlines" in said else 1 if "of the start" in said else 2
    assert deadlines_of(home, after) == min(left, before)
    assert is_waiting(home, after) is (effects.process not in (GOES_ON, GIVEN_UP))
    assert (home.tasks.output(home.admin, task.id) is not None) is ("output is kept" in said)
    assert (home.tasks.fault(home.admin, task.id) is not None) is ("fault is kept" in said)


def test_the_page_names_every_operation():
    assert EFFECTS.keys() == {*Operation} - {Operation.ASSIGN}
