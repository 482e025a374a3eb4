"""Engine: a store, the services over it, and nothing global. The library's front door.

::

    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, "org.acme:hotel:1.0", {"booking.bpmn": xml})
        instance = engine.processes.start(engine.admin, "booking", {"nights": 2})
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from procession.identity.model import SYSTEM, Actor
from procession.runtime.clock import Clock, SystemClock
from procession.runtime.work_items import Mode, WorkItem
from procession.settings import Settings

if TYPE_CHECKING:
    from procession.runtime.lanes import Room
    from procession.runtime.worker import Worker
    from procession.services.access import Access
    from procession.services.deployments import DeploymentService
    from procession.services.history import HistoryService
    from procession.services.housekeeping import Housekeeping
    from procession.services.jobs import JobService
    from procession.services.people import PeopleService
    from procession.services.processes import ProcessService
    from procession.services.rich_queries import RichQueryService
    from procession.services.rules import RuleService
    from procession.services.sessions import SessionService
    from procession.services.task_lists import TaskListService
    from procession.services.tasks import TaskService
    from procession.services.work_items import WorkItemService
    from procession.store.siblings import Siblings


class Engine:
    """The services of one store. As many engines in one process as you like."""

    deployments: DeploymentService
    processes: ProcessService
    work_items: WorkItemService
    tasks: TaskService
    task_lists: TaskListService
    rich_queries: RichQueryService
    sessions: SessionService
    history: HistoryService
    jobs: JobService
    people: PeopleService
    rules: RuleService
    housekeeping: Housekeeping
    access: Access

    def __init__(self, room: Room, worker: Worker) -> None:
        """Use :meth:`open`; the parts are put together in ``wiring.py``."""
        self.room = room
        self.settings = room.settings
        self.directory = room.directory
        self.executive = room.executive
        self.access = room.access
        self.admin: Actor = SYSTEM
        self._worker = worker

    @classmethod
    def open(
        cls,
        database: str = "sqlite://",
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
        threads: bool = True,
        exclusive: bool = False,
        siblings: Siblings | None = None,
    ) -> Self:
        """Open a store, creating its tables if it is empty.

        ``database`` is ``sqlite://`` (in memory), ``sqlite:///file`` or ``postgresql://…``. With
        ``threads=False`` everything happens in the calling thread. ``exclusive`` claims a SQLite
        file for this process alone, as a server does; ``siblings`` are the other processes of the
        same server. Raises
        :class:`procession.errors.StoreFault` if the database cannot be used.
        """
        from procession.wiring import put_together

        return put_together(
            cls,
            database,
            settings or Settings(),
            clock or SystemClock(),
            threads=threads,
            exclusive=exclusive,
            siblings=siblings,
        )

    def handler(
        self,
        name: str,
        *,
        mode: Mode | str = Mode.INLINE,
        may_block: bool = False,
        retries: int = 3,
        time_limit: float = 30.0,
    ) -> Callable[[Callable[[WorkItem], Any]], Callable[[WorkItem], Any]]:
        """Decorator: the function carries out work items of that name.

        ``name`` is a work item name, or ``Interface/Operation`` of a service task. An inline
        handler that ``may_block`` runs apart from the others' work, at most ``time_limit`` seconds.
        """

        def register(function: Callable[[WorkItem], Any]) -> Callable[[WorkItem], Any]:
            self.room.handlers.register(
                name,
                function,
                mode=mode,
                may_block=may_block,
                retries=retries,
                time_limit=time_limit,
            )
            return function

        return register

    def service(
        self, interface: str, target: Any, *, mode: Mode | str = Mode.INLINE, retries: int = 3
    ) -> None:
        """Python in place of the interface a service task names: ``com.example.Hello``.

        ``target`` is a function, or an object whose method of the operation's name is called with
        the task's ``Parameter``. ``com.example.Hello/hello`` speaks of one operation.
        """
        from procession.runtime.handlers import service_name
        from procession.runtime.handlers.services import Service

        handler = Service(interface, lambda: target)
        self.room.handlers.register(
            service_name(interface), handler, mode=mode, may_block=True, retries=retries
        )

    def command(self, name: str) -> Callable[[Callable[[WorkItem], Any]], Any]:
        """Decorator: the function is what asynchronous tasks call by that ``CommandClass``."""

        def register(function: Callable[[WorkItem], Any]) -> Callable[[WorkItem], Any]:
            self.room.commands.register(name, lambda: function)
            return function

        return register

    def method(self, name: str) -> Callable[[Callable[..., Any]], Any]:
        """Decorator: the body of a method of a model's own class, ``com.example.Person.fullName``.

        It is given the fields as a dictionary (what it changes there is set) and the arguments. It
        runs inside of the step: it may neither wait nor reach for anything outside.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.room.methods[name] = function
            return function

        return register

    def worker(self) -> Worker:
        """The worker that carries out timers and jobs; ``.start()`` puts it to work."""
        return self._worker

    def run_due_jobs(self) -> int:
        """Carry out everything that is due now, in this thread; how many jobs were run."""
        return self._worker.run_due()

    def close(self) -> None:
        """Finish what is in hand and let go of the database."""
        self._worker.stop()
        self.executive.close()
        self.room.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
