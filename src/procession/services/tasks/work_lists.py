"""Tasks in the manner of work lists: candidates, one call to finish, what somebody has to do.

The calls of ``reference/oneweb-rest-api.md`` 3.3 to 3.6 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from procession.identity.model import Actor
from procession.runtime.lanes import change, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.tasks import offering, showing, taking
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import Page, TaskView
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_conditions import Condition
from procession.store.repositories.task_walks import search_and_count
from procession.store.repositories.task_ways import BY_URGENCY
from procession.store.store import Reader
from procession.tasks.people import has_part
from procession.values import EMPTY, Map, freeze_all


class WorkLists(Deskwork):
    """Part of :class:`procession.services.tasks.TaskService`."""

    @change
    def unclaim(self, actor: Actor, task_id: int) -> TaskView:
        """Give a claimed task back: who it was offered to before is offered it again."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        taking.give_back(desk, sheet)
        desk.save(sheet)
        return desk.view(sheet)

    @change
    def finish(self, actor: Actor, task_id: int, objects: Map = EMPTY) -> TaskView:
        """Claim, start and complete in one; the objects are merged into those of the process."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        taking.finish(desk, sheet, freeze_all(objects))
        return desk.view(sheet)

    @change
    def assign(
        self,
        actor: Actor,
        task_id: int,
        users: Iterable[str] = (),
        roles: Iterable[str] = (),
        groups: Iterable[str] = (),
    ) -> TaskView:
        """Replace the candidates of a task. Assigning is not claiming."""
        desk = self._desk(actor)
        candidates = offering.candidates(desk, tuple(users), tuple(roles), tuple(groups))
        sheet = desk.take(task_id)
        offering.assign(desk, sheet, candidates)
        return desk.view(sheet)

    @change
    def assign_instance(
        self,
        actor: Actor,
        instance_id: int,
        users: Iterable[str] = (),
        roles: Iterable[str] = (),
        groups: Iterable[str] = (),
    ) -> int:
        """Replace the candidates of every active task of an instance and of what it called."""
        desk = self._desk(actor)
        candidates = offering.candidates(desk, tuple(users), tuple(roles), tuple(groups))
        return offering.assign_instance(desk, instance_id, candidates)

    @query
    def work_list(
        self,
        actor: Actor,
        users: Sequence[str] = (),
        roles: Sequence[str] = (),
        groups: Sequence[str] = (),
        page: PageRequest = EVERYTHING,
    ) -> Page[TaskView]:
        """What users have claimed or could claim, and what is offered to roles and groups.

        The union; without any name, the actor's own. Reading what concerns others needs
        membership, or to see everything.
        """
        self.room.access.check(actor, "task.query")
        who = self._who(actor)
        users = users if users or roles or groups else (who.name,)
        offering.check_reading(self.room, actor, who, users, roles, groups)
        with self.room.store.read() as reader:
            wanted = offering.work_list(reader, self.room.directory, users, roles, groups)
            return self._list(reader, wanted, page)

    @query
    def of_instance(
        self,
        actor: Actor,
        instance_id: int,
        page: PageRequest = EVERYTHING,
        *,
        uuid: str | None = None,
    ) -> Page[TaskView]:
        """The active tasks of an instance and of what it called; none if it has ended.

        Given the ``uuid`` of the instance, :class:`NotFound` if it is another's.
        """
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            reader.ahead(*repository.asked_of_instance(instance_id))
            found = repository.active_of_family(reader, instance_id)
            people = repository.people_of(reader, [row.id for row in found])
            who = self._who(actor)
            is_seen = any(has_part(row, people[row.id], who) for row in found)
            offering.check_instance(self.room, reader, actor, instance_id, is_seen=is_seen)
            found.sort(key=lambda row: (-row.priority, row.created_at, row.id))
            cut = found[page.offset :][: page.limit]
            known = repository.instance_uuids(reader, (instance_id,))
            if uuid is not None and known.get(instance_id) != uuid:
                raise offering.no_instance(instance_id)
            shown = showing.views(reader, cut, people, known)
            return Page(shown, len(found), page.number, page.size)

    def _list(
        self, reader: Reader, wanted: Sequence[Condition], page: PageRequest
    ) -> Page[TaskView]:
        found, total = search_and_count(
            reader, wanted, BY_URGENCY, offset=page.offset, limit=page.limit
        )
        return Page(showing.views(reader, found), total, page.number, page.size)
