"""Phrases: pieces of SQL with the values of their parameters, to put questions together quickly.

A question that has many forms is composed of constant pieces in the spelling of ``store/hot.py``
and asked with :meth:`procession.store.store.Reader.ask`. That costs some microseconds where
building and compiling an expression tree costs thousands, and each form is prepared once. Values
are parameters always: nothing that came from outside is ever part of a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, ColumnElement, Text, and_, bindparam
from sqlalchemy import text as sql_text

from procession.store.hot import HINT, MARK
from procession.store.store import Reader


class Phrase(msgspec.Struct, frozen=True):
    """A piece of SQL and the values of its parameters, in order."""

    text: str
    values: tuple[Any, ...] = ()

    def then(self, text: str, *values: Any) -> Phrase:
        """The same, and something after it."""
        return Phrase(self.text + text, self.values + values)

    def within(self, before: str, after: str) -> Phrase:
        """The same between two texts."""
        return Phrase(before + self.text + after, self.values)


NEVER: Final = Phrase("1 = 0")
ALWAYS: Final = Phrase("1 = 1")
BLANK: Final = Phrase("")


def join(word: str, phrases: Sequence[Phrase]) -> Phrase:
    """Phrases one after the other with a word between them."""
    if len(phrases) == 1:
        return phrases[0]
    values = tuple([value for one in phrases for value in one.values])
    return Phrase(word.join([one.text for one in phrases]), values)


def all_of(*phrases: Phrase) -> Phrase:
    """A condition: every one of these holds."""
    return _among(" and ", phrases, ALWAYS)


def any_of(*phrases: Phrase) -> Phrase:
    """A condition: at least one of these holds."""
    return _among(" or ", phrases, NEVER)


def _among(word: str, phrases: Sequence[Phrase], none: Phrase) -> Phrase:
    if not phrases:
        return none
    found = join(word, phrases)
    return found if len(phrases) == 1 else found.within("(", ")")


def ask(reader: Reader, phrases: Iterable[Phrase]) -> Sequence[tuple[Any, ...]]:
    """All rows of the select that the phrases make together."""
    question = join(" ", list(phrases))
    return reader.ask(question.text, question.values)


LONG: Final = 16_000
"""A list of so many ids is not collected and sorted, where walking is the other way."""


def is_long(reader: Reader, rows: Phrase, bound: int | None = None) -> bool:
    """Whether a select has so many rows that they are better not collected and sorted."""
    most = LONG if bound is None else bound
    counted = rows.within("select count(*) from (", " limit ?) as listed")
    return int(reader.ask(counted.text, (*counted.values, most))[0][0]) >= most


def clause(phrase: Phrase) -> ColumnElement[bool]:
    """A condition as part of a SQLAlchemy select."""
    text = HINT.sub("", phrase.text)
    parts, marks = MARK.split(text), MARK.findall(text)
    found = parts[0]
    binds: list[BindParameter[Any]] = []
    for number, (mark, value, part) in enumerate(zip(marks, phrase.values, parts[1:], strict=True)):
        name, kind = f"phrase_{number}", _LISTS.get(mark)
        found += f"in :{name}{part}" if kind else f":{name}{part}"
        given = list(value) if kind else value
        binds.append(bindparam(name, given, kind, expanding=kind is not None))
    return and_(sql_text(found).bindparams(*binds))


_LISTS: Final[dict[str, Any]] = {"in ??": BigInteger(), "in $$": Text()}
