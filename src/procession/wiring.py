"""The one place where concrete classes meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from procession.bpmn.timer_expressions.business_zone import read_calendar, read_properties
from procession.core.live import LiveScripts
from procession.core.ports import (
    NOWHERE,
    Limits,
    Purpose,
    Script,
    ScriptEvaluator,
    ScriptScope,
)
from procession.errors import Invalid
from procession.history.projector import HistoryProjector
from procession.identity.directory import StoreDirectory
from procession.identity.properties import PropertiesFiles
from procession.identity.source import PeopleSource
from procession.identity.sources import Sources, plugged_in
from procession.runtime.clock import Clock
from procession.runtime.definitions import Definitions
from procession.runtime.executive import Executive
from procession.runtime.handlers import register_built_in
from procession.runtime.handlers.services import imported, method_bodies
from procession.runtime.jobs import Jobs
from procession.runtime.lanes import Room
from procession.runtime.projection import Projector
from procession.runtime.reactions import Reactions
from procession.runtime.waits import WaitsProjector
from procession.runtime.work_items import Handlers
from procession.runtime.worker import Worker
from procession.services.access import Access
from procession.services.deployments import DeploymentService
from procession.services.history import HistoryService
from procession.services.housekeeping import JOB as HOUSEKEEPING
from procession.services.housekeeping import Housekeeping
from procession.services.jobs import JobService
from procession.services.people import PeopleService
from procession.services.processes import ProcessService
from procession.services.rich_queries import RichQueryService
from procession.services.rules import RuleService
from procession.services.sessions import SessionService
from procession.services.task_lists import TaskListService
from procession.services.tasks import TaskService
from procession.services.tasks.escalating import Escalation
from procession.services.tasks.offering import own_policies
from procession.services.tasks.ruling import may_add
from procession.services.tasks.shelf import Shelf
from procession.services.work_items import WorkItemService
from procession.settings import Settings
from procession.store.opening import open_store
from procession.store.siblings import Siblings
from procession.tasks.cabinet import Cabinet
from procession.tasks.deadlines import JOB as DEADLINE
from procession.tasks.projector import TaskProjector

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.scripting.evaluator import Evaluator

E = TypeVar("E", bound="Engine")


def put_together(
    kind: type[E],
    database: str,
    settings: Settings,
    clock: Clock,
    *,
    threads: bool,
    exclusive: bool,
    siblings: Siblings | None = None,
) -> E:
    """Open the store and build an engine over it; where that fails the store is closed again."""
    zone = zone_of(settings)
    room = Room()
    room.settings = settings
    room.clock = clock
    room.store = open_store(database, create=True, exclusive=exclusive, siblings=siblings)
    room.store.patience.seconds = settings.query_seconds
    is_sole = exclusive and database.startswith("sqlite")
    try:
        return _furnish(kind, room, zone, threads, is_sole)
    except BaseException:
        room.store.close()
        raise


def _furnish(kind: type[E], room: Room, zone: tzinfo, threads: bool, is_sole: bool) -> E:
    """Build the engine over an open store."""
    settings = room.settings
    room.handlers = Handlers()
    room.commands = register_built_in(room.handlers, settings)
    room.handlers.load_entry_points()
    room.definitions = Definitions(room.store, _evaluator(room, zone), zone)
    room.directory = StoreDirectory(room.store, source=_people_from_elsewhere(settings))
    keep_for = timedelta(seconds=settings.message_keep_seconds)
    reactions = Reactions(room.definitions, room.handlers, keep_for)
    room.executive = _executive(room, reactions, zone, threads)
    room.access = Access(room, needs_rest_roles=settings.needs_rest_roles)
    room.shelf = Shelf()
    room.cabinet = Cabinet(settings.attachment_dir) if settings.attachment_dir else None
    room.policies = own_policies(settings)
    jobs = Jobs(room.executive, room.definitions, room.handlers, reactions, zone)
    jobs.also(DEADLINE, Escalation(room, zone).take_effect)
    housekeeping = Housekeeping(room)
    jobs.also(HOUSEKEEPING, housekeeping.take_effect)
    engine = kind(room, _worker(room, jobs, is_sole))
    engine.deployments = DeploymentService(room)
    engine.processes = ProcessService(room)
    engine.work_items = WorkItemService(room)
    engine.tasks = TaskService(room)
    engine.task_lists = TaskListService(room)
    engine.rich_queries = RichQueryService(room)
    engine.sessions = SessionService(room)
    engine.history = HistoryService(room)
    engine.jobs = JobService(room, jobs)
    engine.people = PeopleService(room)
    engine.rules = RuleService(room)
    engine.housekeeping = housekeeping
    room.actor = engine.people.actor
    room.store.listen(_hear(room))
    return engine


def _people_from_elsewhere(settings: Settings) -> Sources | None:
    """Files of people and the operator's own source, as far as the settings name any."""
    sources: list[PeopleSource] = []
    if settings.people_files:
        sources.append(PropertiesFiles(settings.people_files))
    if settings.people_source:
        place = settings.people_source
        sources.append(plugged_in(place, imported("people_source", place)))
    return Sources(sources) if sources else None


