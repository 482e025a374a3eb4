"""The functions of accumulate: count, sum, min, max, average, collectList, collectSet, and custom.

States are plain: numbers, tuples, live lists; what a match contributed is handed back unchanged
when it is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from procession.core.live import LiveScripts, LiveText
from procession.rules.matcher.network import Reader
from procession.rules.matcher.rows import Handle
from procession.values import Long

Facts = tuple[Handle, ...]
MOST: Final = 1.7976931348623157e308
LIST: Final = "java.util.ArrayList"
SET: Final = "java.util.HashSet"


@dataclass(frozen=True, kw_only=True)
class Folding:
    """A built-in function of one argument."""

    argument: Reader | None
    begin: Callable[[], Any]
    more: Callable[[Any, Any], Any]
    less: Callable[[Any, Any], Any] | None
    end: Callable[[Any], Any]

    @property
    def reversible(self) -> bool:
        """Whether a match can be taken back."""
        return self.less is not None

    def start(self, run: Any, facts: Facts) -> Any:
        """A state without any match."""
        return self.begin()

    def contribution(self, run: Any, facts: Facts) -> Any:
        """The argument for one match."""
        return None if self.argument is None else self.argument(run, facts)

    def add(self, run: Any, state: Any, given: Any) -> Any:
        """One match more."""
        return self.more(state, given)

    def take_back(self, run: Any, state: Any, given: Any) -> Any:
        """One match less."""
        return state if self.less is None else self.less(state, given)

    def result(self, run: Any, state: Any, facts: Facts) -> Any:
        """What the state comes to."""
        return self.end(state)


@dataclass(frozen=True, kw_only=True)
class Collecting:
    """``collectList`` and ``collectSet``: the members, each as often as it was given."""

    argument: Reader
    live: LiveScripts
    type_name: str
    reversible: bool = True

    def start(self, run: Any, facts: Facts) -> Any:
        """No members."""
        return []

    def contribution(self, run: Any, facts: Facts) -> Any:
        """The member of one match."""
        return self.argument(run, facts)

    def add(self, run: Any, state: Any, given: Any) -> Any:
        """One member more."""
        run.allocate(2)
        state.append(given)
        return state

    def take_back(self, run: Any, state: Any, given: Any) -> Any:
        """One member less: the first that equals it."""
        key = self.live.identity(run, given)
        for at, member in enumerate(state):
            if member is given or self.live.identity(run, member) == key:
                del state[at]
                break
        return state

    def result(self, run: Any, state: Any, facts: Facts) -> Any:
        """A new collection of the members."""
        sort = "set" if self.type_name.endswith("Set") else "list"
        made = self.live.empty(sort, self.type_name, {})
        self.live.fill(made, list(state))
        return made


@dataclass(frozen=True, kw_only=True)
class Coded:
    """``init(…) action(…) reverse(…) result(…)``: the state is the variables that init declares."""

    inputs: tuple[Reader, ...]
    init: LiveText
    init_inputs: tuple[Reader, ...]
    action: LiveText
    reverse: LiveText | None
    outcome: LiveText
    outcome_inputs: tuple[Reader, ...]

    @property
    def reversible(self) -> bool:
        """Whether a match can be taken back."""
        return self.reverse is not None

    def start(self, run: Any, facts: Facts) -> Any:
        """What init makes."""
        return self.init(run, *[read(run, facts) for read in self.init_inputs]) or ()

    def contribution(self, run: Any, facts: Facts) -> Any:
        """The bindings that the code uses."""
        return tuple([read(run, facts) for read in self.inputs])

    def add(self, run: Any, state: Any, given: Any) -> Any:
        """Run the action."""
        return self.action(run, *state, *given) or ()

    def take_back(self, run: Any, state: Any, given: Any) -> Any:
        """Run the reverse."""
        return state if self.reverse is None else self.reverse(run, *state, *given) or ()

    def result(self, run: Any, state: Any, facts: Facts) -> Any:
        """Run the result."""
        return self.outcome(run, *state, *[read(run, facts) for read in self.outcome_inputs])


def _plus(state: Any, value: Any) -> Any:
    return state if value is None else state + float(value)


def _minus(state: Any, value: Any) -> Any:
    return state if value is None else state - float(value)


def _average_more(state: Any, value: Any) -> Any:
    return state if value is None else (state[0] + 1, state[1] + float(value))


def _average_less(state: Any, value: Any) -> Any:
    return state if value is None else (state[0] - 1, state[1] - float(value))


def _measured(value: Any) -> Any:
    """A number as a Double; other things that have an order as they are."""
    return float(value) if isinstance(value, int | float | Decimal) else value


def _smaller(state: Any, value: Any) -> Any:
    value = _measured(value)
    return state if value is None or (state is not None and state <= value) else value


def _greater(state: Any, value: Any) -> Any:
    value = _measured(value)
    return state if value is None or (state is not None and state >= value) else value


def count(argument: Reader | None) -> Folding:
    """How many; the argument does not matter."""
    return Folding(
        argument=None,
        begin=lambda: 0,
        more=lambda state, _: state + 1,
        less=lambda state, _: state - 1,
        end=Long,
    )


def total(argument: Reader | None) -> Folding:
    """The sum, as a Double."""
    return Folding(
        argument=argument, begin=lambda: 0.0, more=_plus, less=_minus, end=lambda state: state
    )


def average(argument: Reader | None) -> Folding:
    """The average, as a Double; zero for no numbers."""
    return Folding(
        argument=argument,
        begin=lambda: (0, 0.0),
        more=_average_more,
        less=_average_less,
        end=lambda state: state[1] / state[0] if state[0] else 0.0,
    )


def smallest(argument: Reader | None) -> Folding:
    """The smallest, numbers as Doubles; for no values the greatest Double there is."""
    return Folding(
        argument=argument,
        begin=lambda: None,
        more=_smaller,
        less=None,
        end=lambda state: MOST if state is None else state,
    )


def greatest(argument: Reader | None) -> Folding:
    """The greatest, numbers as Doubles; for no values the least Double there is."""
    return Folding(
        argument=argument,
        begin=lambda: None,
        more=_greater,
        less=None,
        end=lambda state: -MOST if state is None else state,
    )


FUNCTIONS: Final[dict[str, Callable[[Reader | None], Folding]]] = {
    "count": count,
    "sum": total,
    "average": average,
    "min": smallest,
    "max": greatest,
}
COLLECTIONS: Final = {"collectList": LIST, "collectSet": SET}
