"""The notation of the tables of cases, see ``cases/README.md``: values as a Java reader knows them.

``1`` is an Integer, ``1L`` a Long, ``1.0`` a Double, ``1.0f`` a Float, ``1s`` a Short, ``1b`` a
Byte, ``1.0B`` a BigDecimal, ``1I`` a BigInteger, ``'c'`` a Character, ``"c"`` a String, ``@5`` the
Date 5 ms after 1970, ``[…]`` a List or an array, ``#{…}`` a Set, ``{k: v}`` a Map and
``Person{name: "Ann"}`` a bean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from procession.scripting.rendering import double_text, float_text
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set, Short

LINE = "\u23ce"
"""Stands for a line end inside a case."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|'(?P<char>\\?.)'|@(?P<date>-?\d+)"""
    r"""|(?P<number>-?\d[\d.]*(?:E[+-]?\d+)?)(?P<mark>[LfsbBI]?)"""
    r"""|(?P<name>[^\W\d][\w$.]*|\$\w*)|(?P<sign>\[\]\{|\#\{|[\[\]{}=:,]))""",
    re.VERBOSE,
)
_MARKS: dict[str, Any] = {
    "L": Long,
    "f": Float,
    "s": Short,
    "b": Byte,
    "B": Decimal,
    "I": BigInteger,
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "Person": ("name", "age", "active", "salary", "address", "friend"),
    "Address": ("city", "street", "number"),
}


class Case(NamedTuple):
    """One line of a table."""

    place: str
    source: str
    given: str
    expected: str
    elsewhere: str
    """What the published engine answers where it differs, else the same as ``expected``."""


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder of tables."""
    for table in sorted(folder.glob("*.txt")):
        given = ""
        for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
            if line.startswith("given:"):
                given = line.removeprefix("given:").strip()
            elif line.strip() and not line.startswith("## "):
                source, _, expected = line.rpartition(" => ")
                expected, _, elsewhere = expected.partition(" || ")
                place = f"{table.stem}:{number}"
                text = source.replace(LINE, "\n")
                yield Case(place, text, given, expected.strip(), (elsewhere or expected).strip())


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = [found for found in _TOKEN.finditer(text) if found.group().strip()]
        self.at = 0

    def take(self) -> re.Match[str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at]["sign"] == sign:
            self.at += 1
            return True
        return False

    def value(self) -> Any:
        token = self.take()
        if token["text"] is not None:
            return unquoted(token["text"])
        if token["char"] is not None:
            return Char(token["char"][-1])
        if token["date"] is not None:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(token["date"]))
        if token["number"] is not None:
            return _number(token["number"], token["mark"])
        if token["name"] is not None:
            return self.named(token["name"])
        if token["sign"] == "[":
            return tuple(self.items("]"))
        return Set(self.items("}")) if token["sign"] == "#{" else self.pairs()

    def named(self, name: str) -> Any:
        if name in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name]
        if self.skip("[]{"):
            return tuple(self.items("}"))
        self.skip("{")
        own: dict[Any, Any] = dict.fromkeys(_FIELDS.get(name, ()))
        if name == "Person":
            own |= {"tags": (), "notes": Map()}
        return Bean(name, Map({**own, **self.pairs()}))

    def items(self, end: str) -> list[Any]:
        made = []
        while not self.skip(end):
            made.append(self.value())
            self.skip(",")
        return made

    def pairs(self) -> Map:
        made = {}
        while not self.skip("}"):
            token = self.tokens[self.at]
            if token["name"] is not None:
                self.at += 1
                key: Any = token["name"]
            else:
                key = self.value()
            assert self.skip(":")
            made[key] = self.value()
            self.skip(",")
        return Map(made)


def _number(text: str, mark: str) -> Any:
    if mark:
        return _MARKS[mark](text)
    return float(text) if "." in text or "E" in text else int(text)


def unquoted(text: str) -> str:
    """The text between quotes."""
    marks = {"n": "\n", "t": "\t"}

    def plain(found: re.Match[str]) -> str:
        return chr(int(found[1], 16)) if found[1] else marks.get(found[2], found[2])

    return re.sub(r"\\(?:u([0-9a-f]{4})|(.))", plain, text[1:-1])


def bindings(text: str) -> dict[str, Any]:
    """Names and their values."""
    reader = _Reader(text)
    found: dict[str, Any] = {}
    while reader.at < len(reader.tokens):
        name = reader.take()["name"]
        assert reader.skip("=")
        found[name] = reader.value()
        reader.skip(",")
    return found


def written(value: Any) -> str:
    """A value in the notation; members of sets and maps in the order of their texts."""
    kind = type(value)
    if value is None or kind is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if kind is str:
        return quoted(value)
    if kind is Char:
        return f"'{value}'"
    if kind is int:
        return str(value)
    if kind is float:
        return double_text(value)
    if kind is Float:
        return float_text(value) + "f"
    for mark, one in _MARKS.items():
        if kind is one:
            return f"{value if kind is Decimal else int(value)}{mark}"
    if kind is datetime:
        return f"@{(value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if kind is Set:
        return f"#{{{', '.join(sorted(map(written, value)))}}}"
    if kind is Map:
        pairs = [f"{written(key)}: {written(item)}" for key, item in value.items()]
        return f"{{{', '.join(sorted(pairs))}}}"
    return f"a {value.type_name}" if kind is Bean else f"a {kind.__name__}"


def quoted(text: str) -> str:
    """A text in quotes, with nothing but ASCII."""
    made = []
    for letter in text:
        if letter in '"\\':
            made.append("\\" + letter)
        elif letter in "\n\t":
            made.append("\\n" if letter == "\n" else "\\t")
        elif " " <= letter <= "~":
            made.append(letter)
        else:
            units = letter.encode("utf-16-be").hex()
            made.extend("\\u" + units[at : at + 4] for at in range(0, len(units), 4))
    return '"' + "".join(made) + '"'
