"""Process instances or tasks together with variables, by many criteria at once.

``reference/jbpm-rest-api.md`` 2.8. Everything is answered from the audit and the tasks, ended
instances included; pages count process instances and are cut by the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import Service, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.processes import ended_view
from procession.services.task_lists import RELATIONS, like
from procession.services.tasks import criteria as lists
from procession.services.tasks import showing
from procession.services.tasks.criteria import UNPAGED_LIMIT, TaskCriteria
from procession.services.views import Page, ProcessInstanceView, TaskView
from procession.store.hot import load_tasks
from procession.store.phrases import ALWAYS, Phrase, all_of, any_of
from procession.store.repositories import history, task_search, task_walks
from procession.store.rows import ProcessLogRow
from procession.store.store import Reader
from procession.tasks.people import who_is
from procession.values import EMPTY

PROCESS: Final = {
    "process_instance_id": "instance_id", "process_id": "process_id",
    "deployment_id": "deployment_id", "status": "status", "version": "process_version",
    "started_at": "started_at", "ended_at": "ended_at",
}  # fmt: skip
TASK: Final = {
    "task_id": "id", "initiator": "created_by", "task_owner": "actual_owner",
    "task_status": "status",
}  # fmt: skip
VARIABLE: Final = {"variable": "variable_id", "value": "value"}
PEOPLE: Final = frozenset({"stakeholder", "potential_owner", "business_administrator"})
_OF_INSTANCE: Final = {"process_instance_id": "instance_id", "deployment_id": "deployment_id"}
_NUMBERS: Final = frozenset({"process_instance_id", "task_id", "status", "started_at", "ended_at"})
_BOUNDS: Final = {"min": ">=", "max": "<="}
Kind = Literal["equal", "like", "min", "max"]


class Wanted(msgspec.Struct, frozen=True):
    """A field and its values, which are alternatives."""

    field: str
    values: tuple[str | int, ...]
    kind: Kind = "equal"

    @property
    def is_of_task(self) -> bool:
        """Whether it speaks of tasks."""
        return self.field in TASK or self.field in PEOPLE


class WantedVariable(msgspec.Struct, frozen=True):
    """A variable of some value; several of these are alternatives."""

    name: str
    value: str
    is_pattern: bool = False


class RichQuery(msgspec.Struct, frozen=True):
    """What is asked for. ``every``: each logged value of a variable counts, not just the last."""

    criteria: tuple[Wanted, ...] = ()
    variables: tuple[WantedVariable, ...] = ()
    every: bool = False


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
        self.room.access.check(actor, "history.read")
        seen = self.room.access.visible(actor, "process_log.instance_id")
        where = all_of(self._of_instance(asked), *([] if seen is None else [seen]))
        with self.room.store.read() as reader:
            where = _narrowed(reader, asked, where)
            logs = _logs(reader, where, page)
            return page.of(_infos(reader, logs, asked.every))

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
        of_task = all_of(
            *(self._task(one) for one in asked.criteria if one.is_of_task),
            *(condition.check for condition in seen),
        )
        where = all_of(
            self._of_instance(asked),
            of_task.within(
                "exists (select 1 from task where task.instance_id = process_log.instance_id and ",
                ")",
            ),
        )
        with self.room.store.read() as reader:
            few = task_walks.instances(reader, [*self._narrow(asked), *seen])
            if few is not None:
                where = all_of(few.within("process_log.instance_id in (", ")"), where)
            logs = _logs(reader, where, page)
            tasks = _tasks(reader, [log.instance_id for log in logs], of_task)
            return page.of(_infos(reader, logs, asked.every, tasks))

    # -- inside ------------------------------------------------------------------------------

    def _narrow(self, asked: RichQuery) -> list[task_search.Condition]:
        """What of the questions an index can list by tasks: the search begins with the shortest."""
        found = []
        for one in asked.criteria:
            column = TASK.get(one.field) or _OF_INSTANCE.get(one.field)
            if one.kind == "equal" and column is not None:
                found.append(task_search.is_one_of(column, one.values))
            elif one.kind == "equal" and one.field in PEOPLE:
                named = lists.names([str(value) for value in one.values], self.room.directory)
                found.append(task_search.is_related_to((RELATIONS[one.field],), named))
        if asked.variables and not any(one.is_pattern for one in asked.variables):
            valued = [task_search.has_variable(v.name, v.value) for v in asked.variables]
            found.append(task_search.either(*valued))
        return [one for one in found if not (asked.every and one.is_late)]

    def _of_instance(self, asked: RichQuery) -> Phrase:
        of_process = [
            _compared("process_log", PROCESS[one.field], one)
            for one in asked.criteria
            if one.field in PROCESS
        ]
        of_variable = [
            _compared("v", VARIABLE[one.field], one)
            for one in asked.criteria
            if one.field in VARIABLE
        ]
        found = all_of(*of_process)
        if of_variable:
            found = all_of(found, _has_variable(all_of(*of_variable), asked.every))
        if asked.variables:
            any_value = any_of(*(_valued(one) for one in asked.variables))
            found = all_of(found, _has_variable(any_value, asked.every))
        return found

    def _task(self, one: Wanted) -> Phrase:
        if one.field in TASK:
            return _compared("task", TASK[one.field], one)
        relation = RELATIONS[one.field]
        if one.kind == "equal":
            named = lists.names([str(value) for value in one.values], self.room.directory)
            return task_search.is_related_to((relation,), named).check
        found = all_of(Phrase("person.relation = ?", (relation,)), _compared("person", "name", one))
        head = "exists (select 1 from task_person person where person.task_id = task.id and "
        return found.within(head, ")")


def _compared(table: str, column: str, one: Wanted) -> Phrase:
    name = f"{table}.{column}"
    if one.kind == "like":
        return any_of(
            *(Phrase(f"{name} like ? escape '!'", (like(str(each)),)) for each in one.values)
        )
    if one.kind in _BOUNDS:
        return any_of(*(Phrase(f"{name} {_BOUNDS[one.kind]} ?", (each,)) for each in one.values))
    if one.field in _NUMBERS:
        return Phrase(f"{name} in ??", (tuple(one.values),))
    return Phrase(f"{name} in $$", (tuple(str(each) for each in one.values),))


def _narrowed(reader: Reader, asked: RichQuery, where: Phrase) -> Phrase:
    """The same condition, beginning with the instances that values lead to if those are few."""
    equal = {one.field: one.values for one in asked.criteria if one.kind == "equal"}
    names, values = equal.get("variable", ()), equal.get("value", ())
    found = [[(str(name), str(value)) for name in names for value in values]]
    if not any(one.is_pattern for one in asked.variables):
        found.append([(one.name, one.value) for one in asked.variables])
    for pairs in filter(None, found):
        few = history.instances_of_values(reader, pairs)
        if few is not None:
            return all_of(few.within("process_log.instance_id in (", ")"), where)
    return where


def _valued(one: WantedVariable) -> Phrase:
    named = Phrase("v.variable_id = ?", (one.name,))
    if one.is_pattern:
        return all_of(named, Phrase("v.value like ? escape '!'", (like(one.value),)))
    return all_of(named, Phrase("v.value = ?", (one.value,)))


_LAST: Final = Phrase(
    "not exists (select 1 from variable_log later where later.instance_id = v.instance_id"
    " and later.variable_instance_id = v.variable_instance_id and later.id > v.id)"
)


def _has_variable(condition: Phrase, every: bool) -> Phrase:
    whole = all_of(condition, ALWAYS if every else _LAST)
    return whole.within(
        "exists (select 1 from variable_log v where v.instance_id = process_log.instance_id and ",
        ")",
    )


_LOG_COLUMNS: Final = ", ".join(f'process_log."{name}"' for name in ProcessLogRow.__struct_fields__)


def _logs(reader: Reader, where: Phrase, page: PageRequest) -> list[ProcessLogRow]:
    question = where.within(
        f"select {_LOG_COLUMNS} from process_log where ",  # noqa: S608 - constants
        " order by process_log.instance_id limit ? offset ?",
    )
    values = (*question.values, page.limit or UNPAGED_LIMIT, page.offset)
    return [ProcessLogRow(*row) for row in reader.ask(question.text, values)]


def _tasks(reader: Reader, instances: Sequence[int], fits: Phrase) -> dict[int, list[TaskView]]:
    of = Phrase("task.instance_id in ??", (tuple(instances),))
    question = all_of(of, fits).within("select task.id from task where ", " order by task.id")
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
        "select v.instance_id, v.variable_id, v.value, v.at from variable_log v where ",
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
