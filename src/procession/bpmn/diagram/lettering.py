"""How wide words are and where lines break, without a font at hand."""

from __future__ import annotations

import unicodedata
from typing import Final

_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]{} /-\u2019")
_BROAD: Final = frozenset("mwMW@%&")


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif font."""
    return size * sum(_share(letter) for letter in text)


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.32
    if letter in _BROAD:
        return 0.88
    if letter < "\x7f":
        return 0.66 if letter.isupper() else 0.56
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Mn":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in ("W", "F") else 0.6


def wrap(text: str, size: float, room: float, most: int) -> list[str]:
    """Break a text into at most so many lines of that width, with an ellipsis for the rest."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for part in _pieces(word, size, room):
            longer = f"{line} {part}" if line else part
            if line and width_of(longer, size) > room:
                lines.append(line)
                line = part
            else:
                line = longer
        if len(lines) > most:
            break
    if line:
        lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], size, room)]
    return lines


def _pieces(word: str, size: float, room: float) -> list[str]:
    """A word too wide for a line, cut at its hyphens, else anywhere."""
    if width_of(word, size) <= room:
        return [word]
    head, hyphen, tail = word.partition("-")
    if hyphen and tail:
        return [*_pieces(head + hyphen, size, room), *_pieces(tail, size, room)]
    pieces = [""]
    for letter in word[:400]:
        if pieces[-1] and width_of(pieces[-1] + letter, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shortened(line: str, size: float, room: float) -> str:
    while line and width_of(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"
