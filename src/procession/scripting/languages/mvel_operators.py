"""What MVEL's operators mean where they mean something else than Java's.

Two ints divide into a double. Numbers of two types give a number of the larger type, in the order
short, int, long, float, double, BigDecimal, BigInteger. A text that says a number counts as one,
except for ``+``. Null compares with nothing; a Boolean compares with the truth of the other side.
Checked against the published MVEL by the tables in ``tests/scripting/cases/mvel``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from procession.scripting.equality import compare, compare_text, equals
from procession.scripting.frame import Frame
from procession.scripting.machine.operators import COMPARISONS, soundex
from procession.scripting.numerals import BIG_DIGITS, arithmetic, big, decimal, single, unsuitable
from procession.scripting.objects import (
    ArrayObject,
    ClassObject,
    ListObject,
    MapObject,
    SetObject,
)
from procession.scripting.regex import compiled
from procession.scripting.throwables import throw
from procession.values import BigInteger, Byte, Char, Float, Long, Short, Value

ORDER: Final[dict[type, int]] = {
    Short: 1,
    int: 2,
    Long: 3,
    Float: 4,
    float: 5,
    Decimal: 6,
    BigInteger: 7,
}
_CONTEXT: Final = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-BIG_DIGITS, Emax=BIG_DIGITS, traps=[]
)
_NUMBER: Final = re.compile(r"-?(\d+\.?\d*|\.\d+)")
_UNTRUE: Final = frozenset({"", "0", "false", "no", "off"})
_LIMITS: Final = {Short: 1 << 15, int: 1 << 31, Long: 1 << 63}


def number_of(text: str) -> Value:
    """The number that a text says, as an int or a double; None if it says none."""
    if len(text) > 100 or not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def _operand(value: Value) -> Value:
    """The value as a number, if it counts as one in calculations."""
    return number_of(value) if type(value) is str else value if type(value) in ORDER else None


def add(f: Frame, a: Value, b: Value) -> Value:
    """``a + b``: a number, a longer list, or a text."""
    left, right = type(a), type(b)
    if left is right is int:
        made = a + b
        return made if -0x80000000 <= made <= 0x7FFFFFFF else arithmetic("+", a, b)
    if left in ORDER and right in ORDER:
        return _calculated(f, "+", a, b)
    if (
        (left is Byte and right in ORDER)
        or (left in ORDER and right is Byte)
        or left is right is Byte
    ):
        return arithmetic("+", a, b)
    if left is ListObject:
        more = b.items if isinstance(b, ListObject) else [b]
        f.allocate(len(a.items) + len(more) + 2)
        return ListObject([*a.items, *more])
    text = f.text(a) + f.text(b)
    f.make_text(len(text))
    return text


def calculation(op: str) -> Callable[[Frame, Value, Value], Value]:
    """``a op b`` for ``- * / % **``."""

    def apply(f: Frame, a: Value, b: Value) -> Value:
        return _calculated(f, op, a, b)

    return apply


def _calculated(f: Frame, op: str, a: Value, b: Value) -> Value:
    left, right = type(a), type(b)
    if left is right and left in ORDER:
        return _alike(f, op, a, b)
    one, other = _operand(a), _operand(b)
    if one is None or other is None:
        return arithmetic(op if op != "**" else "*", a, b)
    if left is Decimal and right is not str:
        return _decimals(f, op, one, Decimal(other))
    target = max(left, right, key=lambda kind: ORDER.get(kind, 0))
    if target is str:
        target = float
    if ORDER[target] in (1, 2, 3, 7) and isinstance(one, int) and isinstance(other, int):
        return _clamped(_whole(op, one, other), target)
    return _as(_real(op, float(one), float(other)), target)


def _alike(f: Frame, op: str, a: Value, b: Value) -> Value:
    kind = type(a)
    if kind is Decimal:
        return _decimals(f, op, a, b)
    if op == "**":
        found = _power(float(a), float(b))
        fits = kind is not float and kind is not Float and abs(found) < _LIMITS.get(kind, 1 << 31)
        return _as(found, kind) if fits else found
    if op == "/" and kind is not BigInteger:
        return _real("/", float(a), float(b))
    if kind is BigInteger:
        f.burn(64)
    return arithmetic(op, a, b)


def _decimals(f: Frame, op: str, a: Decimal, b: Decimal) -> Decimal:
    f.burn(64)
    if op in "/%" and b == 0:
        raise throw("ArithmeticException", "Division by zero")
    if op == "**":
        made = _CONTEXT.power(a, Decimal(int(b)))
    else:
        made = {
            "+": _CONTEXT.add,
            "-": _CONTEXT.subtract,
            "*": _CONTEXT.multiply,
            "/": _CONTEXT.divide,
            "%": _CONTEXT.remainder,
        }[op](a, b)
    if not made.is_finite():
        raise throw("ArithmeticException", "number out of range")
    if op == "/":
        least = min(0, int(a.as_tuple().exponent) - int(b.as_tuple().exponent))
        return _shortened(made, least)
    return made


def _shortened(value: Decimal, least: int) -> Decimal:
    """Without zeros at the end beyond the scale that Java prefers."""
    sign, digits, exponent = value.as_tuple()
    kept, power = list(digits), int(exponent)
    while power < least and len(kept) > 1 and kept[-1] == 0:
        kept.pop()
        power += 1
    return Decimal((sign, tuple(kept), power))


def _whole(op: str, a: int, b: int) -> int | float:
    if op == "+":
        return a + b
    if op == "-":
        return a - b
    if op == "*":
        return a * b
    if op == "**":
        return _power(float(a), float(b))
    if b == 0:
        return math.nan if op == "%" or a == 0 else math.copysign(math.inf, a)
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient if op == "/" else a - b * quotient


def _real(op: str, a: float, b: float) -> float:
    if op == "**":
        return _power(a, b)
    return float(arithmetic(op, a, b))


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


def _clamped(value: int | float, target: type) -> Value:
    """A whole number of that type, at most the largest one there is."""
    if isinstance(value, float):
        if value != value:
            value = 0
        else:
            value = int(max(-1e300, min(1e300, value)))
    if target is BigInteger:
        return big(value)
    limit = _LIMITS[target]
    if target is Short:
        return Short((value + limit) % (2 * limit) - limit)
    return target(max(-limit, min(limit - 1, value)))


def _as(value: float, target: type) -> Value:
    if target is float:
        return value
    if target is Float:
        return single(value)
    if target is not Decimal:
        return _clamped(value, target)
    if not math.isfinite(value):
        raise throw("NumberFormatException", "Infinite or NaN")
    return Decimal(value)


# -- equality and order ------------------------------------------------------------------------


def _truth_of(value: Value) -> bool | None:
    """What a number or a text counts as beside a Boolean."""
    if type(value) is bool:
        return value
    if isinstance(value, str):
        return value.lower() not in _UNTRUE
    return bool(value > 0) if type(value) in ORDER else None


def same(f: Frame, a: Value, b: Value) -> bool:
    """``a == b``."""
    left, right = type(a), type(b)
    if left is right and (left is int or left is bool or left is float):
        return bool(a == b)
    if a is None or b is None:
        return a is b
    if left is bool or right is bool:
        one, other = _truth_of(a), _truth_of(b)
        return one is not None and one is other
    if isinstance(a, str) and isinstance(b, str):
        if len(a) > 4096:
            f.walk(len(a) >> 12)
        return str(a) == str(b)
    pair = _pair(a, b)
    if pair is not None:
        return bool(pair[0] == pair[1])
    return equals(a, b, f)


def _pair(a: Value, b: Value) -> tuple[Value, Value] | None:
    """Both sides as numbers that can be compared."""
    one = _comparable(a)
    other = _comparable(b)
    if one is None or other is None:
        return None
    if isinstance(one, float) or isinstance(other, float):
        return float(one), float(other)
    return one, other


def _comparable(value: Value) -> Value:
    if isinstance(value, str):
        return number_of(str(value))
    return value if type(value) in ORDER or type(value) is Byte else None


def different(f: Frame, a: Value, b: Value) -> bool:
    """``a != b``."""
    return not same(f, a, b)


def ordering(op: str) -> Callable[[Frame, Value, Value], bool]:
    """``a < b`` and its sisters."""
    holds = COMPARISONS[op]

    def apply(f: Frame, a: Value, b: Value) -> bool:
        if type(a) is int and type(b) is int:
            return holds(a, b)
        if a is None or b is None:
            return False
        if isinstance(a, str) and isinstance(b, str):
            return holds(compare_text(str(a), str(b), f), 0)
        if type(a) is bool or type(b) is bool:
            one, other = _truth_of(a), _truth_of(b)
            if one is None or other is None:
                raise unsuitable(op, a, b)
            return holds(one, other)
        pair = _pair(a, b)
        if pair is not None:
            return holds(*pair)
        if isinstance(a, ListObject | MapObject | SetObject | ArrayObject) and type(a) is not type(
            b
        ):
            return False
        return holds(compare(a, b, f), 0)

    return apply


# -- operators that are words ------------------------------------------------------------------


def contains(f: Frame, a: Value, b: Value) -> bool:
    """``a contains b``: a part of a text, a member, a key; nothing where types do not fit."""
    if isinstance(a, str):
        f.walk(len(a) >> 4)
        return b is not None and f.text(b) in a
    if isinstance(a, ListObject | ArrayObject):
        f.walk(len(a.items))
        return any(equals(item, b, f) for item in a.items)
    if isinstance(a, MapObject | SetObject):
        f.walk(len(a))
        return any(equals(entry.key, b, f) for entry in a.entries.values())
    return False


def similarity(f: Frame, a: Value, b: Value) -> Float:
    """``a strsim b``: the share of letters in common, place by place."""
    left, right = f.text(a), f.text(b)
    f.walk(len(left) + len(right))
    if not left or not right:
        return Float(left == right)
    hits = sum(one == other for one, other in zip(left, right, strict=False))
    return single(hits / max(len(left), len(right)))


def sounds_like(f: Frame, a: Value, b: Value) -> bool:
    """``a soundslike b``: whether both have one Soundex code."""
    left, right = f.text(a), f.text(b)
    f.walk(len(left) + len(right))
    return soundex(left) == soundex(right)


def matches(f: Frame, a: Value, b: Value) -> bool:
    """``a ~= b``: whether a text matches a regular expression as a whole."""
    if a is None or b is None:
        return False
    return compiled(f.text(b), f).matches(f.text(a), f)


_CONVERTIBLE: Final = {
    "Integer": (str, Byte, Char),
    "Long": (str, Byte, Char),
    "Short": (str, Byte, Char),
    "Double": (str, Byte),
    "Float": (str, Byte),
    "Boolean": (str,),
    "BigDecimal": (str,),
    "BigInteger": (str,),
}


def convertible(f: Frame, value: Value, target: Value) -> bool:
    """``value convertable_to Type``: a question of types, not of what the value says."""
    if value is None or not isinstance(target, ClassObject):
        return False
    name = target.name.rpartition(".")[2]
    if name in ("String", "Object"):
        return True
    kinds = _CONVERTIBLE.get(name)
    return kinds is not None and (isinstance(value, kinds) or type(value) in (*ORDER, bool))


def either(f: Frame, value: Value) -> bool:
    """Whether ``value or …`` is content with the value: it is neither null nor empty."""
    return value is not None and value != "" and value is not False


OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    "+": add,
    **{op: calculation(op) for op in ("-", "*", "/", "%", "**")},
    "==": same,
    "!=": different,
    **{op: ordering(op) for op in COMPARISONS},
    "contains": contains,
    "strsim": similarity,
    "soundslike": sounds_like,
    "~=": matches,
    "convertable_to": convertible,
}


def to_type(name: str) -> Callable[[Frame, Value], Value]:
    """``(name) value`` for the types that MVEL converts to beyond numbers and texts."""

    def convert(f: Frame, value: Value) -> Value:
        if value is None:
            return None
        if name == "Boolean":
            found = _truth_of(value)
            if found is None:
                raise throw("ClassCastException", f"not a Boolean: {f.text(value)}")
            return found
        number = _comparable(value)
        if number is None:
            raise throw("NumberFormatException", f'For input string: "{f.text(value)}"')
        if name == "BigDecimal":
            return Decimal(value) if isinstance(value, str) else decimal(number)
        return big(int(number))

    return convert
