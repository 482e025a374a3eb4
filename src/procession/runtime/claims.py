"""One instance, one turn at a time.

Within a process the executive sees to it: what a turn touched stays *claimed* from the moment the
turn is ready until it is durable (or from a blocking handler's call to its return), and a turn that
needs it meanwhile is dropped and repeated afterwards, in order (``reference/architecture.md`` 9.5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from typing import Any

Key = tuple[str, int]


class Deferred(BaseException):
    """The turn needs something that is claimed; it is dropped and repeated by itself.

    Not an error, and so nothing that whoever handles errors could swallow.
    """

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0]} {key[1]} is claimed")
        self.key = key


class Freed:
    """What became free while a snapshot is in use, which may tell something older of it."""

    def __init__(self, claims: Claims) -> None:
        self.keys: set[Key] = set()
        self.is_everything = False
        self._watching = claims.watching
        self._watching[id(self)] = self

    def end(self) -> None:
        """The snapshot is used no more."""
        self._watching.pop(id(self), None)


class Claims:
    """Who is waiting for what; used by whoever is on duty."""

    def __init__(self) -> None:
        self.watching: dict[int, Freed] = {}
        self._held: dict[Key, object] = {}
        self._waiting: dict[Key, deque[Any]] = {}

    def outdate(self) -> None:
        """No snapshot that is in use now is to be computed from any more."""
        for freed in tuple(self.watching.values()):
            freed.is_everything = True

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

    def release(self, keys: Collection[Key], holder: object) -> list[Any]:
        """Free keys; gives what waited for them, oldest first."""
        ready: list[Any] = []
        for freed in tuple(self.watching.values()):
            freed.keys.update(keys)
        for key in keys:
            if self._held.get(key) is holder:
                del self._held[key]
                ready.extend(self._waiting.pop(key, ()))
        return ready
