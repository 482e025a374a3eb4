"""Operators of rule patterns that are no operators of Java or MVEL, as functions.

The rule compiler writes ``name matches "A.*"`` as ``drl__matches(name, "A.*")``, and so on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.live_temporal import TEMPORAL
from procession.scripting.machine.operators import contains, same_value, similarity, soundex, truth
from procession.scripting.objects import ListObject, MapObject
from procession.scripting.regex import compiled
from procession.values import Value


def _matches(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and b is not None and compiled(f.text(b), f).matches(f.text(a), f)


def _contains(f: Frame, a: Value, b: Value) -> bool:
    if isinstance(a, MapObject):
        return any(same_value(f, entry.key, b, True) for entry in a.ordered(f))
    return a is not None and contains(f, a, b, True)


def _member(f: Frame, a: Value, b: Value) -> bool:
    return b is not None and _contains(f, b, a)


def _in(f: Frame, a: Value, *options: Value) -> bool:
    return any(same_value(f, a, option, True) for option in options)


def _starts(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and f.text(a).startswith(f.text(b))


def _ends(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and f.text(a).endswith(f.text(b))


def _length(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and len(f.text(a)) == b


def _sounds(f: Frame, a: Value, b: Value) -> bool:
    return a is not None and b is not None and soundex(f.text(a)) == soundex(f.text(b))


def _similar(f: Frame, a: Value, b: Value) -> Value:
    return similarity(f, a, b)


def _truth(f: Frame, value: Value) -> bool:
    return truth(value, "condition")


def _list(f: Frame, *items: Value) -> Value:
    f.allocate(len(items) + 2)
    return ListObject(list(items))


OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    "drl__matches": _matches,
    "drl__contains": _contains,
    "drl__memberOf": _member,
    "drl__in": _in,
    "drl__startsWith": _starts,
    "drl__endsWith": _ends,
    "drl__length": _length,
    "drl__soundslike": _sounds,
    "drl__strsim": _similar,
    "drl__truth": _truth,
    "drl__list": _list,
    **TEMPORAL,
}
