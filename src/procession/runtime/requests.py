"""Requests to the executive, and how their answers come back."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from procession.core.ports import Limits
from procession.errors import Busy, Conflict, HandlerFailure, Occupied
from procession.runtime.claims import Freed, Key
from procession.runtime.work_items import WorkItem
from procession.store.store import Store

if TYPE_CHECKING:
    from procession.runtime.turn import Turn

log = logging.getLogger("procession.runtime")


class HandlerNeeded(BaseException):
    """The turn is parked until a blocking handler has answered, or its time is up.

    Not an error, and so nothing that whoever handles errors could swallow.
    """

    def __init__(self, item: WorkItem, call: Callable[[], Any], time_limit: float) -> None:
        super().__init__(f"the handler of {item.name!r} must run first")
        self.item = item
        self.call = call
        self.time_limit = time_limit


class NotQuick(BaseException):
    """The turn is too long, might block, or knows too little for the event loop that computes it.

    It is dropped and computed by the executive's thread. Not an error either.
    """


QUICK = Limits(
    records_per_step=200,
    rounds_per_step=50,
    script_steps=2_000,
    script_cells=20_000,
    commands_per_turn=20,
)
"""What a turn may take that is computed on an event loop: some milliseconds."""


def quick(limits: Limits) -> Limits:
    """The limits of a turn that is computed on an event loop: of each the lower one."""
    names = limits.__struct_fields__
    return Limits(**{name: min(getattr(limits, name), getattr(QUICK, name)) for name in names})


class Handled:
    """What an inline handler answered: kept, so that a turn computed again does not call it."""

    __slots__ = ("error", "item", "value")

    def __init__(self, item: WorkItem, value: Any, error: Exception | None) -> None:
        self.item = item
        self.value = value
        self.error = error

    @classmethod
    def late(cls, item: WorkItem, limit: float) -> Handled:
        """What is kept when a handler has not answered in time."""
        text = f"the handler of {item.name!r} did not answer within {limit:g} s"
        return cls(item, None, HandlerFailure(text, instance=item.process_instance_id))

    @classmethod
    def by(cls, item: WorkItem, call: Callable[[], Any]) -> Handled:
        """Call a handler and keep its outcome."""
        try:
            return cls(item, call(), None)
        except Exception as error:
            return cls(item, None, error)

    def outcome(self) -> Any:
        """The answer, or the handler's exception raised."""
        if self.error is not None:
            raise self.error
        return self.value


class _Secrets:
    """Random bytes, asked of the system for many requests at once.

    Each call of the system hands the interpreter to another thread, which then keeps it for long.
    """

    def __init__(self) -> None:
        self._left: list[bytes] = []

    def draw(self) -> bytes:
        """Sixteen that nobody else has."""
        while True:
            try:
                return self._left.pop()
            except IndexError:
                fresh = os.urandom(16 * 256)
                self._left.extend([fresh[at : at + 16] for at in range(0, len(fresh), 16)])

    def forget(self) -> None:
        """Give out none of those that are left: another process has the same."""
        self._left.clear()


_SECRETS = _Secrets()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_SECRETS.forget)


class Request:
    """One piece of work for the executive, and who waits for its answer.

    ``drawn`` and ``handled`` are what an earlier computing of the same request drew and had
    handlers do: computed again, the turn finds the same numbers and the same answers.
    """

    __slots__ = (
        "actor",
        "drawn",
        "freed",
        "future",
        "handled",
        "held_keys",
        "is_quick",
        "loop",
        "needs",
        "now",
        "secret",
        "seed",
        "tries",
        "work",
    )

    def __init__(
        self,
        work: Callable[[], Any],
        actor: str,
        future: Future[Any] | asyncio.Future[Any],
        loop: asyncio.AbstractEventLoop | None,
        now: datetime,
    ) -> None:
        self.work = work
        self.actor = actor
        self.future = future
        self.loop = loop
        self.now = now
        self.secret = _SECRETS.draw()
        self.seed = int.from_bytes(self.secret[:7], "big")
        self.drawn: dict[str, list[int]] = {}
        self.freed: Freed | None = None
        """What became free since the snapshot was taken that it is computed from."""
        self.needs: Key | None = None
        self.handled: dict[str, Handled] = {}
        self.held_keys: set[Key] = set()
        self.tries = 0
        self.is_quick = False

    def call_handler(self, item: WorkItem, call: Callable[[], Any], limit: float | None) -> Any:
        """What the inline handler of a work item answers; with a limit, by parking the turn.

        Each work item's handler is called once for a request, however often its turn has to be
        computed: the answer is kept and found again, unless the item came out differently.
        """
        handled = self.handled.get(item.key)
        if handled is None or handled.item != item:
            if limit is not None:
                raise HandlerNeeded(item, call, limit)
            handled = self.handled[item.key] = Handled.by(item, call)
        return handled.outcome()

    def random_bits(self, number: int) -> int:
        """128 random bits, the same for the same number."""
        digest = blake2b(number.to_bytes(4, "big"), key=self.secret, digest_size=16)
        return int.from_bytes(digest.digest(), "big")

    def start_over(self) -> None:
        """It will be computed again from the start; what handlers did is remembered."""
        if not self.handled:
            self.drawn.clear()


