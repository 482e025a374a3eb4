"""Requests that arrived together are answered from one snapshot, and ask in one trip.

Where the database is a server nearby, an event loop asks it itself (:mod:`procession.web.lanes`).
So those who stand in line when it turns to them share a snapshot, taken after all of them came.
What their routes foresee is asked for all at once; the loop goes on meanwhile, and when the answers
are there each finds them at hand. Where that is mostly all (:mod:`procession.web.habits`) the
snapshot ends with the trip. Whoever would have to wait longer is sent to a thread.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from procession.errors import Occupied
from procession.runtime.claims import Freed
from procession.web.habits import Habit

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.tasks.foreseeing import Foreseen
    from procession.store.store import Ahead, LoopReader, Question, Reader, Store
    from procession.web.http import Reply, Request, Route

Work = Callable[[], Any]
MOST: Final = 16
"""So many are answered before the loop looks at what else it has to do."""
LONG: Final = 0.05
"""Seconds after which nobody waits any more for the questions of those before."""


class Waiting:
    """A request in line."""

    __slots__ = ("foreseen", "future", "habit", "is_long", "request", "route", "work")

    def __init__(
        self,
        route: Route,
        request: Request,
        work: Work,
        foreseen: Foreseen,
        habit: Habit,
        future: asyncio.Future[Reply],
    ) -> None:
        self.route = route
        self.request = request
        self.work = work
        self.foreseen = foreseen
        self.habit = habit
        self.future = future
        self.is_long = False
        """Whether it turned out that it is not for an event loop."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be asked that is not foreseen: it may be long."""
        return self.route.lane == "read"


