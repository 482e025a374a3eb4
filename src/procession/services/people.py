"""People: signing in; users, groups, roles and work parties; the first administrator.

Whatever is changed here holds at once: a deactivated user is out with their tokens, a new member
sees the group's tasks. Passwords are hashed on the calling thread, never on the executive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Concatenate, Final, Literal, ParamSpec, TypeVar

from procession.errors import NotFound, Rejected
from procession.identity.credentials import Verified, generate_password
from procession.identity.directory import CHANNEL, StoreDirectory
from procession.identity.doorman import Doorman
from procession.identity.ledger import Ledger
from procession.identity.model import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    SYSTEM,
    Actor,
    Group,
    RoleView,
    User,
    WorkParty,
)
from procession.identity.throttle import Throttle
from procession.identity.tokens import TokenDesk
from procession.runtime.lanes import Room, Service, change, query
from procession.store.repositories import identity as people

P = ParamSpec("P")
R = TypeVar("R")
Method = Callable[Concatenate["PeopleService", Actor, P], R]
Grantee = Literal["USER", "GROUP"]
Member = Literal["USER", "ROLE"]
FIRST_ADMINISTRATOR: Final = "admin"


def _changes_people(method: Method[P, R]) -> Method[P, R]:
    """A change after which the caller's own next question sees it."""
    inner = change(method)

    @wraps(method)
    def call(self: PeopleService, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        answer = inner(self, actor, *args, **kwargs)
        if not self.room.executive.is_computing:
            self.directory.forget()
        return answer

    return call


class PeopleService(Service):
    """Who there is, and who is who."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.directory: StoreDirectory = room.directory
        settings = room.settings
        verified = Verified(float(settings.credentials_seconds))
        throttle = Throttle(free=settings.login_failures)
        self._doorman = Doorman(self.directory, verified, throttle)
        key, validity = settings.token_key, timedelta(seconds=settings.token_seconds)
        self._tokens = TokenDesk(room.store, self.directory, room.clock, key, validity)

    # -- signing in --------------------------------------------------------------------------

    def authenticate(self, name: str, password: str, *, client: str = "") -> Actor:
        """Who that is. Raises :class:`Unauthenticated`; may block for the time of a hash."""
        return self._doorman.admit(name, password, client)

    def cached(self, header: str) -> Actor | None:
        """The actor of a Basic header that was found right a moment ago; never blocks."""
        return self._doorman.recognise(header)

    def actor(self, name: str) -> Actor:
        """A user as somebody who acts; the system's own identity too. Raises :class:`NotFound`."""
        if name == ADMINISTRATOR:
            return SYSTEM
        actor = self.directory.actor(name)
        if actor is None:
            raise NotFound(f"there is no active user {name}", reason="user")
        return actor

    def issue_token(self, actor: Actor, client_id: str) -> str:
        """A token for somebody who has just signed in, good for one client."""
        return self._tokens.issue(actor, client_id)

    def verify_token(self, token: str, client_id: str | None = None) -> Actor:
        """Whose token that is. Raises :class:`Unauthenticated`."""
        return self._tokens.verify(token, client_id)

    # -- reading -----------------------------------------------------------------------------

    @query
    def list_users(self, actor: Actor) -> tuple[User, ...]:
        """Everybody, by name, the deactivated included."""
        return self._all(actor, self.directory.picture.users)

    @query
    def list_groups(self, actor: Actor) -> tuple[Group, ...]:
        """All groups, by name."""
        return self._all(actor, self.directory.picture.groups)

    @query
    def list_roles(self, actor: Actor) -> tuple[RoleView, ...]:
        """All roles, by name."""
        return self._all(actor, self.directory.picture.roles)

    @query
    def list_parties(self, actor: Actor) -> tuple[WorkParty, ...]:
        """All work parties, by name."""
        return self._all(actor, self.directory.picture.parties)

    def exists_user(self, name: str) -> bool:
        """Whether there is such a user and they are active."""
        return self.directory.exists_user(name)

    def exists_group(self, name: str) -> bool:
        """Whether there is such a group."""
        return self.directory.exists_group(name)

    # -- users -------------------------------------------------------------------------------

    def add_user(
        self,
        actor: Actor,
        name: str,
        password: str | None = None,
        groups: Iterable[str] = (),
        *,
        display_name: str | None = None,
        email: str | None = None,
        language: str | None = None,
    ) -> None:
        """A new user in some groups; without a password they cannot sign in.

        Somebody who bears the name of a user who was removed inherits nothing of theirs.
        """
        particulars = (display_name, email, language)
        self._add_user(actor, name, self._hash(password), tuple(groups), particulars)

    @_changes_people
    def _add_user(
        self,
        actor: Actor,
        name: str,
        hashed: str | None,
        groups: tuple[str, ...],
        particulars: tuple[str | None, str | None, str | None],
    ) -> None:
        ledger = self._begin(actor)
        ledger.need_free("user", name)
        for group in dict.fromkeys(groups):
            ledger.need_named("group", group)
            ledger.write(people.add_member(group, name))
        ledger.write(people.add_user(name, hashed, *particulars, ledger.now_ms))

    @_changes_people
    def change_user(
        self,
        actor: Actor,
        name: str,
        *,
        display_name: str | None = None,
        email: str | None = None,
        language: str | None = None,
    ) -> None:
        """Other particulars of a user; ``None`` leaves one, an empty text takes it away."""
        ledger = self._begin(actor)
        ledger.need_named("user", name)
        given = {"display_name": display_name, "email": email, "language": language}
        said = {key: value or None for key, value in given.items() if value is not None}
        if said:
            ledger.write(people.change_user(name, **said))

    def set_password(self, actor: Actor, name: str, password: str) -> None:
        """Another password; the old one and all tokens end."""
        self._set_password(actor, name, self._hash(password))

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Another password for oneself."""
        self.authenticate(actor.name, old)
        self._set_password(SYSTEM, actor.name, self._hash(new))

    @_changes_people
    def _set_password(self, actor: Actor, name: str, hashed: str | None) -> None:
        ledger = self._begin(actor)
        ledger.need_named("user", name)
        ledger.write(people.change_user(name, password_hash=hashed))

    @_changes_people
    def deactivate(self, actor: Actor, name: str) -> None:
        """A user is shut out at once; what is theirs stays theirs."""
        ledger = self._begin(actor)
        ledger.need_named("user", name)
        ledger.keep_an_administrator(name)
        ledger.write(people.change_user(name, is_active=False))

    @_changes_people
    def reactivate(self, actor: Actor, name: str) -> None:
        """A deactivated user may come back."""
        ledger = self._begin(actor)
        ledger.need_named("user", name)
        ledger.write(people.change_user(name, is_active=True))

    @_changes_people
    def remove_user(self, actor: Actor, name: str) -> None:
        """A user goes for good, with every membership. Audit keeps the name.

        Raises :class:`Rejected` while they have tasks in hand.
        """
        ledger = self._begin(actor)
        ledger.need_named("user", name)
        ledger.keep_an_administrator(name)
        ledger.keep_no_tasks(name)
        ledger.write(*people.remove_user(name))

    # -- groups ------------------------------------------------------------------------------

    @_changes_people
    def add_group(self, actor: Actor, name: str, description: str | None = None) -> None:
        """A new group."""
        ledger = self._begin(actor)
        ledger.need_free("group", name)
        ledger.write(people.add_group(name, description))

    @_changes_people
    def remove_group(self, actor: Actor, name: str) -> None:
        """A group goes, with its memberships and grants."""
        ledger = self._begin(actor)
        if name == ADMINISTRATORS:
            raise Rejected(f"the group {ADMINISTRATORS} cannot be removed")
        ledger.need_named("group", name)
        ledger.write(*people.remove_group(name))

    @_changes_people
    def add_member(self, actor: Actor, group: str, user: str) -> None:
        """A user joins a group; who is in it already stays in it."""
        ledger = self._begin(actor)
        ledger.need_named("group", group)
        ledger.need_named("user", user)
        if not ledger.has(people.membership_of(group, user)):
            ledger.write(people.add_member(group, user))

    @_changes_people
    def remove_member(self, actor: Actor, group: str, user: str) -> None:
        """A user leaves a group."""
        ledger = self._begin(actor)
        ledger.need(people.membership_of(group, user), f"member {user} of the group {group}")
        if group == ADMINISTRATORS:
            ledger.keep_an_administrator(user)
        ledger.write(people.remove_member(group, user))

    # -- roles -------------------------------------------------------------------------------

    @_changes_people
    def add_role(self, actor: Actor, name: str, code: str | None = None) -> None:
        """A new role; ``code`` is its short name in ONEWEB."""
        ledger = self._begin(actor)
        ledger.need_free("role", name)
        ledger.write(people.add_role(name, code, None))

    @_changes_people
    def remove_role(self, actor: Actor, name: str) -> None:
        """A role goes, with its grants and its places in work parties."""
        ledger = self._begin(actor)
        ledger.need_named("role", name)
        ledger.write(*people.remove_role(name))

    @_changes_people
    def grant_role(self, actor: Actor, role: str, name: str, kind: Grantee = "USER") -> None:
        """A user or a group gets a role; who has it already keeps it."""
        ledger = self._begin(actor)
        ledger.need_named("role", role)
        ledger.need_named(kind.lower(), name)
        if not ledger.has(people.grant_of(role, kind, name)):
            ledger.write(people.grant(role, kind, name))

    @_changes_people
    def revoke_role(self, actor: Actor, role: str, name: str, kind: Grantee = "USER") -> None:
        """A user or a group loses a role."""
        ledger = self._begin(actor)
        ledger.need(people.grant_of(role, kind, name), f"grant of {role} to {name}")
        ledger.write(people.revoke(role, kind, name))

    # -- work parties ------------------------------------------------------------------------

    @_changes_people
    def add_party(self, actor: Actor, name: str, lead: str | None = None) -> None:
        """A new work party, perhaps with a lead."""
        ledger = self._begin(actor)
        ledger.need_free("work party", name)
        if lead is not None:
            ledger.need_named("user", lead)
        ledger.write(people.add_party(name, lead))

    @_changes_people
    def set_lead(self, actor: Actor, party: str, lead: str | None) -> None:
        """Another lead of a work party, or none."""
        ledger = self._begin(actor)
        ledger.need_named("work party", party)
        if lead is not None:
            ledger.need_named("user", lead)
        ledger.write(people.change_lead(party, lead))

    @_changes_people
    def remove_party(self, actor: Actor, name: str) -> None:
        """A work party goes."""
        ledger = self._begin(actor)
        ledger.need_named("work party", name)
        ledger.write(*people.remove_party(name))

    @_changes_people
    def add_party_member(self, actor: Actor, party: str, name: str, kind: Member = "USER") -> None:
        """A user or everybody with a role joins a work party."""
        ledger = self._begin(actor)
        ledger.need_named("work party", party)
        ledger.need_named(kind.lower(), name)
        if not ledger.has(people.party_membership(party, kind, name)):
            ledger.write(people.add_party_member(party, kind, name))

    @_changes_people
    def remove_party_member(
        self, actor: Actor, party: str, name: str, kind: Member = "USER"
    ) -> None:
        """A user or a role leaves a work party."""
        ledger = self._begin(actor)
        ledger.need(people.party_membership(party, kind, name), f"member {name} of {party}")
        ledger.write(people.remove_party_member(party, kind, name))

    # -- the first start ---------------------------------------------------------------------

    def ensure_first_administrator(self, password: str | None = None) -> str | None:
        """Make the user ``admin`` if there is nobody at all yet.

        Answers the password if one had to be made up. Once anybody is in the database it does
        nothing; people from elsewhere do not count: whence they come may be out of reach.
        """
        if self.directory.has_logins:
            return None
        generated = None if password else generate_password()
        made = self._make_first_administrator(SYSTEM, self._hash(password or generated))
        return generated if made else None

    @_changes_people
    def _make_first_administrator(self, actor: Actor, hashed: str | None) -> bool:
        ledger = self._begin(actor)
        if ledger.has(people.any_user()):
            return False
        if not ledger.has(people.group_named(ADMINISTRATORS)):
            ledger.write(people.add_group(ADMINISTRATORS, "Administer everything"))
        ledger.write(
            people.add_user(FIRST_ADMINISTRATOR, hashed, None, None, None, ledger.now_ms),
            people.add_member(ADMINISTRATORS, FIRST_ADMINISTRATOR),
        )
        return True

    def ensure_people(
        self, actor: Actor, passwords: Mapping[str, str], groups: Mapping[str, Iterable[str]]
    ) -> tuple[str, ...]:
        """Make the users and groups that are missing; answers the names of new users.

        ``groups`` names the members of each group. Who exists already is left alone.
        """
        picture = self.directory.picture
        for group in groups:
            if group not in picture.groups:
                self.add_group(actor, group)
        made = tuple(name for name in passwords if name not in picture.users)
        for name in made:
            own = [group for group, members in groups.items() if name in tuple(members)]
            self.add_user(actor, name, passwords[name], own)
        return made

    # -- inside ------------------------------------------------------------------------------

    def _hash(self, password: str | None) -> str | None:
        if self.room.executive.is_computing:
            raise RuntimeError("passwords are hashed in the pool, not in a turn")
        return None if password is None else self.directory.hasher.hash(password)

    def _begin(self, actor: Actor) -> Ledger:
        self.room.access.check(actor, "people.write")
        ledger = Ledger(self.turn)
        self.directory.forget()
        self.turn.after_commit(self._tell)
        return ledger

    def _all(self, actor: Actor, named: Mapping[str, R]) -> tuple[R, ...]:
        self.room.access.check(actor, "people.write")
        return tuple(named[name] for name in sorted(named))

    def _tell(self) -> None:
        self.directory.forget()
        self.room.store.notify(CHANNEL, "")