class HandlerPool:
    """Where handlers run that may block; the threads begin with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, work: Callable[[], object]) -> None:
        """Have something done there."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(8, "procession-handler")
        self._pool.submit(work)

    def close(self) -> None:
        """Wait for what is in hand."""
        if self._pool is not None:
            self._pool.shutdown()


class Parked:
    """A handler that runs while its turn is parked. It answers once: in time, or by its limit."""

    def __init__(self, needed: HandlerNeeded, answered: Callable[[Handled], object]) -> None:
        self._needed = needed
        self._answered = answered
        self._lock = threading.Lock()
        self._is_over = False
        late = Handled.late(needed.item, needed.time_limit)
        self._timer = threading.Timer(needed.time_limit, self._finish, (late,))
        self._timer.daemon = True

    def run(self) -> None:
        """To be called where it may block."""
        self._finish(Handled.by(self._needed.item, self._needed.call))

    def start(self, pool: HandlerPool) -> None:
        """Have it run; the time counts from now."""
        self._timer.start()
        pool.submit(self.run)

    def _finish(self, handled: Handled) -> None:
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        self._timer.cancel()
        self._answered(handled)


class Ready:
    """A turn that is computed and waits to become durable.

    ``is_short``: so little is written that an event loop may do it. Free statements may be long.
    """

    __slots__ = ("is_short", "request", "turn", "value")

    def __init__(self, request: Request, turn: Turn, value: Any) -> None:
        self.request = request
        self.turn = turn
        self.value = value
        self.is_short = request.is_quick and turn.uow.is_bounded()


Answer = tuple[Request, Any, BaseException | None]


def answer(answers: Sequence[Answer], here: asyncio.AbstractEventLoop | None = None) -> None:
    """Tell everybody at once: futures one by one, each event loop with one wake-up.

    On the loop that is ``here``, the one whose thread this is, nobody has to be woken.
    """
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any, BaseException | None]]] = {}
    for request, value, error in answers:
        if request.loop is None or request.is_quick or request.loop is here:
            _resolve([(request.future, value, error)])
        else:
            loops.setdefault(request.loop, []).append((request.future, value, error))
    for loop, several in loops.items():
        try:
            loop.call_soon_threadsafe(_resolve, several)
        except RuntimeError:
            log.warning("%d answers found their event loop closed", len(several))


def _resolve(answers: list[tuple[Any, Any, BaseException | None]]) -> None:
    for future, value, error in answers:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


class Written:
    """What became of a batch: durable, to be computed again, or refused; and who is answered.

    A lost race is run again, ``tries`` times; not if a handler has already acted on the world.
    ``here`` is the event loop on whose thread it became known, if it was one's.
    """

    def __init__(
        self,
        batch: Sequence[Ready],
        outcomes: Sequence[BaseException | None],
        tries: int,
        here: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.here = here
        self.durable: list[Ready] = []
        self.refused: list[Ready] = []
        self.again: list[Ready] = []
        self.answers: list[Answer] = []
        for ready, outcome in zip(batch, outcomes, strict=True):
            request = ready.request
            if outcome is None:
                self.durable.append(ready)
                self.answers.append((request, ready.value, None))
            elif isinstance(outcome, Conflict) and request.tries < tries and not request.handled:
                self.again.append(ready)
            else:
                self.refused.append(ready)
                self.answers.append((request, None, refusal(outcome)))

    def once_more(self) -> list[Request]:
        """The requests that are computed again, the last first."""
        requests = [ready.request for ready in reversed(self.again)]
        for request in requests:
            request.tries += 1
            request.start_over()
        return requests


class Numbers:
    """Draws numbers from the store's sequences, several at a time where that costs a question."""

    def __init__(self, store: Store, block: int) -> None:
        self._store = store
        self._block = block
        self._left: dict[str, deque[int]] = {}

    def draw(self, sequence: str, wait: bool) -> int:
        """The next number of a sequence."""
        left = self._left.get(sequence)
        if not left:
            try:
                drawn = self._store.next_ids(sequence, self._block, wait=wait)
            except Occupied as error:
                raise NotQuick from error
            left = self._left[sequence] = deque(drawn)
        return left.popleft()


def stopped() -> Busy:
    """What is said to who comes too late."""
    return Busy("the server is stopping; try again shortly")


def refusal(error: BaseException) -> BaseException:
    """What the caller is told when a turn could not be made durable."""
    if isinstance(error, Conflict):
        return Busy("others keep changing the same thing; trying again is safe")
    return error
