"""Where else people may come from: the contract for properties files, LDAP and the like.

A source says who exists and to which groups they belong; the built-in directory lays that over its
own people: groups of both count, particulars of the database go first, and who is deactivated there
stays so. Roles and work parties are granted in the database, to users and groups of either.
A source is asked on whatever thread needs an answer, under no lock, at most every two seconds:
``stamp`` must be quick (what is far away is fetched in the background and answered from memory),
and ``people`` is called when the stamp has changed. To sign in by other means (LDAP bind, OpenID
Connect) is the doorman's business (``identity/doorman.py``), which asks for names alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Known(msgspec.Struct, frozen=True):
    """What a source knows of a user."""

    groups: frozenset[str] = frozenset()
    display_name: str | None = None
    email: str | None = None
    language: str | None = None


class PeopleSource(Protocol):
    """People from elsewhere."""

    def stamp(self) -> str:
        """A text that changes when :meth:`people` would answer otherwise."""
        ...

    def people(self) -> Mapping[str, Known]:
        """Every active user by name."""
        ...
