"""What stands in a pattern's parentheses: from DRL's operators to texts of one expression each.

``age > 18 && < 65``, ``name not matches "A.*"``, ``$a : age``, ``city in ("A", "B")``: each is
split into its relations; :mod:`.patterns` makes an expression for the script machine of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import msgspec

from procession.rules.drl.attributes import duration
from procession.rules.drl.lexer import NAME, SIGN, TEXT, Token
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Piece

_SIGNS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})
_WORDS: Final = frozenset(
    {"matches", "contains", "memberOf", "soundslike", "in", "excludes", "str", "strsim"}
)
TEMPORAL: Final = {
    "after": (1, 2),
    "before": (1, 2),
    "coincides": (1, 2),
    "during": (1, 2, 4),
    "finishes": (1,),
    "finishedby": (1,),
    "includes": (1, 2, 4),
    "meets": (1,),
    "metby": (1,),
    "overlaps": (1, 2),
    "overlappedby": (1, 2),
    "starts": (1,),
    "startedby": (1,),
}
"""Temporal operators, with how many durations they take in brackets."""
_STRINGS: Final = {"startsWith", "endsWith", "length"}


class Binding(msgspec.Struct, frozen=True):
    """``$a : age`` or, with ``unify``, ``$a := age``."""

    name: str
    value: Piece
    unify: bool


class Relation(msgspec.Struct, frozen=True):
    """One test: ``left op right``; without an operator, ``left`` is the test."""

    left: Piece
    op: str = ""
    rights: tuple[Piece, ...] = ()
    negated: bool = False
    argument: str = ""


class Logic(msgspec.Struct, frozen=True):
    """``&&`` or ``||`` of tests."""

    op: str
    parts: tuple[Tested, ...]
    negated: bool = False


Tested = Relation | Logic


class Constraint(msgspec.Struct):
    """One constraint: what it binds, and what it tests if it does."""

    bindings: list[Binding]
    test: Tested | None
    place: Token


def read(piece: Piece) -> Constraint:
    """One constraint of a pattern."""
    reader = _Reader()
    test = reader.either(piece)
    return Constraint(reader.bindings, test, piece[0])


def split(piece: Sequence[Token], *signs: str) -> list[Piece]:
    """The parts of a piece between signs outside of all brackets."""
    parts: list[Piece] = []
    depth, start = 0, 0
    for at, word in enumerate(piece):
        if word.kind == SIGN and word.text in "([{":
            depth += 1
        elif word.kind == SIGN and word.text in ")]}":
            depth -= 1
        elif word.kind == SIGN and not depth and word.text in signs:
            parts.append(tuple(piece[start:at]))
            start = at + 1
    parts.append(tuple(piece[start:]))
    return parts


def _wrapped(piece: Piece) -> bool:
    if len(piece) < 2 or piece[0].text != "(" or piece[-1].text != ")":
        return False
    depth = 0
    for at, word in enumerate(piece):
        if word.kind == SIGN:
            depth += (word.text == "(") - (word.text == ")")
        if depth == 0 and at < len(piece) - 1:
            return False
    return True


def expanded(piece: Piece) -> list[Piece]:
    """``address.( city == "Rome", zip > 3 )`` as one constraint for each within."""
    depth = 0
    for at, word in enumerate(piece[:-1]):
        if word.kind == SIGN and not depth and word.text == "." and piece[at + 1].text == "(":
            if not _wrapped(piece[at + 1 :]):
                raise _at(piece[at:], "nothing may follow the constraints in 'name.( … )'")
            inside = [part for part in split(piece[at + 2 : -1], ",") if part]
            return [one for part in inside for one in expanded(_prefixed(part, piece[: at + 1]))]
        if word.kind == SIGN and word.text in "([{)]}":
            depth += 1 if word.text in "([{" else -1
    return [piece]


def _prefixed(piece: Piece, prefix: Piece) -> Piece:
    """A constraint whose terms are members of what a prefix names."""
    made: list[Token] = []
    begins = True
    for at, word in enumerate(piece):
        bound = at + 1 < len(piece) and piece[at + 1].text in (":", ":=")
        if begins and word.kind == NAME and not bound and word.text not in _WORDS | {"not"}:
            made.extend(prefix)
        made.append(word)
        begins = (
            word.kind == SIGN
            and word.text in ("&&", "||", "(", "!", ":", ":=")
            and (word.text != "(" or begins)
        )
    return tuple(made)


class _Reader:
    """Reads one constraint; ``left`` is what an operator without a left side refers to."""

    def __init__(self) -> None:
        self.bindings: list[Binding] = []
        self.left: Piece = ()

    def either(self, piece: Piece) -> Tested | None:
        return self._logic(piece, "||", self.both)

    def both(self, piece: Piece) -> Tested | None:
        return self._logic(piece, "&&", self.one)

    def _logic(self, piece: Piece, op: str, inside: object) -> Tested | None:
        parts = split(piece, op)
        tests: list[Tested] = []
        for part in parts:
            if not part:
                raise _at(piece, f"something is missing beside '{op}'")
            test = self.both(part) if op == "||" else self.one(part)
            if test is not None:
                tests.append(test)
        if not tests:
            return None
        if len(tests) != len(parts) and op == "||":
            raise _at(piece, "a binding without a test cannot stand beside '||'")
        return tests[0] if len(tests) == 1 else Logic(op, tuple(tests))

    def one(self, piece: Piece) -> Tested | None:
        at = next((at for at, w in enumerate(piece) if w.text == "#" and w.kind == SIGN), -1)
        if at > 0 and piece[0].text != "(" and piece[0].text != "!":
            return self._cast(piece, at)
        if piece[0].text == "!" and _wrapped(piece[1:]):
            inside = self.either(piece[2:-1])
            if inside is None:
                return None
            return Logic("&&", (inside,), True)
        if piece[0].text == "eval" and _wrapped(piece[1:]) and len(piece) > 3:
            return self.either(piece[2:-1])
        if _wrapped(piece) and self._is_logical(piece[1:-1]):
            return self.either(piece[1:-1])
        bound = len(piece) > 2 and piece[0].kind == NAME and piece[1].text in (":", ":=")
        if bound:
            return self._bound(piece)
        return self._relation(piece)

    def _cast(self, piece: Piece, at: int) -> Tested:
        """``thing#Type.field …``: false for what is not of the type."""
        if at + 1 >= len(piece) or piece[at + 1].kind != NAME:
            raise _at(piece[at:], "a type is missing behind '#'")
        bound = len(piece) > 2 and piece[1].text in (":", ":=")
        word = piece[at]
        within = Token(NAME, "instanceof", word.start, word.end, word.line, word.column)
        first = piece[2:at] if bound else piece[:at]
        guard = Relation((*first, within, piece[at + 1]))
        test = self.one((*piece[:at], *piece[at + 2 :]))
        return guard if test is None else Logic("&&", (guard, test))

    @staticmethod
    def _is_logical(piece: Piece) -> bool:
        return (
            len(split(piece, "||", "&&")) > 1
            or _operator(piece) is not None
            or (len(piece) > 2 and piece[1].text in (":", ":="))
        )

    def _bound(self, piece: Piece) -> Tested | None:
        rest = piece[2:]
        found = _operator(rest)
        value = rest if found is None else rest[: found[0]]
        if not value:
            raise _at(piece, f"'{piece[0].text}' is bound to nothing")
        self.bindings.append(Binding(piece[0].text, value, piece[1].text == ":="))
        return None if found is None else self._relation(rest)

    def _relation(self, piece: Piece) -> Tested:
        found = _operator(piece)
        if found is None:
            _refuse_strange(piece)
            self.left = piece
            return Relation(piece)
        at, op, negated, width, argument = found
        left = piece[:at] or self.left
        if not left:
            raise _at(piece, f"'{op}' has nothing on its left")
        self.left = left
        right = piece[at + width :]
        if not right:
            raise _at(piece, f"'{op}' has nothing on its right")
        if _wrapped(left) and len(left) > 2 and not piece[:at]:
            left = left[1:-1]
        if _wrapped(right) and _starts_with_operator(right[1:-1]):
            return self._connected(left, right[1:-1])
        rights: tuple[Piece, ...] = (right,)
        if op == "in":
            if not _wrapped(right):
                raise _at(right, "'in' needs a list in parentheses")
            rights = tuple(part for part in split(right[1:-1], ",") if part)
        elif _operator(right) is not None and op not in _WORDS:
            raise _at(right, "two comparisons in a row; join them with '&&'")
        return Relation(left, op, rights, negated, argument)

    def _connected(self, left: Piece, inside: Piece) -> Tested:
        """``age ( > 30 && < 40 )``."""
        self.left = left
        test = self.either(inside)
        if test is None:
            raise _at(inside, "a test is missing")
        return test


