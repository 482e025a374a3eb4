"""Process instances or tasks together with variables, by many criteria at once.

``reference/jbpm-rest-api.md`` 2.8. Everything is answered from the audit and the tasks, ended
instances included; pages count process instances and are cut by the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import Service, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.processes import ended_view
from procession.services.rich_criteria import (
    PEOPLE,
    PROCESS,
    TASK,
    VARIABLE,
    Kind,
    RichQuery,
    Wanted,
    WantedVariable,
    compared,
    fits,
    narrowed,
)
from procession.services.task_lists import RELATIONS
from procession.services.tasks import criteria as lists
from procession.services.tasks import showing
from procession.services.tasks.criteria import UNPAGED_LIMIT, TaskCriteria
from procession.services.views import Page, ProcessInstanceView, TaskView
from procession.store.hot import load_tasks
from procession.store.phrases import ALWAYS, Phrase, all_of, any_of
from procession.store.repositories import log_walks, task_conditions, task_search, task_walks
from procession.store.repositories.history import PROCESS_LOGS
from procession.store.repositories.visibility import (
    is_much_to_see,
    visible_by_row,
    visible_to,
)
from procession.store.rows import ProcessLogRow
from procession.store.store import Reader
from procession.tasks.people import who_is
from procession.values import EMPTY

__all__ = [
    "InstanceInfo",
    "Kind",
    "RichQuery",
    "RichQueryService",
    "VariableInfo",
    "Wanted",
    "WantedVariable",
]
_OF_INSTANCE: Final = {"process_instance_id": "instance_id", "deployment_id": "deployment_id"}


class VariableInfo(msgspec.Struct, frozen=True):
    """A value that a variable had, as text, and since when."""

    name: str
    value: str
    modified: datetime


class InstanceInfo(msgspec.Struct, frozen=True):
    """A process instance with its variables, and the tasks of it that fit."""

    instance: ProcessInstanceView
    variables: tuple[VariableInfo, ...]
    tasks: tuple[TaskView, ...] = ()


class RichQueryService(Service):
    """The rich queries of 6.2 and later."""

    @query
    def instances(
        self, actor: Actor, asked: RichQuery, page: PageRequest = EVERYTHING
    ) -> Page[InstanceInfo]:
        """Process instances, running or ended, with their variables."""
        access = self.room.access
        access.check(actor, "history.read")
        part = None if access.sees_all_instances(actor) else access.part_of(actor)
        with self.room.store.read() as reader:
            search = narrowed(reader, asked)
            if search is None:
                return page.of((), 0)
            checks, starts = [_of_instance(search.asked)], search.starts
            if part is not None:
                checks.append(visible_by_row(part, "process_log.instance_id"))
                if not is_much_to_see(reader, part):
                    starts = (*starts, log_walks.of_seen(visible_to(part, "l.instance_id")))
            logs = log_walks.search(
                reader, starts, all_of(*checks), is_active=search.is_active, **_reach(page)
            )
            infos = _infos(reader, logs, asked.every)
            return page.of(infos, _total(reader, checks, page), len(logs))

    @query
    def tasks(
        self, actor: Actor, asked: RichQuery, page: PageRequest = EVERYTHING
    ) -> Page[InstanceInfo]:
        """Tasks one may see, by their process instances, with the variables of those."""
        self.room.access.check(actor, "task.query")
        access, who = self.room.access, who_is(actor, self.room.directory)
        seen = lists.visible(
            TaskCriteria(), who, sees_everything=access.sees_everything(actor), restricted=False
        )
        with self.room.store.read() as reader:
            search = narrowed(reader, asked)
            if search is None:
                return page.of((), 0)
            asked = search.asked
            of_task = all_of(
                *(self._task(one) for one in asked.criteria if one.is_of_task),
                *(condition.check for condition in seen),
            )
            checks = [_of_instance(asked), of_task.within(_HAS_TASK, " @apart)")]
            few = task_walks.instances(reader, [*self._narrow(asked), *seen])
            starts = search.starts if few is None else (log_walks.Start(few), *search.starts)
            logs = log_walks.search(
                reader, starts, all_of(*checks), is_active=search.is_active, **_reach(page)
            )
            tasks = _tasks(reader, [log.instance_id for log in logs], of_task)
            infos = _infos(reader, logs, asked.every, tasks)
            return page.of(infos, _total(reader, checks, page), len(logs))

    # -- inside ------------------------------------------------------------------------------

    def _narrow(self, asked: RichQuery) -> list[task_conditions.Condition]:
        """What of the questions an index can list by tasks: the search begins with the shortest."""
        found = []
        for one in asked.criteria:
            column = TASK.get(one.field) or _OF_INSTANCE.get(one.field)
            if one.kind == "equal" and column is not None:
                found.append(task_search.is_one_of(column, one.values))
            elif one.kind == "equal" and one.field in PEOPLE:
                named = lists.names([str(value) for value in one.values], self.room.directory)
                found.append(task_search.is_related_to((RELATIONS[one.field],), named))
        return found

    def _task(self, one: Wanted) -> Phrase:
        if one.field in TASK:
            return compared(f"task.{TASK[one.field]}", one)
        relation = RELATIONS[one.field]
        if one.kind == "equal":
            named = lists.names([str(value) for value in one.values], self.room.directory)
            return task_search.is_related_to((relation,), named).check
        found = all_of(Phrase("person.relation = ?", (relation,)), compared("person.name", one))
        head = "exists (select 1 from task_person person where person.task_id = task.id and "
        return found.within(head, ")")


def _of_instance(asked: RichQuery) -> Phrase:
    of_process = [
        compared(f"process_log.{PROCESS[one.field]}", one)
        for one in asked.criteria
        if one.field in PROCESS
    ]
    of_variable = [
        compared(f"v.{VARIABLE[one.field]}", one) for one in asked.criteria if one.field in VARIABLE
    ]
    found = all_of(*of_process)
    if of_variable:
        found = all_of(found, _has_variable(all_of(*of_variable), asked.every))
    if asked.variables:
        any_value = any_of(*(_valued(one) for one in asked.variables))
        found = all_of(found, _has_variable(any_value, asked.every))
    return found


_HAS_TASK: Final = (
    "exists (select 1 from task @ix_task_instance where task.instance_id = process_log.instance_id"
    " and "
)


def _valued(one: WantedVariable) -> Phrase:
    named = Phrase("v.variable_id = ?", (one.name,))
    if one.is_pattern:
        return all_of(named, fits("v.value", one.value))
    return all_of(named, Phrase("v.value = ?", (one.value,)))


_LAST: Final = Phrase(
    "not exists (select 1 from variable_log later where later.instance_id = v.instance_id"
    " and later.variable_instance_id = v.variable_instance_id and later.id > v.id @apart)"
)


def _has_variable(condition: Phrase, every: bool) -> Phrase:
    # Said so, no index of values is searched for each instance: those of it are few.
    fits_one = condition.within("(", ") is true")
    whole = all_of(fits_one, ALWAYS if every else _LAST)
    return whole.within(
        "exists (select 1 from variable_log v @ix_variable_log_instance"
        " where v.instance_id = process_log.instance_id and ",
        " @apart)",
    )


def _total(reader: Reader, checks: Sequence[Phrase], page: PageRequest) -> int | None:
    """How many instances there are in all, if somebody asks."""
    return PROCESS_LOGS.count(reader, all_of(*checks)) if page.counted else None


def _reach(page: PageRequest) -> dict[str, int]:
    return {"limit": page.limit or UNPAGED_LIMIT, "offset": page.offset}


_THEIRS: Final = "select task.id from task @ix_task_instance where "
"""Said so, no index of states or owners is searched for few instances."""


def _tasks(reader: Reader, instances: Sequence[int], fits: Phrase) -> dict[int, list[TaskView]]:
    of = Phrase("task.instance_id in ??", (tuple(instances),))
    question = all_of(of, fits).within(_THEIRS, " order by task.id")
    ids = [row[0] for row in reader.ask(question.text, question.values)] if instances else []
    found: dict[int, list[TaskView]] = {}
    rows = sorted(load_tasks(reader, ids), key=lambda task: task.id) if ids else []
    for view in showing.views(reader, rows):
        found.setdefault(view.process_instance_id or 0, []).append(view)
    return found


def _infos(
    reader: Reader,
    logs: Sequence[ProcessLogRow],
    every: bool,
    tasks: dict[int, list[TaskView]] | None = None,
) -> Iterable[InstanceInfo]:
    numbers = tuple(log.instance_id for log in logs)
    variables: dict[int, list[VariableInfo]] = {}
    of = Phrase("v.instance_id in ??", (numbers,))
    question = all_of(of, ALWAYS if every else _LAST).within(
        "select v.instance_id, v.variable_id, v.value, v.at"
        " from variable_log v @ix_variable_log_instance where ",
        " order by v.id",
    )
    for row in reader.ask(question.text, question.values) if numbers else ():
        info = VariableInfo(row[1], row[2], from_ms(row[3]))
        variables.setdefault(row[0], []).append(info)
    for log in logs:
        number = log.instance_id
        yield InstanceInfo(
            ended_view(log, EMPTY),
            tuple(variables.get(number, ())),
            tuple((tasks or {}).get(number, ())),
        )
