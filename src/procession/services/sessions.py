"""Sessions, as jBPM's clients know them: their numbers, their globals, instances by their keys.

A deployment runs as if it had one session for ever, one for each request or one for each process
instance, as its strategy says (``reference/jbpm-rest-api.md`` 6.2). What is kept of a session are
its globals and its facts, which outlive the engine: see ``runtime/rule_sessions.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Final

from procession.errors import Denied, NotFound
from procession.identity.model import Actor
from procession.runtime.held import from_row
from procession.runtime.lanes import Room, Service, change, query
from procession.services.processes import running_view
from procession.services.views import ProcessInstanceView
from procession.store.hot import load_instances
from procession.store.repositories import deployments as repository
from procession.store.rows import ProcessInstanceRow
from procession.values import Value, freeze

if TYPE_CHECKING:
    from procession.runtime.rule_sessions import RuleSession

SINGLETON: Final = "SINGLETON"
PER_REQUEST: Final = "PER_REQUEST"


class SessionService(Service):
    """What is asked of a session rather than of an instance or a task."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._requests = count(2)

    @query
    def number(self, actor: Actor, deployment: str, instance: int | None = None) -> int:
        """The number of the session: 1 for ever, another each time, or that of its instance."""
        self.room.access.check(actor, "process.read")
        strategy = self._unit(deployment).strategy
        if strategy == SINGLETON:
            return 1
        if strategy == PER_REQUEST or instance is None:
            return next(self._requests)
        self._running(actor, instance, deployment)
        return instance

    @change
    def global_value(
        self, actor: Actor, deployment: str, name: str, instance: int | None = None
    ) -> Value:
        """A global of the session; ``None`` if it was not set."""
        self.room.access.check(actor, "process.read")
        return self._session(actor, deployment, instance).global_value(name)

    @change
    def set_global(
        self, actor: Actor, deployment: str, name: str, value: Value, instance: int | None = None
    ) -> None:
        """Set a global of the session; with a session for each request nobody ever sees it.

        What a whole deployment shares is for who manages processes, or for everybody in compat
        mode. Raises :class:`Denied`.
        """
        self._writable(actor, deployment, instance).set_global(name, freeze(value))

    # -- facts and rules ---------------------------------------------------------------------

    @change
    def count_facts(self, actor: Actor, deployment: str, instance: int | None = None) -> int:
        """How many facts the session has."""
        self.room.access.check(actor, "process.read")
        return self._session(actor, deployment, instance).memory.count()

    @change
    def insert(
        self,
        actor: Actor,
        deployment: str,
        values: Sequence[Value],
        instance: int | None = None,
        *,
        entry_point: str = "DEFAULT",
    ) -> tuple[int, ...]:
        """Put facts into the session; their handles."""
        session = self._writable(actor, deployment, instance)
        return tuple(session.memory.insert(freeze(value), entry_point) for value in values)

    @change
    def update(
        self, actor: Actor, deployment: str, handle: int, value: Value, instance: int | None = None
    ) -> None:
        """Give a fact another value. Raises :class:`NotFound`."""
        self._writable(actor, deployment, instance).memory.update(handle, freeze(value))

    @change
    def delete(
        self, actor: Actor, deployment: str, handle: int, instance: int | None = None
    ) -> None:
        """Take a fact out. Raises :class:`NotFound`."""
        self._writable(actor, deployment, instance).memory.delete(handle)

    @change
    def fire(
        self,
        actor: Actor,
        deployment: str,
        instance: int | None = None,
        *,
        limit: int = -1,
        group: str = "",
    ) -> tuple[str, ...]:
        """Fire what is on the agenda, of a ruleflow group if one is named; the rules that fired."""
        from procession.runtime.rule_sessions import fire_alone

        session = self._writable(actor, deployment, instance)
        if group:
            session.memory.activate_ruleflow_group(group)
        firings = fire_alone(self.turn, session, limit)
        return tuple(fired.rule for fired in firings.fired)

    @query
    def instance_by_key(
        self, actor: Actor, key: str, deployment: str | None = None
    ) -> ProcessInstanceView:
        """The running instance of a correlation key. Raises :class:`NotFound`."""
        self.room.access.check(actor, "process.read")
        with self.room.store.read() as reader:
            rows = reader.hot("instance_by_correlation_key", (key,))
            found = ProcessInstanceRow(*rows[0]) if rows else None
            if (
                found is None
                or (deployment is not None and found.deployment_id != deployment)
                or not self.room.access.sees_instance(reader, actor, found.id)
            ):
                raise NotFound(f"no running instance has the key {key[:200]!r}", reason="instance")
        return running_view(from_row(found, self.room.definitions))

    # -- inside ------------------------------------------------------------------------------

    def _unit(self, deployment: str) -> repository.Unit:
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment)
        if unit is None:
            raise NotFound(f"deployment {deployment} could not be found", reason="deployment")
        return unit

    def _session(self, actor: Actor, deployment: str, instance: int | None) -> RuleSession:
        unit = self._unit(deployment)
        root = 0
        if unit.strategy not in (SINGLETON, PER_REQUEST) and instance is not None:
            self._running(actor, instance, deployment)
            root = self.turn.held(instance).root_id
        sessions = self.turn.executive.loaded.rule_sessions
        if root == 0 and unit.strategy != SINGLETON:
            return sessions.passing(self.turn, deployment, unit.revision)
        return sessions.session(self.turn, deployment, unit.revision, root)

    def _writable(self, actor: Actor, deployment: str, instance: int | None) -> RuleSession:
        access = self.room.access
        access.check(actor, "process.act")
        session = self._session(actor, deployment, instance)
        if instance is not None and not access.moves_instance(self.turn.reader, actor, instance):
            raise Denied(f"{actor.name} has no part in process instance {instance}")
        is_shared = session.is_kept and not session.key[1]
        if is_shared and access.mode != "compat" and not access.manages_processes(actor):
            raise Denied(f"{actor.name} may not change the session of {deployment}")
        session.has_changed = True
        return session

    def _running(self, actor: Actor, instance: int, deployment: str) -> None:
        with self.room.store.read() as reader:
            found = load_instances(reader, (instance,))
            is_seen = self.room.access.sees_instance(reader, actor, instance)
        if not found or not is_seen or found[0].deployment_id != deployment:
            raise NotFound(f"process instance {instance} could not be found", reason="instance")
