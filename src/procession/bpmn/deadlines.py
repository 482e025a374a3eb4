"""Deadlines of human tasks as models write them (``reference/jbpm-engine.md`` 5.8).

``[users:john|groups:sales]@[4h]`` hands a task on, ``[tousers:john|subject:Late|body:${taskId}]
@[2h,R3/PT1H]`` sends a note; several blocks are joined by ``^``. What stands before the last
``]@[`` of a block may hold ``@`` itself. Beside jBPM's keys a note knows ``webhook``: an address
that is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from procession.bpmn.timer_expressions import TimerExpression, parse
from procession.errors import Invalid

REASSIGN: Final = ("users", "groups")
NOTIFY: Final = (
    "from",
    "tousers",
    "togroups",
    "toemails",
    "replyto",
    "subject",
    "body",
    "webhook",
)
_RECIPIENTS: Final = ("tousers", "togroups", "toemails", "webhook")
_BLOCKS: Final = re.compile(r"(?<=\])\s*\^\s*(?=\[)")
_DATE: Final = re.compile(r"\d{4}-\d")


class Kind(msgspec.Struct, frozen=True):
    """What a parameter of a user task asks for: until when, and what is done then."""

    until_started: bool
    notifies: bool


DEADLINES: Final[Mapping[str, Kind]] = {
    "NotStartedReassign": Kind(until_started=True, notifies=False),
    "NotCompletedReassign": Kind(until_started=False, notifies=False),
    "NotStartedNotify": Kind(until_started=True, notifies=True),
    "NotCompletedNotify": Kind(until_started=False, notifies=True),
}
"""The parameters by name."""


class Deadline(msgspec.Struct, frozen=True):
    """One block: what is done, and every time at which it is."""

    fields: dict[str, str]
    times: tuple[TimerExpression, ...]


def read_deadlines(name: str, text: str) -> tuple[Deadline, ...]:
    """The blocks of one parameter. Raises :class:`Invalid` with what is wrong and what would do."""
    known = NOTIFY if DEADLINES[name].notifies else REASSIGN
    return tuple(_block(part.strip(), known) for part in _BLOCKS.split(text.strip()) if part)


def _block(text: str, known: tuple[str, ...]) -> Deadline:
    before, separator, after = text.rpartition("]@[")
    if not (separator and before.startswith("[") and after.endswith("]")):
        raise Invalid(f"{text!r} is not written as [{known[0]}:…|…]@[4h]")
    fields: dict[str, str] = {}
    for part in before[1:].split("|"):
        key, colon, value = part.partition(":")
        key = key.strip().lower()
        if not part.strip():
            continue
        if not colon or key not in known:
            raise Invalid(f"{part.strip()!r} begins with none of {', '.join(known)}")
        fields[key] = value.strip()
    wanted = REASSIGN if known is REASSIGN else _RECIPIENTS
    if not any(fields.get(key) for key in wanted):
        raise Invalid(f"{text!r} names nobody: give one of {', '.join(wanted)}")
    times = tuple(_time(part.strip()) for part in after[:-1].split(",") if part.strip())
    if not times:
        raise Invalid(f"{text!r} names no time, such as 4h or PT4H")
    return Deadline(fields, times)


def _time(text: str) -> TimerExpression:
    """A time from the task's creation on: jBPM's, ISO 8601, a date, or ``R3/PT1H``."""
    if text == "*":
        raise Invalid("the time * never comes; leave the deadline out")
    if text.startswith("R"):
        return parse("timeCycle", text)
    return parse("timeDate" if _DATE.match(text) else "timeDuration", text)
