"""What each operation does beside the change of state, said in words for the reference.

``tests/services/test_task_effects.py`` does every operation and holds what happens against this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from procession.tasks import deadlines
from procession.tasks.changes import ADMINISTRATORS, KEEPERS, WRITERS
from procession.tasks.lifecycle import FINAL, OPEN, Operation, Status
from procession.tasks.people import Part

Op = Operation
BOTH: Final = deadlines.UNTIL_STARTED | deadlines.UNTIL_ENDED
GOES_ON: Final = "the work item is completed with the output, and the process goes on"
GIVEN_UP: Final = "the work item is given up, and the process goes on without results"
STAYS: Final = "the process is not continued: its work item stays open"
PARENT: Final = "its parent may end with it"


class Effects(msgspec.Struct, frozen=True):
    """``owner`` is whose the task is afterwards; the rest is said as it stands."""

    owner: str = ""
    people: str = ""
    content: str = ""
    process: str = ""
    family: str = ""


ACTOR, NOBODY, TARGET, SAME = "the actor", "nobody", "the target, if it is one user", ""

EFFECTS: Final[dict[Operation, Effects]] = {
    Op.ACTIVATE: Effects(),
    Op.CLAIM: Effects(owner=ACTOR),
    Op.START: Effects(owner=ACTOR),
    Op.STOP: Effects(),
    Op.RELEASE: Effects(owner=NOBODY),
    Op.SUSPEND: Effects(),
    Op.RESUME: Effects(),
    Op.SKIP: Effects(
        process=GIVEN_UP, family=f"{PARENT}; its sub-tasks are skipped if its strategy says so"
    ),
    Op.DELEGATE: Effects(owner=TARGET, people="the target joins the potential owners"),
    Op.FORWARD: Effects(
        owner=NOBODY, people="the target takes the actor's place among the potential owners"
    ),
    Op.NOMINATE: Effects(owner=TARGET, people="the potential owners are replaced"),
    Op.COMPLETE: Effects(
        content="the output is kept, laid over what was saved", process=GOES_ON, family=PARENT
    ),
    Op.FAIL: Effects(content="the fault is kept", process=GIVEN_UP, family=PARENT),
    Op.EXIT: Effects(process=STAYS, family=PARENT),
    Op.OPEN: Effects(),
    Op.TAKE: Effects(owner=ACTOR),
    Op.GIVE_BACK: Effects(owner=NOBODY),
}


def side_effects(operation: Operation, to: Status) -> str:
    """What else happens, for the reference."""
    return "; ".join(_said(EFFECTS[operation], to))


def _said(effects: Effects, to: Status) -> Iterator[str]:
    if effects.owner:
        yield f"owner: {effects.owner}"
    yield from filter(None, (effects.people, effects.content))
    left = deadlines.ahead(BOTH, to)
    if not left:
        yield "all deadlines are called off"
    elif left != BOTH:
        yield "deadlines of the start are called off"
    yield from filter(None, (effects.process, effects.family))


class Other(msgspec.Struct, frozen=True):
    """Something people do to tasks that does not change their state."""

    name: str
    states: tuple[Status, ...]
    who: frozenset[Part]
    effect: str


OTHERS: Final = (
    Other("View", (*OPEN, *FINAL), WRITERS, "none; recipients may look, too"),
    Other("Comment, attach", OPEN, WRITERS, "the paper is kept with who added it and when"),
    Other("Set priority, dates, texts, strategy", OPEN, KEEPERS, "the audit tells old and new"),
    Other("Set skipable, relate people", OPEN, ADMINISTRATORS, "the audit tells old and new"),
    Other(
        "Save output or fault",
        OPEN,
        frozenset({Part.OWNER, Part.ADMINISTRATOR}),
        "kept until the task is completed or fails",
    ),
    Other("Remind", OPEN, KEEPERS | {Part.STAKEHOLDER}, "who is to do the task gets a mail"),
    Other("Add sub-task", OPEN, KEEPERS, "a new task below this one"),
)
