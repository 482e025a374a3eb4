"""Attributes of rules, metadata and timers: from their words to what the matcher wants to know."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from procession.rules.drl.cursor import unquoted
from procession.rules.drl.lexer import TEXT
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Attribute, Piece

_UNITS: Final = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "": timedelta(milliseconds=1),
}
_PART: Final = re.compile(r"\s*(\d+)\s*(ms|d|h|m|s|)")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def settings(attributes: tuple[Attribute, ...]) -> dict[str, Attribute]:
    """The attributes by name; the last one of a name counts."""
    return {one.name: one for one in attributes}


def flag(one: Attribute | None) -> bool:
    """A flag: there, and not false."""
    return one is not None and not (one.piece and one.piece[0].text == "false")


def word(one: Attribute | None) -> str:
    """A text or a name."""
    if one is None or not one.piece:
        return ""
    if one.piece[0].kind == TEXT:
        return unquoted(one.piece[0].text)
    return "".join(token.text for token in one.piece)


def bare(piece: Piece) -> Piece:
    """A piece without the parentheses around it."""
    if len(piece) > 1 and piece[0].text == "(" and piece[-1].text == ")":
        return piece[1:-1]
    return piece


def whole_number(piece: Piece) -> int | None:
    """The number that a piece is, if it is nothing else."""
    words = [token.text for token in piece]
    sign = -1 if words and words[0] == "-" else 1
    digits = words[1:] if words and words[0] in "+-" else words
    if len(digits) == 1 and digits[0].isdigit():
        return sign * int(digits[0])
    return None


def moment(one: Attribute | None) -> datetime | None:
    """``"25-Dec-2020"``, perhaps with a time ``HH:mm`` behind it."""
    if one is None:
        return None
    text = word(one)
    found = re.fullmatch(r"(\d{1,2})-(\w{3})\w*-(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?", text)
    try:
        if found is None:
            raise ValueError
        day, month, year, hour, minute, second = found.groups()
        number = _MONTHS.index(month.lower()) + 1
        hours, minutes, seconds = [int(part or 0) for part in (hour, minute, second)]
        return datetime(int(year), number, int(day), hours, minutes, seconds, tzinfo=UTC)
    except ValueError:
        what = f'{one.name} needs a date such as "25-Dec-2020", not {text!r}'
        raise Mistake(what, one.line, one.column) from None


def duration(text: str) -> timedelta | None:
    """``1d2h3m4s5ms`` or a number of milliseconds."""
    total, at = timedelta(), 0
    text = text.strip()
    if not text:
        return None
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or found.end() == at:
            return None
        total += int(found[1]) * _UNITS[found[2]]
        at = found.end()
    return total


def schedule(delay: timedelta, period: timedelta | None, limit: int | None) -> Any:
    """When a row goes on: after a delay, then at intervals, at most so often."""

    def when(run: Any, facts: Any, since: datetime, times: int) -> datetime | None:
        if limit is not None and times >= limit:
            return None
        if times == 0:
            return since + delay
        return None if period is None else since + period

    return when


def timer(one: Attribute, source: str) -> Any:
    """``timer( int: 30s 10s; repeat-limit=3 )``, ``timer( 30s )``, ``duration 5000``."""
    piece = bare(one.piece)
    if len(piece) == 1 and piece[0].kind == TEXT:
        text = unquoted(piece[0].text)
    else:
        text = source[piece[0].start : piece[-1].end] if piece else ""
    place = (one.line, one.column)
    main, *options = [part.strip() for part in text.split(";")]
    if main.startswith("int:"):
        main = main[4:]
    elif re.match(r"\w+:", main):
        kind = main.partition(":")[0]
        raise Mistake(f"timers of the kind '{kind}' are not supported; use 'int:'", *place)
    limit = None
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() != "repeat-limit" or not value.strip().isdigit():
            raise Mistake(f"the timer option '{name.strip()}' is not supported", *place)
        limit = int(value)
    parts = main.split()
    times = [duration(part) for part in parts]
    if not times or len(times) > 2 or times[0] is None or None in times:
        raise Mistake(f"'{main.strip()}' is no duration such as 30s or 1h30m", *place)
    return schedule(times[0], times[1] if len(times) > 1 else None, limit)