class WaitingLine:
    """Who waits for an event loop. Whoever stands in it is called, or some are under way."""

    __slots__ = ("is_asking", "is_called", "late", "loop", "waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: deque[Waiting] = deque()
        self.is_called = False
        """Whether the loop is going to serve it, without being told more."""
        self.is_asking = False
        """Whether questions are under way: who comes meanwhile waits, and goes with all who do."""
        self.late: asyncio.TimerHandle | None = None
        """Until when at most."""

    def end_late(self) -> None:
        """Nobody has to be called later."""
        if self.late is not None:
            self.late.cancel()
            self.late = None


class Together:
    """The line of an event loop; ``elsewhere`` has a request answered by a thread."""

    def __init__(self, engine: Engine, elsewhere: Callable[[Waiting], object]) -> None:
        self.store: Store = engine.room.store
        self._executive = engine.executive
        self._elsewhere = elsewhere
        self._line: WaitingLine | None = None
        self._habits: defaultdict[int, Habit] = defaultdict(Habit)

    def stand(
        self, route: Route, request: Request, work: Work, foreseen: Foreseen
    ) -> asyncio.Future[Reply]:
        """Wait in line; to be called on a running event loop."""
        loop = asyncio.get_running_loop()
        habit = self._habits[id(route)]
        one = Waiting(route, request, work, foreseen, habit, loop.create_future())
        if one.is_closed and habit.is_lasting:  # it would hardly ever be answered here
            habit.saw(False)
            self._elsewhere(one)
            return one.future
        line = self._line
        if line is None or line.loop is not loop:
            line = self._line = WaitingLine(loop)
        line.waiting.append(one)
        if line.is_called:
            pass
        elif not line.is_asking:
            self._call(line)
        elif line.late is None:
            line.late = loop.call_later(LONG, self._serve, line)
        return one.future

    def _call(self, line: WaitingLine) -> None:
        line.is_called = True
        line.loop.call_soon(self._serve, line)

    def _serve(self, line: WaitingLine) -> None:
        line.is_called = False
        line.end_late()
        waiting = line.waiting
        if not waiting:
            return
        some = deque(waiting.popleft() for _ in range(min(MOST, len(waiting))))
        if waiting:
            self._call(line)
        freed = Freed(self._executive.claims)
        reader = None
        try:
            reader = self.store.take_reader()
            asking = _Asking(self, line, some, freed, reader)
        except (Exception, Occupied):
            self.send_away(some, freed, reader)
        else:
            asking.go_on()

    def has_asked(self, line: WaitingLine) -> None:
        """Answers are there: the next set out, and are under way while these are told."""
        line.is_asking = False
        if line.waiting and not line.is_called:
            self._serve(line)

    def answer(self, some: deque[Waiting], freed: Freed, reader: LoopReader) -> None:
        """Answer them from one snapshot."""
        # Who asks alone is told what is wrong, or that nothing is.
        with suppress(Exception, Occupied), self.store.read(wait=False, taken=reader):
            while some and self.store.is_near and not freed.is_everything:
                one = some.popleft()
                reader.asked_more = False
                reader.is_closed = one.is_closed
                self._answer(one, freed)
                one.habit.saw(reader.asked_more)
        self.send_away(some, freed)

    def send_away(self, some: deque[Waiting], freed: Freed, reader: Reader | None = None) -> None:
        """Have them answered elsewhere, and give the reader back."""
        freed.end()
        if reader is not None:
            with suppress(Exception), self.store.read(taken=reader):
                pass
        while some:
            self._elsewhere(some.popleft())

    def _answer(self, one: Waiting, freed: Freed) -> None:
        if one.future.done():
            return
        if one.is_long:
            self._elsewhere(one)
            return
        try:
            if one.route.lane == "turn":
                actor, future = one.request.actor.name, one.future
                self._executive.submit_async(one.work, actor=actor, future=future, freed=freed)
            else:
                one.future.set_result(one.work())
        except Occupied:
            self._elsewhere(one)
        except Exception as error:
            one.future.set_exception(error)


class _Asking:
    """Some who wait for what they foresee."""

    def __init__(
        self,
        together: Together,
        line: WaitingLine,
        some: deque[Waiting],
        freed: Freed,
        reader: LoopReader,
    ) -> None:
        self._together = together
        self._line = line
        self._some = some
        self._freed = freed
        self._reader = reader
        self._asking = [(one, one.foreseen(reader, one.habit.is_ample)) for one in some]
        self._is_alone = not any(one.habit.is_lasting for one in some)

    def go_on(self) -> None:
        """Ask what comes next, or answer when that is nothing."""
        try:
            while self._asking:
                ahead = self._reader.set_out(*self._questions(), alone=self._is_alone)
                if ahead is not None and not self._is_there(ahead):
                    return
        except (Exception, Occupied):
            for one, _ in self._asking:
                one.habit.saw(self._reader.asked_more)
            self._together.has_asked(self._line)
            self._together.send_away(self._some, self._freed, self._reader)
        else:
            self._together.has_asked(self._line)
            self._together.answer(self._some, self._freed, self._reader)

    def _questions(self) -> list[Question]:
        questions: list[Question] = []
        going = []
        for one, asking in self._asking:
            try:
                questions += next(asking)
            except StopIteration:
                continue
            except Occupied:
                one.is_long = True
                continue
            going.append((one, asking))
        self._asking = going
        return questions

    def _is_there(self, ahead: Ahead) -> bool:
        """Whether the answers are there already; else the loop will be told."""
        if ahead.advance():
            return True
        if not ahead.is_waiting:  # the server takes nothing more
            raise Occupied
        self._line.loop.add_reader(ahead.file, self._arrived, ahead)
        self._line.is_asking = True
        return False

    def _arrived(self, ahead: Ahead) -> None:
        try:
            if not ahead.advance():
                return
        except (Exception, Occupied):
            self._line.loop.remove_reader(ahead.file)
            self._together.has_asked(self._line)
            self._together.send_away(self._some, self._freed, self._reader)
        else:
            self._line.loop.remove_reader(ahead.file)
            self.go_on()
