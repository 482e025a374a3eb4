"""One instance, one turn at a time.

Within a process the executive sees to it: what a turn touched stays *claimed* from the moment the
turn is ready until it is durable (or from a blocking handler's call to its return), and a turn that
needs it meanwhile is dropped and repeated afterwards, in order (``reference/architecture.md`` 9.5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

Key = tuple[str, int]


class Deferred(BaseException):
    """The turn needs something that is claimed; it is dropped and repeated by itself.

    Not an error, and so nothing that whoever handles errors could swallow.
    """

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0]} {key[1]} is claimed")
        self.key = key


class Claims:
    """Who is waiting for what; used by the executive's thread alone."""

    def __init__(self) -> None:
        self._held: dict[Key, object] = {}
        self._waiting: dict[Key, deque[Any]] = {}

    def check(self, key: Key, holder: object = None) -> None:
        """Raise :class:`Deferred` if somebody else holds the key."""
        held = self._held.get(key)
        if held is not None and held is not holder:
            raise Deferred(key)

    def hold(self, keys: Iterable[Key], holder: object) -> None:
        """Claim keys that :meth:`check` let pass."""
        for key in keys:
            self._held[key] = holder

    def keeps_waiting(self, key: Key | None, request: object) -> bool:
        """Whether a request that comes from waiting for the key has to wait on."""
        if key is None or self._held.get(key, request) is request:
            return False
        self.wait_for(key, request)
        return True

    def wait_for(self, key: Key, request: object) -> None:
        """Repeat the request when the key is free."""
        self._waiting.setdefault(key, deque()).append(request)

    def release(self, keys: Iterable[Key], holder: object) -> list[Any]:
        """Free keys; gives what waited for them, oldest first."""
        ready: list[Any] = []
        for key in keys:
            if self._held.get(key) is holder:
                del self._held[key]
                ready.extend(self._waiting.pop(key, ()))
        return ready
