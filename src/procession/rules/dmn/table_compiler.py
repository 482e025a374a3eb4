"""Compiles decision tables: each text once, however often it stands in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core.formulas import Formula, UnaryTests
from procession.rules.dmn import source
from procession.rules.dmn.tables import CompiledTable, OutputColumn

if TYPE_CHECKING:
    from procession.rules.dmn.boxed import Maker, Names


def compile_table(
    maker: Maker, table: source.Table, names: Names, owner: str
) -> CompiledTable | None:
    """A table; None, and its problems, if something in it is wrong."""
    outputs = [_output(maker, output, names, owner) for output in table.outputs]
    inputs = [_input(maker, one, names, owner) for one in table.inputs]
    tests = _tests(maker, table, names, owner)
    rules = _rules(maker, table, names, owner)
    known = [output for output in outputs if output is not None]
    given = [one for one in inputs if one is not None]
    if len(known) != len(outputs) or len(given) != len(inputs) or tests is None or rules is None:
        return None
    annotations = [rule.annotations for rule in table.rules]
    return CompiledTable(
        owner,
        table.hit_policy + table.aggregation if table.hit_policy == "C" else table.hit_policy,
        given,
        tests,
        known,
        rules,
        annotations if any(map(any, annotations)) else [],
    )


def _input(
    maker: Maker, one: source.Input, names: Names, owner: str
) -> tuple[Formula, UnaryTests | None] | None:
    formula = maker.formula(one.text, names, one.line, owner)
    allowed = maker.tests(one.values, (), one.line, owner) if one.values else None
    return None if formula is None else (formula, allowed)


def _output(maker: Maker, one: source.Output, names: Names, owner: str) -> OutputColumn | None:
    default = None
    if one.default is not None and one.default.text:
        default = maker.formula(one.default.text, names, one.default.line, owner)
        if default is None:
            return None
    order: list[Formula] = []
    for text in split_tests(one.values):
        formula = maker.formula(text, names, one.line, owner)
        if formula is None:
            return None
        order.append(formula)
    return OutputColumn(one.name, maker.type(one.type_ref, one.line, owner), tuple(order), default)


def _tests(
    maker: Maker, table: source.Table, names: Names, owner: str
) -> list[list[UnaryTests]] | None:
    known: dict[str, UnaryTests | None] = {}
    columns: list[list[UnaryTests]] = [[] for _ in table.inputs]
    is_whole = True
    for number, rule in enumerate(table.rules, 1):
        for at, text in enumerate(rule.tests):
            if text not in known:
                line = rule.lines[at] if at < len(rule.lines) else rule.line
                known[text] = maker.tests(text or "-", names, line, f"{owner}, rule {number}")
            test = known[text]
            if test is None:
                is_whole = False
            else:
                columns[at].append(test)
    return columns if is_whole else None


def _rules(
    maker: Maker, table: source.Table, names: Names, owner: str
) -> list[list[Formula]] | None:
    known: dict[str, Formula | None] = {}
    made: list[list[Formula]] = []
    is_whole = True
    for number, rule in enumerate(table.rules, 1):
        row = []
        for entry in rule.outputs:
            text = entry.text or "null"
            if text not in known:
                place = f"{owner}, rule {number}"
                known[text] = maker.formula(text, names, entry.line, place, entry.language)
            formula = known[text]
            if formula is None:
                is_whole = False
            else:
                row.append(formula)
        made.append(row)
    return made if is_whole else None


def split_tests(text: str) -> list[str]:
    """The parts of a list of tests, cut at the commas between them."""
    parts: list[str] = []
    depth, start, is_text = 0, 0, False
    for at, sign in enumerate(text):
        if sign == '"' and text[at - 1 : at] != "\\":
            is_text = not is_text
        elif not is_text and sign in "([{":
            depth += 1
        elif not is_text and sign in ")]}":
            depth -= 1
        elif sign == "," and not depth and not is_text:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]
