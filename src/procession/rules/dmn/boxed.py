"""Boxed expressions, compiled: each becomes a function of the run and the values it sees.

What an expression sees is settled when it is compiled: ``names`` in an order, and the values come
in the same one. An expression that makes a name appends to both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from procession.core.formulas import Formula, Held, UnaryTests
from procession.rules.dmn import source
from procession.rules.dmn.graph import Code, nothing
from procession.rules.dmn.run import Run
from procession.rules.dmn.table_compiler import compile_table
from procession.rules.dmn.types import Item, Type, coerced

Names = tuple[str, ...]


class Maker(Protocol):
    """What compiles the texts of one model, and notes what is wrong with them."""

    def formula(
        self, text: str, names: Names, line: int, element: str, language: str = ""
    ) -> Formula | None:
        """An expression; None, and a problem, if it is wrong."""
        ...

    def tests(self, text: str, names: Names, line: int, element: str) -> UnaryTests | None:
        """Unary tests; None, and a problem, if they are wrong."""
        ...

    def type(self, name: str, line: int, element: str) -> Type | None:
        """A type by its name; None for no name."""
        ...

    def problem(self, text: str, line: int, element: str, severity: str = "error") -> None:
        """Note that something is wrong."""
        ...


def compile_boxed(maker: Maker, boxed: source.Expression | None, names: Names, owner: str) -> Code:
    """The code of an expression; ``owner`` is the element that messages name."""
    if boxed is None:
        return nothing
    return _RULES[type(boxed)](maker, boxed, names, owner)


def typed(maker: Maker, code: Code, wanted: Type | None, what: str) -> Code:
    """The same code, its value made one of a type; null if it cannot be.

    The type of a function may be written as that of its results.
    """
    if wanted is None:
        return code
    is_function = isinstance(wanted, Item) and wanted.function is not None

    def run(run: Run, values: list[Held]) -> Held:
        found = code(run, values)
        if run.session.is_function(found) and not is_function:
            return found
        has, value = coerced(run.session, found, wanted)
        if not has:
            run.session.note(f"{what} is not of the type {wanted.name}")
        return value

    return run


def _literal(maker: Maker, boxed: source.Literal, names: Names, owner: str) -> Code:
    if not boxed.text:
        return nothing
    formula = maker.formula(boxed.text, names, boxed.line, owner, boxed.language)
    if formula is None:
        return _broken(owner)
    run_formula = formula.run
    code: Code = lambda run, values: run_formula(run.session, values)  # noqa: E731
    return typed(maker, code, maker.type(boxed.type_ref, boxed.line, owner), "the result")


def _broken(owner: str) -> Code:
    def run(run: Run, values: Sequence[Held]) -> Held:
        run.session.note(f"{owner}: the expression cannot be read")
        return None

    return run


def _context(maker: Maker, boxed: source.Context, names: Names, owner: str) -> Code:
    steps: list[tuple[str, Code]] = []
    result: Code | None = None
    for name, kind, inner in boxed.entries:
        code = compile_boxed(maker, inner, names, owner)
        code = typed(maker, code, maker.type(kind, boxed.line, owner), name)
        if not name:
            result = code
            continue
        steps.append((name, code))
        names = (*names, name)

    def run(run: Run, values: list[Held]) -> Held:
        seen = list(values)
        made: dict[str, Held] = {}
        for name, code in steps:
            made[name] = code(run, seen)
            seen.append(made[name])
        return run.session.context_of(made) if result is None else result(run, seen)

    return typed(maker, run, maker.type(boxed.type_ref, boxed.line, owner), "the context")


def _relation(maker: Maker, boxed: source.Relation, names: Names, owner: str) -> Code:
    rows = [[compile_boxed(maker, cell, names, owner) for cell in row] for row in boxed.rows]
    columns = boxed.columns

    def run(run: Run, values: list[Held]) -> Held:
        session = run.session
        made = []
        for row in rows:
            cells = [cell(run, values) for cell in row]
            made.append(session.context_of(dict(zip(columns, cells, strict=True))))
        return session.listed(made)

    return run


def _list(maker: Maker, boxed: source.ListOf, names: Names, owner: str) -> Code:
    items = [compile_boxed(maker, item, names, owner) for item in boxed.items]
    code: Code = lambda run, values: run.session.listed([i(run, values) for i in items])  # noqa: E731
    return typed(maker, code, maker.type(boxed.type_ref, boxed.line, owner), "the list")


def _invocation(maker: Maker, boxed: source.Invocation, names: Names, owner: str) -> Code:
    callee = compile_boxed(maker, boxed.callee, names, owner)
    bindings = [(name, compile_boxed(maker, code, names, owner)) for name, code in boxed.bindings]

    def run(run: Run, values: list[Held]) -> Held:
        function = callee(run, values)
        args = {name: code(run, values) for name, code in bindings}
        return run.session.call(function, args)

    return typed(maker, run, maker.type(boxed.type_ref, boxed.line, owner), "the result")


def _function(maker: Maker, boxed: source.Function, names: Names, owner: str) -> Code:
    if boxed.kind.upper() in ("JAVA", "J"):
        if boxed.body is None:
            text = "a function in Java needs a class and a method signature"
            maker.problem(text, boxed.line, owner)
            return _broken(owner)
        names_of = tuple([name for name, _ in boxed.parameters])
        described = compile_boxed(maker, boxed.body, names, owner)
        return lambda run, values: run.session.external(names_of, described(run, values))
    if boxed.kind.upper() not in ("FEEL", "F"):
        text = f"functions in {boxed.kind} are not available; write the function in FEEL"
        maker.problem(text, boxed.line, owner)
        return _broken(owner)
    parameters = tuple([name for name, _ in boxed.parameters])
    types = [maker.type(kind, boxed.line, owner) for _, kind in boxed.parameters]
    body = compile_boxed(maker, boxed.body, (*names, *parameters), owner)

    def run(run: Run, values: list[Held]) -> Held:
        seen = list(values)

        def call(f: object, *args: Held) -> Held:
            given = []
            for name, arg, kind in zip(parameters, args, types, strict=True):
                has, value = (True, arg) if kind is None else coerced(run.session, arg, kind)
                if not has:
                    run.session.note(f"the argument {name} is not of the parameter's type")
                    return None
                given.append(value)
            return body(run, [*seen, *given])

        return run.session.function(parameters, call)

    return run


def _conditional(maker: Maker, boxed: source.Conditional, names: Names, owner: str) -> Code:
    test = compile_boxed(maker, boxed.test, names, owner)
    yes = compile_boxed(maker, boxed.yes, names, owner)
    no = compile_boxed(maker, boxed.no, names, owner)

    def run(run: Run, values: list[Held]) -> Held:
        run.session.burn(1)
        found = test(run, values)
        if found is not None and not isinstance(found, bool):
            run.session.note("what 'if' tests is not true or false")
            return None
        return yes(run, values) if found else no(run, values)

    return run


def _members(run: Run, held: Held) -> list[Held]:
    items = run.session.items(held)
    if items is None:
        return [] if held is None else [held]
    return items


def _filter(maker: Maker, boxed: source.Filter, names: Names, owner: str) -> Code:
    """An item's entries are names of their own where the items are contexts."""
    items = compile_boxed(maker, boxed.items, names, owner)
    literal = boxed.match
    if not isinstance(literal, source.Literal):
        match = compile_boxed(maker, literal, (*names, "item"), owner)

        def chosen(run: Run, values: list[Held]) -> Held:
            found = _members(run, items(run, values))
            run.session.burn(len(found))
            return run.session.listed([one for one in found if match(run, [*values, one]) is True])

        return chosen
    text = f"boxed items[{literal.text}]" if literal.text else "boxed items"
    formula = maker.formula(text, (*names, "boxed items"), literal.line, owner, literal.language)
    if formula is None:
        return _broken(owner)
    run_formula = formula.run
    return lambda run, values: run_formula(run.session, [*values, items(run, values)])


