"""Decision tables in spreadsheets, in the layout of Drools, read into the text of rules.

``RuleSet`` names the package; below it stand ``Import``, ``Variables``, ``Functions``, ``Queries``,
``Declare``, ``Sequential`` and attributes for all. ``RuleTable name`` begins a table: a row of
column kinds (``CONDITION``, ``ACTION``, ``NAME``, ``PRIORITY``, …), one of patterns, one of code in
which ``$param`` or ``$1`` stand for what is in a cell, one of labels; every row below is a rule.
"""

from __future__ import annotations

import re
from typing import Final

from procession.rules.drl.problems import Mistake
from procession.rules.drl.sheets import Cell, Rows, rows_of
from procession.rules.rule_base import RuleSource

_KINDS: Final = {
    "C": "CONDITION",
    "A": "ACTION",
    "N": "NAME",
    "I": "DESCRIPTION",
    "P": "PRIORITY",
    "SALIENCE": "PRIORITY",
    "D": "DURATION",
    "T": "TIMER",
    "E": "CALENDARS",
    "B": "ENABLED",
    "U": "NO-LOOP",
    "L": "LOCK-ON-ACTIVE",
    "F": "AUTO-FOCUS",
    "X": "ACTIVATION-GROUP",
    "G": "AGENDA-GROUP",
    "R": "RULEFLOW-GROUP",
    "V": "DATE-EFFECTIVE",
    "Z": "DATE-EXPIRES",
    "@": "METADATA",
}
_FLAGS: Final = frozenset({"NO-LOOP", "LOCK-ON-ACTIVE", "AUTO-FOCUS", "ENABLED"})
_TEXTS: Final = frozenset(
    {"ACTIVATION-GROUP", "AGENDA-GROUP", "RULEFLOW-GROUP", "DATE-EFFECTIVE", "DATE-EXPIRES"}
)
_BARE: Final = frozenset({"DURATION", "TIMER", "CALENDARS"})
_PARTS: Final = frozenset({"CONDITION", "ACTION", "METADATA"})
_ATTRIBUTES: Final = frozenset({*_FLAGS, *_TEXTS, *_BARE, "PRIORITY"})
_PROPERTIES: Final = frozenset(
    {"ruleset", "import", "variables", "functions", "queries", "declare", "sequential"}
    | {"escapequotes", "notes"}
)
_OPERATORS: Final = (
    "==", "=", "!=", "<", ">", "<=", ">=", "contains", "matches", "memberOf", "str[startsWith]",
    "str[endsWith]", "str[length]",
)  # fmt: skip
_FORALL: Final = re.compile(r"forall\(([^{}]*)\)\{([^{}]+)\}")
_NUMBERED: Final = re.compile(r"\$(\d+)")
TOP_SALIENCE: Final = 65535
_YES: Final = frozenset({"true", "yes", "on", "y"})


class Column:
    """One column of a table: its kind, its pattern, the code of its cells."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.group = -1
        self.code = ""


class Group:
    """What stands in the row of patterns, for one column or several merged ones."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.values: list[str] = []
        self.joint = ", "
        self.is_pattern = bool(text) and kind == "CONDITION"
        self.before, self.after = _around(text) if self.is_pattern else (text, "")
        if self.is_pattern and re.search(r"\beval\s*(\(\s*\)\s*)?$", text):
            self.joint = " && "

    def written(self) -> str:
        """The condition or the action of one rule."""
        if self.is_pattern:
            return self.before + self.joint.join(self.values) + self.after
        if self.kind == "ACTION" and self.before:
            return "\n".join(f"{self.before}.{value};" for value in self.values)
        return "\n".join(self.values)


def _around(text: str) -> tuple[str, str]:
    found = re.search(r"\beval\s*(?:\(\s*\)\s*)?$", text)
    if found:
        return text[: found.start()] + "eval(", ")"
    found = re.search(r"\(\s*\)\s*from\b", text)
    if found:
        return text[: found.start()] + "(", ") from" + text[found.end() :]
    found = re.search(r"\s+from\s+", text)
    if found:
        return text[: found.start()] + "(", ") from " + text[found.end() :]
    found = re.search(r"\(\s*\)\s*\Z", text)
    if found:
        return text[: found.start()] + "(", ")"
    return text + "(", ")"


