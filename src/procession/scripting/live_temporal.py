"""Temporal operators of rule patterns: ``this after[ 1s, 10s ] $other`` and its sisters.

Both sides are a beginning and an end in milliseconds: of an event those of its fields or when it
was inserted, of a date or a number the value itself. Ranges are those of Drools 6.5: what two
events have between them is at least a millisecond where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from procession.scripting.equality import millis
from procession.scripting.facts import FactObject
from procession.scripting.frame import Frame
from procession.scripting.throwables import throw
from procession.values import Value

Span: TypeAlias = tuple[int, int]
Ranges: TypeAlias = tuple[int, ...]
_MOST: Final = 1 << 63


def _span(f: Frame, value: Value) -> Span:
    if isinstance(value, datetime):
        at = millis(value)
        return at, at
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value), int(value)
    if not isinstance(value, FactObject) or value.shape is None or not value.shape.is_event:
        what = "a temporal operator needs events, dates or milliseconds"
        raise throw("IllegalArgumentException", what)
    shape = value.shape
    if shape.timestamp:
        start = _span(f, value.fields.get(shape.timestamp))[0]
    else:
        start = f.context.memory.control("moment", value)
    lasts = value.fields.get(shape.duration) if shape.duration else 0
    return start, start + _span(f, lasts or 0)[0]


def _within(distance: int, ranges: Ranges, at: int = 0) -> bool:
    """Whether a distance lies in the range at a place; without any it is above zero."""
    if not ranges:
        return distance >= 1
    if len(ranges) == 1:
        return 1 <= distance <= ranges[0]
    low, high = ranges[at : at + 2] if len(ranges) > 2 else ranges[:2]
    return low <= distance <= high


def _beyond(distance: int, ranges: Ranges) -> bool:
    """The same for operators whose single range is the least distance."""
    low, high = (*ranges, _MOST) if len(ranges) == 1 else (ranges or (1, _MOST))
    return min(low, high) <= distance <= max(low, high)


def _near(distance: int, ranges: Ranges, at: int = 0) -> bool:
    """Whether a distance is none, or at most the given one."""
    return abs(distance) <= (ranges[min(at, len(ranges) - 1)] if ranges else 0)


def _during(a: Span, b: Span, ranges: Ranges) -> bool:
    return _within(a[0] - b[0], ranges) and _within(b[1] - a[1], ranges, 2)


def _overlaps(a: Span, b: Span, ranges: Ranges) -> bool:
    return a[0] < b[0] and a[1] < b[1] and _within(a[1] - b[0], ranges)


_TESTS: Final[dict[str, Callable[[Span, Span, Ranges], bool]]] = {
    "after": lambda a, b, r: _beyond(a[0] - b[1], r),
    "before": lambda a, b, r: _beyond(b[0] - a[1], r),
    "coincides": lambda a, b, r: _near(a[0] - b[0], r) and _near(a[1] - b[1], r, 1),
    "during": _during,
    "includes": lambda a, b, r: _during(b, a, r),
    "finishes": lambda a, b, r: a[0] > b[0] and _near(a[1] - b[1], r),
    "finishedby": lambda a, b, r: b[0] > a[0] and _near(a[1] - b[1], r),
    "meets": lambda a, b, r: _near(b[0] - a[1], r),
    "metby": lambda a, b, r: _near(a[0] - b[1], r),
    "overlaps": _overlaps,
    "overlappedby": lambda a, b, r: _overlaps(b, a, r),
    "starts": lambda a, b, r: _near(a[0] - b[0], r) and a[1] < b[1],
    "startedby": lambda a, b, r: _near(a[0] - b[0], r) and a[1] > b[1],
}


def _operator(test: Callable[[Span, Span, Ranges], bool]) -> Callable[..., Value]:
    def asked(f: Frame, a: Value, b: Value, *ranges: Value) -> bool:
        if a is None or b is None:
            return False
        return test(_span(f, a), _span(f, b), tuple([int(one) for one in ranges]))

    return asked


TEMPORAL: Final = {f"drl__{name}": _operator(test) for name, test in _TESTS.items()}
