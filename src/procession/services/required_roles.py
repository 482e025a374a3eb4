"""Roles that a unit asks of whoever works with it: ``required-roles`` of its descriptor.

``reference/jbpm-rest-api.md`` B.10, ``reference/jbpm-engine.md`` 8. One of the roles is enough, and
groups count as roles, as they did for jBPM. ``execute:role`` is for moving instances and tasks,
``view:role`` for looking at running instances, ``role`` and ``all:role`` are for both. A unit that
names none for one of the two lets everybody. Lists, history and tasks show what they show to
everybody else; administrators and the engine itself may always.
"""

from __future__ import annotations

from typing import Final, Literal

from procession.errors import Denied
from procession.identity.model import Actor
from procession.runtime.lanes import Room
from procession.runtime.messages import Reach
from procession.runtime.turn import Turn

Doing = Literal["execute", "view"]
_BOTH: Final = "all"
_KINDS: Final = (_BOTH, "execute", "view")


def refusal(room: Room, actor: Actor, deployment: str | None, doing: Doing) -> Denied | None:
    """Why somebody may not work with a unit, ``None`` if they may."""
    if deployment is None or actor.is_administrator or actor.ignores_required_roles:
        return None
    told = room.definitions.required_roles(deployment)
    needed = [name for kind, name in map(_parted, told) if kind in (_BOTH, doing)]
    if not needed or not (actor.roles | actor.groups).isdisjoint(needed):
        return None
    who = actor.on_behalf_of or actor.name
    return Denied(f"{who} may not do that in {deployment}: it takes the role {' or '.join(needed)}")


def require(room: Room, actor: Actor, deployment: str | None, doing: Doing = "execute") -> None:
    """Raise :class:`Denied` for whom a unit does not let."""
    error = refusal(room, actor, deployment, doing)
    if error is not None:
        raise error


def reach(room: Room, turn: Turn, actor: Actor) -> Reach:
    """What somebody may signal: instances one has a part in (``rulings`` 13), and whatever would
    begin, both in units that let one.
    """

    def lets(unit: str) -> bool:
        return refusal(room, actor, unit, "execute") is None

    def may_reach(instance: int) -> bool:
        if not room.access.moves_instance(turn.reader, actor, instance):
            return False
        return actor.is_administrator or lets(turn.held(instance).definition.key.deployment)

    return Reach(may_reach, lets)


def _parted(told: str) -> tuple[str, str]:
    kind, colon, name = told.partition(":")
    return (kind, name.strip()) if colon and kind in _KINDS else (_BOTH, told)
