"""The input and output values of tasks as texts, to be looked for.

``reference/jbpm-engine.md`` 5.13 (``TaskVariable``). The documents of a task keep the values with
their types; these rows are beside them so that an index can find tasks by value. What only steers
the task (its name, who it is offered to, its deadlines) is no variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from procession.bpmn.deadlines import DEADLINES
from procession.store.digests import digest
from procession.store.rows import TaskVariableRow
from procession.tasks.forms import as_text
from procession.values import Map

LONGEST: Final = 255
"""Longer texts are cut, as in the log of process variables."""
STEERING: Final = frozenset(
    {
        "ActorId", "BusinessAdministratorGroupId", "BusinessAdministratorId", "Comment",
        "CreatedBy", "Description", "DueDate", "ExcludedOwnerId", "GroupId", "Locale", "NodeName",
        "ParentId", "Priority", "RecipientId", "Skippable", "SwimlaneActorId", "TaskName",
        "TaskStakeholderId", *DEADLINES,
    }
)  # fmt: skip


def variables(
    task_id: int, kind: Literal["INPUT", "OUTPUT"], document: Map
) -> Iterator[TaskVariableRow]:
    """The rows of a document; what is null, an object or a list has none."""
    for name, value in document.items():
        if name in STEERING or len(name) > LONGEST:
            continue
        if isinstance(value, str | int | float | Decimal | date):
            text = value.isoformat() if isinstance(value, date) else as_text(value) or str(value)
            text = text[:LONGEST]
            yield TaskVariableRow(task_id, kind, name, text, digest(name, text))
