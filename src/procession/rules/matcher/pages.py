"""Where entries are stored: on pages of a few kilobytes, of which only changed ones are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

FULL: Final = 400
"""What a page weighs at most, unless one entry is heavier; about eight bytes each."""


def weight(entry: tuple[Any, ...]) -> int:
    """About how long an entry is when it is written."""
    total = len(entry) + 1
    for part in entry:
        if type(part) is tuple:
            total += weight(part)
        elif type(part) is str or type(part) is bytes:
            total += len(part) >> 3
    return total


class Pages:
    """Which entry is on which page, by numbers; ``changed`` are to be written, or to be deleted."""

    __slots__ = ("_next", "_of", "_on", "_open", "_roomy", "_weights", "changed")

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._on: dict[int, dict[int, int]] = {}
        self._weights: dict[int, int] = {}
        self._roomy: dict[int, None] = {}
        self._open = -1
        self._next = 0
        self.changed: dict[int, None] = {}

    def on(self, page: int) -> Iterable[int]:
        """The entries on a page; none on one that is to be deleted."""
        return list(self._on.get(page, ()))

    def put(self, number: int, weight: int) -> None:
        """An entry is new or has changed."""
        page = self._of.get(number)
        if page is not None:
            self._weights[page] += weight - self._on[page][number]
            if self._weights[page] <= 2 * FULL or len(self._on[page]) == 1:
                self._on[page][number] = weight
                self.changed[page] = None
                return
            self._weights[page] -= weight - self._on[page][number]
            self.remove(number)
        self.restore(self._room(weight), number, weight)
        self.changed[self._of[number]] = None

    def _room(self, weight: int) -> int:
        page = self._open
        if page in self._on and self._weights[page] + weight <= FULL:
            return page
        while self._roomy:
            page = next(iter(self._roomy))
            if page in self._on and self._weights[page] + weight <= FULL:
                self._open = page
                return page
            del self._roomy[page]
        self._open = self._next
        return self._open

    def restore(self, page: int, number: int, weight: int) -> None:
        """An entry is on a page."""
        self._on.setdefault(page, {})[number] = weight
        self._of[number] = page
        self._weights[page] = self._weights.get(page, 0) + weight
        self._next = max(self._next, page + 1)

    def remove(self, number: int) -> None:
        """An entry is gone."""
        page = self._of.pop(number, None)
        if page is None:
            return
        entries = self._on[page]
        self._weights[page] -= entries.pop(number)
        self.changed[page] = None
        if not entries:
            del self._on[page], self._weights[page]
            self._roomy.pop(page, None)
        elif self._weights[page] < FULL // 2:
            self._roomy[page] = None
