"""FEEL as formulas: expressions and unary tests over values held by those who evaluate them.

See :mod:`procession.core.formulas`. Names are slots, settled when a formula is compiled, so that
running one costs a list of values and the call of a closure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import procession.scripting.machine.every_node  # noqa: F401
from procession.core.formulas import Interval, TypeCheck
from procession.core.ports import NOWHERE, UNDEFINED, Limits, Purpose, ScriptContext, ScriptSyntax
from procession.errors import LimitExceeded
from procession.scripting import tree
from procession.scripting.feel import operators
from procession.scripting.feel.dates import BUILTINS
from procession.scripting.feel.session import FeelSession
from procession.scripting.feel.values import Range, plain
from procession.scripting.languages.feel import DIALECT, Reader
from procession.scripting.languages.feel_cursor import Names
from procession.scripting.lexer import Kind
from procession.scripting.machine.compiler import Compiler
from procession.scripting.machine.statements import HOST_ERRORS
from procession.scripting.objects import ListObject
from procession.scripting.throwables import Thrown, translated
from procession.scripting.tree import Expr
from procession.values import EMPTY, Value

SUBJECT: Final = "?"
_ORDERS: Final = ("=", "!=", "<", "<=", ">", ">=")
_CHANGING: Final = (BUILTINS["now"].run, BUILTINS["today"].run)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FOLDING: Final = Limits(script_steps=10_000, script_cells=10_000)


class _Reader(Reader):
    """Reads a formula: what can give null only is no fault, for FEEL says so."""

    is_strict = False


class _Tests(_Reader):
    """Reads unary tests, and remembers those that compare the subject with something."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.compared: list[tuple[str, Expr] | None] = []

    def tests(self) -> tuple[Expr | None, bool]:
        """The tests as one expression; None for ``-``, which accepts all. And if it is ``not``."""
        if self.skip("-") and self.token.kind is Kind.END:
            return None, False
        self.at = 0
        is_negated = self._is_negation()
        if is_negated:
            self.at = 2
        subject = tree.Name(SUBJECT)
        token = self.token
        tests = [self._one(subject)]
        while self.skip(","):
            tests.append(self._one(subject))
        if is_negated:
            self.expect(")")
        if self.token.kind is not Kind.END:
            self.refuse(f"unexpected '{self.token.text}'")
        return self.apply(token, operators.any_of, *tests), is_negated

    def _is_negation(self) -> bool:
        if [token.text for token in self.tokens[:2]] != ["not", "("]:
            return False
        depth = 0
        for at, token in enumerate(self.tokens):
            if token.kind is Kind.SIGN and token.text in ("(", ")"):
                depth += 1 if token.text == "(" else -1
                if not depth:
                    return at == len(self.tokens) - 2
        return False

    def _one(self, subject: Expr) -> Expr:
        token, start = self.token, self.at
        if token.kind is Kind.SIGN and token.text in _ORDERS:
            self.at += 1
            other = self.end_of_range()
            self.compared.append((token.text, other))
            return self.apply(token, operators.comparison(token.text), subject, other)
        other = self.expression()
        if any(one.text == SUBJECT for one in self.tokens[start : self.at]):
            self.compared.append(None)
            return self.apply(token, operators.stated, subject, other)
        self.compared.append(("in", other))
        return self.apply(token, operators.tested, subject, other)


class _Compiled:
    """The code of an expression over a list of values."""

    __slots__ = ("_code", "_locals", "_size", "source", "unknown")

    def __init__(self, source: str, made: Expr, names: Sequence[str], unknown: list[str]) -> None:
        self.source = source
        self.unknown = tuple(dict.fromkeys(unknown))
        compiler = Compiler(DIALECT, Purpose.EXPRESSION, NOWHERE, [], False)
        for name in names:
            compiler.declare(name, None, made)
        try:
            self._code = compiler.expr(made)
        except RecursionError:
            raise ScriptSyntax("the expression is nested too deeply") from None
        self._size = compiler.size
        self._locals = compiler.slots[len(names) :]

    def value(self, session: FeelSession, slots: list[Value]) -> Value:
        """The value with these names."""
        session.burn(self._size)
        outside, session.slots = session.slots, [*slots, *self._locals]
        try:
            return plain(self._code(session))
        except Thrown as thrown:
            return operators.noted(session, str(thrown))
        except RecursionError:
            raise LimitExceeded("functions call each other too deeply") from None
        except HOST_ERRORS as error:
            return operators.noted(session, str(translated(error)))
        finally:
            session.slots = outside


class Formula(_Compiled):
    """An expression; see :class:`procession.core.formulas.Formula`."""

    __slots__ = ("_constant", "is_constant")

    def __init__(self, source: str, made: Expr, names: Sequence[str], unknown: list[str]) -> None:
        super().__init__(source, made, names, unknown)
        self.is_constant = is_constant(made)
        self._constant = None
        if self.is_constant:
            try:
                self._constant = folded(made)
            except LimitExceeded:
                self.is_constant = False

    def run(self, session: FeelSession, values: Sequence[Value]) -> Value:
        """Its value."""
        if self.is_constant:
            session.burn(1)
            return self._constant
        return self.value(session, list(values))


