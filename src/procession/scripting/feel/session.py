"""One evaluation of FEEL formulas: a frame that outlives each of them, and what is done by hand.

See :class:`procession.core.formulas.Session`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from procession.core.ports import UNDEFINED, Limits, ScriptContext
from procession.errors import LimitExceeded
from procession.scripting.feel.external import external
from procession.scripting.feel.forms import MAX_CALLS, invoke
from procession.scripting.feel.lists import LISTS
from procession.scripting.feel.operators import LESS, equal, is_number, noted
from procession.scripting.feel.temporal import read_date, read_duration, read_moment, read_time
from procession.scripting.feel.values import (
    FeelFunction,
    context_of,
    kind_of,
    outcome,
    plain,
    text_of,
)
from procession.scripting.frame import Frame, result_value
from procession.scripting.freezing import thaw
from procession.scripting.objects import BeanObject, FunctionObject, ListObject, MapObject
from procession.scripting.throwables import Thrown
from procession.values import Value

_READERS: Final[dict[str, Callable[[str], Value]]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_moment,
    "days and time duration": read_duration,
    "years and months duration": read_duration,
}
_AS_IT_IS: Final = frozenset({str, int, bool, type(None)})
_TOTAL: Final = LISTS["sum"][1]


class FeelSession(Frame):
    """What formulas run in, one after the other and one within the other."""

    notes: list[str]
    now: object = None

    def __init__(self, context: ScriptContext, limits: Limits, zone: tzinfo = UTC) -> None:
        super().__init__(context, limits, [], zone)
        self.notes = []

    def resolve(self, name: str) -> Value:
        """No name has a value but those a formula was compiled with."""
        noted(self, f"nothing is called '{name}'")
        return UNDEFINED

    def note(self, text: str) -> None:
        """Say why something is null."""
        noted(self, text)

    def take(self, value: Value) -> Value:
        """A value of the process."""
        return plain(thaw(value, self))

    def give(self, held: Value) -> Value:
        """A value that a process can hold."""
        if type(held) in _AS_IT_IS:
            return held
        return result_value(outcome(self, held), self)

    def shown(self, value: Value) -> str:
        """How FEEL writes a value."""
        return text_of(self, value, 1)

    def kind(self, held: Value) -> str:
        """The name of its type."""
        return "Null" if held is None else kind_of(held)

    def read(self, kind: str, text: str) -> Value:
        """A date, time or duration from its text; None if it is none."""
        read = _READERS.get(kind)
        try:
            found = read(text) if read else None
        except (ValueError, LookupError, OverflowError):
            return None
        return found if found is not None and kind_of(found) == kind else None

    def items(self, held: Value) -> list[Value] | None:
        """The items of a list."""
        return held.items if isinstance(held, ListObject) else None

    def entries(self, held: Value) -> dict[str, Value] | None:
        """The entries of a context."""
        if isinstance(held, MapObject):
            return {str(entry.key): plain(entry.value) for entry in held.ordered(self)}
        if isinstance(held, BeanObject):
            return {name: plain(value) for name, value in held.fields.items()}
        return None

    def listed(self, items: Iterable[Value]) -> Value:
        """A list."""
        made = ListObject(items)
        self.allocate(len(made.items) + 2)
        return made

    def context_of(self, entries: Mapping[str, Value]) -> Value:
        """A context."""
        return context_of(self, list(entries.items()))

    def external(self, names: Sequence[str], described: Value) -> Value:
        """A static method of Java as a function."""
        return external(self, names, described)

    def function(self, names: Sequence[str], call: Callable[..., Value]) -> Value:
        """A function; ``call`` gets the session and the arguments."""

        def run(f: Frame, *args: Value) -> Value:
            f.burn(8)
            f.depth += 1
            outside = f.slots
            try:
                if f.depth > MAX_CALLS:
                    raise LimitExceeded(f"functions call each other over {MAX_CALLS} deep")
                return call(f, *[plain(arg) for arg in args])
            finally:
                f.depth -= 1
                f.slots = outside

        self.allocate(4)
        return FeelFunction(tuple(names), run)

    def signature(self, held: Value) -> tuple[str, ...] | None:
        """The parameters of a function."""
        return held.names if isinstance(held, FeelFunction) and held.arity >= 0 else None

    def call(self, function: Value, args: Sequence[Value] | Mapping[str, Value]) -> Value:
        """Call a function."""
        try:
            given = dict(args) if isinstance(args, Mapping) else args
            return plain(invoke(self, function, given))
        except Thrown as thrown:
            return noted(self, str(thrown))

    def is_function(self, held: Value) -> bool:
        """Whether it can be called."""
        return isinstance(held, FunctionObject)

    def key(self, held: Value) -> tuple[str, Hashable] | None:
        """Kind and order of a value that can be looked up."""
        if isinstance(held, bool):
            return ("boolean", held)
        if is_number(held):
            return ("number", held)
        if isinstance(held, str):
            return ("string", held)
        if held is None:
            return ("null", 0)
        if isinstance(held, date) and not isinstance(held, datetime):
            return ("date", held.toordinal())
        return None

    def equal(self, a: Value, b: Value) -> bool | None:
        """FEEL's equality."""
        found: bool | None = equal(self, a, b)
        return found

    def less(self, a: Value, b: Value) -> bool | None:
        """FEEL's order."""
        found: bool | None = LESS(self, a, b)
        return found

    def total(self, items: Sequence[Value]) -> Value:
        """The sum of the items."""
        return _TOTAL(self, ListObject(items))
