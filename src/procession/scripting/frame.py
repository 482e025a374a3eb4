"""One run of a script: what it has left, its locals, and what it has done to its surroundings.

Bare names are read once, as they were when the script began; ``kcontext.getVariable`` sees what the
script has set since. A list or map read twice is the same object, and if it was changed in place
the change comes back at the end.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any, Final

from procession.core.ports import UNDEFINED, Limits, ScriptContext, ScriptResult, Wish
from procession.scripting.equality import Structured, wrap64
from procession.scripting.freezing import freeze, is_changed, same, thaw
from procession.scripting.meter import Meter
from procession.scripting.rendering import java_text
from procession.scripting.throwables import Thrown, throw
from procession.values import Long, Map, Value

_SIMPLE: Final = frozenset({str, bool, float, type(None), Long})


class Random:
    """``java.util.Random``: the same numbers from the same seed."""

    __slots__ = ("next_gaussian", "state")

    def __init__(self, seed: int) -> None:
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)
        self.next_gaussian: float | None = None

    def bits(self, count: int) -> int:
        """The next random bits, as a signed number of that width."""
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        value = self.state >> (48 - count)
        return value - (1 << 32) if count == 32 and value >> 31 else value

    def long(self) -> int:
        """``nextLong``."""
        return wrap64((self.bits(32) << 32) + self.bits(32))

    def double(self) -> float:
        """``nextDouble``."""
        return float(((self.bits(26) << 27) + self.bits(27)) * 2.0**-53)


_NO_LINES: Final[list[str]] = []
_NO_CHANGES: Final[list[tuple[str, Value]]] = []
_NO_WISHES: Final[list[Wish]] = []
_NOTHING: Final[dict[str, tuple[Value, Value]]] = {}


class Frame(Meter):
    """Everything one run needs; the library gets it as its first argument.

    Most runs are conditions that leave nothing behind, so what they would leave starts as shared
    empty lists, replaced by own ones when first needed.
    """

    value: Value = None
    line = ""
    printed: list[str] = _NO_LINES
    changes: list[tuple[str, Value]] = _NO_CHANGES
    wishes: list[Wish] = _NO_WISHES
    held: dict[str, tuple[Value, Value]] = _NOTHING
    current: dict[str, tuple[Value, Value]] = _NOTHING
    globals: dict[str, Value] | None = None
    properties: dict[str, str] | None = None
    context_data: Any = None
    depth = 0
    _random: Random | None = None

    def __init__(
        self, context: ScriptContext, limits: Limits, slots: list[Value], zone: tzinfo = UTC
    ) -> None:
        self.fuel = limits.script_steps
        self.cells = limits.script_cells
        self.text_limit = limits.script_text
        self.items_limit = limits.script_items
        self.depth_limit = limits.script_depth
        self.pattern_limit = limits.script_pattern_steps
        self.context = context
        self.slots = slots
        self.zone = zone

    # -- variables -----------------------------------------------------------------------------

    def variable(self, name: str) -> Value:
        """A variable as it was when the script began; UNDEFINED if nothing has that name."""
        value = self.context.lookup(name)
        kind = type(value)
        if kind in _SIMPLE or value is UNDEFINED:
            return value
        if kind is int and -0x80000000 <= value <= 0x7FFFFFFF:
            return value
        held = self.held.get(name)
        if held is not None:
            return held[0]
        thawed = thaw(value, self)
        if isinstance(thawed, Structured):
            self.held = {**self.held, name: (thawed, value)}
        return thawed

    def load(self, name: str, slot: int) -> Value:
        """Read a bare name for the first time: a variable, a pseudo variable, a global."""
        value = self.context.lookup(name)
        kind = type(value)
        if kind in _SIMPLE or (kind is int and -0x80000000 <= value <= 0x7FFFFFFF):
            self.slots[slot] = value
            return value
        value = self.resolve(name)
        if value is UNDEFINED:
            raise throw(
                "org.mvel2.PropertyAccessException",
                f"unresolvable property: {name}; no variable or global has that name",
            )
        self.slots[slot] = value
        return value

    def resolve(self, name: str) -> Value:
        """A variable, else a pseudo variable, else a global, else UNDEFINED (2.8)."""
        value = self.variable(name)
        if value is not UNDEFINED:
            return value
        if name == "processInstanceId":
            return Long(self.context.instance)
        if name == "parentProcessInstanceId":
            return Long(self.context.parent_instance)
        return self.global_value(name)

    def get_variable(self, name: str) -> Value:
        """What ``kcontext.getVariable`` gives: the latest value, null for what is unknown."""
        if name in self.current:
            return self.current[name][0]
        value = self.resolve(name)
        return None if value is UNDEFINED else value

    def set_variable(self, name: str, value: Value) -> None:
        """What ``kcontext.setVariable`` does."""
        frozen = freeze(value, self)
        self.allocate(2)
        if self.changes is _NO_CHANGES:
            self.changes, self.current = [], {}
        self.current[name] = (value, frozen)
        self.changes.append((name, frozen))

    def global_value(self, name: str) -> Value:
        """A global, as this script may have set it; UNDEFINED if there is none."""
        if self.globals is not None and name in self.globals:
            return self.globals[name]
        if name in self.context.globals:
            value = thaw(self.context.globals[name], self)
            self.set_local_global(name, value)
            return value
        return UNDEFINED

    def set_local_global(self, name: str, value: Value) -> None:
        """Remember a global for the rest of the script."""
        if self.globals is None:
            self.globals = {}
        self.globals[name] = value

    # -- surroundings --------------------------------------------------------------------------

    def text(self, value: Value) -> str:
        """A value as Java writes it."""
        return value if type(value) is str else java_text(value, self.zone, self)

    def random(self) -> Random:
        """The random numbers of this run."""
        if self._random is None:
            self._random = Random(self.context.seed)
        return self._random

    def print(self, text: str, *, ends_line: bool) -> None:
        """Add to what is printed."""
        self.make_text(len(text))
        self.allocate(8)
        if not ends_line:
            *lines, self.line = (self.line + text).split("\n")
            for line in lines:
                self.add_line(line)
        else:
            self.add_line(self.line + text if self.line else text)
            self.line = ""

    def add_line(self, text: str) -> None:
        """Add a whole line, already paid for."""
        if self.printed is _NO_LINES:
            self.printed = [text]
        else:
            self.printed.append(text)

    def wish(self, kind: str, name: str = "", value: Value = None, instance: int = 0) -> None:
        """Ask for something that the turn will do."""
        self.allocate(4)
        if kind in ("signal", "abort") and instance == self.context.instance:
            instance = -1
        if self.wishes is _NO_WISHES:
            self.wishes = []
        self.wishes.append(Wish(kind, name, freeze(value, self), instance))

    def is_silent(self) -> bool:
        """Whether the run left nothing but its value."""
        return not (self.changes or self.printed or self.wishes or self.held or self.line)

    def result(self) -> ScriptResult:
        """What came of the run, once it is over."""
        changes = self._collect() if self.current or self.held else self.changes
        if self.line:
            self.add_line(self.line)
        value = self.value
        if value is not None and type(value) not in _SIMPLE:
            value = result_value(value, self)
        return ScriptResult(value, tuple(changes), tuple(self.printed), tuple(self.wishes))

    def _collect(self) -> list[tuple[str, Value]]:
        """All changes, with what was changed in place: as the variable stands at the end."""
        changes = list(self.changes)
        for name, (value, frozen) in self.current.items():
            if isinstance(value, Structured):
                latest = freeze(value, self)
                if not same(latest, frozen):
                    changes.append((name, latest))
        for name, (value, frozen) in self.held.items():
            if name not in self.current and is_changed(value, self):
                latest = freeze(value, self)
                if not same(latest, frozen):
                    changes.append((name, latest))
        return changes


def result_value(value: Value, frame: Frame) -> Value:
    """The value of a whole script; one that a process cannot hold becomes its text."""
    try:
        return freeze(value, frame)
    except Thrown:
        return frame.text(value)


def as_map(value: Value, frame: Frame) -> Map:
    """A frozen map of parameters."""
    frozen = freeze(value, frame)
    return frozen if isinstance(frozen, Map) else Map()
