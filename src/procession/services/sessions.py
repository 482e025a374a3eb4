"""Sessions, as jBPM's clients know them: their numbers, their globals, instances by their keys.

There are no sessions here (``reference/jbpm-rest-api.md`` 6.2): a deployment runs as if it had one
for ever, one for each request or one for each process instance, as its strategy says. Globals live
as long as the engine, as they did in the original, and are gone with it.
"""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import Final

from procession.errors import Denied, Invalid, NotFound
from procession.identity.model import Actor
from procession.runtime.held import from_row
from procession.runtime.lanes import Room, Service, query
from procession.services.processes import running_view
from procession.services.views import ProcessInstanceView
from procession.store.hot import load_instances
from procession.store.repositories import deployments as repository
from procession.store.rows import ProcessInstanceRow
from procession.values import Map, Value, freeze

SINGLETON: Final = "SINGLETON"
PER_REQUEST: Final = "PER_REQUEST"
MOST_GLOBALS: Final = 1_000
MOST_SESSIONS: Final = 10_000


class SessionService(Service):
    """What is asked of a session rather than of an instance or a task."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._globals: dict[tuple[str, int], dict[str, Value]] = {}
        self._requests = count(2)
        self._lock = Lock()

    @query
    def number(self, actor: Actor, deployment: str, instance: int | None = None) -> int:
        """The number of the session: 1 for ever, another each time, or that of its instance."""
        self.room.access.check(actor, "process.read")
        strategy = self._strategy(deployment)
        if strategy == SINGLETON:
            return 1
        if strategy == PER_REQUEST or instance is None:
            return next(self._requests)
        self._running(actor, instance, deployment)
        return instance

    @query
    def global_value(
        self, actor: Actor, deployment: str, name: str, instance: int | None = None
    ) -> Value:
        """A global of the session; ``None`` if it was not set."""
        self.room.access.check(actor, "process.read")
        key = self._key(actor, deployment, instance)
        return None if key is None else self._globals.get(key, {}).get(name)

    @query
    def set_global(
        self, actor: Actor, deployment: str, name: str, value: Value, instance: int | None = None
    ) -> None:
        """Set a global of the session; with a session for each request nobody ever sees it.

        What a whole deployment shares is for who manages processes, or for everybody in compat
        mode. Raises :class:`Denied`.
        """
        access = self.room.access
        access.check(actor, "process.act")
        key = self._key(actor, deployment, instance)
        if key is None:
            return
        if not key[1] and access.mode != "compat" and not access.manages_processes(actor):
            raise Denied(f"{actor.name} may not set the globals of {deployment}")
        with self._lock:
            kept = self._globals.setdefault(key, {})
            if len(self._globals) > MOST_SESSIONS:
                del self._globals[next(iter(self._globals))]
            if name not in kept and len(kept) >= MOST_GLOBALS:
                raise Invalid(f"a session may have {MOST_GLOBALS} globals")
            kept[name] = freeze(value)

    def globals_of(self, deployment: str) -> Map:
        """The globals of a deployment's one session."""
        return Map(self._globals.get((deployment, 0), {}))

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

    def _strategy(self, deployment: str) -> str:
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment)
        if unit is None:
            raise NotFound(f"deployment {deployment} could not be found", reason="deployment")
        return unit.strategy

    def _key(self, actor: Actor, deployment: str, instance: int | None) -> tuple[str, int] | None:
        """Where a session's globals are kept; ``None``: nowhere."""
        strategy = self._strategy(deployment)
        if strategy == SINGLETON:
            return deployment, 0
        if strategy == PER_REQUEST or instance is None:
            return None
        self._running(actor, instance, deployment)
        return deployment, instance

    def _running(self, actor: Actor, instance: int, deployment: str) -> None:
        with self.room.store.read() as reader:
            found = load_instances(reader, (instance,))
            is_seen = self.room.access.sees_instance(reader, actor, instance)
        if not found or not is_seen or found[0].deployment_id != deployment:
            raise NotFound(f"process instance {instance} could not be found", reason="instance")
