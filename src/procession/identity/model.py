"""People as the engine sees them."""

from __future__ import annotations

import msgspec

ADMINISTRATOR = "Administrator"
"""The identity of the system itself in human tasks; nobody can log in as it."""
ADMINISTRATORS = "Administrators"
"""Who is in this group administers everything."""


class Actor(msgspec.Struct, frozen=True):
    """Who is acting: an authenticated user with the groups and roles of the directory.

    ``on_behalf_of`` names the user an actor with the permission *act for others* acts for; rights
    are then those of that user, and audit shows both. ``ignores_required_roles``: units let them
    in without the roles they ask for, as jBPM 6.0 did.
    """

    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    on_behalf_of: str | None = None
    ignores_required_roles: bool = False

    @property
    def is_administrator(self) -> bool:
        """Member of the administrators' group."""
        return ADMINISTRATORS in self.groups


SYSTEM = Actor(ADMINISTRATOR, frozenset({ADMINISTRATORS}))
"""The engine acting by itself: timers, jobs, the command line."""


class User(msgspec.Struct, frozen=True):
    """A person known to the directory."""

    name: str
    display_name: str | None = None
    email: str | None = None
    language: str | None = None
    is_active: bool = True
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """A named set of users."""

    name: str
    description: str | None = None
    members: tuple[str, ...] = ()


class RoleView(msgspec.Struct, frozen=True):
    """A role, its code (ONEWEB: ``R0003``), and whom it is granted to."""

    name: str
    code: str | None = None
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class WorkParty(msgspec.Struct, frozen=True):
    """ONEWEB's named set of members, each ``("USER" | "ROLE", name)``, with an optional lead."""

    name: str
    members: tuple[tuple[str, str], ...] = ()
    lead: str | None = None
