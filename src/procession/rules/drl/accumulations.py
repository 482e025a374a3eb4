"""Accumulate and collect in conditions, and expressions over bindings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import msgspec

from procession.core.ports import Purpose
from procession.rules.drl import tree
from procession.rules.drl.branches import branches
from procession.rules.drl.constraints import Constraint, read
from procession.rules.drl.functions import COLLECTIONS, FUNCTIONS, LIST, Coded, Collecting
from procession.rules.drl.lexer import NAME, tokens
from procession.rules.drl.names import Bound, Names
from procession.rules.drl.patterns import Plan, Planner, key_of_left, key_of_right
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Condition, Pattern, Piece
from procession.rules.matcher.accumulate import Accumulate
from procession.rules.matcher.inner import Inner
from procession.rules.matcher.network import Alpha, Reader
from procession.rules.matcher.rows import Handle


class Accumulations(ABC):
    """The part of a path's building that is about results over many matches."""

    names: Names
    bindings: dict[str, Bound]
    width: int

    @abstractmethod
    def is_fact(self, pattern: Pattern) -> bool:
        """Whether a pattern is matched with facts, not with what an expression gives."""
        ...

    @abstractmethod
    def plan(self, pattern: Pattern) -> Plan:
        """Compile a pattern's constraints."""
        ...

    @abstractmethod
    def tests(self, plan: Plan) -> Any:
        """The tests of a pattern against the facts before it."""
        ...

    @abstractmethod
    def all_tests(self, plan: Plan) -> Any:
        """The same with those that would be keys."""
        ...

    @abstractmethod
    def enter(self, plan: Plan, pattern: Pattern, at: tuple[int, ...]) -> tuple[int, Alpha]:
        """A new entrance for the facts of a pattern."""
        ...

    @abstractmethod
    def inside(
        self, conditions: list[Condition], at: tuple[int, ...], *, first: bool
    ) -> tuple[Inner, dict[str, Bound], int]:
        """A path inside; answers it, the bindings seen at its end, and its width."""
        ...

    # -- accumulate ------------------------------------------------------------------------------

    def accumulate(
        self,
        pattern: Pattern | None,
        source: tree.Collect | tree.Accumulation,
        at: tuple[int, ...],
        *,
        first: bool,
    ) -> Any:
        """The node for ``accumulate(…)``, or for a pattern ``from`` it or from ``collect(…)``."""
        condition = source.pattern if isinstance(source, tree.Collect) else source.condition
        parts = branches(condition)
        if len(parts) != 1:
            raise Mistake("'or' is not supported in accumulate", source.line, source.column)
        only = parts[0][0] if len(parts[0]) == 1 else None
        made: dict[str, Any] = {}
        if isinstance(only, Pattern) and self.is_fact(only):
            plan = self.plan(only)
            entrance, alpha = self.enter(plan, only, at)
            seen = {**self.bindings, **plan.bindings}
            made = {
                "entrance": entrance,
                "alpha": alpha,
                "left_key": key_of_left(self.names, plan.lefts),
                "right_key": key_of_right(self.names, plan.rights),
                "tests": self.tests(plan),
            }
            width = self.width + 1
        else:
            inner, seen, width = self.inside(parts[0], at, first=first)
            made = {"entrance": 0, "inner": inner}
        functions = self._functions(pattern, source, seen, width)
        many = pattern is None and not (
            isinstance(source, tree.Accumulation) and source.custom is not None
        )
        fits = self._fits(pattern, source, many)
        self.width += 1
        return Accumulate(functions=functions, many=many, fits=fits, first=first, **made)

    def _functions(
        self,
        pattern: Pattern | None,
        source: tree.Collect | tree.Accumulation,
        seen: dict[str, Bound],
        width: int,
    ) -> tuple[Any, ...]:
        if isinstance(source, tree.Collect):
            if pattern is None:
                raise Mistake("'collect' belongs behind 'from'", source.line, source.column)
            name = self.names.type_of(pattern.type_name, pattern.line, pattern.column)
            kind = LIST if name in ("java.util.List", "java.util.Collection") else name
            kind = "java.util.HashSet" if name == "java.util.Set" else kind
            last = width - 1
            return (
                Collecting(
                    argument=lambda run, facts: facts[last].object,
                    live=self.names.live,
                    type_name=kind,
                ),
            )
        if source.custom is not None:
            return (self._coded(source.custom, seen),)
        return tuple(self._function(function, seen) for function in source.functions)

    def _function(self, function: tree.Function, seen: dict[str, Bound]) -> Any:
        place = (function.line, function.column)
        if len(function.arguments) > 1 or (not function.arguments and function.name != "count"):
            raise Mistake(f"'{function.name}' takes one argument", *place)
        argument = self.reader(function.arguments[0], seen) if function.arguments else None
        if function.name in COLLECTIONS and argument is not None:
            kind = COLLECTIONS[function.name]
            return Collecting(argument=argument, live=self.names.live, type_name=kind)
        make = FUNCTIONS.get(function.name)
        if make is None:
            known = ", ".join([*FUNCTIONS, *COLLECTIONS])
            raise Mistake(f"'{function.name}' is no accumulate function; there are {known}", *place)
        return make(argument)

    def _coded(self, custom: tree.Custom, seen: dict[str, Bound]) -> Coded:
        names = self.names

        def code(text: tuple[str, int], known: tuple[tuple[str, str], ...], **more: Any) -> Any:
            source = text[0]
            if more.get("purpose") is Purpose.SCRIPT and not source.rstrip().endswith((";", "}")):
                source += ";"
            dialect = "java" if more.get("purpose") is Purpose.SCRIPT else "mvel"
            return names.text(source, known, text[1], dialect=dialect, **more)

        before = used_in(custom.init[0], self.bindings)
        probe = code(custom.init, typed(before, self.bindings), purpose=Purpose.SCRIPT)
        kept = tuple(probe.locals)
        init = code(custom.init, typed(before, self.bindings), purpose=Purpose.SCRIPT, kept=kept)
        inside = custom.action[0] + (custom.reverse[0] if custom.reverse else "")
        used = used_in(inside, {n: b for n, b in seen.items() if n not in kept})
        state = tuple((name, "") for name in kept)
        known = (*state, *typed(used, seen))
        after = used_in(custom.result[0], self.bindings)
        return Coded(
            inputs=tuple(seen[name].read for name in used),
            init=init,
            init_inputs=tuple(self.bindings[name].read for name in before),
            action=code(custom.action, known, purpose=Purpose.SCRIPT, kept=kept),
            reverse=None
            if custom.reverse is None
            else code(custom.reverse, known, purpose=Purpose.SCRIPT, kept=kept),
            outcome=code(custom.result, (*state, *typed(after, self.bindings))),
            outcome_inputs=tuple(self.bindings[name].read for name in after),
        )

    def _fits(
        self, pattern: Pattern | None, source: tree.Collect | tree.Accumulation, many: bool
    ) -> Any:
        """Tests of the result, and the bindings it gives."""
        position = self.width
        if pattern is not None:
            plan = self.plan(msgspec.structs.replace(pattern, source=None))
            live, shapes, wanted = self.names.live, self.names.shapes, plan.type_name
            self.bindings.update(plan.bindings)

            def of_type(run: Any, facts: Any, thing: Any) -> bool:
                return wanted in live.class_names(thing, shapes)

            return (of_type, *alpha_as_tests(plan), *self.all_tests(plan))
        if not isinstance(source, tree.Accumulation):
            return ()
        for at, function in enumerate(source.functions):
            if function.binding:
                self.bindings[function.binding] = Bound(_result(position, at, many))
        self.width += 1
        tests = [self._result_test(read(piece), piece) for piece in source.constraints]
        self.width -= 1
        return tuple(tests)

    def _result_test(self, constraint: Constraint, piece: Piece) -> Any:
        planner = Planner(self.names, self.bindings, self.width, frozenset())
        if constraint.test is None:
            raise Mistake("a test of the result is missing", piece[0].line, piece[0].column)
        condition = self.text_reader(planner.text_of(constraint.test), piece[0].line)
        return lambda run, facts, thing: condition(run, (*facts, Handle(0, thing))) is True

    # -- texts -----------------------------------------------------------------------------------

    def reader(self, piece: Piece, seen: dict[str, Bound] | None = None) -> Reader:
        """An expression over the bindings."""
        if not piece:
            raise Mistake("an expression is missing")
        known = self.bindings if seen is None else seen
        planner = Planner(self.names, known, self.width, frozenset())
        found = read(piece)
        if found.test is None:
            raise Mistake("an expression is missing", piece[0].line, piece[0].column)
        return self.text_reader(planner.text_of(found.test), piece[0].line, known)

    def text_reader(self, source: str, line: int, seen: dict[str, Bound] | None = None) -> Reader:
        """A text over the bindings."""
        known = self.bindings if seen is None else seen
        used = used_in(source, known)
        text = self.names.text(source, typed(used, known), line)
        reads = [known[name].read for name in used]
        return lambda run, facts: text(run, *[one(run, facts) for one in reads])


def _result(position: int, at: int, many: bool) -> Reader:
    if many:
        return lambda run, facts: facts[position].object[at]
    return lambda run, facts: facts[position].object


def alpha_as_tests(plan: Plan) -> tuple[Any, ...]:
    """Tests of a fact by itself, as tests of a row."""

    def adapted(test: Any) -> Any:
        return lambda run, facts, thing: test(run, thing)

    return tuple(adapted(test) for test in plan.alpha_tests)


def used_in(source: str, known: dict[str, Bound]) -> tuple[str, ...]:
    """The bindings that a text may use."""
    words = {word.text for word in tokens(source) if word.kind == NAME}
    return tuple(sorted(name for name in known if name in words))


def typed(names: tuple[str, ...], known: dict[str, Bound]) -> tuple[tuple[str, str], ...]:
    """Bindings with their types, as parameters of a text."""
    return tuple((name, known[name].type_name) for name in names)
