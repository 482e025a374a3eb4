"""FEEL's operators: null where operands do not fit, three-valued logic (DMN 1.3, 10.3.2)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from procession.scripting.feel.far import FAR, micros, moment_of, moved
from procession.scripting.feel.temporal import add_months
from procession.scripting.feel.values import (
    PRECISION,
    Months,
    Range,
    entry_of,
    items_of,
    kind_of,
    plain,
    tidy,
)
from procession.scripting.frame import Frame
from procession.scripting.objects import BeanObject, FunctionObject, ListObject, MapObject
from procession.scripting.throwables import Thrown
from procession.values import Value

Operation = Callable[..., Value]
NUMBERS: Final = (int, Decimal)
_FAULTS: Final = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, Thrown)
MAX_DEPTH: Final = 60
MAX_NOTES: Final = 20


def lenient(function: Operation) -> Operation:
    """The same function, giving null where it fails; what exceeds a limit still does."""

    def run(f: Frame, *args: Value) -> Value:
        try:
            return function(f, *args)
        except _FAULTS as fault:
            return noted(f, str(fault) or type(fault).__name__)

    return run


def noted(f: Frame, why: str) -> None:
    """Null, with the reason for those who keep notes."""
    notes = getattr(f, "notes", None)
    if notes is not None and len(notes) < MAX_NOTES:
        notes.append(why[:200])


def is_number(value: Value) -> bool:
    """Whether a value is a number."""
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _moment(value: Value) -> datetime:
    """A date or date and time such that two can be compared or subtracted."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _later(start: date, span: timedelta) -> date:
    """A moment so much later; a date stays one."""
    moment = start if isinstance(start, datetime) else moment_of(start, time())
    try:
        later = moved(moment, span) if isinstance(moment, FAR) else moment + span
    except OverflowError:
        later = moved(moment, span)
    return later if isinstance(start, datetime) else later.date()


def _is_local(value: date) -> bool:
    """Whether a moment has no zone; a date counts as midnight in UTC."""
    return isinstance(value, datetime) and value.tzinfo is None


def _clock(value: time) -> timedelta:
    offset = value.utcoffset() or timedelta()
    span = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    return span + timedelta(microseconds=value.microsecond) - offset


