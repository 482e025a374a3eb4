"""One struct per table that is written on the hot path: its fields are the columns, in order.

``tests/store/test_rows.py`` holds them against :mod:`procession.store.tables`. Times are epoch
milliseconds. An ``id`` of ``None`` is given by the database. ``root_id`` is the id of the outermost
process instance, the distribution key of ``reference/architecture.md`` section 10.
"""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, gc=False):
    """A row as it is written."""


class ProcessInstanceRow(Row):
    """A living process instance. Ended ones have no row; history remembers them."""

    id: int
    uuid: str
    root_id: int
    revision: int
    deployment_id: str
    process_id: str
    status: int
    version: int
    caller_id: int | None
    correlation_key: str | None
    started_by: str
    started_at: int
    state: bytes


class JournalRow(Row):
    """The records of one turn of one instance; ``seq`` is the number of the first of them."""

    instance_id: int
    seq: int
    root_id: int
    at: int
    body: bytes


class WaitRow(Row):
    """An open wait. ``public_id`` is the work item's id, drawn from the shared sequence."""

    instance_id: int
    wait_id: int
    root_id: int
    deployment_id: str
    kind: int
    name: str | None
    key: str | None
    node_id: str
    public_id: int | None
    due_at: int | None


class JobRow(Row):
    """Durable work, due now or later.

    ``kind`` names a function of ``runtime/jobs.py``; ``topic`` is the work item name for work
    items; ``state`` is ``ready``, ``failed`` (an incident exists) or ``external``.
    """

    id: int
    kind: str
    topic: str | None
    root_id: int | None
    instance_id: int | None
    wait_id: int | None
    deployment_id: str | None
    revision: int | None
    due_at: int
    state: str
    retries: int
    failures: int
    lease_owner: str | None
    lease_until: int | None
    last_error: str | None
    payload: bytes


class IncidentRow(Row):
    """A job that used up its retries."""

    id: int | None
    job_id: int
    root_id: int | None
    instance_id: int | None
    deployment_id: str | None
    kind: str
    topic: str | None
    node_id: str | None
    message: str
    at: int


class TaskRow(Row):
    """A human task (``reference/jbpm-rest-api.md`` B.5, ``reference/oneweb-rest-api.md`` 2.5).

    ``owner`` is ONEWEB's previous claimer; ``due_at`` the modelled due date; ``caused_by`` whose
    doing brought the task about; ``deadlines`` which deadlines lie ahead (``tasks/deadlines.py``);
    ``loop_id`` of which multi-instance task it is a member (``tasks/rounds.py``).
    """

    id: int
    uuid: str
    version: int
    root_id: int | None
    instance_id: int | None
    wait_id: int | None
    work_item_id: int | None
    deployment_id: str | None
    process_id: str | None
    process_name: str | None
    node_id: str | None
    name: str
    subject: str
    description: str
    form_name: str | None
    status: str
    previous_status: str | None
    priority: int
    skipable: bool
    actual_owner: str | None
    owner: str | None
    created_by: str | None
    created_at: int
    activated_at: int | None
    expires_at: int | None
    due_at: int | None
    parent_id: int | None
    sub_task_strategy: str | None
    lane: str | None
    load_entity: str | None
    load_param: str | None
    language: str | None
    input_content_id: int | None
    output_content_id: int | None
    fault_content_id: int | None
    fault_name: str | None
    fault_type: str | None
    caused_by: str | None = None
    deadlines: int = 0
    follow_up_at: int | None = None
    loop_id: str | None = None


class TaskPersonRow(Row):
    """One person or group in one relation to a task.

    ``relation``: ``potential_owner``, ``business_administrator``, ``excluded_owner``,
    ``stakeholder``, ``recipient``. ``kind``: ``USER``, ``GROUP``, ``ROLE`` or ``PARTY``.
    ``is_open``: 0 once the task is over, so that an index finds what people still have to do; as
    stored, 2 for potential owners of what somebody has claimed.
    """

    task_id: int
    relation: str
    kind: str
    name: str
    is_open: int = 1


class StoredPersonRow(TaskPersonRow):
    """The same as stored, with what inboxes ask of the task (:mod:`procession.store.standing`).

    From ``standing`` on only potential owners have it. ``who`` and ``place`` are numbers for
    relation, kind and name and for the deployment (:mod:`procession.store.digests`).
    """

    who: int = 0
    instance_id: int | None = None
    place: int | None = None
    standing: int | None = None
    is_shared: int | None = None
    priority: int | None = None
    created_at: int | None = None
    expires_at: int | None = None


class TaskEventRow(Row):
    """What was done to a task, by whom and for whom."""

    id: int | None
    task_id: int
    root_id: int | None
    instance_id: int | None
    work_item_id: int | None
    type: str
    actor: str
    on_behalf_of: str | None
    old_status: str | None
    new_status: str
    message: str | None
    at: int


class TaskContentRow(Row):
    """Input, output or fault document of a task; ``body`` is an encoded value."""

    id: int
    task_id: int | None
    kind: str
    body: bytes


class TaskVariableRow(Row):
    """An input or output value of a task as text, to look for; the documents keep the types."""

    task_id: int
    kind: str
    name: str
    value: str
    digest: int
    """Name and value as one number (``digests.py``)."""


class TaskCommentRow(Row):
    """What somebody said about a task."""

    id: int
    task_id: int
    text: str
    added_by: str
    added_at: int


class TaskAttachmentRow(Row):
    """A document that somebody added to a task; its bytes are a content of its own.

    ``access_type``: ``Inline``, ``Url`` (the content is an address) or ``Unknown``.
    """

    id: int
    task_id: int
    name: str
    content_type: str
    access_type: str
    size: int
    attached_by: str
    attached_at: int
    content_id: int


class ProcessLogRow(Row):
    """Audit: one row per process instance (``reference/jbpm-engine.md`` 6.1)."""

    id: int | None
    instance_id: int
    uuid: str
    root_id: int
    process_id: str
    process_name: str
    process_version: str
    deployment_id: str
    revision: int
    started_at: int
    ended_at: int | None
    status: int
    parent_id: int | None
    outcome: str | None
    duration: int | None
    identity: str
    correlation_key: str | None
    description: str | None


class NodePageRow(Row):
    """Audit: what a turn did to the nodes of an instance (:mod:`procession.store.node_pages`)."""

    id: int | None
    instance_id: int
    root_id: int
    process_id: str
    deployment_id: str
    at: int
    entries: str


class NodeLogRow(Row):
    """Audit: a node entered (type 0) or left (type 1). Written as part of a page."""

    id: int | None
    instance_id: int
    root_id: int
    process_id: str
    deployment_id: str
    at: int
    type: int
    node_instance_id: int
    node_id: str
    node_name: str
    node_type: str
    work_item_id: int | None
    connection: str | None


class VariableLogRow(Row):
    """Audit: a variable's new value as Java text (``reference/jbpm-engine.md`` 2.9)."""

    id: int | None
    instance_id: int
    root_id: int
    process_id: str
    deployment_id: str
    at: int
    variable_instance_id: str
    variable_id: str
    value: str
    old_value: str
