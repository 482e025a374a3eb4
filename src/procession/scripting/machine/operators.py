"""What the operators mean: equality by value, comparison, text concatenation, tests.

Java and MVEL differ in little: MVEL compares texts with numbers and calls nothing smaller than
null (2.3, 2.9).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from procession.scripting.equality import compare, compare_text, equals
from procession.scripting.frame import Frame
from procession.scripting.numerals import (
    RANK,
    arithmetic,
    numbers_equal,
    promoted,
    unsuitable,
    whole_or_real,
)
from procession.scripting.objects import ArrayObject, ListObject, MapObject, SetObject, TextBuilder
from procession.scripting.throwables import null_pointer
from procession.values import BigInteger, Char, Value

COMPARISONS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_SAME_IS_EQUAL: Final = frozenset({str, int, bool, float})
_UNLIMITED: Final = frozenset({BigInteger, Decimal})
_TEXTS: Final = frozenset({str, Char})


def add(f: Frame, a: Value, b: Value, loose: bool) -> Value:
    """``a + b``: text if either is text, else a number."""
    if type(a) is str:
        made = a + (b if type(b) is str else str(b) if type(b) is int else f.text(b))
    elif type(b) is str:
        made = f.text(a) + b
    elif type(a) in RANK and type(b) in RANK:
        return calculated(f, "+", a, b)
    elif loose and a is not None and b is not None:
        made = f.text(a) + f.text(b)
    else:
        raise unsuitable("+", a, b)
    if len(made) > 64:
        f.make_text(len(made))
    return made


def calculated(f: Frame, op: str, a: Value, b: Value) -> Value:
    """``a op b`` on numbers; the unlimited ones pay more."""
    made = arithmetic(op, a, b)
    if type(made) in _UNLIMITED:
        f.burn(64)
    return made


def as_number(text: str) -> Decimal | None:
    """The number a short text says, if it says one."""
    if len(text) > 100:
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 400 else None


def same_value(f: Frame, a: Value, b: Value, loose: bool) -> bool:
    """``a == b``, by value."""
    kind = type(a)
    if kind is type(b) and kind in _SAME_IS_EQUAL:
        if kind is str and len(a) > 4096:
            f.walk(len(a) >> 12)
        return bool(a == b)
    if a is None or b is None:
        return a is b
    if kind in RANK and type(b) in RANK:
        return numbers_equal(a, b)
    if kind in _TEXTS and type(b) in _TEXTS:
        return str(a) == str(b)
    if loose:
        return _loosely(f, a, b)
    return equals(a, b, f)


def _loosely(f: Frame, a: Value, b: Value) -> bool:
    if isinstance(b, str) and not isinstance(a, str):
        a, b = b, a
    if isinstance(a, str):
        if type(b) in RANK:
            found = as_number(a)
            return found is not None and found == whole_or_real(b)
        if type(b) is bool:
            return a.lower() == ("true" if b else "false")
    return equals(a, b, f)


def ordered(f: Frame, op: str, a: Value, b: Value, loose: bool) -> bool:
    """``a < b`` and its sisters."""
    if type(a) in RANK and type(b) in RANK:
        return COMPARISONS[op](*promoted(a, b))
    if a is None or b is None:
        if loose:
            return False
        raise null_pointer(f"operand of '{op}' is null")
    if type(a) is str and type(b) is str:
        return COMPARISONS[op](compare_text(a, b, f), 0)
    if loose and (type(a) is str or type(b) is str):
        left = as_number(a) if isinstance(a, str) else a
        right = as_number(b) if isinstance(b, str) else b
        if type(left) in RANK and type(right) in RANK:
            return COMPARISONS[op](whole_or_real(left), whole_or_real(right))
    if type(a) is not type(b) or type(a) is bool:
        raise unsuitable(op, a, b)
    return COMPARISONS[op](compare(a, b, f), 0)


def truth(value: Value, where: str) -> bool:
    """A value that must be a Boolean."""
    if value is True or value is False:
        return value
    if value is None:
        raise null_pointer(f"{where} is null")
    raise unsuitable(where, value, True)


def is_empty(value: Value) -> bool:
    """MVEL's ``empty``: null, zero, false, blank text, nothing inside."""
    if value is None or value is False:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, TextBuilder):
        return not value.size
    if isinstance(value, ListObject | ArrayObject):
        return not value.items
    if isinstance(value, MapObject | SetObject):
        return not value.entries
    return type(value) in RANK and value == 0


def contains(f: Frame, a: Value, b: Value, loose: bool) -> bool:
    """MVEL's ``a contains b``: a part of a text, a member, a key."""
    if isinstance(a, str) and b is not None:
        f.walk(len(a) >> 4)
        return f.text(b) in a
    if isinstance(a, ListObject | ArrayObject):
        f.walk(len(a.items))
        return any(same_value(f, item, b, loose) for item in a.items)
    if isinstance(a, MapObject | SetObject):
        f.walk(len(a))
        return any(same_value(f, entry.key, b, loose) for entry in a.entries.values())
    return False


def similarity(f: Frame, a: Value, b: Value) -> float:
    """MVEL's ``a strsim b``: the share of letters in common, place by place, both ways."""
    left, right = f.text(a), f.text(b)
    f.walk(len(left) + len(right))
    if not left or not right:
        return float(left == right)
    hits = sum(one == other for one, other in zip(left, right, strict=False))
    return hits / max(len(left), len(right))


_SOUNDS: Final = (
    dict.fromkeys("bfpv", "1")
    | dict.fromkeys("cgjkqsxz", "2")
    | dict.fromkeys("dt", "3")
    | {"l": "4"}
    | dict.fromkeys("mn", "5")
    | {"r": "6"}
)


def soundex(text: str) -> str:
    """The Soundex code of a word, for MVEL's ``soundslike``."""
    letters = [letter for letter in text.lower() if letter.isalpha()]
    if not letters:
        return ""
    code, last = letters[0].upper(), _SOUNDS.get(letters[0], "")
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter, "")
        if sound and sound != last:
            code += sound
        if letter not in "hw":
            last = sound
    return (code + "000")[:4]
