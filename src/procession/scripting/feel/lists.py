"""FEEL's built-in functions over lists; see :mod:`~procession.scripting.feel.texts`."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Final

from procession.scripting.feel.arguments import a_number, an_integer, list_in, made
from procession.scripting.feel.operators import arithmetic, comparable, equal
from procession.scripting.feel.texts import Function
from procession.scripting.feel.values import PRECISION, plain, tidy
from procession.scripting.frame import Frame
from procession.scripting.objects import FunctionObject, ListObject
from procession.values import Value

_ADD, _MULTIPLY = arithmetic("+"), arithmetic("*")


def _given(f: Frame, args: tuple[Value, ...]) -> list[Value]:
    """Members given one by one or as a list."""
    if len(args) == 1:
        return list_in(f, args[0])
    return [plain(arg) for arg in args]


def _ordered(items: list[Value], f: Frame) -> list[Value]:
    f.walk(len(items) * max(1, len(items).bit_length()) * 4)
    kinds = {type(comparable(item)) for item in items}
    if type(None) in kinds or (len(kinds) > 1 and not kinds <= {int, Decimal}):
        raise TypeError("no common order")
    return sorted(items, key=comparable)


def _total(f: Frame, *args: Value) -> Value:
    items = _given(f, args)
    total = items[0] if items else None
    for item in items[1:]:
        total = _ADD(f, total, item)
    return total


def _product(f: Frame, *args: Value) -> Value:
    items = _given(f, args)
    total = items[0] if items else None
    for item in items[1:]:
        total = _MULTIPLY(f, total, item)
    return total


def _mean(f: Frame, *args: Value) -> Value:
    items = [a_number(item) for item in _given(f, args)]
    return tidy(PRECISION.divide(sum(items, Decimal()), Decimal(len(items)))) if items else None


def _median(f: Frame, *args: Value) -> Value:
    items = sorted([a_number(item) for item in _given(f, args)])
    middle = len(items) // 2
    if not items:
        return None
    return tidy(items[middle] if len(items) % 2 else (items[middle - 1] + items[middle]) / 2)


def _stddev(f: Frame, *args: Value) -> Value:
    items = [a_number(item) for item in _given(f, args)]
    mean = sum(items, Decimal()) / len(items)
    spread = sum([(item - mean) ** 2 for item in items], Decimal())
    return tidy(PRECISION.sqrt(PRECISION.divide(spread, Decimal(len(items) - 1))))


def _mode(f: Frame, *args: Value) -> ListObject:
    items = sorted([a_number(item) for item in _given(f, args)])
    counts = dict.fromkeys(items, 0)
    for item in items:
        counts[item] += 1
    most = max(counts.values(), default=0)
    return made(f, [tidy(item) for item, count in counts.items() if count == most])


def _every(wanted: bool) -> Function:
    """``all`` and ``any``: null counts where it could decide."""

    def run(f: Frame, *args: Value) -> Value:
        items = _given(f, args)
        if any(item is (not wanted) for item in items):
            return not wanted
        return wanted if all(item is wanted for item in items) else None

    return run


def _sublist(f: Frame, items: Value, start: Value, length: Value = None) -> ListObject:
    found, at = list_in(f, items), an_integer(start)
    if at == 0 or abs(at) > len(found):
        raise ValueError("outside of the list")
    first = at - 1 if at > 0 else len(found) + at
    end = len(found) if length is None else first + an_integer(length)
    return made(f, found[first : max(first, end)])


def _insert(f: Frame, items: Value, position: Value, new: Value) -> ListObject:
    found, at = list_in(f, items), an_integer(position)
    if at == 0 or abs(at) > len(found):
        raise ValueError("outside of the list")
    found.insert(at - 1 if at > 0 else len(found) + at, new)
    return made(f, found)


def _remove(f: Frame, items: Value, position: Value) -> ListObject:
    found, at = list_in(f, items), an_integer(position)
    if at == 0 or abs(at) > len(found):
        raise ValueError("outside of the list")
    del found[at - 1 if at > 0 else len(found) + at]
    return made(f, found)


def _exchange(f: Frame, items: Value, where: Value, new: Value) -> ListObject:
    found = list_in(f, items)
    if isinstance(where, FunctionObject):
        tests = [where.call(f, item, new) for item in found]
        if not all(isinstance(test, bool) for test in tests):
            raise TypeError("the match is not true or false")
        return made(f, [new if t else i for t, i in zip(tests, found, strict=True)])
    at = an_integer(where)
    if at == 0 or abs(at) > len(found):
        raise ValueError("outside of the list")
    found[at - 1 if at > 0 else len(found) + at] = new
    return made(f, found)


def _distinct(f: Frame, items: Value) -> ListObject:
    kept: list[Value] = []
    for item in list_in(f, items):
        f.walk(len(kept))
        if not any(equal(f, item, one) is True for one in kept):
            kept.append(item)
    return made(f, kept)


def _concatenated(f: Frame, *lists: Value) -> ListObject:
    return made(f, [item for one in lists for item in list_in(f, one)])


def _flat(f: Frame, items: Value, depth: int = 0) -> list[Value]:
    found: list[Value] = []
    if depth > 60:
        raise ValueError("nested too deeply")
    for item in list_in(f, items):
        found.extend(_flat(f, item, depth + 1) if isinstance(item, ListObject) else [item])
    return found


def _sort(f: Frame, items: Value, precedes: Value = None) -> ListObject:
    found = list_in(f, items)
    if precedes is None:
        return made(f, _ordered(found, f))

    def order(one: Value, other: Value) -> int:
        if precedes.call(f, one, other) is True:
            return -1
        return 1 if precedes.call(f, other, one) is True else 0

    return made(f, sorted(found, key=cmp_to_key(order)))


def _index_of(f: Frame, items: Value, wanted: Value) -> ListObject:
    found = enumerate(list_in(f, items), 1)
    return made(f, [at for at, item in found if equal(f, item, wanted) is True])


def _extreme(f: Frame, args: tuple[Value, ...], at: int) -> Value:
    items = _given(f, args)
    return _ordered(items, f)[at] if items else None


LISTS: Final[dict[str, tuple[str, Function]]] = {
    "list contains": (
        "list, element",
        lambda f, items, one: any(equal(f, item, one) is True for item in list_in(f, items)),
    ),
    "count": ("list", lambda f, items: len(list_in(f, items))),
    "min": ("list...", lambda f, *args: _extreme(f, args, 0)),
    "max": ("list...", lambda f, *args: _extreme(f, args, -1)),
    "sum": ("list...", _total),
    "product": ("list...", _product),
    "mean": ("list...", _mean),
    "median": ("list...", _median),
    "stddev": ("list...", _stddev),
    "mode": ("list...", _mode),
    "all": ("list...", _every(True)),
    "any": ("list...", _every(False)),
    "sublist": ("list, start position, length?", _sublist),
    "append": ("list, item...", lambda f, items, *more: made(f, [*list_in(f, items), *more])),
    "concatenate": ("list...", _concatenated),
    "insert before": ("list, position, newItem", _insert),
    "remove": ("list, position", _remove),
    "list replace": ("list, position, newItem | list, match, newItem", _exchange),
    "reverse": ("list", lambda f, items: made(f, list_in(f, items)[::-1])),
    "index of": ("list, match", _index_of),
    "union": ("list...", lambda f, *lists: _distinct(f, _concatenated(f, *lists))),
    "distinct values": ("list", _distinct),
    "flatten": ("list", lambda f, items: made(f, _flat(f, items))),
    "sort": ("list, precedes?", _sort),
}
