"""What services answer: frozen structs with everything any dialect shows.

Times are aware UTC datetimes; ids are numbers, with the UUID of the public id beside them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from procession.values import EMPTY, Map, Value

T = TypeVar("T")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """An answer."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list. ``total`` is the length of the whole, ``None`` if nobody asked.

    ``number`` and ``size`` repeat what was asked for (``None``: no paging).
    """

    items: tuple[T, ...]
    total: int | None = None
    number: int | None = None
    size: int | None = None


class ProcessInstanceView(View, frozen=True):
    """A process instance, living or (from history) ended; ``state`` in jBPM's numbers.

    ``event_types`` are the signals and messages it waits for, in jBPM's spelling
    (``Message-<id>`` for messages). ``variables`` are the process variables with their types.
    """

    id: int
    uuid: str
    process_id: str
    process_name: str
    process_version: str
    deployment_id: str
    state: int
    parent_id: int = 0
    root_id: int = 0
    correlation_key: str | None = None
    outcome: str | None = None
    started_by: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    event_types: tuple[str, ...] = ()
    variables: Map = EMPTY


class ProcessLogView(View, frozen=True):
    """Audit of one process instance; ``id`` is the log row's own."""

    id: int
    process_instance_id: int
    uuid: str
    process_id: str
    process_name: str
    process_version: str
    deployment_id: str
    start: datetime
    end: datetime | None
    status: int
    parent_process_instance_id: int | None
    outcome: str | None
    duration: int | None
    identity: str
    correlation_key: str | None = None
    description: str | None = None


class NodeLogView(View, frozen=True):
    """Audit of a node entered (``type`` 0) or left (1)."""

    id: int
    process_instance_id: int
    process_id: str
    deployment_id: str
    date: datetime
    type: int
    node_instance_id: str
    node_id: str
    node_name: str
    node_type: str
    work_item_id: int | None
    connection: str | None


class VariableLogView(View, frozen=True):
    """Audit of a variable that changed; values as Java text."""

    id: int
    process_instance_id: int
    process_id: str
    deployment_id: str
    date: datetime
    variable_instance_id: str
    variable_id: str
    value: str
    old_value: str


class WorkItemView(View, frozen=True):
    """An open work item; ``state`` 0 pending, 1 active, 2 completed, 3 aborted."""

    id: int
    name: str
    state: int
    parameters: Map
    results: Map
    process_instance_id: int
    deployment_id: str
    node_id: str


class Person(msgspec.Struct, frozen=True):
    """Somebody in a relation to a task; ``kind`` ``USER``, ``GROUP``, ``ROLE`` or ``PARTY``."""

    name: str
    kind: str


class CommentView(View, frozen=True):
    """What somebody said about a task."""

    id: int
    text: str
    added_by: str
    added_at: datetime


class AttachmentView(View, frozen=True):
    """A document somebody added to a task; its bytes are a content of their own."""

    id: int
    name: str
    content_type: str
    attached_at: datetime
    attached_by: str
    size: int
    content_id: int
    access_type: str = "Inline"


class TaskEventView(View, frozen=True):
    """What was done to a task; ``type`` in jBPM's words, ``on_behalf_of`` for whom it was done."""

    id: int
    task_id: int
    type: str
    actor: str
    on_behalf_of: str | None
    old_status: str | None
    new_status: str
    message: str | None
    at: datetime
    process_instance_id: int | None
    work_item_id: int | None


class TaskSummaryView(View, frozen=True):
    """Tasks of one process, name and state: how many, and on average how long.

    ``waited`` is from creation to start, ``worked`` from start to end, in milliseconds.
    """

    process_id: str | None
    name: str
    status: str
    count: int
    waited: int | None
    worked: int | None


