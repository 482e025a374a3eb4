"""Formulas: expressions of a language whose values their users hold from one to the next.

A script (:mod:`procession.core.ports`) takes and gives values of the process and forgets all else.
What decides by many small expressions needs more: unary tests, functions, dates without a time,
ranges. Such values stay what the language made them, *held* by whoever evaluates and looked at
only through the :class:`Session`; null, truth values, numbers and texts are those of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

from procession.core.ports import Limits, ScriptContext
from procession.values import EMPTY, Value

Held: TypeAlias = Any
"""A value as the language has it."""
TypeCheck: TypeAlias = Callable[["Session", Held], bool]


class Interval(msgspec.Struct, frozen=True):
    """What a simple test accepts: between two keys of :meth:`Session.key`; None is an open end."""

    low: Any = None
    high: Any = None
    has_low: bool = True
    has_high: bool = True


class Session(Protocol):
    """One evaluation: its fuel, its time, and what can be done with held values."""

    notes: list[str]
    now: object
    """What is being computed, as those say who evaluate."""

    def burn(self, steps: int) -> None:
        """Pay for steps. Raises :class:`procession.errors.LimitExceeded`."""
        ...

    def note(self, text: str) -> None:
        """Say why something is null; only so many are kept."""
        ...

    def take(self, value: Value) -> Held:
        """A value of the process, as the language has it."""
        ...

    def give(self, held: Held) -> Value:
        """A value that a process can hold; what it cannot becomes its text."""
        ...

    def shown(self, value: Held) -> str:
        """How the language writes it."""
        ...

    def kind(self, held: Held) -> str:
        """The name of its type: ``number``, ``string``, ``list``, ``context``, ``function`` …"""
        ...

    def read(self, kind: str, text: str) -> Held:
        """A value of a type that texts are written for, such as ``date``; None if it is none."""
        ...

    def is_function(self, held: Held) -> bool:
        """Whether it can be called."""
        ...

    def items(self, held: Held) -> list[Held] | None:
        """The items of a list; None if it is none."""
        ...

    def entries(self, held: Held) -> dict[str, Held] | None:
        """The entries of a context; None if it is none."""
        ...

    def listed(self, items: Iterable[Held]) -> Held:
        """A list."""
        ...

    def context_of(self, entries: Mapping[str, Held]) -> Held:
        """A context."""
        ...

    def function(self, names: Sequence[str], call: Callable[..., Held]) -> Held:
        """A function of these parameters; ``call`` gets the session and an argument for each."""
        ...

    def external(self, names: Sequence[str], described: Held) -> Held:
        """A function outside of the language that a context describes; null if there is none."""
        ...

    def signature(self, held: Held) -> tuple[str, ...] | None:
        """The parameters of a function; None if it is none, or takes any number."""
        ...

    def call(self, function: Held, args: Sequence[Held] | Mapping[str, Held]) -> Held:
        """Call a function, with arguments by position or by name; null if they do not fit."""
        ...

    def key(self, held: Held) -> tuple[str, Hashable] | None:
        """Kind and order of a value that can be looked up, such that equal values have equal keys.

        None for values whose equality is more than that.
        """
        ...

    def equal(self, a: Held, b: Held) -> bool | None:
        """The language's equality; None where the two cannot be compared."""
        ...

    def less(self, a: Held, b: Held) -> bool | None:
        """The language's order; None where the two cannot be compared."""
        ...

    def total(self, items: Sequence[Held]) -> Held:
        """The sum of the items, null if there is none."""
        ...


class Formula(Protocol):
    """A compiled expression. ``unknown`` are names in it that nothing has, which give null.

    ``is_constant`` says that it always gives the same.
    """

    source: str
    unknown: tuple[str, ...]
    is_constant: bool

    def run(self, session: Any, values: Sequence[Held]) -> Held:
        """Its value, ``values`` being those of the names it was compiled with, in their order."""
        ...


class UnaryTests(Protocol):
    """Compiled tests, of which one must hold.

    ``intervals`` says all about tests that only compare with constants, and by key; None where
    they must be run.
    """

    source: str
    unknown: tuple[str, ...]
    intervals: tuple[Interval, ...] | None
    accepts_all: bool

    def holds(self, session: Any, value: Held, values: Sequence[Held]) -> bool:
        """Whether a value passes."""
        ...


class Formulas(Protocol):
    """Compiles formulas. ``members`` are names that entries of contexts have."""

    def expression(
        self,
        source: str,
        names: Sequence[str],
        types: Mapping[str, TypeCheck] = EMPTY,
        members: Iterable[str] = (),
    ) -> Formula:
        """An expression. Raises :class:`procession.core.ports.ScriptSyntax`."""
        ...

    def tests(
        self,
        source: str,
        names: Sequence[str],
        types: Mapping[str, TypeCheck] = EMPTY,
        members: Iterable[str] = (),
    ) -> UnaryTests:
        """Unary tests. Raises :class:`procession.core.ports.ScriptSyntax`."""
        ...

    def session(self, context: ScriptContext, limits: Limits) -> Session:
        """Begin an evaluation."""
        ...
