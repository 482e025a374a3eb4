"""Accepting from one listening socket that several server processes share.

Left to themselves, whoever wakes first takes every connection there is. Here each takes one at a
time, and waits a moment for each that it has already, so that who has fewest is first.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final

log = logging.getLogger("procession.server")

COURTESY: Final = 0.0003
"""Seconds to wait for each connection that is open here."""
_LONGEST: Final = 0.005
_AGAIN_AFTER: Final = 0.5


class Acceptor:
    """Takes connections until it is stopped; ``open_here`` says how many there are."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        open_here: Callable[[], int],
    ) -> None:
        self._listening = listening
        self._protocol = protocol
        self._open_here = open_here
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._accept())

    async def stop(self) -> None:
        """Take no more; what is open stays open."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                await _readable(loop, self._listening)
                await asyncio.sleep(min(self._open_here() * COURTESY, _LONGEST))
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                continue  # somebody else was first
            except OSError as error:  # too many files, say
                log.error("no connection can be taken: %s", error)
                await asyncio.sleep(_AGAIN_AFTER)
                continue
            connection.setblocking(False)
            await loop.connect_accepted_socket(self._protocol, connection)


async def _readable(loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
    """Wait until somebody wants to connect."""
    arrived = loop.create_future()

    def wake() -> None:
        loop.remove_reader(listening)
        if not arrived.done():
            arrived.set_result(None)

    loop.add_reader(listening, wake)
    try:
        await arrived
    finally:
        loop.remove_reader(listening)