class Sheet:
    """Reads the rows of one spreadsheet; ``rows`` tells for each line of the text its row."""

    def __init__(self) -> None:
        self.head: dict[str, list[str]] = {}
        self.lines: list[str] = []
        self.rows: list[int] = []

    def write(self, text: str, row: int) -> None:
        """Add lines that come of a row."""
        for line in text.split("\n"):
            self.lines.append(line)
            self.rows.append(row + 1)

    def read(self, rows: Rows) -> None:
        """Read all rows."""
        at = 0
        tables: list[tuple[int, int]] = []
        while at < len(rows):
            starts = [c for c, cell in rows[at].items() if _is_table(cell)]
            if starts:
                tables.append((at, min(starts)))
                at = self._end_of(rows, at, min(starts))
                continue
            self._property(rows[at], at)
            at += 1
        self._package()
        for row, column in tables:
            Table(self, rows, row, column).write()

    @staticmethod
    def _end_of(rows: Rows, at: int, column: int) -> int:
        end = at + 5
        while end < len(rows):
            cells = {c: cell for c, cell in rows[end].items() if c >= column and cell.text}
            if not cells or any(_is_table(cell) for cell in cells.values()):
                break
            end += 1
        return end

    def _property(self, cells: dict[int, Cell], row: int) -> None:
        for column in sorted(cells):
            name = cells[column].text.lower()
            if name not in _PROPERTIES and name.upper() not in _ATTRIBUTES:
                continue
            values = [cells[c].text for c in sorted(cells) if c > column and cells[c].text]
            if values:
                self.head.setdefault(name, []).extend(values)
            return

    def is_set(self, name: str, default: bool) -> bool:
        """A switch in the head of the sheet."""
        given = self.head.get(name)
        return given[0].lower() in _YES if given else default

    def _package(self) -> None:
        self.write(f"package {self.head.get('ruleset', ['rule_table'])[0]};", 0)
        for value in self.head.get("import", []):
            for name in value.split(","):
                if name.strip():
                    self.write(f"import {name.strip()};", 0)
        for value in self.head.get("variables", []):
            for name in value.split(","):
                if name.strip():
                    self.write(f"global {name.strip()};", 0)
        for name in ("functions", "declare", "queries"):
            for value in self.head.get(name, []):
                self.write(value, 0)
        for name in sorted(_ATTRIBUTES):
            for value in self.head.get(name.lower(), []):
                self.write(_attribute(name, value), 0)


def _is_table(cell: Cell) -> bool:
    return cell.text.lower().startswith("ruletable")


def _attribute(kind: str, value: str) -> str:
    name = "salience" if kind == "PRIORITY" else kind.lower()
    if kind in _FLAGS:
        return f"{name} {'true' if value.lower() in _YES else 'false'}"
    if kind in _TEXTS:
        return f'{name} "{value}"'
    return f"timer ({value})" if kind == "TIMER" else f"{name} {value}"


