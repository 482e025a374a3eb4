"""Which thread a service method runs on, and what services are built from.

``@change`` methods run on the executive as part of one turn, ``@query`` methods wherever they are
called. Called from anywhere else a ``@change`` method hands itself to the executive and waits, so
that embedded use, the command line and the HTTP doors share one meaning. Where a service expects
an actor, a user's name will do: its groups and roles are looked up in the directory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from procession.identity.model import Actor
    from procession.runtime.clock import Clock
    from procession.runtime.definitions import Definitions
    from procession.runtime.executive import Executive
    from procession.runtime.handlers.commands import Commands
    from procession.runtime.turn import Turn
    from procession.runtime.work_items import Handlers
    from procession.settings import Settings
    from procession.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Service")


class Room:
    """What every service may use; filled by ``wiring.py``.

    ``directory``, ``access`` and ``shelf`` are :class:`procession.identity.directory.Directory`,
    :class:`procession.services.access.Access` and :class:`procession.services.tasks.shelf.Shelf`;
    ``cabinet`` a :class:`procession.tasks.cabinet.Cabinet`, or ``None``.
    """

    store: Store
    executive: Executive
    definitions: Definitions
    handlers: Handlers
    commands: Commands
    methods: dict[str, Callable[..., Any]]
    settings: Settings
    clock: Clock
    directory: Any
    access: Any
    shelf: Any
    cabinet: Any
    policies: dict[str, Any]
    actor: Callable[[str], Actor]


class Service:
    """Built from a room; changes nothing outside a turn."""

    def __init__(self, room: Room) -> None:
        self.room = room

    @property
    def turn(self) -> Turn:
        """The turn that is being computed on this thread."""
        return self.room.executive.turn


def change(
    method: Callable[Concatenate[S, Actor, P], R],
) -> Callable[Concatenate[S, Actor, P], R]:
    """Mark a service method that changes something: it is, or is part of, one turn."""

    @wraps(method)
    def call(self: S, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        executive = self.room.executive
        if isinstance(actor, str):
            actor = self.room.actor(actor)
        if executive.is_computing:
            executive.turn.act_as(actor)
            return method(self, actor, *args, **kwargs)

        def work() -> R:
            executive.turn.act_as(actor)
            return method(self, actor, *args, **kwargs)

        return executive.run(work, actor=actor.name)

    return call


def query(
    method: Callable[Concatenate[S, Actor, P], R],
) -> Callable[Concatenate[S, Actor, P], R]:
    """Mark a service method that only reads; it sees every change that has been answered."""

    @wraps(method)
    def call(self: S, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(actor, str):
            actor = self.room.actor(actor)
        return method(self, actor, *args, **kwargs)

    return call
