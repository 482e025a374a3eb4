"""Operations on human tasks (C22 to C36) and the commands that wrap them (C60 to C63)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from procession.errors import Invalid
from procession.rest.jbpm.execute.arguments import (
    Argument,
    child,
    flag_of,
    many,
    mapping,
    number_of,
    text_of,
)
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.table import BY_TYPE, Call, Reading, command
from procession.rest.jbpm.task import check_is_user
from procession.tasks.lifecycle import Candidate
from procession.values import EMPTY, Map

if TYPE_CHECKING:
    from procession.services.tasks import TaskService

THIS_TASK = child("task", "task-id", read=number_of, required=True)
ANY_TASK = child("task", "task-id", read=number_of)
_TARGET = child("target", "target-entity-id", "targetEntityId", required=True)
_DATA = mapping("data", "data")


def person_of(element: Element) -> Candidate:
    """``<id>`` and ``<type>``: ``USER`` or ``GROUP``; 6.0.1 writes ``u:ann`` or ``g:HR``."""
    kind, name = (element.said("type") or "USER").upper(), element.said("id") or ""
    if not element.children:
        prefix, _, name = element.text.strip().partition(":")
        kind = {"u": "USER", "g": "GROUP"}.get(prefix, "")
    if kind not in {"USER", "GROUP"} or not name:
        raise Invalid(f"a '{element.name}' has an id, and is a USER or a GROUP")
    return Candidate(kind, name)


def meant(call: Call, people: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Whom a client means: the published ones say USER of a group that the server told them of,
    and the other way round. A name that is known as the other kind only is of that kind.
    """
    directory = call.engine.directory
    known = {"USER": directory.exists_user, "GROUP": directory.exists_group}
    other = {"USER": "GROUP", "GROUP": "USER"}
    return tuple(
        Candidate(other[one.kind], one.name)
        if not known[one.kind](one.name) and known[other[one.kind]](one.name)
        else one
        for one in people
    )


def _plain(id: str, name: str, choose: Callable[[TaskService], Any], summary: str) -> None:
    """An operation that needs nothing but the task."""

    def handler(call: Call, task: int) -> None:
        choose(call.engine.tasks)(call.acting, task)

    handler.__doc__ = summary
    words = name.removesuffix("-task")
    command(id, "task", name, f"{words.capitalize()}TaskCommand", THIS_TASK)(handler)


_plain("C22", "activate-task", lambda tasks: tasks.activate, "Make a created task ready.")
_plain("C23", "claim-task", lambda tasks: tasks.claim, "Reserve a task for the user.")
_plain("C27", "exit-task", lambda tasks: tasks.exit, "End a task as its administrator.")
_plain("C31", "release-task", lambda tasks: tasks.release, "Give a task back.")
_plain("C32", "resume-task", lambda tasks: tasks.resume, "Go on with a suspended task.")
_plain("C33", "skip-task", lambda tasks: tasks.skip, "Skip a task, if that is allowed.")
_plain("C34", "start-task", lambda tasks: tasks.start, "Begin work on a task.")
_plain("C35", "stop-task", lambda tasks: tasks.stop, "Stop work on a task, but keep it.")
_plain("C36", "suspend-task", lambda tasks: tasks.suspend, "Let a task rest.")


@command(
    "C24", "task", "claim-next-available-task", "ClaimNextAvailableTaskCommand",
    child("language", "language"),
)  # fmt: skip
def claim_next(call: Call, language: str | None) -> None:
    """Reserve the newest ready task for the user; none is no error."""
    own_only = call.profile.accidents.claims_own_only
    call.engine.tasks.claim_next(call.acting, personally_only=own_only)


@command("C25", "task", "complete-task", "CompleteTaskCommand", THIS_TASK, _DATA)
def complete(call: Call, task: int, data: Map) -> None:
    """Complete a task with its results; the process goes on."""
    call.engine.tasks.complete(call.acting, task, data)


@command("C26", "task", "delegate-task", "DelegateTaskCommand", THIS_TASK, _TARGET)
def delegate(call: Call, task: int, target: str) -> None:
    """Hand a task to somebody, who becomes its owner."""
    if call.profile.accidents.refuses_groups:
        check_is_user(call.engine, target)
    call.engine.tasks.delegate(call.acting, task, target)