class TaskView(View, frozen=True):
    """A human task with its people; ``caused_by`` is whose doing brought it about.

    ``loop_id`` is shared by the members of one multi-instance task.
    """

    id: int
    uuid: str
    version: int
    name: str
    subject: str
    description: str
    form_name: str | None
    language: str
    status: str
    previous_status: str | None
    priority: int
    skipable: bool
    actual_owner: str | None
    owner: str | None
    created_by: str | None
    created_at: datetime
    activated_at: datetime | None
    expires_at: datetime | None
    due_at: datetime | None
    process_instance_id: int | None
    process_instance_uuid: str | None
    process_id: str | None
    process_name: str | None
    deployment_id: str | None
    node_id: str | None
    work_item_id: int | None
    session_id: int
    parent_id: int | None
    parent_uuid: str | None = None
    sub_task_strategy: str | None = None
    lane: str | None = None
    load_entity: str | None = None
    load_param: str | None = None
    input_content_id: int | None = None
    output_content_id: int | None = None
    fault_content_id: int | None = None
    fault_name: str | None = None
    fault_type: str | None = None
    caused_by: str | None = None
    follow_up_at: datetime | None = None
    potential_owners: tuple[Person, ...] = ()
    business_administrators: tuple[Person, ...] = ()
    excluded_owners: tuple[Person, ...] = ()
    stakeholders: tuple[Person, ...] = ()
    recipients: tuple[Person, ...] = ()
    comments: tuple[CommentView, ...] = ()
    attachments: tuple[AttachmentView, ...] = ()
    loop_id: str | None = None


class FormView(View, frozen=True):
    """The form of a task as it was deployed, and the data it begins with."""

    task_id: int
    key: str
    schema: Map
    data: Value


class ContentView(View, frozen=True):
    """A document of a task: ``kind`` ``input``, ``output`` or ``fault``."""

    id: int
    task_id: int | None
    kind: str
    value: Value


class DecisionModelView(View, frozen=True):
    """A decision model: what it takes and what it decides, by name with their types."""

    name: str
    id: str
    namespace: str
    resource: str
    inputs: Map = EMPTY
    decisions: Map = EMPTY
    services: tuple[str, ...] = ()


class DecisionView(View, frozen=True):
    """A decision that was made. ``decisions`` are all that it took, in order: each with its
    ``inputs``, its ``result``, the ``rules`` of tables that matched, and ``notes`` on nulls.
    """

    model: str
    decision: str
    result: Value
    decisions: tuple[Map, ...] = ()
    messages: tuple[str, ...] = ()


class RuleView(View, frozen=True):
    """A rule of a unit; without a ``ruleflow_group`` it fires whenever rules fire."""

    name: str
    package: str
    resource: str
    line: int
    ruleflow_group: str = ""
    agenda_group: str = ""


class RuleRunView(View, frozen=True):
    """Rules that were tried. ``fired`` are their names in order, each with the facts it matched
    (their places, from 0; -1 for one that a rule put in); ``facts`` are those that were given, as
    they are then, null if a rule took one out; ``more`` those that rules put in.
    """

    fired: tuple[Map, ...]
    facts: tuple[Value, ...]
    more: tuple[Value, ...] = ()
    globals: Map = EMPTY
    printed: tuple[str, ...] = ()


class DeploymentView(View, frozen=True):
    """A deployment unit; ``status`` in jBPM's words, ``message`` why it failed.

    ``group``, ``artifact``, ``version``, ``kbase`` and ``ksession`` are the parts of the id; a
    bare id has an artifact only.
    """

    id: str
    group: str
    artifact: str
    version: str
    kbase: str | None
    ksession: str | None
    strategy: str
    status: str
    revision: int
    is_active: bool
    deployed_at: datetime | None = None
    message: str | None = None
    warnings: tuple[str, ...] = ()


class DeploymentJobView(View, frozen=True):
    """What came of a deploy or undeploy request."""

    id: int
    operation: str
    unit: DeploymentView
    success: bool
    explanation: str


class DefinitionView(View, frozen=True):
    """A process definition; ``variables`` maps names to declared types.

    ``definition_id`` is ONEWEB's four-part key, ``resource`` the file it stands in.
    """

    process_id: str
    name: str
    version: str
    package: str
    deployment_id: str
    revision: int
    unique_id: str
    definition_id: str
    resource: str
    variables: Map = EMPTY
    forms: Map = EMPTY


class JobView(View, frozen=True):
    """Durable work: a timer, a work item, a continuation.

    ``status`` is what jBPM's executor calls it: QUEUED, RUNNING, RETRYING or ERROR. A job that is
    done or cancelled is gone.
    """

    id: int
    kind: str
    topic: str | None
    process_instance_id: int | None
    deployment_id: str | None
    due: datetime
    state: str
    retries: int
    failures: int
    last_error: str | None
    locked_by: str | None
    locked_until: datetime | None
    parameters: Map = EMPTY
    key: str = ""
    status: str = ""


class IncidentView(View, frozen=True):
    """A job that used up its retries and waits for somebody to look."""

    id: int
    job_id: int
    kind: str
    topic: str | None
    process_instance_id: int | None
    deployment_id: str | None
    node_id: str | None
    message: str
    at: datetime
