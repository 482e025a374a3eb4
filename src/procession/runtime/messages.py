"""Messages: who receives one, and what becomes of one that nobody receives.

BPMN 2.0.2, 8.4.2 and 9.3; ``reference/rulings.md`` 5. A message with a key goes to the one instance
that waits with it; without a key it goes to all who wait, except that of instances which correlate
the message it reaches one. Who waits goes before who would be started by it. A message thrown where
message flows begin goes only where they lead.

Nothing that a process sends is lost in silence. If nobody receives it, it becomes a job
``message``: one that can tell its receiver, by a key or a message flow, is kept and tried again for
``keep_for``, and at once when an instance begins to wait for it here; what is left then, and what
goes by its name alone, is an incident. Trying that job again delivers the message if by now
somebody waits. A sender at a door is told how many received it, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import update

from procession.core import correlation
from procession.core.commands import StartProcess
from procession.core.graph import MessageRoute, ProcessDefinition
from procession.core.state import Wait, WaitKind
from procession.errors import NotFound, Rejected
from procession.runtime.definitions import Definitions
from procession.store.codec import decode_value, encode_value
from procession.store.rows import IncidentRow, JobRow
from procession.store.tables import job as job_table
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.runtime.delivery import Delivery
    from procession.runtime.held import Held
    from procession.runtime.turn import Turn

KIND: Final = "message"
"""The kind of job that holds a message nobody has received."""

PAUSES: Final = (1, 2, 4, 8, 15, 30, 60)
"""Seconds between one try of a kept message and the next; the last again and again."""

Routes = Sequence[MessageRoute]


class Reach(msgspec.Struct, frozen=True):
    """What a sender may reach: instances by number, and units whose processes would begin."""

    instance: Callable[[int], bool]
    unit: Callable[[str], bool]


class Messages:
    """Brings messages to their receivers, as part of a turn."""

    def __init__(self, definitions: Definitions, delivery: Delivery, keep_for: timedelta) -> None:
        self._definitions = definitions
        self._delivery = delivery
        self._keep_for = keep_for
        self._kept: set[str] = set()

    def send(
        self,
        turn: Turn,
        name: str,
        key: str | None,
        value: Value,
        *,
        deployment: str | None = None,
        allowed: Reach | None = None,
    ) -> int:
        """A message from outside; how many received it. A key that is given must be the wait's."""
        receivers = []
        hint = None if key is not None else self._told(turn, name, value)
        if hint is not None:
            receivers = self._receivers(turn, name, hint, value, deployment, (), strict=False)
        if not receivers or receivers[0][1].key is None:
            receivers = self._receivers(turn, name, key, value, deployment, (), strict=True)
        if allowed is not None:
            receivers = [pair for pair in receivers if allowed.instance(pair[0])]
        return self._bring(turn, name, key, value, receivers, deployment, (), allowed)

    def thrown(
        self,
        turn: Turn,
        held: Held,
        names: Sequence[str],
        key: str | None,
        value: Value,
        node: str,
    ) -> None:
        """A message that a process sent from a node, under any of its names.

        Message flows that all lead outside say that nobody here need get it.
        """
        deployment = held.definition.key.deployment
        drawn = held.definition.message_routes.get(node, ())
        routes = tuple(route for route in drawn if route.process)
        found = 0
        for name in names:
            found += self._again(turn, name, key, value, deployment, routes)
        if names and not found and (routes or not drawn):
            self._nobody(turn, held, names[0], key, value, node)

    def _nobody(
        self, turn: Turn, held: Held, name: str, key: str | None, value: Value, node: str
    ) -> None:
        """Keep a message that found no receiver, or report it at once."""
        definition = held.definition
        routes = definition.message_routes.get(node, ())
        until = turn.now_ms
        if key is not None or routes:
            until += int(self._keep_for.total_seconds() * 1000)
        payload = Map(
            {
                "name": name,
                "key": key,
                "value": value,
                "node": node,
                "process": definition.id,
                "until": until,
                "tries": 0,
            }
        )
        place = (held.root_id, held.id, definition.key.deployment, definition.key.revision)
        self._put(turn, place, payload)

    def retry(self, turn: Turn, job: JobRow) -> None:
        """Try to deliver a message once more; its job is done, and another one may follow."""
        kept = decode_value(job.payload)
        deployment = job.deployment_id or ""
        routes: Routes = ()
        try:
            sender = self._definitions.get(deployment, kept["process"], job.revision or 0)
            routes = sender.message_routes.get(kept["node"], ())
        except NotFound:
            pass  # the unit is gone: by its name, then
        routes = tuple(route for route in routes if route.process)
        if self._again(turn, kept["name"], kept["key"], kept["value"], deployment, routes):
            return
        if job.failures:
            raise Rejected(_text(kept))
        place = (job.root_id, job.instance_id, deployment, job.revision)
        self._put(turn, place, kept.with_items({"tries": kept["tries"] + 1}))

    def awaited(self, turn: Turn, name: str | None) -> None:
        """An instance began to wait for a message: one that is kept is tried at once."""
        if name in self._kept:
            kept = update(job_table).where(job_table.c.kind == KIND, job_table.c.topic == name)
            kept = kept.where(job_table.c.state == "ready", job_table.c.lease_until.is_(None))
            turn.uow.execute(kept.values(due_at=turn.now_ms))
            turn.wake_at(turn.now_ms)

    # -- inside ------------------------------------------------------------------------------

    def _again(
        self, turn: Turn, name: str, key: str | None, value: Value, deployment: str, routes: Routes
    ) -> int:
        where = deployment if routes else None
        receivers = self._receivers(turn, name, key, value, where, routes, strict=False)
        return self._bring(turn, name, key, value, receivers, where, routes)

    def _told(self, turn: Turn, name: str, value: Value) -> str | None:
        """The key that a payload tells to those who wait, so that not all of them are looked at."""
        for row in turn.reader.hot("waits_by_name", (int(WaitKind.MESSAGE), name)):
            if row[6] is not None:
                try:
                    definition = turn.held(row[0]).definition
                except NotFound:
                    continue
                return correlation.told(definition, name, value, turn.now, turn.limits)
        return None

    def _bring(
        self,
        turn: Turn,
        name: str,
        key: str | None,
        value: Value,
        receivers: list[tuple[int, Wait]],
        deployment: str | None,
        routes: Routes,
        allowed: Reach | None = None,
    ) -> int:
        if receivers:
            found = self._delivery.deliver(turn, receivers, value)
            if found:
                return found
        starts = [
            (definition, node)
            for definition, node in self._delivery.starts(WaitKind.MESSAGE, name, deployment)
            if _leads(routes, definition, node)
            and (allowed is None or allowed.unit(definition.key.deployment))
        ]
        for definition, node in starts:
            command = StartProcess(start_event=node, payload=value, trigger=(KIND, name, key))
            turn.start(definition, command)
        return len(starts)

    def _receivers(
        self,
        turn: Turn,
        name: str,
        key: str | None,
        value: Value,
        deployment: str | None,
        routes: Routes,
        *,
        strict: bool,
    ) -> list[tuple[int, Wait]]:
        """Who waits for the message and whom it fits; one only if it is correlated."""
        found: list[tuple[int, Wait]] = []
        one = None
        for instance, wait in turn.waits(WaitKind.MESSAGE, name, deployment=deployment, key=key):
            held = turn.held(instance)
            if not _leads(routes, held.definition, wait.handler):
                continue
            is_correlated = name in held.definition.keys_of_message
            if key is not None and strict:
                fits = wait.key == key
            elif is_correlated:
                fits = correlation.fits(
                    held.definition, held.state, name, wait.key, value, turn.now, turn.limits
                )
            else:
                fits = key is None or wait.key is None or wait.key == key
            if not fits or not turn.is_waiting(instance, wait.id):
                continue
            if wait.key is not None and (is_correlated or key is not None):
                return [(instance, wait)]
            found.append((instance, wait))
            if one is None and is_correlated:
                one = (instance, wait)
        if one is not None:
            return [one]
        return found[:1] if key is not None else found

    def _put(
        self,
        turn: Turn,
        place: tuple[int | None, int | None, str, int | None],
        kept: Map,
    ) -> None:
        """Store a message as a job: due when it is tried next, or failed with an incident."""
        root, instance, deployment, revision = place
        tries = kept["tries"]
        due = min(turn.now_ms + PAUSES[min(tries, len(PAUSES) - 1)] * 1000, kept["until"])
        is_kept = due > turn.now_ms
        row = JobRow(
            turn.next_id("job"),
            KIND,
            kept["name"],
            root,
            instance,
            None,
            deployment,
            revision,
            due,
            "ready" if is_kept else "failed",
            1 if is_kept else 0,
            0 if is_kept else 1,
            None,
            None,
            None if is_kept else _text(kept),
            encode_value(kept),
        )
        turn.uow.insert(row)
        if is_kept:
            self._kept.add(kept["name"])
            turn.wake_at(due)
        else:
            turn.uow.insert(_incident(row, kept, turn.now_ms))


def _leads(routes: Routes, definition: ProcessDefinition, node: str) -> bool:
    """Whether message flows lead to a node; without any, every node will do."""
    return not routes or any(
        route.process == definition.id and route.node in ("", node) for route in routes
    )


def _text(kept: Map) -> str:
    key = f" with key {kept['key']}" if kept["key"] is not None else ""
    return f"message {kept['name']}{key} found no receiver"


def _incident(row: JobRow, kept: Map, now: int) -> IncidentRow:
    return IncidentRow(
        None,
        row.id,
        row.root_id,
        row.instance_id,
        row.deployment_id,
        row.kind,
        row.topic,
        kept["node"] or None,
        _text(kept),
        now,
    )
