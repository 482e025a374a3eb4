"""Sign-in tokens: JSON Web Tokens as ONEWEB's clients know them.

``reference/oneweb-rest-api.md`` 1.6: HS512, with ``sub``, ``clientId``, ``exp`` and ``iss``. One
claim is ours: ``stamp`` binds a token to the user and password it was given to, so that it ends
with either of them.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final, Protocol

import msgspec

from procession.errors import Conflict, Invalid, StoreFault, Unauthenticated
from procession.identity.directory import Directory
from procession.identity.model import Actor
from procession.store.repositories import identity as people
from procession.store.store import Store

ALGORITHM: Final = "HS512"
ISSUER: Final = "com.avalant.jwt"
SHORTEST_KEY: Final = 64
_LONGEST_TOKEN: Final = 8192


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Claims(msgspec.Struct, frozen=True):
    """What a valid token says."""

    name: str
    client_id: str
    stamp: str
    expires_at: datetime


class Tokens:
    """Issues and reads tokens under one key.

    The key is text of at least 64 bytes, the size of the hash (RFC 7518, 3.2).
    """

    def __init__(self, key: str, validity: timedelta = timedelta(days=1)) -> None:
        if len(key.encode()) < SHORTEST_KEY:
            raise Invalid(f"the key that signs tokens must be {SHORTEST_KEY} bytes or longer")
        self._key = key
        self.validity = validity

    def issue(self, name: str, client_id: str, stamp: str, now: datetime) -> str:
        """A token for a user, good until the validity has passed."""
        import jwt  # with the first token: most servers see none

        claims = {
            "sub": name,
            "clientId": client_id,
            "exp": int((now + self.validity).timestamp()),
            "iss": ISSUER,
            "stamp": self._sealed(stamp),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, token: str, now: datetime, client_id: str | None = None) -> Claims:
        """What a token says, if it is ours, unexpired and the client's.

        ``client_id`` ``None`` is not compared. Raises :class:`Unauthenticated`.
        """
        import jwt

        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("the token is not valid", reason="token")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                # The time of expiry is compared below, with the engine's own clock.
                options={"require": ["sub", "exp", "iss", "clientId"], "verify_exp": False},
            )
            name, client = claims["sub"], claims["clientId"]
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError) as error:
            raise Unauthenticated("the token is not valid", reason="token") from error
        if expires_at <= now:
            raise Unauthenticated("the token has expired; sign in again", reason="expired")
        if not isinstance(client, str) or (client_id is not None and client != client_id):
            raise Unauthenticated("the token belongs to another client", reason="token")
        return Claims(name, client, str(claims.get("stamp", "")), expires_at)

    def fits(self, claims: Claims, stamp: str) -> bool:
        """Whether a token was given to the user as the directory knows them now."""
        return secrets.compare_digest(claims.stamp.encode(), self._sealed(stamp).encode())

    def _sealed(self, stamp: str) -> str:
        key = blake2b(self._key.encode(), digest_size=32).digest()
        return blake2b(stamp.encode(), key=key, digest_size=12).hexdigest()


def generate_key() -> str:
    """A key for an installation that was given none."""
    return secrets.token_urlsafe(64)


class TokenDesk:
    """Gives tokens to people who have signed in, and says whose a token is.

    The key is the one given; else one that is made when the first token is asked for and kept in
    the database, so that tokens outlive the server and hold on every node.
    """

    def __init__(
        self, store: Store, directory: Directory, clock: Clock, key: str, validity: timedelta
    ) -> None:
        self._store, self._directory, self._clock = store, directory, clock
        self._validity = validity
        self._tokens = Tokens(key, validity) if key else None

    def issue(self, actor: Actor, client_id: str) -> str:
        """A token, good for one client. May block."""
        stamp = self._directory.stamp_of(actor.name)
        if stamp is None:
            raise Unauthenticated(f"{actor.name} cannot sign in")
        tokens = self._find() or self._make()
        return tokens.issue(actor.name, client_id, stamp, self._clock.now())

    def verify(self, token: str, client_id: str | None = None) -> Actor:
        """Whose token that is. Raises :class:`Unauthenticated`.

        May block where the directory knows tokens of somebody else's.
        """
        try:
            return self._own(token, client_id)
        except Unauthenticated as refusal:
            if refusal.reason != "token" or not self._directory.reads_foreign_tokens:
                raise
            name = self._directory.whose(token) if len(token) <= _LONGEST_TOKEN else None
            actor = self._directory.actor(name) if name else None
            if actor is None:
                raise
            return actor

    def _own(self, token: str, client_id: str | None) -> Actor:
        tokens = self._find()
        if tokens is None:
            raise Unauthenticated("the token is not valid", reason="token")
        claims = tokens.read(token, self._clock.now(), client_id or None)
        stamp = self._directory.stamp_of(claims.name)
        actor = self._directory.actor(claims.name)
        if actor is None or stamp is None or not tokens.fits(claims, stamp):
            raise Unauthenticated("the token is not valid any more; sign in again", reason="token")
        return actor

    def _find(self) -> Tokens | None:
        if self._tokens is None:
            with self._store.read() as reader:
                key = people.setting_value(reader, people.SIGNING_KEY)
            if key is not None:
                self._tokens = Tokens(key, self._validity)
        return self._tokens

    def _make(self) -> Tokens:
        """Make the key; if somebody else just did, theirs holds."""
        uow = self._store.unit_of_work()
        uow.execute(people.add_setting(people.SIGNING_KEY, generate_key()))
        outcome = self._store.commit([uow])[0]
        if outcome is not None and not isinstance(outcome, Conflict):
            raise outcome
        tokens = self._find()
        if tokens is None:
            raise StoreFault("the key that signs tokens could not be kept")
        return tokens
