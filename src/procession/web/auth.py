"""Who is calling: HTTP Basic or a Bearer token, checked against the built-in directory.

A header that was verified a moment ago is known by its keyed hash and costs a look-up; only a new
one pays for the password hash, in the pool. The words of a refusal do not tell whether the name
or the password was wrong.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode
from typing import TYPE_CHECKING

from procession.errors import Unauthenticated
from procession.identity.model import SYSTEM, Actor
from procession.web.lanes import Lanes

if TYPE_CHECKING:
    from procession.engine import Engine

REALM = "KIE Workbench Realm"
CHALLENGE = f'Basic realm="{REALM}"'
LONGEST = 8_192


class Authenticator:
    """Turns the headers of a request into an :class:`Actor`, or raises.

    ``operator_key`` is made anew at each start, one for all processes of a server; who holds it is
    the operator of the machine. It lies in a file that only the owner of the data can read, for the
    command line.
    """

    def __init__(self, engine: Engine, lanes: Lanes, operator_key: str = "") -> None:
        self._people = engine.people
        self._directory = engine.directory
        self._lanes = lanes
        self.operator_key = operator_key or secrets.token_urlsafe(32)

    def known(self, headers: dict[str, str]) -> Actor | None:
        """The actor of a Basic header that was verified a moment ago."""
        header = headers.get("authorization")
        if header is None or header[:6].lower() != "basic ":
            return None
        return self._people.cached(header)

    async def check(self, headers: dict[str, str], client: str) -> Actor:
        """Who that is. Raises :class:`Unauthenticated`."""
        header = headers.get("authorization", "")
        scheme, _, rest = header.partition(" ")
        if len(header) > LONGEST:
            raise Unauthenticated("the Authorization header is too long")
        match scheme.lower():
            case "basic":
                name, password = credentials(rest)
                return await self._lanes.in_pool(
                    lambda: self._people.authenticate(name, password, client=client)
                )
            case "bearer" if self._is_operator(rest.strip()):
                return SYSTEM
            case "bearer" if self._directory.reads_foreign_tokens:
                token = rest.strip()
                return await self._lanes.in_pool(
                    lambda: self._people.verify_token(token, headers.get("clientid"))
                )
            case "bearer":
                return self._people.verify_token(rest.strip(), headers.get("clientid"))
            case "":
                raise Unauthenticated("say who you are: send HTTP Basic credentials or a token")
            case _:
                raise Unauthenticated("only Basic and Bearer authorization are understood")

    def _is_operator(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.operator_key.encode())


def credentials(encoded: str) -> tuple[str, str]:
    """Name and password of a Basic header: UTF-8, or Latin-1 as old clients send it."""
    try:
        raw = b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unauthenticated("the Basic credentials are not base64") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    name, colon, password = text.partition(":")
    if not colon or not name:
        raise Unauthenticated("the Basic credentials are not name:password")
    return name, password
