"""For whom a call acts: the caller, or the person its ``user`` parameter names.

``reference/oneweb-rest-api.md`` 1.6, decisions 1 to 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from procession.errors import Invalid
from procession.identity.model import Actor
from procession.web.http import Request

if TYPE_CHECKING:
    from procession.engine import Engine


def values(request: Request, name: str) -> tuple[str, ...]:
    """The values of a parameter that are not empty, each once, in order."""
    return tuple(dict.fromkeys(v for k, v in request.query if k == name and v))


def required(pairs: Iterable[tuple[str, ...]]) -> None:
    """Refuse a call that names nobody at all."""
    if not any(pairs):
        raise Invalid("give user, role or group", reason="parameter")


def acting(request: Request, engine: Engine) -> Actor:
    """Who claims, gives back or completes. Acting for others needs that permission."""
    names = [value for name, value in request.query if name == "user" and value]
    if len(names) > 1:
        raise Invalid("give user once", reason="parameter")
    if engine.settings.oneweb_auth_mode == "trusted":
        if not names:
            raise Invalid("give user: who acts", reason="parameter")
        return _known(engine, names[0])
    if not names or names[0] == request.actor.name:
        return request.actor
    return engine.access.acting_for(request.actor, names[0])


def starting(request: Request, engine: Engine) -> Actor:
    """Who starts a process: the caller; in trusted mode ``user``, else the system's user."""
    if engine.settings.oneweb_auth_mode != "trusted":
        return request.actor
    names = values(request, "user")
    return _known(engine, names[0] if names else engine.settings.oneweb_system_user)


def _known(engine: Engine, name: str) -> Actor:
    """A person with groups and roles; somebody the directory does not know has none."""
    return engine.directory.actor(name) or Actor(name)
