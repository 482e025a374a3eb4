"""Changing people within a turn: look, refuse or write, and leave a new version behind."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Executable, Select

from procession.errors import Invalid, NotFound, Rejected
from procession.identity.model import ADMINISTRATOR, ADMINISTRATORS
from procession.store.repositories import identity as people
from procession.store.store import Reader, UnitOfWork

LONGEST_NAME = 255
_NAMED: dict[str, Callable[[str], Select[Any]]] = {
    "user": people.user_named,
    "group": people.group_named,
    "role": people.role_named,
    "work party": people.party_named,
}


class _Turn(Protocol):
    uow: UnitOfWork
    now: datetime
    now_ms: int

    @property
    def reader(self) -> Reader: ...

    def touch(self, kind: str, number: int) -> None: ...


class Ledger:
    """The people as one turn finds and leaves them; changes of people follow one another."""

    def __init__(self, turn: _Turn) -> None:
        turn.touch("identity", 0)
        self._reader, self._uow = turn.reader, turn.uow
        self.now_ms = turn.now_ms
        self.write(*people.put_setting(people.VERSION, secrets.token_hex(8)))

    def write(self, *statements: Executable) -> None:
        """Carry out statements when the turn is written."""
        for statement in statements:
            self._uow.execute(statement)

    def has(self, statement: Select[Any]) -> bool:
        """Whether a select finds anything."""
        return bool(self._reader.execute(statement))

    def need(self, statement: Select[Any], what: str) -> None:
        """Raise :class:`NotFound` if it finds nothing."""
        if not self.has(statement):
            raise NotFound(f"there is no {what}", reason="people")

    def need_named(self, kind: str, name: str) -> None:
        """Raise :class:`NotFound` if nothing of that kind bears the name."""
        self.need(_NAMED[kind](name), f"{kind} {name}")

    def need_free(self, kind: str, name: str) -> None:
        """Raise :class:`Rejected` if something of that kind bears the name, or nothing could."""
        if kind == "user" and name == ADMINISTRATOR:
            raise Rejected(f"{ADMINISTRATOR} is the system itself; nobody signs in as it")
        if self.has(_NAMED[kind](fitting(kind, name))):
            raise Rejected(f"{kind} {name} exists already", reason="exists")

    def keep_an_administrator(self, but: str) -> None:
        """Refuse to do without the last administrator who can sign in."""
        others = people.others_who_can_sign_in(ADMINISTRATORS, but)
        if self.has(people.membership_of(ADMINISTRATORS, but)) and not self.has(others):
            raise Rejected(f"{but} is the last administrator who can sign in")

    def keep_no_tasks(self, name: str) -> None:
        """Refuse to remove somebody who has tasks in hand, or whom alone a task is offered to.

        A task that is offered to nobody any more could be taken by anybody.
        """
        for (task,) in self._reader.execute(people.tasks_held(name)):
            raise Rejected(
                f"{name} has tasks in hand (task {task}); release or delegate them first, "
                "or deactivate the user"
            )
        for (task,) in self._reader.execute(people.tasks_for_nobody_else(name)):
            raise Rejected(
                f"task {task} is offered to {name} alone; assign it to somebody else first, "
                "or deactivate the user"
            )


def fitting(kind: str, name: str) -> str:
    """The name, if it can be one: Basic splits at the colon, models list names with commas."""
    if (
        not 0 < len(name) <= LONGEST_NAME
        or name != name.strip()
        or not name.isprintable()
        or "," in name
        or (kind == "user" and ":" in name)
    ):
        raise Invalid(
            f"a {kind} needs a name of 1 to {LONGEST_NAME} visible characters, without comma or "
            "colon and without spaces around it"
        )
    return name
