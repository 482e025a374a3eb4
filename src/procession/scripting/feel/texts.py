"""FEEL's built-in functions over texts and numbers (DMN 1.3, 10.3.4).

Each entry is the names of its parameters, for calls by name, and the function. ``...`` after the
last name takes any number; ``?`` marks those that may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Final

from procession.scripting.feel.arguments import a_number, a_string, alone, an_integer, list_in, made
from procession.scripting.feel.operators import is_number
from procession.scripting.feel.values import PRECISION, Months, text_of, tidy
from procession.scripting.frame import Frame
from procession.scripting.library.text import substitute
from procession.scripting.objects import ListObject
from procession.scripting.regex import Regex, compiled
from procession.values import Value

Function = Callable[..., Value]
MIN_SCALE: Final = -6_111
MAX_SCALE: Final = 6_176


def _substring(f: Frame, text: Value, start: Value, length: Value = None) -> str:
    text, at = a_string(text), an_integer(start)
    f.make_text(len(text))
    if at == 0 or abs(at) > len(text):
        raise ValueError("outside of the string")
    first = at - 1 if at > 0 else len(text) + at
    end = len(text) if length is None else first + an_integer(length)
    cut: str = text[first : max(end, first)]
    return cut


def _flags(flags: Value) -> int:
    known = {"i": 2, "m": 8, "s": 32}
    return sum(known[flag] for flag in set(a_string(flags or "")))


_IN_CLASS: Final = re.compile(r"\[(?:[^\]\\]|\\[^\d])*\\\d")
_GROUP: Final = re.compile(r"(?<!\\)\((?!\?)")
_BACK: Final = re.compile(r"(?<!\\)(?:\\\\)*\\([1-9])")
_BLOCKS: Final = {
    "BasicLatin": r"\u0000-\u007F",
    "Latin-1Supplement": r"\u0080-\u00FF",
    "Greek": r"\u0370-\u03FF",
    "Cyrillic": r"\u0400-\u04FF",
}
"""Blocks of Unicode by XML's names, as far as they are met outside of brackets."""
_BLOCK: Final = re.compile(r"\\p\{Is(" + "|".join(_BLOCKS) + r")\}")
_SPACE: Final = re.compile(r"(\[[^\]]*\])|\s+")


def _regex(f: Frame, pattern: Value, flags: Value = None) -> Regex:
    """A compiled pattern. The flag ``x`` takes white space out, but from classes of letters."""
    text, given = a_string(pattern), a_string(flags or "")
    if _IN_CLASS.search(text):
        raise ValueError("a class of letters cannot refer to a group")
    if "x" in given:
        text = _SPACE.sub(lambda found: found[1] or "", text)
    groups = len(_GROUP.findall(text))
    if any(int(number) > groups for number in _BACK.findall(text)):
        raise ValueError("there is no such group to refer to")
    text = _BLOCK.sub(lambda found: f"[{_BLOCKS[found[1]]}]", text)
    return compiled(text, f, _flags(given.replace("x", "")))


def _replace(f: Frame, text: Value, pattern: Value, new: Value, flags: Value = None) -> str:
    regex = _regex(f, pattern, flags)
    return substitute(f, a_string(text), regex.all(text, f), regex, a_string(new))


def _matches(f: Frame, text: Value, pattern: Value, flags: Value = None) -> bool:
    return _regex(f, pattern, flags).search(a_string(text), 0, f) is not None


def _split(f: Frame, text: Value, pattern: Value) -> ListObject:
    parts, at = [], 0
    for match in compiled(a_string(pattern), f).all(a_string(text), f):
        if match.spans[0] < match.spans[1]:
            parts.append(text[at : match.spans[0]])
            at = match.spans[1]
    f.make_text(len(text))
    return made(f, [*parts, text[at:]])


def _join(f: Frame, items: Value, sign: Value = None) -> str:
    parts = [a_string(item) for item in list_in(f, items) if item is not None]
    f.make_text(sum(map(len, parts)) + len(parts) * len(sign or ""))
    return (sign or "").join(parts)


def _before(f: Frame, text: Value, part: Value) -> str:
    head, found, _ = a_string(text).partition(a_string(part)) if part else ("", "", "")
    return head if found else ""


