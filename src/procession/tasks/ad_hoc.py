"""Tasks that no process asked for: what somebody wants done, as a row with its people.

``reference/jbpm-engine.md`` 5.3 and 5.7: the same rules as for tasks of processes decide about the
first state, unknown people are dropped, ``Administrator`` and ``Administrators`` always administer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from procession.identity.model import ADMINISTRATOR, ADMINISTRATORS
from procession.runtime.clock import to_ms
from procession.runtime.projection import ProjectingTurn
from procession.store.rows import TaskPersonRow, TaskRow
from procession.tasks.creation import DEFAULT_LANGUAGE, exists, first_state
from procession.tasks.lifecycle import Candidate, Status
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    GROUP,
    PARTY,
    POTENTIAL_OWNER,
    RECIPIENT,
    ROLE,
    STAKEHOLDER,
    USER,
    People,
)


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task to be added. People are users, groups, roles or work parties.

    ``process_instance_id`` says to what it belongs; the process neither waits for it nor hears of
    it. ``deadlines`` are texts in jBPM's form by the names of its four parameters.
    """

    name: str
    subject: str = ""
    description: str = ""
    form_name: str | None = None
    priority: int = 0
    skipable: bool = True
    language: str = DEFAULT_LANGUAGE
    created_by: str | None = None
    potential_owners: tuple[Candidate, ...] = ()
    business_administrators: tuple[Candidate, ...] = ()
    excluded_owners: tuple[Candidate, ...] = ()
    stakeholders: tuple[Candidate, ...] = ()
    recipients: tuple[Candidate, ...] = ()
    expires_at: datetime | None = None
    follow_up_at: datetime | None = None
    parent_id: int | None = None
    sub_task_strategy: str = "NoAction"
    deployment_id: str | None = None
    process_id: str | None = None
    process_instance_id: int | None = None
    deadlines: dict[str, str] = {}


def made(
    new: NewTask, turn: ProjectingTurn, people: People, creator: str, root_id: int | None
) -> tuple[TaskRow, tuple[TaskPersonRow, ...]]:
    """The row and its people."""
    number = turn.next_id()
    status, owner = first_state(new.potential_owners)
    if owner is not None and not people.exists_user(owner):
        status, owner = Status.READY, None
    row = TaskRow(
        id=number,
        uuid=turn.new_uuid(),
        version=1,
        root_id=root_id,
        instance_id=new.process_instance_id,
        wait_id=None,
        work_item_id=None,
        deployment_id=new.deployment_id,
        process_id=new.process_id,
        process_name=None,
        node_id=None,
        name=new.name,
        subject=new.subject,
        description=new.description or new.subject,
        form_name=new.form_name,
        status=str(status),
        previous_status=None,
        priority=new.priority,
        skipable=new.skipable,
        actual_owner=owner,
        owner=None,
        created_by=creator,
        created_at=turn.now_ms,
        activated_at=turn.now_ms,
        expires_at=to_ms(new.expires_at) if new.expires_at else None,
        due_at=to_ms(new.expires_at) if new.expires_at else None,
        parent_id=new.parent_id,
        sub_task_strategy=new.sub_task_strategy,
        lane=None,
        load_entity=None,
        load_param=None,
        language=new.language,
        input_content_id=None,
        output_content_id=None,
        fault_content_id=None,
        fault_name=None,
        fault_type=None,
        caused_by=turn.actor,
        follow_up_at=to_ms(new.follow_up_at) if new.follow_up_at else None,
    )
    return row, _people(new, number, people)


def _people(new: NewTask, number: int, people: People) -> tuple[TaskPersonRow, ...]:
    system = (Candidate(USER, ADMINISTRATOR), Candidate(GROUP, ADMINISTRATORS))
    rows: list[TaskPersonRow] = []
    named: tuple[tuple[str, Iterable[Candidate]], ...] = (
        (POTENTIAL_OWNER, new.potential_owners),
        (BUSINESS_ADMINISTRATOR, (*system, *new.business_administrators)),
        (EXCLUDED_OWNER, new.excluded_owners),
        (STAKEHOLDER, new.stakeholders),
        (RECIPIENT, new.recipients),
    )
    for relation, some in named:
        rows += [
            TaskPersonRow(number, relation, one.kind, one.name)
            for one in dict.fromkeys(some)
            if one.kind in (ROLE, PARTY) or exists(one.kind, one.name, people)
        ]
    return tuple(rows)
