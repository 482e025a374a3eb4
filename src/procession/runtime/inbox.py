"""What the executive's thread is given: requests, and what is to be done between turns."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from typing import Any

from procession.runtime.requests import Request, answer, stopped


class Inbox:
    """One queue; anybody puts into it.

    A :class:`procession.runtime.requests.Request` is computed, an action is called between turns,
    ``()`` only wakes the thread, and ``None`` has it end.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._is_closed = False

    def put(self, item: Any) -> None:
        """Something for the executive; who comes when its thread has ended is refused."""
        self._queue.put(item)
        if self._is_closed:
            self.refuse_all()

    def wait(self) -> Any:
        """The next item, when there is one."""
        return self._queue.get()

    def is_empty(self) -> bool:
        """Whether nothing has arrived that was not taken."""
        return self._queue.empty()

    def drain(self, requests: deque[Request], most: int, item: Any = ()) -> bool:
        """Take what has arrived, ``item`` first, until so many requests wait.

        False when told to stop.
        """
        going = True
        try:
            while True:
                if item is None:
                    going = False
                elif type(item) is Request:
                    requests.append(item)
                elif item:
                    item()
                if len(requests) >= most:
                    break
                item = self._queue.get_nowait()
        except Empty:
            pass
        return going

    def refuse_all(self) -> None:
        """Answer what came in while the thread was ending, and all that will."""
        self._is_closed = True
        while True:
            try:
                item = self._queue.get_nowait()
            except Empty:
                return
            if type(item) is Request:
                answer([(item, None, stopped())])
