"""uvicorn's server as we run it.

It ends quietly, may share its socket with other processes, and sends an answer in one piece.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from procession.web.accepting import Acceptor

_AT_ONCE: Final = 0.5
"""Signals that come within so many seconds are one wish."""


class WholeAnswers(asyncio.Transport):
    """A connection's transport that sends the head of an answer with what follows it.

    uvicorn writes the head, then the body, and uvloop sends each at once: two calls of the system
    and two packets, the first of which wakes a client that can do nothing with it. ASGI wants the
    head to wait for the body anyway.
    """

    __slots__ = ("_head", "_inner", "get_extra_info", "is_closing")

    def __init__(self, inner: asyncio.Transport) -> None:
        super().__init__()
        self._inner = inner
        self._head = b""
        self.get_extra_info = inner.get_extra_info  # type: ignore[method-assign]
        self.is_closing = inner.is_closing  # type: ignore[method-assign]

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, or keep it if an answer begins with it."""
        head = self._head
        if head:
            self._head = b""
            self._inner.writelines((head, data))
        elif isinstance(data, bytes) and data.startswith(b"HTTP/1.1 ") and data[9] != 49:
            self._head = data
        else:
            self._inner.write(data)

    def flush(self) -> None:
        """Send what is kept: nothing follows it."""
        head = self._head
        if head:
            self._head = b""
            self._inner.write(head)

    def close(self) -> None:
        """Send what is kept, and close."""
        self.flush()
        self._inner.close()

    def abort(self) -> None:
        """Close at once."""
        self._inner.abort()

    def pause_reading(self) -> None:
        """Take nothing from the other side."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """Take again."""
        self._inner.resume_reading()


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with whole answers."""

    transport: WholeAnswers

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection begins."""
        super().connection_made(WholeAnswers(transport))

    def on_response_complete(self) -> None:
        """An answer was given to the transport, wholly."""
        self.transport.flush()
        super().on_response_complete()


class Server(uvicorn.Server):
    """Ends quietly: uvicorn's own would raise the signal once more when all is done.

    At the signal ``refuse_new`` is called.
    """

    def __init__(self, config: uvicorn.Config, refuse_new: Callable[[], None]) -> None:
        super().__init__(config)
        self._refuse_new = refuse_new
        self._ends_since = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT; a later SIGINT does not wait for what is in hand.

        A terminal sends one to every process of a server, and the first passes it on.
        """
        self._refuse_new()
        if not self.should_exit:
            self._ends_since = time.monotonic()
        is_late = time.monotonic() - self._ends_since > _AT_ONCE
        self.force_exit = self.force_exit or (is_late and sig == signal.SIGINT)
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
