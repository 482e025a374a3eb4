"""What requests of a route mostly ask beyond what is foreseen, learned by watching them.

A snapshot whose questions are all known needs no transaction of several trips. Whoever asks more of
it has to be answered elsewhere, which is dear; so a route whose requests do that is foreseen amply,
and if that is not enough they get a snapshot that lasts.
"""

from __future__ import annotations

from typing import Final

_OF_LATE: Final = 16
_MANY: Final = 0.125
_AGAIN_AFTER: Final = 4096


class Habit:
    """Of one route, on one event loop."""

    __slots__ = ("_left", "_more", "is_ample", "is_lasting")

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.is_ample = False
        """Whether it is foreseen amply."""
        self.is_lasting = False
        """Whether its requests may ask more."""
        self._more = 0.0
        self._left = _AGAIN_AFTER

    def saw(self, more: bool) -> None:
        """A request asked more than was foreseen, or did not."""
        self._left -= 1
        if not self._left:
            self._forget()
        self._more += (more - self._more) / _OF_LATE
        if self._more < _MANY:
            return
        self._more = 0.0
        self.is_ample, self.is_lasting = True, self.is_ample
