"""Values on their way into JavaScript and back, as JSON with a mark on what JSON has not got.

``["l", …]`` is a list, ``["m", pairs]`` a map, ``["s", …]`` a set, ``["b", type, pairs]`` a data
object, ``["d", ms]`` a date, ``["n", digits]`` a whole number beyond 53 bits, ``["f", text]`` no
finite number. A whole number that comes back is an Integer or Long, any other a Double.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from procession.scripting.equality import millis, moment
from procession.scripting.meter import Meter
from procession.scripting.throwables import throw
from procession.values import Bean, BigInteger, Long, Map, Set, Value

EXACT: Final = 1 << 53
MAX_DEPTH: Final = 100


def inward(value: Value, meter: Meter, depth: int = 0) -> Any:
    """A value as the prelude reads it."""
    meter.burn(1)
    if depth > MAX_DEPTH:
        raise throw("StackOverflowError", "the structure is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        meter.make_text(len(value))
        return str(value)
    if isinstance(value, int):
        return int(value) if -EXACT < value < EXACT else ["n", str(int(value))]
    if isinstance(value, float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return ["d", millis(value)]
    if isinstance(value, bytes):
        return ["l", list(value)]
    if isinstance(value, Map):
        return ["m", _pairs(value, meter, depth)]
    if isinstance(value, Bean):
        return ["b", value.type_name, _pairs(value.fields, meter, depth)]
    mark = "s" if isinstance(value, Set) else "l"
    return [mark, [inward(item, meter, depth + 1) for item in value]]


def _pairs(value: Map, meter: Meter, depth: int) -> list[Any]:
    return [[str(name), inward(item, meter, depth + 1)] for name, item in value.items()]


def outward(made: Any, meter: Meter, depth: int = 0) -> Value:
    """What the script gave, as a value."""
    meter.allocate(1)
    if depth > MAX_DEPTH:
        raise throw("StackOverflowError", "the structure is nested too deeply")
    if made is None or isinstance(made, bool | str):
        return made
    if isinstance(made, int):
        return _whole(made)
    if isinstance(made, float):
        return _whole(int(made)) if made.is_integer() and abs(made) < EXACT else made
    mark, what = made[0], made[1]
    if mark == "l":
        return tuple([outward(item, meter, depth + 1) for item in what])
    if mark == "s":
        return Set([outward(item, meter, depth + 1) for item in what])
    if mark == "m":
        return Map({name: outward(item, meter, depth + 1) for name, item in what})
    if mark == "b":
        fields = {name: outward(item, meter, depth + 1) for name, item in made[2]}
        return Bean(what, Map(fields))
    if mark == "d":
        if not isinstance(what, int | float):
            raise throw("IllegalArgumentException", "the date is not valid")
        return moment(int(what))
    if mark == "n":
        if len(what) > 1000:
            raise throw("IllegalArgumentException", "the number is too long")
        return _whole(int(what))
    return float(what.replace("Infinity", "inf"))


def _whole(value: int) -> int:
    if -0x80000000 <= value <= 0x7FFFFFFF:
        return value
    return Long(value) if -(1 << 63) <= value < 1 << 63 else BigInteger(value)
