"""``procession serve --nodes N``: several server processes on one address and database.

The process that was started serves nobody then. It binds the address, takes the lock of the SQLite
file, loads what every server needs, and splits off the nodes, which share the pages of what is
loaded. It has no thread, no connection and no event loop, so that splitting off is safe whenever a
node has to be started anew. It passes SIGTERM and SIGINT on, and ends with the last node.

Elsewhere than on Linux the libraries of the system may not bear that, so a node begins with the
command line anew there: the same in all else, without what is shared.

A pipe of which only the first process holds the other end tells the nodes when it is gone, however
it went; then they stop at once, as in a crash.
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import Final, NoReturn

import msgspec

from procession.errors import Invalid
from procession.settings import Settings
from procession.store.siblings import Siblings

log = logging.getLogger("procession.server")

VARIABLE: Final = "PROCESSION_SIBLING"
SHARES: Final = sys.platform == "linux"
"""Whether nodes go on with what the first process has loaded."""
_IN_MEMORY: Final = ("sqlite://", "sqlite:///", "sqlite:///:memory:")
_UNASKED: Final = 2
"""Processes of a server that was not told how many: more share little of what one file can take."""
_SOON: Final = 1.0
_LATE: Final = 30.0
_GRACE: Final = 5.0


class Place(msgspec.Struct):
    """What a node inherits: numbers of open files, and the key of the machine's operator.

    ``founded`` is where the node that is started before all others says that the database is ready
    for them; the others have none.
    """

    number: int
    listening: int
    ear: int
    mouths: list[int]
    parent: int
    founded: int | None
    first: int
    operator_key: str

    @property
    def is_founder(self) -> bool:
        """Whether this node does what a start does once."""
        return self.founded is not None

    def listening_socket(self) -> socket.socket:
        """The listening socket."""
        listening = socket.socket(fileno=self.listening)
        listening.setblocking(False)
        return listening

    def siblings(self) -> Siblings:
        """The others, seen from here."""
        mouths = [socket.socket(fileno=number) for number in self.mouths]
        return Siblings(socket.socket(fileno=self.ear), mouths)

    def stop_with_first(self) -> None:
        """End this process when the one that started it is gone."""

        def wait() -> None:
            os.read(self.parent, 1)
            os.kill(os.getpid(), signal.SIGKILL)

        threading.Thread(target=wait, name="procession-parent", daemon=True).start()

    def tell_founded(self) -> None:
        """Have the other nodes started."""
        if self.founded is not None:
            os.write(self.founded, b".")
            os.close(self.founded)
            self.founded = None


def own_place(environment: MutableMapping[str, str]) -> Place | None:
    """The place of this process, if it is a node that began with the command line anew."""
    given = environment.pop(VARIABLE, "")
    return msgspec.json.decode(given, type=Place) if given else None


def with_nodes(settings: Settings) -> Settings:
    """The same, with the number of processes that suits this machine where none is named.

    Raises :class:`Invalid` where several are named and cannot share the database.
    """
    if settings.nodes == 0:
        fits = SHARES and settings.database not in _IN_MEMORY
        count = min(len(os.sched_getaffinity(0)), _UNASKED) if fits else 1
        return msgspec.structs.replace(settings, nodes=count)
    if settings.nodes > 1 and sys.platform == "win32":
        raise Invalid("nodes: on Windows a server is one process; set nodes to 1")
    if settings.nodes > 1 and settings.database in _IN_MEMORY:
        raise Invalid("nodes: a database in memory belongs to one process; name a file")
    return settings


class Family:
    """The processes of one server, seen from the first, which has no other work.

    ``shared`` are numbers of open files that every node keeps open.
    """

    def __init__(
        self, settings: Settings, listening: socket.socket, shared: Iterable[int] = ()
    ) -> None:
        self._settings = settings
        self._listening = listening
        self._shared = tuple(shared)
        self._pairs = [
            socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(settings.nodes)
        ]
        self._told, self._held = os.pipe()
        self._founded, self._founding = os.pipe()
        self._signals, self._signalled = os.pipe()
        self._key = secrets.token_urlsafe(32)
        self._nodes: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._born: dict[int, float] = {}
        self._is_founded = False
        self._status = 0
        self._is_over = False
        self._kill_at: float | None = None

    def split(self, load: Callable[[], None]) -> Place:
        """Start the nodes and keep them going until all is over.

        ``load`` loads what nodes share. Returns in every node, with its place. In the first process
        it raises ``SystemExit`` when the last has ended.
        """
        if SHARES:
            load()
            gc.freeze()  # a collection would write to all that is shared
        for end in (self._signals, self._signalled):
            os.set_blocking(end, False)
        for number in _heard():
            signal.signal(number, _noted)
        signal.set_wakeup_fd(self._signalled, warn_on_full_buffer=False)
        self._due[0] = 0.0
        while True:
            for number in self._now_due():
                place = self._start(number)
                if place is not None:
                    return place
            if not self._nodes and self._is_over:
                self._end()
            self._wait()

    def _now_due(self) -> list[int]:
        now = time.monotonic()
        found = sorted(number for number, due in self._due.items() if due <= now)
        for number in found:
            del self._due[number]
        return found

    def _start(self, number: int) -> Place | None:
        """Start a node; its place where we are the node itself."""
        place = self._place(number)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _heard())
        try:
            child = os.fork()
        except OSError as error:
            child = -1
            log.error("node %d cannot be started: %s", number + 1, error.strerror)
        if not child:
            self._leave(place)
            return place
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if child < 0:
            self._postpone(number)
        else:
            self._nodes[child] = number
            self._born[number] = time.monotonic()
        return None

    def _place(self, number: int) -> Place:
        return Place(
            number + 1,
            self._listening.fileno(),
            self._pairs[number][0].fileno(),
            [mouth.fileno() for n, (_, mouth) in enumerate(self._pairs) if n != number],
            self._told,
            None if self._is_founded else self._founding,
            os.getpid(),
            self._key,
        )

    def _leave(self, place: Place) -> None:
        """In a node: keep what belongs to it, and be as if the signals had never been ours."""
        signal.set_wakeup_fd(-1)
        for number in _heard():
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _heard())
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        kept = {place.listening, place.ear, *place.mouths, place.parent}
        kept |= set() if place.founded is None else {place.founded}
        if not SHARES:
            for file in (*kept, *self._shared):
                os.set_inheritable(file, True)
            environment = {**os.environ, VARIABLE: msgspec.json.encode(place).decode()}
            os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606
        for end in (self._listening, *(end for pair in self._pairs for end in pair)):
            if end.fileno() in kept:
                end.detach()
            else:
                end.close()
        ours = (self._held, self._founded, self._founding, self._signals, self._signalled, nothing)
        for file in ours:
            if file not in kept:
                os.close(file)

    def _wait(self) -> None:
        """Sleep until a signal, the founder's word, or the next moment something is due."""
        moments = [*self._due.values()]
        if self._kill_at is not None:
            moments.append(self._kill_at)
        pause = max(min(moments) - time.monotonic(), 0.0) if moments else None
        awaited = [self._signals] if self._is_founded else [self._signals, self._founded]
        ready = select.select(awaited, [], [], pause)[0]
        if self._founded in ready:
            self._hear_founder()
        if self._signals in ready:
            for number in os.read(self._signals, 512):
                if number != signal.SIGCHLD:
                    self._dismiss(number)
        if self._kill_at is not None and time.monotonic() >= self._kill_at:
            self._kill_at = None
            self._tell(signal.SIGKILL)
        self._reap()

    def _hear_founder(self) -> None:
        """The database is ready for the others."""
        if not self._is_founded and select.select([self._founded], [], [], 0)[0]:
            self._is_founded = True
            if not self._is_over:
                self._due |= dict.fromkeys(range(1, self._settings.nodes), 0.0)

    def _dismiss(self, number: int) -> None:
        """Have the nodes finish what they have in hand and end; a second Ctrl-C hurries them."""
        if not self._is_over:
            self._is_over = True
            self._kill_at = time.monotonic() + self._settings.shutdown_seconds + _GRACE
            self._due.clear()
            self._tell(signal.SIGTERM)
        elif number == signal.SIGINT:
            self._tell(signal.SIGINT)

    def _tell(self, number: int) -> None:
        for child in self._nodes:
            os.kill(child, number)

    def _reap(self) -> None:
        """Look who has ended, strangers included: process 1 of a container is given all orphans."""
        while True:
            try:
                child, state = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not child:
                return
            number = self._nodes.pop(child, None)
            if number is not None:
                self._ended(number, os.waitstatus_to_exitcode(state))

    def _ended(self, number: int, status: int) -> None:
        self._hear_founder()  # it may have said so right before
        if not self._is_founded:
            self._status = 128 - status if status < 0 else status
            self._is_over = True
        elif not self._is_over:
            if time.monotonic() - self._born[number] > 2 * _LATE:
                self._failures.pop(number, None)
            pause = self._postpone(number)
            log.error("node %d ended with status %s; again in %g s", number + 1, status, pause)

    def _postpone(self, number: int) -> float:
        """Start one anew in a while, ever later if it keeps ending."""
        failures = self._failures.get(number, 0)
        self._failures[number] = failures + 1
        pause = min(_SOON * (1 << min(failures, 5)), _LATE)
        self._due[number] = time.monotonic() + pause
        return pause

    def _end(self) -> NoReturn:
        signal.set_wakeup_fd(-1)
        for pair in self._pairs:
            for end in pair:
                end.close()
        for file in (self._told, self._held, self._founded, self._founding):
            os.close(file)
        sys.exit(self._status)


def _heard() -> tuple[int, ...]:
    """What the first process listens to; Windows does not know the last, and has one process."""
    return (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


def _noted(number: int, frame: object) -> None:
    """A signal was written to the pipe that the first process listens to."""
