"""uvicorn's server as we run it: ends quietly, and may share its socket with other processes."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from procession.web.accepting import Acceptor


class Server(uvicorn.Server):
    """Ends quietly: uvicorn's own would raise the signal once more when all is done.

    At the signal ``refuse_new`` and ``leaving`` are called.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        refuse_new: Callable[[], None],
        leaving: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._refuse_new = refuse_new
        self._leaving = leaving

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT; a second SIGINT does not wait for what is in hand."""
        self._refuse_new()
        if self._leaving is not None:
            self._leaving()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class SharingServer(Server):
    """Takes its connections by an acceptor of ours, from the one socket it is given."""

    acceptor: Acceptor

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets=[])
        assert sockets is not None
        self.acceptor = Acceptor(sockets[0], self._protocol, self._open_here)
        self.acceptor.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and finish what is in hand."""
        await self.acceptor.stop()
        await super().shutdown(sockets=sockets)

    def _protocol(self) -> asyncio.Protocol:
        config: Any = self.config
        made: asyncio.Protocol = config.http_protocol_class(
            config=config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    def _open_here(self) -> int:
        return len(self.server_state.connections)
