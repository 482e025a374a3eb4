"""Which part of a list is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from procession.errors import Invalid
from procession.services.views import Page

T = TypeVar("T")
DEFAULT_SIZE: Final = 10


class PageRequest(msgspec.Struct, frozen=True):
    """A page by number (from 1) and size; with neither, everything.

    ``reference/jbpm-rest-api.md`` 3.5: a number alone means pages of ten, page 0 is page 1, and
    size 0 is no paging. ``counted``: whoever asks wants to know how many there are in all.
    ``as_made``: history in the order in which it was made, as jBPM 6.0 and 6.1 had it.
    """

    number: int | None = None
    size: int | None = None
    counted: bool = False
    as_made: bool = False

    def __post_init__(self) -> None:
        for name, value in (("page", self.number), ("page size", self.size)):
            if value is not None and value < 0:
                raise Invalid(f"the {name} must be 0 or more, not {value}")

    @property
    def is_paged(self) -> bool:
        """Whether a part is asked for."""
        return self.limit is not None

    @property
    def limit(self) -> int | None:
        """How many items at most; ``None`` for all."""
        if self.size is None:
            return None if self.number is None else DEFAULT_SIZE
        return self.size or None

    @property
    def offset(self) -> int:
        """How many items come before the page."""
        return (max(self.number or 1, 1) - 1) * (self.limit or 0)

    def of(self, items: Iterable[T], total: int | None = None, found: int | None = None) -> Page[T]:
        """The page itself: these items of a list of ``total``, ``None`` if nobody counted.

        ``found``: how many there were from where the page begins; fewer than it holds are the last.
        """
        if total is None and found is not None and self.limit and found < self.limit:
            total = self.offset + found if found or not self.offset else None
        return Page(tuple(items), total, self.number, self.size)


EVERYTHING: Final = PageRequest()