def _starts_with_operator(piece: Piece) -> bool:
    found = _operator(piece)
    return found is not None and found[0] == 0


_Operator: TypeAlias = tuple[int, str, bool, int, str]


def _operator(piece: Piece) -> _Operator | None:
    """The first relational operator outside of brackets: its place, name, ``not``, width."""
    depth = 0
    for at, word in enumerate(piece):
        if word.kind == SIGN and word.text in "([{":
            if at and depth == 0 and word.text == "(" and _connects(piece, at):
                return (at, "", False, 0, "")
            depth += 1
        elif word.kind == SIGN and word.text in ")]}":
            depth -= 1
        elif depth:
            continue
        elif word.kind == SIGN and word.text in _SIGNS:
            return (at, word.text, False, 1, "")
        elif (word.kind == NAME and at and piece[at - 1].text != ".") or (
            word.kind == NAME and at == 0 and word.text in _WORDS | {"not"}
        ):
            found = _worded(piece, at)
            if found is not None:
                return found
    return None


def _connects(piece: Piece, at: int) -> bool:
    """Whether ``name (`` begins a group of operators, not a call."""
    inside = piece[at + 1] if at + 1 < len(piece) else None
    if inside is None or piece[at - 1].kind != NAME:
        return False
    return inside.kind == SIGN and inside.text in _SIGNS


