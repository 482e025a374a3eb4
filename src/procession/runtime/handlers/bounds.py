"""Bounds: what handlers that call over the web may do; one value for all of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import msgspec

from procession.runtime.handlers.given import Secrets, seconds
from procession.runtime.handlers.reach import Reach
from procession.values import Map

if TYPE_CHECKING:
    from procession.runtime.handlers.web import Web


class Bounds(msgspec.Struct, frozen=True):
    """Where to, with which credentials, how many seconds for a call, how many bytes answered."""

    reach: Reach
    secrets: Secrets
    seconds: float
    most: int

    @property
    def web(self) -> Web:
        """What makes calls within them; its library is loaded with the first."""
        from procession.runtime.handlers.web import Web

        return Web(self.reach, self.seconds, self.most)

    def session(
        self, web: Web, parameters: Map, connect: str, read: str
    ) -> AbstractContextManager[Any]:
        """A client with the time limits in the parameters of those names, if they are given."""
        return web.session(
            seconds(parameters, connect, self.seconds), seconds(parameters, read, self.seconds)
        )