class UnaryTests(_Compiled):
    """Tests of a value; see :class:`procession.core.formulas.UnaryTests`."""

    __slots__ = ("_is_negated", "accepts_all", "intervals")

    def __init__(
        self,
        source: str,
        made: Expr | None,
        names: Sequence[str],
        unknown: list[str],
        is_negated: bool,
        intervals: tuple[Interval, ...] | None,
    ) -> None:
        super().__init__(source, made or tree.Literal(True), names, unknown)
        self._is_negated = is_negated
        self.accepts_all = made is None
        self.intervals = intervals

    def holds(self, session: FeelSession, value: Value, values: Sequence[Value]) -> bool:
        """Whether a value passes."""
        if self.accepts_all:
            return True
        found = self.value(session, [*values, value])
        return found is False if self._is_negated else found is True


class FeelFormulas:
    """Compiles FEEL; see :class:`procession.core.formulas.Formulas`."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._members: tuple[Iterable[str], Names] = ((), Names(()))

    def _names(self, members: Iterable[str]) -> Names:
        """The members by token; those of one model come again and again."""
        if self._members[0] is not members:
            self._members = (members, Names(members))
        return self._members[1]

    def expression(
        self,
        source: str,
        names: Sequence[str],
        types: Mapping[str, TypeCheck] = EMPTY,
        members: Iterable[str] = (),
    ) -> Formula:
        """An expression."""
        try:
            reader = _Reader(source, names, types, self._names(members))
            made = reader.whole()
        except RecursionError:
            raise ScriptSyntax("the expression is nested too deeply") from None
        return Formula(source, made, names, reader.unknown)

    def tests(
        self,
        source: str,
        names: Sequence[str],
        types: Mapping[str, TypeCheck] = EMPTY,
        members: Iterable[str] = (),
    ) -> UnaryTests:
        """Unary tests."""
        known = [*names, SUBJECT]
        try:
            reader = _Tests(source, known, types, self._names(members))
            made, is_negated = reader.tests()
        except RecursionError:
            raise ScriptSyntax("the tests are nested too deeply") from None
        intervals = None if is_negated else _intervals(reader.compared)
        return UnaryTests(source, made, known, reader.unknown, is_negated, intervals)

    def session(self, context: ScriptContext, limits: Limits) -> FeelSession:
        """Begin an evaluation."""
        return FeelSession(context, limits, self._zone)


# -- constants ---------------------------------------------------------------------------------


def is_constant(made: Expr) -> bool:
    """Whether an expression gives the same whenever it is run."""
    if isinstance(made, tree.Literal):
        return True
    if not isinstance(made, tree.Apply) or made.function in _CHANGING:
        return False
    return all(is_constant(arg) for arg in made.args)


def folded(made: Expr) -> Value:
    """The value of a constant expression."""
    if isinstance(made, tree.Literal):
        return plain(made.value)
    context = ScriptContext(lambda name: UNDEFINED, _EPOCH, 0, 0, "")
    session = FeelSession(context, _FOLDING)
    return _Compiled("", made, (), []).value(session, [])


def _intervals(compared: list[tuple[str, Expr] | None]) -> tuple[Interval, ...] | None:
    """What tests accept, if constants say it all."""
    made: list[Interval] = []
    for one in compared:
        if one is None or not is_constant(one[1]):
            return None
        try:
            found = _accepted(one[0], folded(one[1]))
        except LimitExceeded:
            return None
        if found is None:
            return None
        made.extend(found)
    return tuple(made)


_KEYS: Final = FeelSession(ScriptContext(lambda name: UNDEFINED, _EPOCH, 0, 0, ""), _FOLDING)


def _accepted(sign: str, value: Value) -> list[Interval] | None:
    if sign == "in" and isinstance(value, Range):
        low, high = _end(value.low), _end(value.high)
        ends = [end for end in (low, high) if end is not None]
        if not ends or len({kind for kind, _ in ends}) > 1:
            return None
        if (value.low is None) != (low is None) or (value.high is None) != (high is None):
            return None
        return [Interval(low, high, value.has_low, value.has_high)]
    if sign == "in" and isinstance(value, ListObject):
        parts = [_accepted("in", plain(item)) for item in value.items]
        if any(part is None for part in parts):
            return None
        return [interval for part in parts for interval in part or ()]
    key = _KEYS.key(value)
    if key is None or sign == "!=":
        return None
    if sign in ("in", "="):
        return [Interval(key, key)]
    if key[0] in ("null", "boolean"):
        return []
    if sign[0] == "<":
        return [Interval(None, key, False, sign == "<=")]
    return [Interval(key, None, sign == ">=", False)]


def _end(value: Value) -> tuple[str, Any] | None:
    return None if value is None else _KEYS.key(value)
