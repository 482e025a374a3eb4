"""Attributes of rules, metadata and timers: from their words to what the matcher wants to know."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

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
    found = date_of(text)
    if found is None:
        what = f'{one.name} needs a date such as "25-Dec-2020", not {text!r}'
        raise Mistake(what, one.line, one.column)
    return found


def date_of(text: str) -> datetime | None:
    """``25-Dec-2020``, perhaps with a time behind it; None if the text is no date."""
    found = re.fullmatch(r"(\d{1,2})-(\w{3})\w*-(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?", text)
    if found is None:
        return None
    day, month, year, hour, minute, second = found.groups()
    try:
        number = _MONTHS.index(month.lower()) + 1
        hours, minutes, seconds = [int(part or 0) for part in (hour, minute, second)]
        return datetime(int(year), number, int(day), hours, minutes, seconds, tzinfo=UTC)
    except ValueError:
        return None


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
