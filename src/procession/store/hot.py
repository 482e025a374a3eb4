"""The few reads of the hot path, as SQL that goes straight to the driver.

``?`` is a parameter, ``in ??`` one that is a sequence of numbers, ``in $$`` one of texts. Rows come
as plain tuples; those of a whole table have the fields of its row class in
:mod:`procession.store.rows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Final

import msgspec

from procession.store.rows import (
    JobRow,
    JournalRow,
    ProcessInstanceRow,
    ProcessLogRow,
    Row,
    TaskAttachmentRow,
    TaskCommentRow,
    TaskContentRow,
    TaskPersonRow,
    TaskRow,
    WaitRow,
)
from procession.store.store import Reader


def _whole(kind: type[Row], table: str, where: str) -> str:
    columns = ", ".join(f'"{name}"' for name in kind.__struct_fields__)
    return f"select {columns} from {table} where {where}"  # noqa: S608 -- constants below


def _wait(where: str) -> str:
    return _whole(WaitRow, "wait", where + " order by instance_id, wait_id")


def _task(where: str) -> str:
    return _whole(TaskRow, "task", where + " order by id")


_WAIT_NAME = "kind = ? and name = ?"
_DEFINITION = (
    "select p.revision, p.process_id, p.deployment_id, p.name, p.version, p.package, p.unique_id,"
    " p.resource, p.variables, d.status, d.is_active"
    " from process_definition p join deployment d on d.revision = p.revision where "
)
_START = "select revision, process_id, node_id, deployment_id, kind, name from start_subscription"
_USER = (
    "select name, password_hash, display_name, email, language, is_active, created_at"
    " from user_account where name = ?"
)

_FAMILY = (
    "with recursive family(id) as (select cast(? as bigint)"
    " union select l.instance_id from process_log l join family f on l.parent_id = f.id)"
    " select id from family"
)
# The states are given, and in no order: while PostgreSQL takes the table for a small one, it
# would sooner go through all tasks by an index of the open ones, or by number.
_ACTIVE_OF_FAMILY = (
    "task @ix_task_instance",
    f"instance_id @within {_FAMILY} @whole and status @ending in $$",
)
_OF_INSTANCES_IN = ("task @ix_task_instance", "instance_id in ?? and status @ending in $$")
_BY_TASK = " order by task_id, relation, kind, name"


def _people(tasks: tuple[str, str], most: str = "") -> str:
    """Everybody in any relation to those tasks."""
    ids = f"select id from {tasks[0]} where {tasks[1]}{most}"  # noqa: S608 -- constants below
    return _whole(TaskPersonRow, "task_person", f"task_id @within {ids} @whole" + _BY_TASK)


HOT: Final[dict[str, str]] = {
    # process instances
    "instances": _whole(ProcessInstanceRow, "process_instance", "id in ??"),
    "instance_by_correlation_key": _whole(
        ProcessInstanceRow, "process_instance", "correlation_key = ?"
    ),
    "instances_of_tasks": _whole(
        ProcessInstanceRow,
        "process_instance",
        "id @within select instance_id from task where id in ?? @whole",
    ),
    "instances_by_caller": "select id from process_instance where caller_id = ? order by id",
    "instance_uuids": "select id, uuid from process_instance where id in ??",
    "ended_uuids": "select instance_id, uuid from process_log where instance_id in ??",
    "instance_status": (
        "select status from process_instance where id = ?"
        " union all select status from process_log where instance_id = ?"
    ),
    "instance_version": "select version from process_instance where id = ?",
    "process_logs": _whole(ProcessLogRow, "process_log", "instance_id in ??"),
    "journal": _whole(JournalRow, "journal", "instance_id = ? order by seq"),
    # waits
    "waits_of_instances": _wait("instance_id in ??"),
    "wait_by_public_id": _wait("public_id = ?"),
    "waits_by_name": _wait(_WAIT_NAME),
    "waits_by_name_in": _wait(_WAIT_NAME + " and deployment_id = ?"),
    "waits_by_key": _wait(_WAIT_NAME + ' and "key" = ?'),
    "waits_without_key": _wait(_WAIT_NAME + ' and "key" is null'),
    "waits_by_key_in": _wait(_WAIT_NAME + ' and deployment_id = ? and "key" = ?'),
    # jobs
    "jobs": _whole(JobRow, "job", "id in ??"),
    "jobs_of_wait": _whole(JobRow, "job", "instance_id = ? and wait_id = ? order by id"),
    "next_due": (
        "select min(at) from ("
        "select min(due_at) as at from job"
        " where state = 'ready' and (lease_until is null or lease_until <= ?)"
        " union all"
        " select min(lease_until) from job where state = 'ready' and lease_until > ?) as next"
    ),
    # tasks
    "tasks": _task("id in ??"),
    "tasks_of_instances": _task("instance_id in ??"),
    "some_tasks_of_instances": _task("instance_id in ??") + " limit 501",
    "some_tasks_of_instances_in": _whole(TaskRow, *_OF_INSTANCES_IN) + " limit 501",
    "people_of_some_tasks": _people(("task", "instance_id in ??"), " limit 501"),
    "people_of_some_tasks_in": _people(_OF_INSTANCES_IN, " limit 501"),
    "active_tasks_of_family": _whole(TaskRow, *_ACTIVE_OF_FAMILY),
    "people_of_active_tasks": _people(_ACTIVE_OF_FAMILY),
    "instance_family": _FAMILY,
    "open_sub_tasks": _task(
        "parent_id = ? and status in ('Created', 'Ready', 'Reserved', 'InProgress', 'Suspended')"
    ),
    "sub_tasks": _task("parent_id = ?"),
    "comments": _whole(TaskCommentRow, "task_comment", "task_id = ? order by id"),
    "comment": _whole(TaskCommentRow, "task_comment", "id = ?"),
    "attachments": _whole(TaskAttachmentRow, "task_attachment", "task_id = ? order by id"),
    "attachment": _whole(TaskAttachmentRow, "task_attachment", "id = ?"),
    "tasks_by_work_items": _task("work_item_id in ??"),
    "people": _whole(TaskPersonRow, "task_person", "task_id in ??" + _BY_TASK),
    "content": _whole(TaskContentRow, "task_content", "id = ?"),
    "task_version": "select version from task where id = ?",
    "task_uuids": "select id, uuid from task where id in ??",
    "roles_named": 'select name, code from "role" where name in $$ or code in $$',
    # audit
    "last_texts": (
        "select variable_id, value from variable_log where id in ("
        "select max(id) from variable_log"
        " where instance_id = ? and variable_id = variable_instance_id group by variable_id)"
        " order by id"
    ),
    # deployments
    "definition": _DEFINITION + "p.revision = ? and p.process_id = ?",
    "definitions_by_process": _DEFINITION + "p.process_id = ? order by p.revision desc",
    "definitions_in": (
        _DEFINITION + "p.process_id = ? and p.deployment_id = ? order by p.revision desc"
    ),
    "definitions_by_name": (
        "select p.revision, p.deployment_id, p.process_id"
        " from process_definition p join deployment d on d.revision = p.revision"
        " where p.name = ? and d.status = 'DEPLOYED' and d.is_active order by p.revision desc"
    ),
    "deployment_strategy": "select strategy from deployment where revision = ?",
    "deployment_options": "select options from deployment where revision = ?",
    "deployment_by_id": (
        "select revision, id, status, strategy, is_active, deployed_at, deployed_by, message,"
        " options, digest from deployment where id = ? order by revision desc limit 1"
    ),
    "task_rules": (
        "select 1 from resource where revision = ?"
        " and (name like '%default-add-task.drl' or name like '%default-complete-task.drl')"
    ),
    "processes_of": (
        "select process_id from process_definition where revision = ? order by process_id"
    ),
    "resource": "select content from resource where revision = ? and name = ?",
    "start_subscriptions": (
        _START + " where kind = ? and name = ?"  # noqa: S608 - constants
        " and revision in (select revision from deployment where is_active)"
        " order by revision, process_id"
    ),
    "start_subscriptions_in": (
        _START + " where kind = ? and name = ? and deployment_id = ? order by revision, process_id"
    ),
    "rule_session": (
        "select value, version from rule_session where deployment_id = ? and root_id = ?"
    ),
    "rule_pages": (
        "select page, body from rule_page where deployment_id = ? and root_id = ? order by page"
    ),
    "rule_session_globals": (
        "select root_id, globals from rule_session where deployment_id = ? and root_id in (0, ?)"
    ),
    "rule_session_version": (
        "select version from rule_session where deployment_id = ? and root_id = ?"
    ),
    "data_store": "select value, version from data_store where deployment_id = ? and name = ?",
    # people
    "setting": "select value from setting where name = ?",
    "starters": (
        "select identity, started_at, root_id from process_log where instance_id = ?"
        " union all"
        " select started_by, started_at, root_id from process_instance where id = ?"
    ),
    "workers": (
        "select 'USER' as kind, actual_owner as name from task"
        " where instance_id = ? and created_at >= ? and actual_owner is not null"
        " union"
        " select p.kind, p.name from task t join task_person p on p.task_id = t.id"
        " where t.instance_id = ? and t.created_at >= ?"
        " and p.relation in ('potential_owner', 'business_administrator', 'stakeholder')"
    ),
    "user": _USER,
    "groups_of": "select group_name from membership where user_name = ? order by group_name",
}

TIMELESS: Final = frozenset(
    "definition definitions_by_process definitions_in definitions_by_name deployment_strategy"
    " deployment_options deployment_by_id task_rules processes_of resource start_subscriptions"
    " start_subscriptions_in setting user groups_of".split()
)
"""Reads of what is kept in memory, and looked at again now and then: any snapshot will do."""

MARK: Final = re.compile(r"in \?\?|in \$\$|\?")
HINT: Final = re.compile(r" @(\w+)")
"""Behind a table: the index to read it by (``rowid``: none), for a database that cannot tell.
At the end of an inner select: ``apart``, keep it as it is, for a database that would join it.
At the end of a read: ``merging``, two long lists may be read side by side, where a database can.
Between two texts: ``from`` and ``below``, not less and less by their bytes, as patterns are
looked for.
Around an inner select: ``within`` and ``whole``, one of its numbers; it is read first."""
_OTHERWISE: Final = {
    "from": (" >=", " ~>=~"),
    "below": (" <", " ~<~"),
    "within": (" in (", " = any(array("),
    "whole": (")", "))"),
    # An index is searched for one list at a time. The first of all states is the one of most tasks
    # that are over; behind it is one stretch, in an index by bytes (``BY_BYTES``). No index has the
    # states put together anew, so no other one is searched for them.
    "ending": ("", " ~>~ 'Completed' and status || ''"),
}
_TEXTS = "in $$"
_MERGING: Final = "merging"
_MOST_TEXTS: Final = 1000


class HotRead(msgspec.Struct, frozen=True):
    """A read in one database's spelling.

    ``lists`` are the positions of sequence parameters, each with whether they are texts. ``each``
    is the same for lists of one, which most are: they are plain parameters there.
    """

    sql: str
    lists: tuple[tuple[int, bool], ...]
    each: str = ""
    is_merging: bool = False


class Spelling:
    """One database's way to write a parameter, a list of numbers and a list of texts.

    A ``#`` in them becomes the number of the parameter, from 1. ``one`` is how a list of one is
    written, and ``worded`` says what is to be worded in another way.
    """

    def __init__(
        self,
        mark: str,
        numbers: str,
        texts: str,
        hint: str,
        one: str,
        worded: Callable[[str], str] = str,
    ) -> None:
        self._marks = {"?": mark, "in ??": numbers, _TEXTS: texts}
        self._ones = {"?": mark, "in ??": one, _TEXTS: one}
        self._worded = worded
        self._hint = hint
        self._texts: dict[str, HotRead] = {}
        self.named = {name: self._spell(text) for name, text in HOT.items()}

    def _hints(self, match: re.Match[str]) -> str:
        if match[1] == "apart":
            return "" if self._hint else " offset 0"
        if match[1] == _MERGING:
            return ""
        if match[1] == "rowid":
            return " not indexed" if self._hint else ""
        if match[1] in _OTHERWISE:
            return _OTHERWISE[match[1]][not self._hint]
        return self._hint.replace("#", match[1])

    def of(self, text: str) -> HotRead:
        """Any other read, written like those above; there are few different ones."""
        read = self._texts.get(text)
        if read is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            read = self._texts[text] = self._spell(text)
        return read

    def _spell(self, text: str) -> HotRead:
        worded = self._worded(HINT.sub(self._hints, text))
        marks = MARK.findall(worded)
        lists = tuple((at, mark == _TEXTS) for at, mark in enumerate(marks) if mark != "?")
        sql, each = _marked(worded, self._marks), _marked(worded, self._ones) if lists else ""
        return HotRead(sql, lists, each, text.endswith(f" @{_MERGING}"))


def _marked(text: str, marks: Mapping[str, str]) -> str:
    """A text with its parameters spelled and numbered."""
    numbers = count(1)
    return MARK.sub(lambda match: marks[match[0]].replace("#", str(next(numbers))), text)


def load_instances(reader: Reader, ids: Sequence[int]) -> list[ProcessInstanceRow]:
    """The living instances among ``ids``, in one read."""
    return [ProcessInstanceRow(*row) for row in reader.hot("instances", (ids,))]


def load_tasks(reader: Reader, ids: Sequence[int]) -> list[TaskRow]:
    """The tasks among ``ids``."""
    return [task_row(row) for row in reader.hot("tasks", (ids,))]


def task_row(row: tuple[object, ...]) -> TaskRow:
    """A task; a database may know numbers only where it means yes or no."""
    task = TaskRow(*row)  # type: ignore[arg-type]
    task.skipable = bool(task.skipable)
    return task