def _iteration(maker: Maker, boxed: source.Iteration, names: Names, owner: str) -> Code:
    items = compile_boxed(maker, boxed.items, names, owner)
    uses_partial = boxed.kind == "for" and "partial" in str(boxed.body)
    partial = ("partial",) if uses_partial else ()
    body = compile_boxed(maker, boxed.body, (*names, *partial, boxed.variable), owner)
    domain = maker.formula("for one in items return one", ("items",), boxed.line, owner)

    def visited(run: Run, values: list[Held]) -> list[Held]:
        held = items(run, values)
        if domain is not None and run.session.items(held) is None:
            held = domain.run(run.session, [held])
        return _members(run, held)

    def loop(run: Run, values: list[Held]) -> Held:
        made: list[Held] = []
        for one in visited(run, values):
            run.session.burn(2)
            before = [run.session.listed(made)] if uses_partial else []
            made.append(body(run, [*values, *before, one]))
        return run.session.listed(made)

    def quantified(run: Run, values: list[Held]) -> Held:
        stop = boxed.kind == "some"
        unknown = False
        for one in visited(run, values):
            run.session.burn(2)
            found = body(run, [*values, one])
            if found is stop:
                return stop
            unknown = unknown or found is not (not stop)
        return None if unknown else not stop

    return loop if boxed.kind == "for" else quantified


def _table(maker: Maker, boxed: source.Table, names: Names, owner: str) -> Code:
    table = compile_table(maker, boxed, names, owner)
    if table is None:
        return _broken(owner)
    return typed(maker, table.run, maker.type(boxed.type_ref, boxed.line, owner), "the result")


_RULES: Final[Mapping[type, Callable[..., Code]]] = {
    source.Literal: _literal,
    source.Context: _context,
    source.Relation: _relation,
    source.ListOf: _list,
    source.Invocation: _invocation,
    source.Function: _function,
    source.Conditional: _conditional,
    source.Filter: _filter,
    source.Iteration: _iteration,
    source.Table: _table,
}
