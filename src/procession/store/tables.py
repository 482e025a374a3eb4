"""Every table, once. Columns of hot tables stand in the order of :mod:`procession.store.rows`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
views = MetaData()
"""What is read like a table and is none."""

SEQUENCES = {
    name: Sequence(f"{name}_seq", data_type=BigInteger, metadata=metadata)
    for name in ("public", "job", "content", "revision")
}
"""What :meth:`procession.store.store.Store.next_ids` draws from on PostgreSQL."""

Id = BigInteger().with_variant(Integer, "sqlite")


def _own_id() -> Column[int]:
    """A primary key that the database numbers by itself."""
    return Column("id", Id, Identity(always=False), primary_key=True)


def _where_known(name: str, column: str) -> Index:
    """An index of the rows that have the column, where most have not.

    ``schema.create_schema`` says the same to PostgreSQL: here it would load that dialect for all.
    """
    known = text(f"{column} is not null")
    return Index(name, column, sqlite_where=known)


deployment = Table(
    "deployment",
    metadata,
    Column("revision", Id, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("strategy", String(30), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("deployed_at", BigInteger, nullable=False),
    Column("deployed_by", Text, nullable=False),
    Column("message", Text),
    Column("options", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_deployment_id", "id"),
)
resource = Table(
    "resource",
    metadata,
    Column("revision", Id, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
process_definition = Table(
    "process_definition",
    metadata,
    Column("revision", Id, primary_key=True),
    Column("process_id", Text, primary_key=True),
    Column("deployment_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("unique_id", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("variables", LargeBinary, nullable=False),
    Index("ix_process_definition_process", "process_id", "deployment_id"),
    Index("ix_process_definition_name", "name"),
)
start_subscription = Table(
    "start_subscription",
    metadata,
    Column("revision", Id, primary_key=True),
    Column("process_id", Text, primary_key=True),
    Column("node_id", Text, primary_key=True),
    Column("deployment_id", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Index("ix_start_subscription_name", "kind", "name"),
)
process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("uuid", Text, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("revision", Id, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("caller_id", Id),
    Column("correlation_key", Text),
    Column("started_by", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("ix_process_instance_deployment", "deployment_id", "process_id"),
    _where_known("ix_process_instance_caller", "caller_id"),
    UniqueConstraint("correlation_key", name="uq_process_instance_correlation_key"),
)
journal = Table(
    "journal",
    metadata,
    Column("instance_id", Id, primary_key=True, autoincrement=False),
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("root_id", Id, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
wait = Table(
    "wait",
    metadata,
    Column("instance_id", Id, primary_key=True, autoincrement=False),
    Column("wait_id", Id, primary_key=True, autoincrement=False),
    Column("root_id", Id, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("name", Text),
    Column("key", Text),
    Column("node_id", Text, nullable=False),
    Column("public_id", Id),
    Column("due_at", BigInteger),
    Index("ix_wait_name", "kind", "name", "deployment_id"),
    Index("ix_wait_public_id", "public_id"),
    sqlite_with_rowid=False,
)
job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("topic", Text),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("wait_id", Id),
    Column("deployment_id", Text),
    Column("revision", Id),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("retries", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", BigInteger),
    Column("last_error", Text),
    Column("payload", LargeBinary, nullable=False),
    Index("ix_job_due", "state", "due_at"),
    Index("ix_job_topic", "topic", "state", "due_at"),
    Index("ix_job_instance", "instance_id", "wait_id"),
    _where_known("ix_job_lease", "lease_until"),
)
incident = Table(
    "incident",
    metadata,
    _own_id(),
    Column("job_id", Id, ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("deployment_id", Text),
    Column("kind", String(40), nullable=False),
    Column("topic", Text),
    Column("node_id", Text),
    Column("message", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_incident_job", "job_id"),
    Index("ix_incident_instance", "instance_id"),
)
task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("uuid", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("wait_id", Id),
    Column("work_item_id", Id),
    Column("deployment_id", Text),
    Column("process_id", Text),
    Column("process_name", Text),
    Column("node_id", Text),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("form_name", Text),
    Column("status", String(12), nullable=False),
    Column("previous_status", String(12)),
    Column("priority", Integer, nullable=False),
    Column("skipable", Boolean, nullable=False),
    Column("actual_owner", Text),
    Column("owner", Text),
    Column("created_by", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("activated_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("due_at", BigInteger),
    Column("parent_id", Id),
    Column("sub_task_strategy", Text),
    Column("lane", Text),
    Column("load_entity", Text),
    Column("load_param", Text),
    Column("language", Text),
    Column("input_content_id", Id),
    Column("output_content_id", Id),
    Column("fault_content_id", Id),
    Column("fault_name", Text),
    Column("fault_type", Text),
    Column("caused_by", Text),
    Index("ix_task_instance", "instance_id"),
    Index("ix_task_root", "root_id"),
    _where_known("ix_task_created_by", "created_by"),
    Index("ix_task_owner", "actual_owner", "status"),
    Index("ix_task_status", "status"),
    Index("ix_task_work_item", "work_item_id"),
)
task_person = Table(
    "task_person",
    metadata,
    Column("task_id", Id, primary_key=True, autoincrement=False),
    Column("relation", String(24), primary_key=True),
    Column("kind", String(5), primary_key=True),
    Column("name", Text, primary_key=True),
    Index("ix_task_person_name", "name", "kind", "relation"),
    sqlite_with_rowid=False,
)
task_event = Table(
    "task_event",
    metadata,
    _own_id(),
    Column("task_id", Id, nullable=False),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("work_item_id", Id),
    Column("type", String(12), nullable=False),
    Column("actor", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("old_status", String(12)),
    Column("new_status", String(12), nullable=False),
    Column("message", Text),
    Column("at", BigInteger, nullable=False),
    Index("ix_task_event_task", "task_id"),
)
task_content = Table(
    "task_content",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("task_id", Id),
    Column("kind", String(6), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_task_content_task", "task_id"),
)
lane_actor = Table(
    "lane_actor",
    metadata,
    Column("instance_id", Id, primary_key=True, autoincrement=False),
    Column("lane", Text, primary_key=True),
    Column("actor", Text, nullable=False),
)
process_log = Table(
    "process_log",
    metadata,
    _own_id(),
    Column("instance_id", Id, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("process_name", Text, nullable=False),
    Column("process_version", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("revision", Id, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("status", Integer, nullable=False),
    Column("parent_id", Id),
    Column("outcome", Text),
    Column("duration", BigInteger),
    Column("identity", Text, nullable=False),
    Column("correlation_key", Text),
    Column("description", Text),
    Index("ix_process_log_instance", "instance_id", unique=True),
    Index("ix_process_log_process", "process_id", "status"),
    Index("ix_process_log_parent", "parent_id"),
    Index("ix_process_log_identity", "identity"),
)
node_page = Table(
    "node_page",
    metadata,
    _own_id(),
    Column("instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("entries", Text, nullable=False),
    Index("ix_node_page_instance", "instance_id"),
)
node_log = Table(
    "node_log",
    views,
    _own_id(),
    Column("instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("type", Integer, nullable=False),
    Column("node_instance_id", Id, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("node_name", Text, nullable=False),
    Column("node_type", Text, nullable=False),
    Column("work_item_id", Id),
    Column("connection", Text),
)
variable_log = Table(
    "variable_log",
    metadata,
    _own_id(),
    Column("instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("variable_instance_id", Text, nullable=False),
    Column("variable_id", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("old_value", Text, nullable=False),
    Index("ix_variable_log_instance", "instance_id"),
    Index("ix_variable_log_variable", "variable_id", "value"),
)
user = Table(
    "user_account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text),
    Column("display_name", Text),
    Column("email", Text),
    Column("language", Text),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
group = Table(
    "user_group",
    metadata,
    Column("name", Text, primary_key=True),
    Column("description", Text),
)
membership = Table(
    "membership",
    metadata,
    Column("group_name", Text, primary_key=True),
    Column("user_name", Text, primary_key=True),
    Index("ix_membership_user", "user_name"),
)
role = Table(
    "role",
    metadata,
    Column("name", Text, primary_key=True),
    Column("code", Text),
    Column("description", Text),
)
role_grant = Table(
    "role_grant",
    metadata,
    Column("role_name", Text, primary_key=True),
    Column("kind", String(5), primary_key=True),
    Column("name", Text, primary_key=True),
    Index("ix_role_grant_name", "kind", "name"),
)
work_party = Table(
    "work_party",
    metadata,
    Column("name", Text, primary_key=True),
    Column("lead", Text),
)
work_party_member = Table(
    "work_party_member",
    metadata,
    Column("party_name", Text, primary_key=True),
    Column("kind", String(5), primary_key=True),
    Column("name", Text, primary_key=True),
)
counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
