"""Siblings: the server processes of one machine that work on one SQLite file.

One of them writes at a time. SQLite's own lock would have the others sleep and look again, so they
queue at a lock of the system before they begin a transaction. What they would tell each other over
PostgreSQL's NOTIFY goes by datagrams. Everything else is as with several nodes on PostgreSQL:
versions decide.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final

import msgspec

from procession.errors import StoreUnavailable

if sys.platform == "win32":

    def _take(file: int) -> None:
        raise StoreUnavailable("on Windows one process serves a SQLite file; set nodes to 1")

    def _let_go(file: int) -> None:
        """Nothing was taken."""

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _let_go(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


log = logging.getLogger("procession.store")

_LONGEST: Final = 65_536
_PATIENCE: Final = 1.0


class Gate:
    """Lets one thread of all threads of all siblings through; a context manager."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"cannot open the lock file: {error.strerror}") from error

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            _take(self._file)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _let_go(self._file)
        self._threads.release()

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Siblings:
    """The others, as one of them sees them.

    ``ear`` is where the others' hints arrive, ``mouths`` lead to the others' ears: connected
    datagram sockets that whoever starts the siblings has made.
    """

    def __init__(self, ear: socket.socket, mouths: Sequence[socket.socket]) -> None:
        self._ear = ear
        self._mouths = tuple(mouths)
        self._heard: Callable[[str, str], None] | None = None
        self._listening = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_over = False
        for mouth in self._mouths:
            mouth.settimeout(_PATIENCE)

    def gate(self, path: str) -> Gate:
        """The lock of the file's writers."""
        return Gate(f"{path}.gate")

    def tell(self, channel: str, payload: str) -> None:
        """Say something to each of the others."""
        message = msgspec.json.encode((channel, payload))
        for mouth in self._mouths:
            try:
                mouth.send(message)
            except OSError as error:
                log.warning("a sibling could not be told (%s): %s", channel, error)

    def listen(self, heard: Callable[[str, str], None]) -> None:
        """Call back, on a thread of our own, with what the others say."""
        self._heard = heard
        self._thread = threading.Thread(target=self._run, name="store-listen", daemon=True)
        self._thread.start()

    def catch_up(self) -> None:
        """Hear now what has been said. Who asks before reading never works with what is old."""
        if self._heard is None:
            return
        with self._listening:
            while not self._is_over:
                try:
                    said = self._ear.recv(_LONGEST, socket.MSG_DONTWAIT)
                    channel, payload = msgspec.json.decode(said, type=tuple[str, str])
                except (OSError, msgspec.MsgspecError):
                    return
                self._heard(channel, payload)

    def close(self) -> None:
        """Say and hear no more."""
        self._is_over = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._is_over:
            if select.select([self._ear], [], [], _PATIENCE / 4)[0]:
                self.catch_up()
