"""Where else people may come from: the contract for properties files, LDAP and the like.

A source says who exists and to which groups they belong; the built-in directory lays that over its
own people: groups of both count, particulars of the database go first, and who is deactivated there
stays so. Roles and work parties are granted in the database, to users and groups of either.
A source is asked on whatever thread needs an answer, under no lock, at most every two seconds:
``stamp`` must be quick (what is far away is fetched in the background and answered from memory),
and ``people`` is called when the stamp has changed.

The setting ``people_source`` names a source as ``module:name``: a class, or a function that makes
one, called without arguments at the start. One that also keeps :class:`SignIn` lets its people in:
by name and password (an LDAP bind), by a token (OpenID Connect), or by either. Whatever it says,
only who is among its ``people`` and not deactivated comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Known(msgspec.Struct, frozen=True):
    """What a source knows of a user. ``stamp`` changes when tokens given to them are to end."""

    groups: frozenset[str] = frozenset()
    display_name: str | None = None
    email: str | None = None
    language: str | None = None
    stamp: str = ""


class PeopleSource(Protocol):
    """People from elsewhere."""

    def stamp(self) -> str:
        """A text that changes when :meth:`people` would answer otherwise."""
        ...

    def people(self) -> Mapping[str, Known]:
        """Every active user by name."""
        ...


class SignIn(Protocol):
    """How people of a source come in; a source may have either method, both, or none.

    Both are asked in the pool, where they may block for a moment; what they raise is told as *try
    again*. A password that was right is not asked for again for ``credentials_seconds``.
    """

    def verify(self, name: str, password: str) -> bool:
        """Whether that is the password; asked only of who has none in the database."""
        ...

    def whose(self, token: str) -> str | None:
        """The name of whose bearer token that is, after its signature, audience and expiry were
        checked; ``None`` for any other token. Asked of tokens that are not our own.
        """
        ...