class Table:
    """One table."""

    def __init__(self, sheet: Sheet, rows: Rows, row: int, column: int) -> None:
        self.sheet = sheet
        self.all = rows
        self.top = row
        self.left = column
        self.name = rows[row][column].text[len("ruletable") :].strip() or "RuleTable"
        self.columns: dict[int, Column] = {}
        self.groups: dict[int, Group] = {}

    def _cells(self, offset: int) -> dict[int, Cell]:
        at = self.top + offset
        row = self.all[at] if at < len(self.all) else {}
        return {column: cell for column, cell in row.items() if column >= self.left and cell.text}

    def write(self) -> None:
        """Write all rules of the table."""
        self._kinds()
        self._patterns()
        self._codes()
        end = Sheet._end_of(self.all, self.top, self.left)
        for at in range(self.top + 5, end):
            self._rule(at)

    def _kinds(self) -> None:
        for column, cell in self._cells(1).items():
            kind = cell.text.upper()
            kind = _KINDS.get(kind, kind)
            if kind not in _KINDS.values():
                what = f"'{cell.text}' is no kind of column"
                raise Mistake(what, self.top + 2, column + 1)
            self.columns[column] = Column(kind)

    def _column(self, column: int, row: int) -> Column:
        found = self.columns.get(column)
        if found is None:
            what = "this column has no kind (CONDITION, ACTION, …) above"
            raise Mistake(what, row + 1, column + 1)
        return found

    def _patterns(self) -> None:
        for column, cell in self._cells(2).items():
            if "$param" in cell.text or "$1" in cell.text:
                what = "code stands in the row of patterns; a row is missing above it"
                raise Mistake(what, self.top + 3, column + 1)
            at = self._column(column, self.top + 2)
            if at.kind not in _PARTS:
                continue
            at.group = cell.merged if cell.merged >= 0 else column
            if at.group not in self.groups:
                self.groups[at.group] = Group(at.kind, cell.text)

    def _codes(self) -> None:
        for column, cell in self._cells(3).items():
            at = self._column(column, self.top + 3)
            if at.kind not in _PARTS:
                continue
            if at.group < 0:
                at.group = column
                self.groups[column] = Group(at.kind, "")
            at.code = self._code(cell.text, self.groups[at.group])

    @staticmethod
    def _code(text: str, group: Group) -> str:
        plain = "$param" not in text and not _NUMBERED.search(text) and "forall(" not in text
        if not plain or not group.is_pattern:
            return text
        operator = text.endswith(_OPERATORS)
        return f'{text} "$param"' if operator else f'{text} == "$param"'

    def _rule(self, row: int) -> None:
        cells = {c: x for c, x in self.all[row].items() if c >= self.left and x.text}
        name, attributes = f"{self.name}_{row + 1}", []
        for group in self.groups.values():
            group.values = []
        sequential = self.sheet.is_set("sequential", False)
        if sequential:
            attributes.append(f"salience {TOP_SALIENCE - row}")
        for column in sorted(cells):
            at, text = self._column(column, row), cells[column].text
            if at.kind == "NAME":
                name = text
            elif at.kind in _PARTS:
                self._fill(at, text, row, column)
            elif at.kind in _ATTRIBUTES and not (at.kind == "PRIORITY" and sequential):
                attributes.append(_attribute(at.kind, text))
        self._emit(name, attributes, row)

    def _fill(self, at: Column, text: str, row: int, column: int) -> None:
        if not at.code:
            raise Mistake("this column has no code above", row + 1, column + 1)
        group = self.groups[at.group]
        quoted = len(text) > 1 and text[0] in '"“' and text[-1] in '"”'
        if group.is_pattern and quoted and '"$param"' in at.code:
            text = text[1:-1]
        escape = self.sheet.is_set("escapequotes", True)
        group.values.append(filled(at.code, text, escape))

    def _emit(self, name: str, attributes: list[str], row: int) -> None:
        quoted = name.replace('"', '\\"')
        out = [f'rule "{quoted}"']
        used = [group for group in self.groups.values() if group.values]
        out += [f"@{g.written()}" for g in used if g.kind == "METADATA"]
        out += attributes
        out.append("when")
        out += [group.written() for group in used if group.kind == "CONDITION"]
        out.append("then")
        out += [group.written() for group in used if group.kind == "ACTION"]
        out.append("end")
        self.sheet.write("\n".join(out), row)


def filled(code: str, value: str, escape: bool) -> str:
    """A code with a cell's text in the place of its parameters."""
    found = _FORALL.search(code)
    if found:
        parts = [part.strip() for part in value.split(",")]
        each = [found[2].replace("$param", part).replace("$", part) for part in parts]
        joint = f" {found[1].strip()} " if found[1].strip() else " && "
        return code[: found.start()] + joint.join(each) + code[found.end() :]
    if _NUMBERED.search(code):
        parts = [_escaped(part.strip(), escape) for part in value.split(",")]

        def part(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            return parts[at] if at < len(parts) else match[0]

        return _NUMBERED.sub(part, code)
    return code.replace("$param", _escaped(value, escape))


def _escaped(value: str, escape: bool) -> str:
    """A quote inside a cell's text is meant as a letter, unless the text begins with one."""
    return value.replace('"', '\\"') if escape and value.find('"') > 0 else value


def drl_of(source: RuleSource) -> tuple[str, list[int]]:
    """The text of the rules in a spreadsheet, and the row that each of its lines comes of."""
    sheet = Sheet()
    sheet.read(rows_of(source.kind, source.text))
    return "\n".join(sheet.lines) + "\n", sheet.rows