@command("C28", "task", "fail-task", "FailTaskCommand", THIS_TASK, _DATA)
def fail(call: Call, task: int, data: Map) -> None:
    """Give a task up with a fault."""
    said = EMPTY if call.profile.accidents.forgets_faults else data
    call.engine.tasks.fail(call.acting, task, said)


@command("C29", "task", "forward-task", "ForwardTaskCommand", THIS_TASK, _TARGET)
def forward(call: Call, task: int, target: str) -> None:
    """Offer a task to somebody else instead of oneself."""
    call.engine.tasks.forward(call.acting, task, target)


@command(
    "C30", "task", "nominate-task", "NominateTaskCommand",
    THIS_TASK, many("people", "potential-owner", "potentialOwners", read=person_of),
)  # fmt: skip
def nominate(call: Call, task: int, people: tuple[Candidate, ...]) -> None:
    """Name the people to whom a created task is offered."""
    people = meant(call, people)
    users = [one.name for one in people if one.kind == "USER"]
    groups = [one.name for one in people if one.kind == "GROUP"]
    call.engine.tasks.nominate(call.acting, task, users, groups)


# -- what wraps them ----------------------------------------------------------------------------

FOLLOWERS = frozenset({"executeTaskRulesCommand", "processSubTaskCommand", "cancelDeadlineCommand"})
"""What clients of 6.0 and 6.1 have done after an operation; mostly the operation itself does it."""


def main_of(element: Element) -> Reading:
    """The command that a composite carries out. Raises :class:`Invalid`."""
    named = element.type[1] if element.type else ""
    row = BY_TYPE.get(named)
    if row is None or row.id == "C60":
        raise Invalid(f"the main command of a composite is '{named[:100]}', which is unknown")
    return row.read(element)


def follower_of(element: Element) -> Reading:
    """A command that follows; only the known housekeeping may."""
    named = element.type[1] if element.type else ""
    if named not in FOLLOWERS:
        raise Invalid(f"a composite may not go on with '{named[:100]}'")
    return BY_TYPE[named].read(element)


MAIN = Argument("main", ("mainCommand",), main_of, required=True)


@command(
    "C60", "task", "task-composite-command", "CompositeCommand",
    MAIN, many("followers", "commands", read=follower_of),
)  # fmt: skip
def composite(call: Call, main: Reading, followers: tuple[Reading, ...]) -> Any:
    """Carry out the main command and call off the deadlines that are to go with it, in one turn.

    Rules are asked and sub-tasks followed by the operation itself.
    """

    def both() -> Any:
        result = main.run(call)
        for follower in followers:
            if follower.command.id == "C63":
                given = follower.given
                cancel_deadline(
                    call, given["task"] or main.given.get("task"), given["start"], given["end"]
                )
        return result

    return call.engine.executive.run(both, actor=call.actor.name)


@command(
    "C61", "task", "process-sub-tasks process-sub-tasks-command", "ProcessSubTaskCommand",
    ANY_TASK, _DATA,
)  # fmt: skip
def process_sub_tasks(call: Call, task: int | None, data: Map) -> None:
    """Nothing: parent and sub-tasks follow each other in the operation itself."""


@command(
    "C62", "task", "execute-task-rules execute-task-rules-command", "ExecuteTaskRulesCommand",
    ANY_TASK, _DATA, child("scope", "scope", read=text_of),
)  # fmt: skip
def execute_task_rules(call: Call, task: int | None, data: Map, scope: str | None) -> None:
    """Ask the rules of the task's unit; what they refuse is a failure."""
    if task is None:
        raise Invalid("execute-task-rules needs a task-id", reason="missing")
    call.engine.tasks.ask_rules(call.acting, task, scope or "completeTask", data)


@command(
    "C63", "task", "cancel-deadline cancel-deadline-command", "CancelDeadlineCommand",
    ANY_TASK,
    child("start", "removeStart", read=flag_of, otherwise=False),
    child("end", "removeEnd", read=flag_of, otherwise=False),
)  # fmt: skip
def cancel_deadline(call: Call, task: int | None, start: bool, end: bool) -> None:
    """Call off the deadlines of a task that wait for its start, its end, or both."""
    if task is None:
        raise Invalid("cancel-deadline needs a task-id", reason="missing")
    call.engine.tasks.cancel_deadlines(call.acting, task, start=start, end=end)
