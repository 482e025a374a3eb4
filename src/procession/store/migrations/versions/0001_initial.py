"""The first schema.

A frozen copy of ``tables.py``, in a shorthand because it is long: ``name:type``, ``!`` not null,
``*`` part of the primary key. Until the first release it changes together with ``tables.py``.
"""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Text,
    UniqueConstraint,
    desc,
    text,
)
from sqlalchemy.schema import CreateSequence

from procession.store import node_pages
from procession.store.columns import BY_BYTES, CALLED, ODD, OPEN, one_by_one

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES: Final[dict[str, str]] = {
    "counter": ("name:text* value:big!"),
    "data_store": ("deployment_id:text* name:text* version:int! value:blob!"),
    "rule_page": ("deployment_id:text* root_id:big* page:big* body:blob!"),
    "rule_session": ("deployment_id:text* root_id:big* version:int! globals:blob! value:blob!"),
    "deployment": (
        "revision:id* id:text! status:s20! strategy:s30! is_active:bool! deployed_at:big! "
        "deployed_by:text! message:text options:blob! digest:text!"
    ),
    "job": (
        "id:id* kind:s40! topic:text root_id:id instance_id:id wait_id:id deployment_id:text "
        "revision:id due_at:big! state:s10! retries:int! failures:int! lease_owner:text "
        "lease_until:big last_error:text payload:blob!"
    ),
    "journal": ("instance_id:id* seq:id* root_id:id! at:big! body:blob!"),
    "membership": ("group_name:text* user_name:text*"),
    "node_page": (
        "id:own* instance_id:id! root_id:id! process_id:text! deployment_id:text! at:big! "
        "entries:text!"
    ),
    "process_definition": (
        "revision:id* process_id:text* deployment_id:text! name:text! version:text! package:text! "
        "unique_id:text! resource:text! variables:blob!"
    ),
    "process_instance": (
        "id:id* uuid:text! root_id:id! revision:id! deployment_id:text! process_id:text! "
        "status:int! version:int! caller_id:id correlation_key:text started_by:text! "
        "started_at:big! state:blob!"
    ),
    "process_log": (
        "id:own* instance_id:id! uuid:text! root_id:id! process_id:text! process_name:text! "
        "process_version:text! deployment_id:text! revision:id! started_at:big! ended_at:big "
        "status:int! parent_id:id outcome:text duration:big identity:text! correlation_key:text "
        "description:text"
    ),
    "resource": ("revision:id* name:text* content:blob!"),
    "role": ("name:text* code:text description:text"),
    "role_grant": ("role_name:text* kind:s5* name:text*"),
    "setting": ("name:text* value:text!"),
    "start_subscription": (
        "revision:id* process_id:text* node_id:text* deployment_id:text! kind:int* name:text*"
    ),
    "task": (
        "id:id* uuid:text! version:int! root_id:id instance_id:id wait_id:id work_item_id:id "
        "deployment_id:text process_id:text process_name:text node_id:text name:text! "
        "subject:text! description:text! form_name:text status:s12! previous_status:s12 "
        "priority:int! skipable:bool! actual_owner:text owner:text created_by:text "
        "created_at:big! activated_at:big expires_at:big due_at:big parent_id:id "
        "sub_task_strategy:text lane:text load_entity:text load_param:text language:text "
        "input_content_id:id output_content_id:id fault_content_id:id fault_name:text "
        "fault_type:text caused_by:text deadlines:int! follow_up_at:big "
        "loop_id:text"
    ),
    "task_attachment": (
        "id:id* task_id:id! name:text! content_type:text! access_type:s7! size:big! "
        "attached_by:text! attached_at:big! content_id:id!"
    ),
    "task_comment": ("id:id* task_id:id! text:text! added_by:text! added_at:big!"),
    "task_content": ("id:id* task_id:id kind:s6! body:blob!"),
    "task_event": (
        "id:own* task_id:id! root_id:id instance_id:id work_item_id:id type:s12! actor:text! "
        "on_behalf_of:text old_status:s12 new_status:s12! message:text at:big!"
    ),
    "task_person": (
        "task_id:id* relation:s24* kind:s5* name:text* is_open:int! who:big! instance_id:id "
        "place:big standing:int is_shared:int priority:int created_at:big expires_at:big"
    ),
    "task_variable": ("task_id:id* kind:s6* name:text* value:text! digest:big!"),
    "user_account": (
        "name:text* password_hash:text display_name:text email:text language:text is_active:bool! "
        "created_at:big!"
    ),
    "user_group": ("name:text* description:text"),
    "variable_log": (
        "id:own* instance_id:id! root_id:id! process_id:text! deployment_id:text! at:big! "
        "variable_instance_id:text! variable_id:text! value:text! old_value:text!"
    ),
    "variable_now": ("instance_id:id* variable:big* digest:big!"),
    "wait": (
        "instance_id:id* wait_id:id* root_id:id! deployment_id:text! kind:int! name:text key:text "
        "node_id:text! public_id:id due_at:big"
    ),
    "work_party": ("name:text* lead:text"),
    "work_party_member": ("party_name:text* kind:s5* name:text*"),
    "incident": (
        "id:own* job_id:id! root_id:id instance_id:id deployment_id:text kind:s40! topic:text "
        "node_id:text message:text! at:big!"
    ),
}
BESIDE: Final = "instance_id status actual_owner deployment_id"
CLUSTERED: Final[set[str]] = {"journal", "task_person", "task_variable", "variable_now", "wait"}
INDEXES: Final[tuple[tuple[str, str, str, bool, str | None], ...]] = (
    ("ix_deployment_id", "deployment", "id", False, None),
    ("ix_job_due", "job", "state due_at", False, None),
    ("ix_job_instance", "job", "instance_id wait_id", False, None),
    ("ix_job_lease", "job", "lease_until", False, "lease_until is not null"),
    ("ix_job_topic", "job", "topic state due_at", False, None),
    ("ix_membership_user", "membership", "user_name", False, None),
    ("ix_node_page_instance", "node_page", "instance_id", False, None),
    ("ix_process_definition_name", "process_definition", "name", False, None),
    (
        "ix_process_definition_process",
        "process_definition",
        "process_id deployment_id",
        False,
        None,
    ),
    ("ix_process_instance_caller", "process_instance", "caller_id", False, "caller_id is not null"),
    (
        "ix_process_instance_deployment",
        "process_instance",
        "deployment_id process_id id",
        False,
        None,
    ),
    ("ix_process_instance_root", "process_instance", "root_id", False, None),
    ("ix_process_instance_starter", "process_instance", "started_by", False, None),
    ("ix_process_log_identity", "process_log", "identity", False, None),
    ("ix_process_log_instance", "process_log", "instance_id", True, None),
    ("ix_process_log_started", "process_log", "started_at instance_id", False, None),
    ("ix_process_log_ended", "process_log", "ended_at instance_id", False, "ended_at is not null"),
    ("ix_process_log_parent", "process_log", "parent_id", False, "parent_id is not null"),
    ("ix_process_log_root", "process_log", "root_id", False, CALLED),
    (
        "ix_process_log_odd",
        "process_log",
        "process_id status deployment_id instance_id",
        False,
        ODD,
    ),
    (
        "ix_process_log_open",
        "process_log",
        "process_id deployment_id instance_id",
        False,
        "ended_at is null",
    ),
    ("ix_process_log_order", "process_log", "deployment_id process_id instance_id", False, None),
    ("ix_process_log_process", "process_log", "process_id deployment_id instance_id", False, None),
    ("ix_role_grant_name", "role_grant", "kind name", False, None),
    ("ix_start_subscription_name", "start_subscription", "kind name", False, None),
    ("ix_task_created_by", "task", "created_by", False, "created_by is not null"),
    ("ix_task_instance", "task", "instance_id status", False, None),
    ("ix_task_owner", "task", "actual_owner status id", False, None),
    ("ix_task_parent", "task", "parent_id", False, "parent_id is not null"),
    ("ix_task_root", "task", "root_id", False, None),
    ("ix_task_status", "task", "status id instance_id actual_owner deployment_id", False, None),
    ("ix_task_work_item", "task", "work_item_id", False, None),
    ("ix_task_attachment_task", "task_attachment", "task_id", False, None),
    ("ix_task_comment_task", "task_comment", "task_id", False, None),
    ("ix_task_content_task", "task_content", "task_id", False, None),
    ("ix_task_event_task", "task_event", "task_id", False, None),
    (
        "ix_task_person_name",
        "task_person",
        "who is_open task_id instance_id place standing is_shared priority created_at expires_at",
        False,
        None,
    ),
    ("ix_task_deployment", "task", "deployment_id", False, "deployment_id is not null"),
    ("ix_task_open", "task", f"id {BESIDE}", False, OPEN),
    ("ix_task_urgency", "task", f"priority_desc created_at id {BESIDE}", False, OPEN),
    ("ix_task_due", "task", f"expires_at id {BESIDE}", False, f"{OPEN} and expires_at is not null"),
    ("ix_task_variable_digest", "task_variable", "digest task_id", False, None),
    (
        "ix_variable_log_instance",
        "variable_log",
        "instance_id variable_instance_id id",
        False,
        None,
    ),
    (
        "ix_variable_log_variable",
        "variable_log",
        "variable_id value deployment_id process_id instance_id",
        False,
        None,
    ),
    (
        "ix_variable_log_order",
        "variable_log",
        "variable_id deployment_id process_id instance_id",
        False,
        None,
    ),
    ("ix_variable_now_digest", "variable_now", "digest instance_id", False, None),
    ("ix_wait_name", "wait", "kind name key deployment_id", False, None),
    ("ix_wait_public_id", "wait", "public_id", False, None),
    ("ix_incident_instance", "incident", "instance_id", False, None),
    ("ix_incident_job", "incident", "job_id", False, None),
)

