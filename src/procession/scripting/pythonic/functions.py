"""Python's built-in functions, those that a script of a process may need."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cmp_to_key
from typing import Final

from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.numerals import EXACT
from procession.scripting.objects import (
    LINKED_MAP,
    LINKED_SET,
    ArrayObject,
    BeanObject,
    FunctionObject,
    ListObject,
    MapObject,
    SetObject,
    set_of,
)
from procession.scripting.pythonic.operators import (
    TUPLE,
    calculation,
    iterated,
    negative,
    order,
    plain,
    shaped,
    truth,
    unsuitable,
)
from procession.scripting.pythonic.texts import formatted, quoted, text_of
from procession.scripting.throwables import throw
from procession.values import Value

Builtin = Callable[..., Value]
_ADD: Final = calculation("+")
MAX_DIGITS: Final = 1_000


def called(f: Frame, function: Value, *args: Value) -> Value:
    """Call a function that the script made."""
    if not isinstance(function, FunctionObject):
        raise throw("ClassCastException", f"{class_word(function)} cannot be called")
    return function.call(f, *args)


def _len(f: Frame, value: Value) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, ListObject | ArrayObject):
        return len(value.items)
    if isinstance(value, MapObject | SetObject):
        return len(value)
    raise unsuitable("len", value, 0)


def _int(f: Frame, value: Value = 0, base: Value = 10) -> int:
    if isinstance(value, str):
        if len(value) > MAX_DIGITS:
            raise throw("NumberFormatException", "the number is too long")
        try:
            return shaped(int(value, int(base)))
        except ValueError:
            raise throw("NumberFormatException", "not a whole number") from None
    made = plain(value)
    if not isinstance(made, int | float | Decimal) or (
        isinstance(made, float | Decimal) and not math.isfinite(made)
    ):
        raise unsuitable("int", value, 0)
    if isinstance(made, Decimal) and made.adjusted() > MAX_DIGITS:
        raise throw("NumberFormatException", "the number is too long")
    return shaped(int(made))


def _float(f: Frame, value: Value = 0.0) -> float:
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise throw("NumberFormatException", "the number is too long")
    try:
        return float(plain(value))
    except ValueError:
        raise throw("NumberFormatException", "not a number") from None


def _decimal(f: Frame, value: Value = "0") -> Decimal:
    text = value if isinstance(value, str) else str(plain(value))
    if len(text) > MAX_DIGITS:
        raise throw("NumberFormatException", "the number is too long")
    try:
        made = EXACT.create_decimal(text)
    except InvalidOperation:
        raise throw("NumberFormatException", "not a number") from None
    if not made.is_finite():
        raise throw("NumberFormatException", "not a finite number")
    return made


def _abs(f: Frame, value: Value) -> Value:
    return negative(f, value) if order(f, value, 0) < 0 else plain(value)


def _round(f: Frame, value: Value, digits: Value = None) -> Value:
    made = plain(value)
    if not isinstance(made, int | float | Decimal):
        raise unsuitable("round", value, 0)
    if digits is None:
        return _int(f, round(made))
    if not isinstance(digits, int) or not -30 <= digits <= 30:
        raise throw("IllegalArgumentException", "between -30 and 30 digits")
    if isinstance(made, Decimal):
        return made.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN, EXACT)
    return round(made, int(digits))


def _keyed(f: Frame, items: list[Value], key: Value) -> list[tuple[Value, Value]]:
    return [(item if key is None else called(f, key, item), item) for item in items]


def _best(wanted: int) -> Builtin:
    def best(f: Frame, *args: Value, key: Value = None, default: Value = None) -> Value:
        items = iterated(f, args[0]) if len(args) == 1 else list(args)
        if not items:
            if default is None:
                raise throw("IllegalArgumentException", "nothing to choose from")
            return default
        pairs = _keyed(f, items, key)
        found = pairs[0]
        for other in pairs[1:]:
            f.burn(2)
            if order(f, other[0], found[0]) * wanted > 0:
                found = other
        return found[1]

    return best


def _sum(f: Frame, items: Value, start: Value = 0) -> Value:
    for item in iterated(f, items):
        f.burn(2)
        start = _ADD(f, start, item)
    return start


def arranged(f: Frame, items: list[Value], key: Value, backwards: Value) -> list[Value]:
    """The items in order; equal ones keep theirs."""
    f.walk(len(items) * max(1, len(items).bit_length()) * 4)
    pairs = _keyed(f, items, key)

    def compare(one: tuple[Value, Value], other: tuple[Value, Value]) -> int:
        return order(f, one[0], other[0])

    pairs.sort(key=cmp_to_key(compare), reverse=truth(f, backwards))
    return [item for _, item in pairs]


def _sorted(f: Frame, items: Value, key: Value = None, reverse: Value = False) -> ListObject:
    return ListObject(arranged(f, iterated(f, items), key, reverse))


def _reversed(f: Frame, items: Value) -> ListObject:
    return ListObject(iterated(f, items)[::-1])


def _range(f: Frame, *bounds: Value) -> ListObject:
    if not 1 <= len(bounds) <= 3 or not all(type(plain(one)) is int for one in bounds):
        raise throw("IllegalArgumentException", "range takes one to three whole numbers")
    if len(bounds) == 3 and bounds[2] == 0:
        raise throw("IllegalArgumentException", "range takes no step of zero")
    found = range(*[int(one) for one in bounds])
    size = max(0, (found.stop - found.start) // found.step + 1)
    f.allocate(size)
    f.walk(size)
    return ListObject(found)


def _pair(*items: Value) -> ListObject:
    return ListObject(items, TUPLE)


def _enumerate(f: Frame, items: Value, start: Value = 0) -> ListObject:
    found = iterated(f, items)
    f.allocate(len(found) * 4)
    return ListObject([_pair(at, item) for at, item in enumerate(found, int(start))])


def _zip(f: Frame, *sources: Value) -> ListObject:
    found = [iterated(f, source) for source in sources]
    f.allocate(sum(map(len, found)) * 2)
    return ListObject([_pair(*items) for items in zip(*found, strict=False)])


def _all(f: Frame, items: Value) -> bool:
    return all(truth(f, item) for item in iterated(f, items))


def _any(f: Frame, items: Value) -> bool:
    return any(truth(f, item) for item in iterated(f, items))


def _map(f: Frame, function: Value, items: Value) -> ListObject:
    return ListObject([called(f, function, item) for item in iterated(f, items)])


def _filter(f: Frame, function: Value, items: Value) -> ListObject:
    kept = [
        item
        for item in iterated(f, items)
        if truth(f, item if function is None else called(f, function, item))
    ]
    return ListObject(kept)


def _list(f: Frame, items: Value = None) -> ListObject:
    return ListObject([] if items is None else iterated(f, items))


def _tuple(f: Frame, items: Value = None) -> ListObject:
    return ListObject([] if items is None else iterated(f, items), TUPLE)


def _set(f: Frame, items: Value = None) -> SetObject:
    return set_of([] if items is None else iterated(f, items), LINKED_SET, f)


def _dict(f: Frame, source: Value = None, **given: Value) -> MapObject:
    made = MapObject(LINKED_MAP)
    if isinstance(source, MapObject):
        for entry in source.ordered(f):
            made.put(entry.key, entry.value, f)
    elif source is not None:
        for pair in iterated(f, source):
            key, value = iterated(f, pair)
            made.put(key, value, f)
    for name, value in given.items():
        made.put(name, value, f)
    return made


def _print(f: Frame, *values: Value, sep: Value = " ", end: Value = "\n") -> None:
    line = str(sep).join([text_of(f, value) for value in values])
    f.print(line if end == "\n" else line + str(end), ends_line=end == "\n")


_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bool": (bool,),
    "list": (ListObject, ArrayObject),
    "tuple": (ListObject,),
    "dict": (MapObject,),
    "set": (SetObject,),
    "Decimal": (Decimal,),
}


def instance_of(f: Frame, value: Value, *kinds: Value) -> bool:
    """``isinstance(value, kind)``; a tuple is a list that was written as one."""
    for kind in kinds:
        if isinstance(value, _KINDS[kind]) and (
            kind not in ("tuple", "list")
            or (getattr(value, "kind", "") == TUPLE) is (kind == "tuple")
        ):
            return True
    return False


def _getattr(f: Frame, owner: Value, name: Value, default: Value = None) -> Value:
    if isinstance(owner, BeanObject):
        return owner.fields.get(str(name), default)
    raise throw("ClassCastException", "getattr reads the fields of data objects only")


def _one(function: Callable[[float], float]) -> Builtin:
    def run(f: Frame, value: Value) -> Value:
        made = function(_float(f, value))
        return shaped(made) if isinstance(made, int) else made

    return run


BUILTINS: Final[dict[str, Builtin]] = {
    "len": _len,
    "str": lambda f, value="": text_of(f, value),
    "repr": quoted,
    "int": _int,
    "float": _float,
    "bool": lambda f, value=False: truth(f, value),
    "Decimal": _decimal,
    "abs": _abs,
    "round": _round,
    "min": _best(-1),
    "max": _best(1),
    "sum": _sum,
    "sorted": _sorted,
    "reversed": _reversed,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "all": _all,
    "any": _any,
    "map": _map,
    "filter": _filter,
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "dict": _dict,
    "print": _print,
    "format": lambda f, value, spec="": formatted(f, value, spec),
    "ord": lambda f, letter: ord(letter),
    "chr": lambda f, code: chr(code),
    "divmod": lambda f, a, b: _pair(calculation("//")(f, a, b), calculation("%")(f, a, b)),
    "pow": lambda f, a, b: calculation("**")(f, a, b),
}
"""By name; each gets the frame and the arguments."""
MATH: Final[dict[str, Builtin]] = {
    name: _one(getattr(math, name))
    for name in ("floor", "ceil", "trunc", "sqrt", "exp", "log10", "log2", "log", "sin", "cos")
}
"""What ``math.…`` offers, without an import."""
CONSTANTS: Final = {"pi": math.pi, "e": math.e, "inf": math.inf}
