"""Everything one may do with human tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from procession.core.commands import FailWait
from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.runtime.held import from_row
from procession.runtime.lanes import change, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.tasks import criteria as lists
from procession.services.tasks import families, foreseeing, picking, ruling, showing, taking
from procession.services.tasks.adding import Adding
from procession.services.tasks.criteria import UNPAGED_LIMIT, TaskCriteria
from procession.services.tasks.foreseeing import Foreseen
from procession.services.tasks.forms import Forms
from procession.services.tasks.inbox import Inbox
from procession.services.tasks.keeping import Keeping
from procession.services.tasks.merging import task_objects
from procession.services.tasks.papers import Papers, with_papers
from procession.services.tasks.reporting import Reporting
from procession.services.tasks.work_lists import WorkLists
from procession.services.views import ContentView, Page, TaskView
from procession.store.hot import load_instances
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_walks import count, search
from procession.store.repositories.task_ways import BY_ID, BY_ID_DOWN
from procession.store.rows import TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.tasks.lifecycle import Candidate, Operation, require, require_active
from procession.tasks.people import GROUP, USER
from procession.values import EMPTY, Map, freeze_all


class TaskService(Adding, Forms, Papers, Keeping, Reporting, WorkLists, Inbox):
    """Human tasks, by the table of :mod:`procession.tasks.lifecycle`.

    What the actor may not see is :class:`NotFound`; what the table refuses is
    :class:`NotPermitted`; what the present state refuses is, where a reason is asked for,
    :class:`Rejected` with ``claimed``, ``not_claimed``, ``inactive`` or ``suspended``.
    """

    # -- the life of a task ------------------------------------------------------------------

    @change
    def activate(self, actor: Actor, task_id: int) -> TaskView:
        """Offer a created task to its potential owners."""
        return self._operate(actor, task_id, Operation.ACTIVATE)

    @change
    def claim(
        self, actor: Actor, task_id: int, again_ok: bool = False, activate: bool = False
    ) -> TaskView:
        """Reserve a task for the actor.

        ``again_ok``: claiming one's own task again changes nothing. ``activate``: a task that is
        offered to nobody is opened and claimed in one. With either, a refusal names its reason. Of
        two people claiming at the same moment one succeeds, and the other learns the owner's name.
        """
        if not (again_ok or activate):
            return self._operate(actor, task_id, Operation.CLAIM)
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        if taking.take(desk, sheet, activate=activate, again_ok=again_ok):
            desk.save(sheet)
        return desk.view(sheet)

    @change
    def claim_next(self, actor: Actor, *, personally_only: bool = False) -> TaskView | None:
        """Claim the newest task offered to the actor, personally first; ``None`` if none is.

        With ``personally_only`` one that is offered to a group only is left alone.
        """
        desk = self._desk(actor)
        for personally in (True,) if personally_only else (True, False):
            wanted = lists.next_for(desk.turn.reader, desk.who, personally=personally)
            for found in search(desk.turn.reader, wanted, BY_ID_DOWN, limit=20):
                if desk.lacking(found) is not None:
                    continue
                sheet = desk.take(found.id)
                if taking.claim_if_ready(desk, sheet):
                    return desk.view(sheet)
        return None

    @change
    def start(self, actor: Actor, task_id: int) -> TaskView:
        """Begin to work on a task."""
        return self._operate(actor, task_id, Operation.START)

    @change
    def stop(self, actor: Actor, task_id: int) -> TaskView:
        """Lay a begun task aside, and keep it."""
        return self._operate(actor, task_id, Operation.STOP)

    @change
    def release(self, actor: Actor, task_id: int) -> TaskView:
        """Give a task back to all its potential owners."""
        return self._operate(actor, task_id, Operation.RELEASE)

    @change
    def suspend(self, actor: Actor, task_id: int) -> TaskView:
        """Let a task rest."""
        return self._operate(actor, task_id, Operation.SUSPEND)

    @change
    def resume(self, actor: Actor, task_id: int) -> TaskView:
        """Bring a suspended task back to where it was."""
        return self._operate(actor, task_id, Operation.RESUME)

    @change
    def delegate(self, actor: Actor, task_id: int, target: str) -> TaskView:
        """Hand a task to a user, reserved for them, or to a group."""
        return self._operate(actor, task_id, Operation.DELEGATE, target)

    @change
    def forward(self, actor: Actor, task_id: int, target: str) -> TaskView:
        """Offer a task to a user or group instead of the actor."""
        return self._operate(actor, task_id, Operation.FORWARD, target)

    @change
    def nominate(
        self, actor: Actor, task_id: int, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> TaskView:
        """Name the potential owners of a created task; unknown ones are left out."""
        users, groups = tuple(users), tuple(groups)
        if not users and not groups:
            raise Invalid("name at least one user or group to nominate")
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        directory = self.room.directory
        nominees = [Candidate(USER, name) for name in users if directory.exists_user(name)]
        nominees += [Candidate(GROUP, name) for name in groups if directory.exists_group(name)]
        if nominees:
            desk.do(sheet, Operation.NOMINATE, tuple(dict.fromkeys(nominees)))
            desk.save(sheet)
        else:
            taking.guarded(desk, sheet, require, Operation.NOMINATE)
        return desk.view(sheet)

    @change
    def complete(self, actor: Actor, task_id: int, output: Map = EMPTY) -> TaskView:
        """Finish a task with results; the process goes on in the same turn, or nothing happens."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        desk.do(sheet, Operation.COMPLETE)
        families.require_free(desk, sheet)
        taking.complete(desk, sheet, freeze_all(output))
        return desk.view(sheet)

    @change
    def ask_rules(self, actor: Actor, task_id: int, scope: str, data: Map = EMPTY) -> None:
        """Ask the rules of the task's unit whether something may be done with it.

        ``scope`` is ``addTask`` or ``completeTask``. Raises :class:`Rejected` with their reasons.
        """
        if scope not in (ruling.ADD, ruling.COMPLETE):
            raise Invalid(f"scope is {scope!r}, and neither addTask nor completeTask")
        ruling.ask(self.turn, scope, self._desk(actor).take(task_id).task, freeze_all(data))

    @change
    def fail(self, actor: Actor, task_id: int, faults: Map = EMPTY) -> TaskView:
        """Give a task up as failed; the process goes on without results."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        desk.do(sheet, Operation.FAIL)
        taking.fail(desk, sheet, freeze_all(faults))
        return desk.view(sheet)

    @change
    def skip(self, actor: Actor, task_id: int) -> TaskView:
        """Leave a task out, if it may be; the process goes on without results."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        desk.do(sheet, Operation.SKIP)
        desk.save(sheet)
        if sheet.task.wait_id is not None:
            desk.move(sheet, FailWait(sheet.task.wait_id))
        families.skipped(desk, sheet)
        families.ended(desk, sheet)
        return desk.view(sheet)

    @change
    def exit(self, actor: Actor, task_id: int) -> TaskView:
        """End a task from outside. The process is not continued: its work item stays open."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        desk.do(sheet, Operation.EXIT)
        desk.save(sheet)
        families.ended(desk, sheet)
        return desk.view(sheet)

    @query
    def uuid_of(self, actor: Actor, task_id: int) -> str:
        """The second half of a task's id, in whatever state it is; ``""`` if there is none."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            return repository.task_uuids(reader, (task_id,)).get(task_id, "")

    @query
    def variables(self, actor: Actor, task_id: int) -> Map:
        """The process's objects that are mapped into the task, or all if none is."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            found, _ = self._see(reader, actor, task_id)
            require_active(found, suspended_too=False)
            rows = load_instances(reader, (found.instance_id or 0,))
        held = from_row(rows[0], self.room.definitions) if rows else None
        wait = held.state.waits.get(found.wait_id or 0) if held else None
        if held is None or wait is None:
            return EMPTY
        return task_objects(held.definition, held.state, wait)

    # -- looking -----------------------------------------------------------------------------

    @query
    def get(self, actor: Actor, task_id: int) -> TaskView:
        """A task, in whatever state."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            found, people = self._see(reader, actor, task_id)
            return with_papers(reader, showing.views(reader, (found,), {task_id: people})[0])

    @query
    def content(self, actor: Actor, task_id: int) -> ContentView:
        """The input document of a task."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            found, _ = self._see(reader, actor, task_id)
            number = found.input_content_id
            row = repository.find_content(reader, number) if number else None
            if row is None:
                raise NotFound(f"task {task_id} has no document", reason="content")
            return showing.content_view(row)

    @query
    def content_by_id(self, actor: Actor, content_id: int) -> ContentView:
        """A document of a task by its own id."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            row = repository.find_content(reader, content_id)
            if row is None:
                raise _no_content(content_id)
            if row.task_id is not None:
                try:
                    self._see(reader, actor, row.task_id)
                except NotFound:
                    raise _no_content(content_id) from None
            return replace(showing.content_view(row), value=self._value(row))

    @query
    def query(
        self, actor: Actor, criteria: TaskCriteria, page: PageRequest = EVERYTHING
    ) -> Page[TaskView]:
        """Tasks by criteria, in ascending order of ids, as far as the actor may see them.

        Without paging the list is cut at a thousand.
        """
        self.room.access.check(actor, "task.query")
        limit = page.limit or UNPAGED_LIMIT
        with self.room.store.read() as reader:
            few = self._pick(reader, actor, criteria)
            if few is not None:
                found, people = few[0][page.offset :][:limit], few[1]
                total = len(few[0]) if page.counted else None
                return page.of(showing.views(reader, found, people), total)
            order = BY_ID_DOWN if criteria.descending else BY_ID
            wanted = lists.asked(self.room, actor, self._who(actor), criteria)
            who = self._who(actor)
            found = search(reader, wanted, order, offset=page.offset, limit=limit)
            many, people = len(found), repository.people_of(reader, [row.id for row in found])
            # The search goes by names: what an earlier namesake had is dropped row by row.
            found = picking.seen(found, people, self.room.access, reader, actor, who)
            total = count(reader, wanted) if page.counted else None
            return page.of(showing.views(reader, found, people), total, many)

    def foreseen_of(self, task_id: int) -> Foreseen | None:
        """What an operation on a task asks; nothing if this node knows it."""
        if self.room.executive.loaded.knows_task(task_id):
            return None
        return foreseeing.of_task(task_id)

    def foreseen(self, criteria: TaskCriteria) -> Foreseen | None:
        """What :meth:`query` asks for criteria, if they name few tasks."""
        return foreseeing.of_criteria(criteria) if self._may_pick(criteria) else None

    # -- inside ------------------------------------------------------------------------------

    def _may_pick(self, criteria: TaskCriteria) -> bool:
        return not (criteria.restricted or self.room.settings.jbpm_dialect == "M")

    def _pick(
        self, reader: Reader, actor: Actor, criteria: TaskCriteria
    ) -> tuple[list[TaskRow], Mapping[int, tuple[TaskPersonRow, ...]]] | None:
        """The answer to criteria that name few tasks by their ids; ``None`` for any others."""
        if not self._may_pick(criteria):
            return None
        found = picking.picked(reader, criteria)
        if found is None:
            return None
        people = repository.people_of(reader, [row.id for row in found])
        found = picking.fitting(found, people, criteria, self.room.directory)
        found = picking.seen(found, people, self.room.access, reader, actor, self._who(actor))
        return found, people


def _no_content(content_id: int) -> NotFound:
    return NotFound(f"Content '{content_id}' not found", reason="content")