def _worded(piece: Piece, at: int) -> _Operator | None:
    word = piece[at]
    negated = word.text == "not"
    start = at
    if negated:
        at += 1
        if at >= len(piece):
            return None
        word = piece[at]
    if word.text in TEMPORAL and at + 1 < len(piece) and piece[at + 1].text != "(" and start:
        return _temporal(piece, start, at, negated)
    if word.text not in _WORDS or at + 1 >= len(piece):
        return None
    if word.text != "str":
        if word.text != "in" and piece[at + 1].text == ".":
            return None
        return (start, word.text, negated, at - start + 1, "")
    if piece[at + 1].text != "[" or at + 3 >= len(piece) or piece[at + 2].text not in _STRINGS:
        return None
    return (start, "str", negated, at - start + 4, piece[at + 2].text)


def _temporal(piece: Piece, start: int, at: int, negated: bool) -> _Operator:
    """``after[ 1s, 10s ]``: the argument are the ranges in milliseconds."""
    name, end = piece[at].text, at + 1
    if piece[end].text != "[":
        return (start, name, negated, end - start, "")
    while end < len(piece) and piece[end].text != "]":
        end += 1
    ranges: list[str] = []
    for part in split(piece[at + 2 : end], ","):
        text = "".join(word.text for word in part)
        sign = "-" if text.startswith("-") else ""
        found = None if text in ("*", "+*", "-*") else duration(text.lstrip("+-"))
        if text in ("*", "+*", "-*"):
            ranges.append(f"{sign}{(1 << 63) - 1}L")
        elif found is None:
            raise _at(piece[at:], f"'{text}' is no duration such as 30s or 1h30m")
        else:
            ranges.append(f"{sign}{found // timedelta(milliseconds=1)}L")
    if len(ranges) not in TEMPORAL[name]:
        raise _at(piece[at:], f"'{name}' does not take {len(ranges)} durations")
    return (start, name, negated, end + 1 - start, ", ".join(ranges))


def _refuse_strange(piece: Piece) -> None:
    for at, word in enumerate(piece):
        if word.text == "~" and word.kind == SIGN:
            raise _at(piece[at:], "operators of one's own ('~…') are not supported")


def _at(piece: Piece, text: str) -> Mistake:
    return Mistake(text, piece[0].line, piece[0].column)


def names(piece: Piece) -> set[str]:
    """The names in a piece that stand for something by themselves."""
    found: set[str] = set()
    for at, word in enumerate(piece):
        if word.kind != NAME:
            continue
        if at and piece[at - 1].text in (".", "!."):
            continue
        if at + 1 < len(piece) and piece[at + 1].text == "(":
            continue
        found.add(word.text)
    return found


def is_text(piece: Piece) -> bool:
    """Whether a piece is one text in quotes."""
    return len(piece) == 1 and piece[0].kind == TEXT
