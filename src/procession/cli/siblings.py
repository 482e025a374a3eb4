"""``procession serve --nodes N``: further server processes on the same address and database.

The first process starts the others with the command line it was given, keeps them going, and ends
them when it ends. They inherit the listening socket and what they tell each other by
(:mod:`procession.store.siblings`). A pipe of which only the first holds the other end tells them
when it is gone, however it went; then they stop at once, as in a crash.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import MutableMapping
from typing import Final

import msgspec

from procession.errors import Invalid
from procession.settings import Settings
from procession.store.siblings import Siblings

log = logging.getLogger("procession.server")

VARIABLE: Final = "PROCESSION_SIBLING"
_LOOK_EVERY: Final = 0.25
_SOON: Final = 1.0
_LATE: Final = 30.0
_GRACE: Final = 5.0


class Place(msgspec.Struct):
    """What a sibling inherits: numbers of open files, and the key of the machine's operator."""

    number: int
    listening: int
    ear: int
    mouths: list[int]
    parent: int
    operator_key: str

    def listening_socket(self) -> socket.socket:
        """The listening socket."""
        listening = socket.socket(fileno=self.listening)
        listening.setblocking(False)
        return listening

    def siblings(self) -> Siblings:
        """The others, seen from here."""
        mouths = [socket.socket(fileno=number) for number in self.mouths]
        return Siblings(socket.socket(fileno=self.ear), mouths)

    def stop_with_parent(self) -> None:
        """End this process when the one that started it is gone."""

        def wait() -> None:
            os.read(self.parent, 1)
            os.kill(os.getpid(), signal.SIGKILL)

        threading.Thread(target=wait, name="procession-parent", daemon=True).start()


def own_place(environment: MutableMapping[str, str]) -> Place | None:
    """The place of this process, if another one started it as its sibling."""
    given = environment.pop(VARIABLE, "")
    return msgspec.json.decode(given, type=Place) if given else None


def check_nodes(settings: Settings) -> None:
    """Raises :class:`Invalid` where several processes cannot share the database."""
    if settings.nodes > 1 and sys.platform == "win32":
        raise Invalid("nodes: on Windows a server is one process; set nodes to 1")
    if settings.nodes > 1 and settings.database in ("sqlite://", "sqlite:///:memory:"):
        raise Invalid("nodes: a database in memory belongs to one process; name a file")


class Family:
    """The processes of one server, seen from the first."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._settings = settings
        self._listening = listening
        self._pairs = [
            socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(settings.nodes)
        ]
        self._told, self._held = os.pipe()
        self._key = ""
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._failures: dict[int, int] = {}
        self._next_try: dict[int, float] = {}
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def eldest(self) -> Siblings:
        """The others, seen from the first process."""
        return Siblings(self._pairs[0][0], [mouth for _, mouth in self._pairs[1:]])

    def start(self, operator_key: str) -> None:
        """Start the others and keep them going; returns at once."""
        self._key = operator_key
        for number in range(1, len(self._pairs)):
            self._spawn(number)
        self._watch = threading.Thread(target=self._keep_going, name="siblings", daemon=True)
        self._watch.start()

    def dismiss(self) -> None:
        """Have the others finish what they have in hand and end; does not wait."""
        self._is_over.set()
        with self._lock:
            for child in self._children.values():
                if child.poll() is None:
                    child.terminate()

    def close(self) -> None:
        """Wait for the others; who takes too long is ended."""
        self.dismiss()
        if self._watch is not None:
            self._watch.join()
        until = time.monotonic() + self._settings.shutdown_seconds + _GRACE
        for child in self._children.values():
            try:
                child.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for pair in self._pairs:
            for end in pair:
                end.close()
        os.close(self._told)
        os.close(self._held)

    def _spawn(self, number: int) -> None:
        place = Place(
            number + 1,
            self._listening.fileno(),
            self._pairs[number][0].fileno(),
            [mouth.fileno() for n, (_, mouth) in enumerate(self._pairs) if n != number],
            self._told,
            self._key,
        )
        inherited = (place.listening, place.ear, *place.mouths, place.parent)
        child = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, *sys.orig_argv[1:]],
            env={**os.environ, VARIABLE: msgspec.json.encode(place).decode()},
            pass_fds=inherited,
            stdin=subprocess.DEVNULL,
        )
        with self._lock:
            self._children[number] = child
        if self._is_over.is_set():
            child.terminate()

    def _keep_going(self) -> None:
        while not self._is_over.wait(_LOOK_EVERY):
            for number, child in list(self._children.items()):
                if child.poll() is not None:
                    self._again(number, child.returncode)

    def _again(self, number: int, status: int) -> None:
        """Start one anew that ended by itself, ever later if it keeps ending."""
        now = time.monotonic()
        due = self._next_try.get(number)
        if due is None:
            pause = min(_SOON * 2 ** self._failures.get(number, 0), _LATE)
            self._failures[number] = self._failures.get(number, 0) + 1
            self._next_try[number] = now + pause
            log.error("node %d ended with status %s; again in %g s", number + 1, status, pause)
        elif now >= due:
            del self._next_try[number]
            self._spawn(number)
