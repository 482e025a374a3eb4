"""Parameters of the task query (``reference/jbpm-rest-api.md`` 4.1 to 4.5)."""

from __future__ import annotations

from procession.errors import Fault, Invalid
from procession.rest.jbpm.params import Parameters
from procession.services.tasks import TaskCriteria
from procession.tasks.creation import DEFAULT_LANGUAGE

STATUSES = {
    status.lower(): status
    for status in (
        "Created", "Ready", "Reserved", "InProgress", "Suspended",
        "Completed", "Failed", "Error", "Exited", "Obsolete",
    )
}  # fmt: skip
NAMES = (
    "workItemId", "taskId", "businessAdministrator", "potentialOwner", "processInstanceId",
    "status", "taskOwner", "language", "union", "page", "p", "pageSize", "s",
)  # fmt: skip
_KNOWN = frozenset(name.lower() for name in NAMES)
_EXACT = frozenset(name.replace("pageSize", "pagesize") for name in NAMES)


def criteria(given: Parameters) -> TaskCriteria:
    """What the caller looks for. A name that is not known is refused here, and only here."""
    accidents = given.profile.accidents
    if accidents.exact_names:
        unknown = [name for name, _ in given.pairs if name not in _EXACT]
    else:
        unknown = given.unknown(_KNOWN)
    if unknown:
        raise Invalid(f"unknown parameter '{unknown[0]}'; known are {', '.join(NAMES)}")
    if given.profile.one_language:
        given.text("language")
    return TaskCriteria(
        work_item_ids=given.numbers("workItemId"),
        task_ids=given.numbers("taskId"),
        process_instance_ids=given.numbers("processInstanceId"),
        business_administrators=given.many("businessAdministrator"),
        potential_owners=given.many("potentialOwner"),
        task_owners=given.many("taskOwner"),
        statuses=tuple(
            _status(text, fails=accidents.unknown_statuses_fail) for text in given.many("status")
        ),
        languages=given.many("language"),
        union=given.flag("union"),
        restricted=given.profile.own_tasks,
        status_in_union=given.profile.union_takes_status,
        with_texts_in=given.text("language") or DEFAULT_LANGUAGE
        if accidents.language_excludes
        else "",
    )


def _status(text: str, *, fails: bool) -> str:
    status = STATUSES.get(text.lower())
    if status is None and fails:
        raise Fault(f"No enum constant {text}")
    if status is None:
        raise Invalid(f"'{text}' is not a task status; it may be {', '.join(STATUSES.values())}")
    return status