SEQUENCES: Final = ("public", "job", "content", "revision")
CONSTRAINTS: Final[dict[str, tuple[Any, ...]]] = {
    "incident": (ForeignKeyConstraint(["job_id"], ["job.id"], ondelete="CASCADE"),),
    "process_instance": (
        UniqueConstraint("correlation_key", name="uq_process_instance_correlation_key"),
    ),
}


def _type(name: str) -> Any:
    if name in ("id", "own"):
        return BigInteger().with_variant(Integer, "sqlite")
    if name.startswith("s") and name[1:].isdigit():
        return String(int(name[1:]))
    return {"big": BigInteger, "int": Integer, "text": Text, "bool": Boolean, "blob": LargeBinary}[
        name
    ]()


def _column(spec: str) -> Column[Any]:
    name, _, kind = spec.partition(":")
    bare = kind.rstrip("*!")
    own = [Identity(always=False)] if bare == "own" else []
    return Column(name, _type(bare), *own, nullable=bare == kind, autoincrement=bare == "own")


def pre() -> None:
    """Everything."""
    for name in SEQUENCES:
        if op.get_bind().dialect.supports_sequences:
            op.execute(
                CreateSequence(Sequence(f"{name}_seq", data_type=BigInteger, metadata=MetaData()))
            )
    for table, specs in TABLES.items():
        keys = [spec.partition(":")[0] for spec in specs.split() if spec.endswith("*")]
        op.create_table(
            table,
            *[_column(spec) for spec in specs.split()],
            PrimaryKeyConstraint(*keys),
            *CONSTRAINTS.get(table, ()),
            **({"sqlite_with_rowid": False} if table in CLUSTERED else {}),
        )
    op.execute(node_pages.view(op.get_bind().dialect.name))
    for name, table, columns, unique, where in INDEXES:
        known = None if where is None else text(where)
        op.create_index(
            name,
            table,
            [desc(c[:-5]) if c.endswith("_desc") else c for c in columns.split()],
            unique=unique,
            sqlite_where=None if where is None else text(one_by_one(where)),
            postgresql_where=known,
            postgresql_ops={BY_BYTES[name]: "text_pattern_ops"} if name in BY_BYTES else {},
        )


def upgrade() -> None:
    """There was nothing before, so there is nothing to wait for."""
    pre()