class _Evaluator:
    """The evaluator with the bodies of methods that the operator gave, loaded at the first text."""

    def __init__(self, zone: tzinfo, bodies: dict[str, Callable[..., Any]]) -> None:
        self._zone = zone
        self._bodies = bodies

    @cached_property
    def _real(self) -> Evaluator:
        from procession.scripting.evaluator import Evaluator

        real = Evaluator(zone=self._zone)
        real.bodies = self._bodies
        return real

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = NOWHERE
    ) -> Script:
        return self._real.compile(language, source, purpose, scope)

    @property
    def live(self) -> LiveScripts:
        return self._real.live


def _evaluator(room: Room, zone: tzinfo) -> ScriptEvaluator:
    room.methods = method_bodies(room.settings.methods)
    return _Evaluator(zone, room.methods)


def zone_of(settings: Settings) -> tzinfo:
    """The zone of the settings; with a business calendar only working time passes in it.

    Raises :class:`Invalid`.
    """
    zone = _named_zone("time_zone", settings.time_zone)
    if not settings.business_calendar:
        return zone
    try:
        text = Path(settings.business_calendar).read_text(encoding="utf-8")
        return read_calendar(
            read_properties(text), zone, lambda name: _named_zone("business.cal.timezone", name)
        )
    except (OSError, Invalid) as error:
        raise Invalid(f"wrong setting: business_calendar: {error}") from error


def _named_zone(setting: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(f"wrong setting: {setting}: there is no time zone {name!r}") from error


def _executive(room: Room, reactions: Reactions, zone: tzinfo, threads: bool) -> Executive:
    settings = room.settings
    projectors: list[Projector] = [
        WaitsProjector(room.handlers),
        TaskProjector(room, zone, may_add),
        HistoryProjector(settings.history_level, zone),
    ]
    return Executive(
        room.store,
        room.definitions,
        reactions,
        projectors,
        room.clock,
        limits=_limits(settings),
        zone=zone,
        batch_size=settings.batch_size,
        cached_instances=settings.cached_instances,
        threads=threads,
    )


def _worker(room: Room, jobs: Jobs, sole: bool) -> Worker:
    settings = room.settings
    return Worker(
        room.store,
        room.executive,
        jobs,
        room.clock,
        threads=settings.worker_threads,
        batch=settings.job_batch,
        lease=timedelta(seconds=settings.job_lease_seconds),
        poll=timedelta(seconds=settings.job_poll_seconds),
        sole=sole,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        records_per_step=settings.records_per_step,
        script_steps=settings.script_steps,
        script_cells=settings.script_cells,
        script_steps_per_turn=settings.script_steps_per_turn,
        script_text=settings.script_text,
        script_items=settings.script_items,
        script_depth=settings.script_depth,
        script_pattern_steps=settings.script_pattern_steps,
        rule_steps=settings.rule_steps,
        firings_per_turn=settings.firings_per_turn,
        signals_per_turn=settings.signals_per_turn,
        commands_per_turn=settings.commands_per_turn,
        rounds_per_step=settings.rounds_per_step,
    )


def _hear(room: Room) -> Any:
    """What other nodes tell: definitions and people are read anew, the worker looks for jobs."""

    def heard(channel: str, payload: str) -> None:
        if channel == "definitions":
            if payload:
                room.definitions.forget_one(*payload.split("\n", 1))
            else:
                room.definitions.forget()
                room.directory.forget()
            room.executive.between_turns(room.definitions.forget_current)
        elif channel == "identity":
            room.directory.forget()
        elif channel == "jobs":
            room.executive.wake_worker(room.clock.now())

    return heard
