"""Process instances: start, signal, message, variables, suspend, abort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from procession.core.commands import (
    AbortProcess,
    ResumeProcess,
    SetVariables,
    StartProcess,
    SuspendProcess,
)
from procession.core.graph import ProcessDefinition
from procession.core.item_types import check_object
from procession.core.state import InstanceState, InstanceStatus, WaitKind, root_variables
from procession.errors import NotFound, Rejected
from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.conditions import started_at
from procession.runtime.held import Held, from_row
from procession.runtime.lanes import Service, change, query
from procession.services import required_roles
from procession.services.access import person
from procession.services.paging import PageRequest
from procession.services.views import Page, ProcessInstanceView
from procession.store.codec import decode_state
from procession.store.hot import load_instances
from procession.store.repositories import history, jobs
from procession.store.repositories import instances as repository
from procession.store.rows import ProcessLogRow
from procession.values import EMPTY, Map, Value, freeze, freeze_all


class ProcessRef(msgspec.Struct, frozen=True):
    """Which process to start.

    jBPM: ``deployment`` and ``process_id``. ONEWEB: ``name``, ``app`` (artifact or
    ``group:artifact``), ``version`` (snapshot) and ``key`` (unique id or whole definition id);
    what is empty matches anything (``reference/oneweb-rest-api.md`` 2.1). With ``any_app`` the
    latest of a name is meant, whatever its application (2.2).
    """

    deployment: str | None = None
    process_id: str | None = None
    name: str | None = None
    app: str | None = None
    version: str | None = None
    key: str | None = None
    any_app: bool = False


class ProcessService(Service):
    """What may be done with process instances."""

    # -- changing ----------------------------------------------------------------------------

    @change
    def start(
        self,
        actor: Actor,
        ref: ProcessRef | str,
        variables: Map = EMPTY,
        *,
        correlation_key: str | None = None,
        facts: Sequence[Value] = (),
    ) -> ProcessInstanceView:
        """Start a process; answers when every token rests.

        ``facts`` are put into its rule session before. ``ref`` may be a process id: then the most
        recently deployed definition is used. Raises :class:`NotFound`, :class:`Rejected`
        (correlation key in use) and :class:`procession.errors.ExecutionFailure`, after which
        nothing has happened.
        """
        self.room.access.check(actor, "process.start")
        definition = self._definition(ref)
        required_roles.require(self.room, actor, definition.key.deployment)
        values = freeze_all(variables)
        if self._checks_types(ref):
            self._check_types(definition, values)
        command = StartProcess(
            values, started_by=person(actor), correlation_key=correlation_key or None
        )
        if correlation_key:
            taken = self.turn.reader.hot("instance_by_correlation_key", (correlation_key,))
            if taken:
                raise Rejected(f"{correlation_key} already exists", reason="correlation_key")
        return running_view(self.turn.start(definition, command, tuple(map(freeze, facts))))

    @change
    def evaluate_conditions(
        self, actor: Actor, variables: Map, *, deployment: str | None = None
    ) -> tuple[ProcessInstanceView, ...]:
        """Start an instance for each conditional start event that holds over the variables.

        They are the variables of each instance as well. Raises
        :class:`procession.errors.ExecutionFailure` if a condition or a process fails, after which
        nothing has happened.
        """
        self.room.access.check(actor, "process.start")
        values = freeze_all(variables)
        found = self.room.executive.reactions.conditions.that_hold(self.turn, values, deployment)
        if self.room.settings.variable_types == "check":
            for definition, _ in found:
                self._check_types(definition, values)
        started = [
            self.turn.start(definition, started_at(node, values, person(actor)))
            for definition, node in found
        ]
        return tuple(running_view(held) for held in started)

    @change
    def abort(self, actor: Actor, instance_id: int, *, deployment: str | None = None) -> None:
        """End an instance at once as aborted. Raises :class:`NotFound` if it is not running."""
        held = self._mine(actor, instance_id, deployment)
        self.turn.execute(AbortProcess(), instance_id=held.id)

    @change
    def signal(
        self,
        actor: Actor,
        name: str,
        value: Value = None,
        *,
        instance: int | None = None,
        deployment: str | None = None,
    ) -> int:
        """Send a signal to one instance, or to a deployment's instances and start events.

        Answers how many received it; an instance that is not running or not waiting is no error
        (``reference/jbpm-rest-api.md`` R07).
        """
        if instance is not None:
            try:
                self._mine(actor, instance, deployment)
            except NotFound:
                return 0
        else:
            self.room.access.check(actor, "process.act")
            required_roles.require(self.room, actor, deployment)
        delivery = self.room.executive.reactions.delivery
        return delivery.signal(
            self.turn,
            name,
            freeze(value),
            instance=instance,
            deployment=deployment,
            allowed=required_roles.reach(self.room, self.turn, actor),
        )

    @change
    def message(
        self,
        actor: Actor,
        name: str,
        key: str | None = None,
        value: Value = None,
        *,
        deployment: str | None = None,
    ) -> int:
        """Send a message; answers how many received it. Messages are not kept for later."""
        self.room.access.check(actor, "process.act")
        delivery = self.room.executive.reactions.delivery
        allowed = required_roles.reach(self.room, self.turn, actor)
        return delivery.message(
            self.turn, name, key, freeze(value), deployment=deployment, allowed=allowed
        )

    @change
    def set_variables(self, actor: Actor, instance_id: int, variables: Map) -> None:
        """Give process variables new values."""
        held = self._mine(actor, instance_id, None)
        values = freeze_all(variables)
        if self.room.settings.variable_types == "check":
            self._check_types(held.definition, values)
        self.turn.execute(SetVariables(values), instance_id=instance_id)

    @change
    def suspend(self, actor: Actor, instance_id: int) -> None:
        """Let an instance rest: it takes no signals and no completions until resumed."""
        self._mine(actor, instance_id, None)
        self.turn.execute(SuspendProcess(), instance_id=instance_id)

    @change
    def resume(self, actor: Actor, instance_id: int) -> None:
        """Let a suspended instance go on."""
        self._mine(actor, instance_id, None)
        self.turn.execute(ResumeProcess(), instance_id=instance_id)
        jobs.wake(self.turn.uow, instance_id, self.turn.now_ms)
        self.turn.wake_at(self.turn.now_ms)

    @change
    def activate(
        self, actor: Actor, instance_id: int, name: str, variables: Map = EMPTY
    ) -> ProcessInstanceView:
        """Begin an activity of an ad hoc scope by its name or id, as often as it is asked for.

        ``variables`` are its own while it is active. Raises :class:`Rejected` if the instance has
        no such activity, is suspended, or its scope is not active or takes no more.
        """
        held = self._mine(actor, instance_id, None)
        if held.state.status is InstanceStatus.SUSPENDED:
            raise Rejected(f"process instance {instance_id} is suspended; resume it first")
        delivery = self.room.executive.reactions.delivery
        if not delivery.activate(self.turn, instance_id, name, freeze_all(variables)):
            known = ", ".join(sorted(held.definition.ad_hoc_nodes)) or "none"
            raise Rejected(
                f"process instance {instance_id} has no {name!r} that may begin by its name now "
                f"(in its ad hoc scopes: {known})",
                reason="ad_hoc",
            )
        return running_view(self.turn.held(instance_id))

    # -- reading -----------------------------------------------------------------------------

    @query
    def get(
        self, actor: Actor, instance_id: int, *, deployment: str | None = None
    ) -> ProcessInstanceView:
        """A running instance. Raises :class:`NotFound` for ended and unknown ones alike."""
        with self.room.store.read() as reader:
            self._see(reader, actor, instance_id)
            found = self._load(reader, instance_id, deployment)
        required_roles.require(self.room, actor, found.deployment_id, "view")
        return found

    @query
    def last_known(self, actor: Actor, instance_id: int) -> ProcessInstanceView:
        """An instance, running or ended; an ended one as history remembers it."""
        with self.room.store.read() as reader:
            self._see(reader, actor, instance_id)
            try:
                return self._load(reader, instance_id, None)
            except NotFound:
                log = repository.last_known(reader, instance_id)
                if log is None:
                    raise
                return ended_view(log, Map(history.last_texts(reader, instance_id)))

    @query
    def variable(self, actor: Actor, instance_id: int, name: str) -> Value:
        """One variable of a running instance. Raises :class:`NotFound` if it has no value."""
        value = self.variables(actor, instance_id).get(name)
        if value is None:
            raise NotFound(
                f"process instance {instance_id} has no variable {name}", reason="variable"
            )
        return value

    @query
    def variables(self, actor: Actor, instance_id: int) -> Map:
        """The process variables of a running instance, with their types."""
        return self.get(actor, instance_id).variables

    @query
    def active(
        self, actor: Actor, deployment: str | None, page: PageRequest
    ) -> Page[ProcessInstanceView]:
        """Running instances, oldest first; in guarded mode those the actor may see."""
        with self.room.store.read() as reader:
            rows, total = repository.running(
                reader,
                deployment,
                self.room.access.instance_filter(actor),
                page.offset,
                page.limit,
            )
        definitions = self.room.definitions
        views = tuple(running_view(from_row(row, definitions)) for row in rows)
        return page.of(views, total)

    @query
    def diagram(self, actor: Actor, instance_id: int) -> str:
        """The diagram of a running instance as SVG, with what is active marked."""
        from procession.bpmn.diagram.rendering import render

        with self.room.store.read() as reader:
            self._see(reader, actor, instance_id)
            rows = load_instances(reader, (instance_id,))
            if not rows:
                raise NotFound(_not_running(instance_id), reason="instance")
            row = rows[0]
            place = reader.hot("definition", (row.revision, row.process_id))
            source = reader.hot("resource", (row.revision, place[0][7]))
            visited = repository.visited_nodes(reader, instance_id)
        state, _ = decode_state(row.state)
        active = {e.node for e in state.elements.values() if e.node}
        done = visited - active
        return render(bytes(source[0][0]), row.process_id, active=active, done=done)

    # -- inside ------------------------------------------------------------------------------

    def _definition(self, ref: ProcessRef | str) -> ProcessDefinition:
        definitions = self.room.definitions
        if isinstance(ref, str):
            return definitions.latest(ref)
        if ref.deployment and ref.process_id:
            return definitions.current(ref.deployment, ref.process_id)
        if ref.process_id:
            return definitions.latest(ref.process_id)
        if ref.any_app and ref.name:
            return definitions.named(ref.name, None)
        return definitions.identified(ref.name, ref.app, ref.version, ref.key)

    def _mine(self, actor: Actor, instance_id: int, deployment: str | None) -> Held:
        self.room.access.check(actor, "process.act")
        if not self.room.access.moves_instance(self.turn.reader, actor, instance_id):
            raise NotFound(_not_running(instance_id), reason="instance")
        held = self.turn.held(instance_id)
        if deployment is not None and held.definition.key.deployment != deployment:
            raise NotFound(_not_running(instance_id), reason="instance")
        required_roles.require(self.room, actor, held.definition.key.deployment)
        return held

    def _see(self, reader: Any, actor: Actor, instance_id: int) -> None:
        if not self.room.access.sees_instance(reader, actor, instance_id):
            raise NotFound(_not_running(instance_id), reason="instance")

    def _load(self, reader: Any, instance_id: int, deployment: str | None) -> ProcessInstanceView:
        rows = load_instances(reader, (instance_id,))
        if not rows or (deployment is not None and rows[0].deployment_id != deployment):
            raise NotFound(_not_running(instance_id), reason="instance")
        return running_view(from_row(rows[0], self.room.definitions))

    def _checks_types(self, ref: ProcessRef | str) -> bool:
        """The ONEWEB door always checks (``reference/rulings.md`` 9)."""
        by_name = isinstance(ref, ProcessRef) and not ref.process_id
        return by_name or self.room.settings.variable_types == "check"

    def _check_types(self, definition: ProcessDefinition, values: Map) -> None:
        declared = definition.variables.get("", EMPTY)
        objects = definition.attributes.get("business_objects", EMPTY)
        for name, value in values.items():
            if name in objects:
                check_object(name, objects[name], value)
            elif name in declared and declared[name].structure in objects:
                check_object(name, objects[declared[name].structure], value)
            elif name in declared:
                declared[name].check(value)


def running_view(held: Held) -> ProcessInstanceView:
    """A living instance, or one that ended in this very turn."""
    state, definition = held.state, held.definition
    return ProcessInstanceView(
        id=held.id,
        uuid=held.uuid,
        process_id=definition.id,
        process_name=definition.name or definition.id,
        process_version=definition.version,
        deployment_id=definition.key.deployment,
        state=int(state.status),
        parent_id=state.caller.instance if state.caller else 0,
        root_id=held.root_id,
        correlation_key=state.correlation_key,
        outcome=state.outcome,
        started_by=state.started_by,
        started_at=from_ms(held.started_at),
        event_types=event_types(state),
        variables=root_variables(state),
    )


def ended_view(log: ProcessLogRow, variables: Map) -> ProcessInstanceView:
    """An instance as history remembers it; its variables are texts."""
    return ProcessInstanceView(
        id=log.instance_id,
        uuid=log.uuid,
        process_id=log.process_id,
        process_name=log.process_name,
        process_version=log.process_version,
        deployment_id=log.deployment_id,
        state=log.status,
        parent_id=log.parent_id or 0,
        root_id=log.root_id,
        correlation_key=log.correlation_key,
        outcome=log.outcome,
        started_by=log.identity,
        started_at=from_ms(log.started_at),
        ended_at=from_ms(log.ended_at) if log.ended_at is not None else None,
        variables=variables,
    )


def event_types(state: InstanceState) -> tuple[str, ...]:
    """Signals and messages the instance waits for, in jBPM's spelling, each once."""
    names: dict[str, None] = {}
    for wait in state.waits.values():
        if wait.kind is WaitKind.SIGNAL and wait.name:
            names[wait.name] = None
        elif wait.kind is WaitKind.MESSAGE and wait.name:
            names[f"Message-{wait.name}"] = None
    return tuple(names)


def _not_running(instance_id: int) -> str:
    return f"process instance {instance_id} could not be found: unknown, ended, or not yours"