def _after(f: Frame, text: Value, part: Value) -> str:
    return a_string(text).partition(part)[2] if a_string(part) else text


TEXTS: Final[dict[str, tuple[str, Function]]] = {
    "substring": ("string, start position, length?", _substring),
    "string length": ("string", lambda f, s: len(a_string(s))),
    "upper case": ("string", lambda f, s: a_string(s).upper()),
    "lower case": ("string", lambda f, s: a_string(s).lower()),
    "substring before": ("string, match", _before),
    "substring after": ("string, match", _after),
    "contains": ("string, match", lambda f, s, part: a_string(part) in a_string(s)),
    "starts with": ("string, match", lambda f, s, part: a_string(s).startswith(part)),
    "ends with": ("string, match", lambda f, s, part: a_string(s).endswith(part)),
    "replace": ("input, pattern, replacement, flags?", _replace),
    "matches": ("input, pattern, flags?", _matches),
    "split": ("string, delimiter", _split),
    "string join": ("list, delimiter?", _join),
    "trim": ("string", lambda f, s: a_string(s).strip()),
    "string": ("from", lambda f, value: None if value is None else text_of(f, value)),
}


def _read_number(f: Frame, text: Value, group: Value = None, point: Value = None) -> Value:
    group, point = alone(group), alone(point)
    if (group is not None and group not in (" ", ".", ",")) or point not in (None, ".", ","):
        raise ValueError("the separators are a space, a comma or a point")
    if group is not None and group == point:
        raise ValueError("the two separators are the same")
    if is_number(text):
        return text
    digits = a_string(text)
    if len(digits) > 100:
        raise ValueError("too long")
    digits = digits.replace(group, "") if group else digits
    digits = digits.replace(point, ".") if point else digits
    if not set(digits) <= set("0123456789.-eE+"):
        raise ValueError("not a number")
    return tidy(PRECISION.create_decimal(digits))


def _rounded(rounding: str) -> Function:
    def run(f: Frame, value: Value, scale: Value = 0) -> Value:
        digits = an_integer(scale)
        if not MIN_SCALE <= digits <= MAX_SCALE:
            raise ValueError("too many digits")
        exact = a_number(value)
        if int(exact.as_tuple().exponent) >= -digits:
            return tidy(exact)
        return tidy(exact.quantize(Decimal(1).scaleb(-digits), rounding, PRECISION))

    return run


def _absolute(f: Frame, value: Value) -> Value:
    value = alone(value)
    if isinstance(value, Months):
        return Months(abs(value.count))
    return abs(value) if isinstance(value, timedelta) else tidy(abs(a_number(value)))


def _modulo(f: Frame, a: Value, b: Value) -> Value:
    left, right = a_number(a), a_number(b)
    rest = left - right * (left / right).to_integral_value(ROUND_FLOOR)
    return tidy(rest)


def _decimal(operation: Callable[[Decimal], Decimal]) -> Function:
    def run(f: Frame, value: Value) -> Value:
        f.burn(64)
        return tidy(operation(a_number(value)))

    return run


NUMBERS: Final[dict[str, tuple[str, Function]]] = {
    "number": ("from, grouping separator?, decimal separator?", _read_number),
    "decimal": ("n, scale", _rounded(ROUND_HALF_EVEN)),
    "floor": ("n, scale?", _rounded(ROUND_FLOOR)),
    "ceiling": ("n, scale?", _rounded(ROUND_CEILING)),
    "round up": ("n, scale", _rounded(ROUND_UP)),
    "round down": ("n, scale", _rounded(ROUND_DOWN)),
    "round half up": ("n, scale", _rounded(ROUND_HALF_UP)),
    "round half down": ("n, scale", _rounded(ROUND_HALF_DOWN)),
    "abs": ("n", _absolute),
    "modulo": ("dividend, divisor", _modulo),
    "sqrt": ("number", _decimal(PRECISION.sqrt)),
    "log": ("number", _decimal(PRECISION.ln)),
    "exp": ("number", _decimal(PRECISION.exp)),
    "odd": ("number", lambda f, n: a_number(n) % 2 in (1, -1)),
    "even": ("number", lambda f, n: a_number(n) % 2 == 0),
    "not": ("negand", lambda f, value: not value if isinstance(value, bool) else None),
}
