"""``java.util.concurrent.TimeUnit``."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import wrap64
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ArrayObject
from procession.scripting.throwables import throw
from procession.values import Long, Value

_NANOS: Final = {
    "NANOSECONDS": 1,
    "MICROSECONDS": 1_000,
    "MILLISECONDS": 1_000_000,
    "SECONDS": 1_000_000_000,
    "MINUTES": 60_000_000_000,
    "HOURS": 3_600_000_000_000,
    "DAYS": 86_400_000_000_000,
}
_METHODS: Final = {
    "Nanos": "NANOSECONDS",
    "Micros": "MICROSECONDS",
    "Millis": "MILLISECONDS",
    "Seconds": "SECONDS",
    "Minutes": "MINUTES",
    "Hours": "HOURS",
    "Days": "DAYS",
}


class Unit:
    """A unit of time."""

    __slots__ = ("name",)
    type_name = "java.util.concurrent.TimeUnit"

    def __init__(self, name: str) -> None:
        self.name = name

    def shown(self) -> str:
        """What it prints as."""
        return self.name

    def plain(self) -> str:
        """What a process keeps of it."""
        return self.name

    def compared(self, other: Unit) -> int:
        """As they were declared."""
        names = list(_NANOS)
        return names.index(self.name) - names.index(other.name)


def _converted(amount: Value, source: Unit, target: str) -> Long:
    nanos = integer(amount) * _NANOS[source.name]
    whole = abs(nanos) // _NANOS[target]
    top = (1 << 63) - 1
    return Long(wrap64(max(-top - 1, min(top, whole if nanos >= 0 else -whole))))


def _to(target: str) -> Function:
    return lambda f, o, amount: _converted(amount, o, target)


def _convert(f: Frame, o: Unit, amount: Value, source: Value) -> Long:
    if not isinstance(source, Unit):
        raise mismatch("a TimeUnit", source)
    return _converted(amount, source, o.name)


def _value_of(f: Frame, name: Value) -> Value:
    found = UNIT.constants.get(text(name))
    if found is None:
        what = f"No enum constant java.util.concurrent.TimeUnit.{text(name)}"
        raise throw("IllegalArgumentException", what)
    return found


UNIT: Final = JavaClass("java.util.concurrent.TimeUnit", Unit)
UNIT.constants = {name: Unit(name) for name in _NANOS}
UNIT.all(
    {
        **{f"long to{name}(long)": _to(unit) for name, unit in _METHODS.items()},
        "long convert(long, TimeUnit)": _convert,
        "void sleep(long)": lambda f, o, amount: None,
        "String name()": lambda f, o: o.name,
        "int ordinal()": lambda f, o: list(_NANOS).index(o.name),
        "static TimeUnit valueOf(String)": _value_of,
        "static TimeUnit[] values()": lambda f: ArrayObject(UNIT.constants.values(), UNIT.name),
    }
)
CLASSES: Final = [UNIT]
