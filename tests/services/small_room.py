"""A room with a store, a directory and turns, and nothing of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procession.identity.credentials import Hasher
from procession.identity.directory import StoreDirectory
from procession.runtime.clock import ManualClock, to_ms
from procession.runtime.lanes import Room
from procession.services.access import Access
from procession.services.history import HistoryService
from procession.services.people import PeopleService
from procession.settings import Settings
from procession.store.rows import ProcessInstanceRow, ProcessLogRow, Row
from procession.store.store import Store


class SmallTurn:
    """What services use of a turn."""

    def __init__(self, room: Room, reader: Any) -> None:
        self.uow: Any = room.store.unit_of_work()
        self.reader = reader
        self.now = room.clock.now()
        self.now_ms = to_ms(self.now)
        self.afterwards: list[Callable[[], object]] = []

    def touch(self, kind: str, number: int) -> None:
        pass

    def act_as(self, actor: Any) -> None:
        pass

    def after_commit(self, action: Callable[[], object]) -> None:
        self.afterwards.append(action)


class SmallExecutive:
    """Turns one after the other, on the calling thread."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.current: SmallTurn | None = None

    @property
    def is_computing(self) -> bool:
        return self.current is not None

    @property
    def turn(self) -> SmallTurn:
        assert self.current is not None
        return self.current

    def run(self, work: Callable[[], Any], *, actor: str) -> Any:
        with self.room.store.read() as reader:
            turn = self.current = SmallTurn(self.room, reader)
            try:
                answer = work()
            finally:
                self.current = None
        outcome = self.room.store.commit([turn.uow])[0]
        if outcome is not None:
            raise outcome
        for action in turn.afterwards:
            action()
        return answer


class SmallRoom(Room):
    """Everything that people, access and history need."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.settings = Settings(**settings)
        self.clock = ManualClock()
        self.directory = StoreDirectory(store, Hasher(memory_kib=64, passes=1))
        self.executive: Any = SmallExecutive(self)
        self.access = Access(self)
        self.people = PeopleService(self)
        self.history = HistoryService(self)
        self.actor = self.people.actor

    def write(self, *rows: Row) -> None:
        uow = self.store.unit_of_work()
        for row in rows:
            uow.insert(row)
        assert self.store.commit([uow]) == [None]


def process_row(id: int, **more: Any) -> ProcessLogRow:
    """Audit of an instance that ``ann`` started and that is still running."""
    row = ProcessLogRow(
        None,
        id,
        f"uuid-{id}",
        id,
        "hiring",
        "Hiring",
        "1.0",
        "org.acme:hr:1.0",
        1,
        1_800_000_000_000,
        None,
        1,
        None,
        None,
        None,
        "ann",
        None,
        "Hiring",
    )
    for name, value in more.items():
        setattr(row, name, value)
    return row


def living_row(log: ProcessLogRow) -> ProcessInstanceRow:
    """The living instance that belongs to audit without an end."""
    return ProcessInstanceRow(
        log.instance_id,
        log.uuid,
        log.root_id,
        log.revision,
        log.deployment_id,
        log.process_id,
        log.status,
        1,
        log.parent_id,
        log.correlation_key,
        log.identity,
        log.started_at,
        b"",
    )