def _add(f: Frame, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return tidy(a + b if type(a) is type(b) is int else PRECISION.add(Decimal(a), Decimal(b)))
    if isinstance(a, str) and isinstance(b, str):
        f.make_text(len(a) + len(b))
        return a + b
    if isinstance(b, date | time) and isinstance(a, timedelta | Months):
        a, b = b, a
    if isinstance(a, date) and isinstance(b, Months):
        return add_months(a, b.count)
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return a + b
    if isinstance(a, date) and isinstance(b, timedelta):
        return _later(a, b)
    if isinstance(a, time) and isinstance(b, timedelta):
        return (datetime(2000, 1, 1, tzinfo=a.tzinfo).combine(date(2000, 1, 2), a) + b).timetz()
    if isinstance(a, Months) and isinstance(b, Months):
        return Months(a.count + b.count)
    return None


def _subtract(f: Frame, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return tidy(PRECISION.subtract(Decimal(a), Decimal(b)))
    if isinstance(a, date) and isinstance(b, date):
        if _is_local(a) != _is_local(b):
            return noted(f, "of two moments only one has a zone")
        if isinstance(a, FAR) or isinstance(b, FAR):
            return timedelta(microseconds=micros(a) - micros(b))
        return _moment(a) - _moment(b)
    if isinstance(a, time) and isinstance(b, time):
        return _clock(a) - _clock(b)
    if isinstance(b, timedelta) and not isinstance(a, str):
        return _add(f, a, -b)
    if isinstance(b, Months) and not isinstance(a, str):
        return _add(f, a, Months(-b.count))
    return None


def _multiply(f: Frame, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return tidy(PRECISION.multiply(Decimal(a), Decimal(b)))
    if is_number(a):
        a, b = b, a
    if isinstance(a, timedelta) and is_number(b):
        return timedelta(microseconds=int((a // timedelta(microseconds=1)) * Decimal(b)))
    if isinstance(a, Months) and is_number(b):
        return Months(int(a.count * Decimal(b)))
    return None


def _divide(f: Frame, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return tidy(PRECISION.divide(Decimal(a), Decimal(b)))
    micro = timedelta(microseconds=1)
    if isinstance(a, timedelta) and is_number(b):
        return timedelta(microseconds=int(Decimal(a // micro) / Decimal(b)))
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return tidy(PRECISION.divide(Decimal(a // micro), Decimal(b // micro)))
    if isinstance(a, Months) and is_number(b):
        return Months(int(a.count / Decimal(b)))
    if isinstance(a, Months) and isinstance(b, Months):
        return tidy(PRECISION.divide(Decimal(a.count), Decimal(b.count)))
    return None


def _power(f: Frame, a: Value, b: Value) -> Value:
    f.burn(256)
    if is_number(a) and is_number(b):
        return tidy(PRECISION.power(Decimal(a), Decimal(b)))
    return None


_ARITHMETIC: Final[dict[str, Operation]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
}


def arithmetic(op: str) -> Operation:
    """What an arithmetic operator does with two values."""
    run = lenient(_ARITHMETIC[op])

    def calculate(f: Frame, a: Value, b: Value) -> Value:
        return run(f, plain(a), plain(b))

    return calculate


def negative(f: Frame, value: Value) -> Value:
    """``-value``."""
    value = plain(value)
    if isinstance(value, Months):
        return Months(-value.count)
    if isinstance(value, timedelta):
        return -value
    return tidy(-value) if is_number(value) else None


def equal(f: Frame, a: Value, b: Value, depth: int = 0) -> Value:
    """``a = b``; null where the kinds differ."""
    a, b = plain(a), plain(b)
    f.burn(1)
    if a is None or b is None:
        return a is None and b is None
    kind = kind_of(a)
    if kind != kind_of(b) or depth > MAX_DEPTH:
        return None
    if isinstance(a, ListObject):
        if len(a.items) != len(b.items):
            return False
        pairs = zip(a.items, b.items, strict=True)
        return all(equal(f, one, other, depth + 1) is True for one, other in pairs)
    if isinstance(a, MapObject | BeanObject):
        return _same_context(f, a, b, depth)
    if isinstance(a, Range):
        ends = equal(f, a.low, b.low) is True and equal(f, a.high, b.high) is True
        is_half = a.form in HALF_OPEN
        if is_half != (b.form in HALF_OPEN):
            return False
        return ends and (a.has_low, a.has_high) == (b.has_low, b.has_high)
    if isinstance(a, FunctionObject):
        return a is b
    if isinstance(a, FAR) or isinstance(b, FAR):
        zones = [getattr(one, "tzinfo", None) is None for one in (a, b)]
        return zones[0] == zones[1] and micros(a) == micros(b)
    if isinstance(a, datetime):
        return (a.tzinfo is None) == (b.tzinfo is None) and bool(_coarse(a) == _coarse(b))
    if isinstance(a, time):
        return (a.tzinfo is None) == (b.tzinfo is None) and _clock(_coarse(a)) == _clock(_coarse(b))
    return bool(a == b)


def _coarse(value: Value) -> Value:
    """A time as equality sees it: to the millisecond."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def names_of(f: Frame, owner: Value) -> list[str]:
    """The keys of a context."""
    if isinstance(owner, MapObject):
        return [str(entry.key) for entry in owner.ordered(f)]
    return list(owner.fields)


def _same_context(f: Frame, a: Value, b: Value, depth: int) -> bool:
    names = names_of(f, a)
    if set(names) != set(names_of(f, b)):
        return False
    return all(
        equal(f, entry_of(f, a, name)[1], entry_of(f, b, name)[1], depth + 1) is True
        for name in names
    )


def unequal(f: Frame, a: Value, b: Value) -> Value:
    """``a != b``."""
    found = equal(f, a, b)
    return None if found is None else not found


_ORDERS: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def comparable(value: Value) -> Value:
    """What stands for a value when it is compared; None if it has no order."""
    if is_number(value) or isinstance(value, str | timedelta):
        return value
    if isinstance(value, datetime):
        return None if isinstance(value, FAR) else _moment(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, time):
        return _clock(value)
    return value.count if isinstance(value, Months) else None


def ordering(op: str) -> Operation:
    """``a < b`` and its sisters; null where the kinds differ or have no order."""
    holds = _ORDERS[op]

    def compare(f: Frame, a: Value, b: Value) -> Value:
        if type(a) is int and type(b) is int:
            return bool(holds(a, b))
        a, b = plain(a), plain(b)
        if kind_of(a) != kind_of(b):
            return None
        if isinstance(a, FAR) or isinstance(b, FAR):
            return bool(holds(micros(a), micros(b)))
        left, right = comparable(a), comparable(b)
        if left is None or right is None:
            return None
        if isinstance(left, str):
            f.walk(min(len(left), len(right)) >> 3)
        return bool(holds(left, right))

    return compare


LESS, AT_MOST = ordering("<"), ordering("<=")


def between(f: Frame, value: Value, low: Value, high: Value) -> Value:
    """``value between low and high``, ends included."""
    return both(AT_MOST(f, low, value), AT_MOST(f, value, high))


def both(a: Value, b: Value) -> Value:
    """``a and b`` of three values."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def within(f: Frame, value: Value, found: Range) -> Value:
    """Whether a range holds a value."""
    low = high = True
    if found.low is not None:
        low = (AT_MOST if found.has_low else LESS)(f, found.low, value)
    if found.high is not None:
        high = (AT_MOST if found.has_high else LESS)(f, value, found.high)
    return both(low, high)


def tested(f: Frame, value: Value, test: Value) -> Value:
    """``value in test``: a range holds it, a list has it or one that holds it, or it is equal."""
    value, test = plain(value), plain(test)
    if isinstance(test, Range):
        return within(f, value, test)
    if isinstance(test, ListObject):
        if isinstance(value, ListObject) and equal(f, value, test) is True:
            return True
        return any(tested(f, value, item) is True for item in items_of(f, test))
    return equal(f, value, test)


def stated(f: Frame, value: Value, test: Value) -> Value:
    """A test that speaks of the value as ``?``: it holds if it is true, or as others do."""
    test = plain(test)
    if isinstance(test, bool) or test is None:
        return test
    return tested(f, value, test)


def any_of(f: Frame, *found: Value) -> Value:
    """Whether one of several tests holds."""
    if any(one is True for one in found):
        return True
    return None if any(one is None for one in found) else False


def ranged(has_low: bool, has_high: bool) -> Operation:
    """A range of two ends."""

    def make(f: Frame, low: Value, high: Value) -> Value:
        f.allocate(4)
        return Range(plain(low), plain(high), has_low, has_high)

    return make


def stretch(f: Frame, low: Value, high: Value) -> Value:
    """What a loop goes over, up or down."""
    return Range(plain(low), plain(high), True, True, "..")


HALF_OPEN: Final = ("<", "<=", ">", ">=", "=", "!=")


def half_open(sign: str) -> Operation:
    """``(< value)``: a range with one end; ``(= value)`` has the same for both."""

    def make(f: Frame, value: Value) -> Value:
        value = plain(value)
        if value is None or sign == "!=":
            return noted(f, f"there is no range of '{sign}' and this value")
        if sign == "=":
            return Range(value, value, True, True, sign)
        if sign[0] == "<":
            return Range(None, value, False, sign == "<=", sign)
        return Range(value, None, sign == ">=", False, sign)

    return make


def comparison(sign: str) -> Operation:
    """What a sign that compares does with two values."""
    if sign == "=":
        return equal
    return unequal if sign == "!=" else ordering(sign)
