"""Rows of tasks as views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from procession.runtime.clock import from_ms
from procession.services.views import ContentView, Person, TaskView
from procession.store.codec import decode_value
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskContentRow, TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.tasks.creation import DEFAULT_LANGUAGE

SESSION: Final = 1
"""Sessions are jBPM's; ours have all the same number."""
_FIELDS: Final = {
    "potential_owner": "potential_owners",
    "business_administrator": "business_administrators",
    "excluded_owner": "excluded_owners",
    "stakeholder": "stakeholders",
    "recipient": "recipients",
}
_TIMES: Final = ("created_at", "activated_at", "expires_at", "due_at", "follow_up_at")
_SOURCES: Final = {"process_instance_id": "instance_id"}
_TAKEN: Final = tuple(
    (field, source)
    for field in TaskView.__struct_fields__
    if (source := _SOURCES.get(field, field)) in TaskRow.__struct_fields__
)
_NAMES: Final = tuple(field for field, _ in _TAKEN)
"""In the order of the view, which is then made in half the time."""
_pick: Final = attrgetter(*(source for _, source in _TAKEN))


def views(
    reader: Reader,
    tasks: Sequence[TaskRow],
    people: Mapping[int, tuple[TaskPersonRow, ...]] | None = None,
    known: Mapping[int, str] | None = None,
) -> tuple[TaskView, ...]:
    """Tasks with their people and the long forms of their ids.

    ``known`` are long forms of process instances that need not be looked up.
    """
    if people is None:
        people = repository.people_of(reader, [task.id for task in tasks])
    known = known or {}
    unknown = [t.instance_id for t in tasks if t.instance_id and t.instance_id not in known]
    instances = {**known, **repository.instance_uuids(reader, unknown)}
    parents = repository.task_uuids(reader, [t.parent_id for t in tasks if t.parent_id])
    return tuple(
        view(
            task,
            people[task.id],
            instances.get(task.instance_id or 0),
            parents.get(task.parent_id or 0),
        )
        for task in tasks
    )


def view(
    task: TaskRow,
    people: Sequence[TaskPersonRow],
    instance_uuid: str | None,
    parent_uuid: str | None = None,
) -> TaskView:
    """One task."""
    fields: dict[str, Any] = dict(zip(_NAMES, _pick(task), strict=True))
    for name in _TIMES:
        moment = fields[name]
        if moment is not None:
            fields[name] = from_ms(moment)
    fields["language"] = task.language or DEFAULT_LANGUAGE
    for row in people:
        field = _FIELDS[row.relation]
        fields[field] = (*fields.get(field, ()), Person(row.name, row.kind))
    return TaskView(
        **fields,
        process_instance_uuid=instance_uuid,
        session_id=SESSION,
        parent_uuid=parent_uuid,
    )


def content_view(row: TaskContentRow) -> ContentView:
    """A document."""
    return ContentView(
        id=row.id, task_id=row.task_id, kind=row.kind, value=decode_value(bytes(row.body))
    )
