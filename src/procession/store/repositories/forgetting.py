"""Forgetting what ended long ago: audit of process instances, and their tasks with all papers.

In portions, so that no write is long. Running instances and what they called stay, whatever their
age, and so does the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import Delete, delete

from procession.store.phrases import Phrase
from procession.store.store import Reader
from procession.store.tables import (
    node_page,
    process_log,
    rule_page,
    rule_session,
    task,
    task_attachment,
    task_comment,
    task_content,
    task_event,
    task_person,
    task_variable,
    variable_log,
    variable_now,
)

_OLD: Final = (
    "process_log.ended_at < ? and (process_log.root_id = process_log.instance_id"
    " or not exists (select 1 from process_log root"
    " where root.instance_id = process_log.root_id and root.ended_at is null))"
)
_LOOSE: Final = (
    "task.instance_id is null and task.created_at < ?"
    " and task.status in ('Completed', 'Failed', 'Error', 'Exited', 'Obsolete')"
)


class Portion(msgspec.Struct, frozen=True):
    """What is forgotten together."""

    instances: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()
    files: tuple[bytes, ...] = ()
    """Documents that name a file."""


def counts(reader: Reader, before: int) -> tuple[int, int]:
    """How many instances would be forgotten that ended before a time (epoch ms), how many tasks.

    A stretch of the index after the other: among millions no single question is long.
    """
    instances = tasks = 0
    ended, number = 0, 0
    while rows := reader.ask(_STRETCH, (before, ended, ended, number, _COUNTED)):
        numbers = tuple(row[1] for row in rows)
        ended, number = rows[-1][0], rows[-1][1]
        instances += len(numbers)
        tasks += int(reader.ask(_TASKS_OF, (numbers,))[0][0])
    loose = Phrase(_LOOSE, (before,)).within("select count(*) from task where ", "")
    return instances, tasks + int(reader.ask(loose.text, loose.values)[0][0])


_COUNTED: Final = 10_000
_STRETCH: Final = (
    f"select ended_at, instance_id from process_log where {_OLD} and ended_at >= ?"  # noqa: S608
    " and (ended_at > ? or instance_id > ?) order by ended_at, instance_id limit ?"
)
_TASKS_OF: Final = "select count(*) from task @ix_task_instance where instance_id in ??"


def portion(reader: Reader, before: int, most: int) -> Portion:
    """The oldest that are to go."""
    old = Phrase(_OLD).within(
        "select process_log.instance_id from process_log where ", " order by ended_at limit ?"
    )
    instances = tuple(row[0] for row in reader.ask(old.text, (before, most)))
    rows = reader.ask("select task.id from task where task.instance_id in ??", (instances,))
    tasks = [row[0] for row in rows]
    if len(instances) < most:
        loose = Phrase(_LOOSE).within("select task.id from task where ", " order by id limit ?")
        tasks += [row[0] for row in reader.ask(loose.text, (before, most))]
    return Portion(instances, tuple(tasks), tuple(files_of(reader, tasks)))


def files_of(reader: Reader, tasks: Sequence[int]) -> list[bytes]:
    """The documents of tasks that name a file."""
    if not tasks:
        return []
    question = "select body from task_content where task_id in ?? and kind = 'file'"
    return [bytes(row[0]) for row in reader.ask(question, (tuple(tasks),))]


def forget(some: Portion) -> Iterator[Delete]:
    """The statements that delete a portion."""
    if some.tasks:
        papers = (task_attachment, task_comment, task_content, task_event, task_person)
        for table in (*papers, task_variable):
            yield delete(table).where(table.c.task_id.in_(some.tasks))
        yield delete(task).where(task.c.id.in_(some.tasks))
    if some.instances:
        for log in (node_page, variable_log, variable_now, process_log):
            yield delete(log).where(log.c.instance_id.in_(some.instances))
        for rules in (rule_session, rule_page):
            yield delete(rules).where(rules.c.root_id.in_(some.instances))
