"""The functions that process designers generate into conditions (2.4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from procession.scripting.equality import equals
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import mismatch
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import RANK
from procession.scripting.throwables import throw
from procession.values import Value


def _limit(number: Value, given: Value) -> Value:
    """The text compared with, as a number of the number's own type."""
    if type(number) not in RANK:
        raise mismatch("a number", number)
    if given is None:
        raise throw("NumberFormatException", "null")
    text = str(given).strip()
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise throw("NumberFormatException", f'For input string: "{text}"') from None
    if isinstance(number, int) and found != found.to_integral_value():
        raise throw("NumberFormatException", f'For input string: "{text}"')
    return found


def _compared(holds: Callable[[Value, Value], bool]) -> Function:
    def compare(f: Frame, number: Value, given: Value) -> bool:
        return number is not None and holds(number, _limit(number, given))

    return compare


def _between(f: Frame, number: Value, low: Value, high: Value) -> bool:
    if number is None:
        return False
    return bool(_limit(number, low) <= number <= _limit(number, high))


def _equals_to(f: Frame, value: Value, given: Value) -> bool:
    if value is None:
        return given is None
    if type(value) in RANK and not isinstance(value, str):
        return bool(value == _limit(value, given))
    if type(given) is str and type(value) is not str:
        return f.text(value) == given
    return equals(value, given, f)


def _texts(holds: Callable[[str, str], bool]) -> Function:
    def check(f: Frame, text: Value, part: Value) -> bool:
        if text is None:
            return part is None
        if part is None:
            return False
        return holds(f.text(text), f.text(part))

    return check


def _is_empty(f: Frame, value: Value) -> bool:
    return value is None or f.text(value) == ""


KIE: Final = JavaClass("org.jbpm.process.core.KieFunctions", doc="generated conditions")
KIE.all(
    {
        "static boolean isNull(Object)": lambda f, value: value is None,
        "static boolean isEmpty(Object)": _is_empty,
        "static boolean isTrue(Boolean)": lambda f, value: value is True,
        "static boolean isFalse(Boolean)": lambda f, value: value is False,
        "static boolean equalsTo(Object, Object)": _equals_to,
        "static boolean lessThan(Number, String)": _compared(lambda a, b: a < b),
        "static boolean lessOrEqualThan(Number, String)": _compared(lambda a, b: a <= b),
        "static boolean greaterThan(Number, String)": _compared(lambda a, b: a > b),
        "static boolean greaterOrEqualThan(Number, String)": _compared(lambda a, b: a >= b),
        "static boolean between(Number, String, String)": _between,
        "static boolean contains(String, String)": _texts(lambda a, b: b in a),
        "static boolean startsWith(String, String)": _texts(lambda a, b: a.startswith(b)),
        "static boolean endsWith(String, String)": _texts(lambda a, b: a.endswith(b)),
    }
)
