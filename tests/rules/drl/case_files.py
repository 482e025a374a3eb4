"""Rule cases: files with rules, what is done with them, and what happens.

A file holds cases that begin with ``=== name`` and have the sections ``rules``, ``table`` (the name
of a spreadsheet beside the file), ``actions`` and ``expect``. What is expected was written by the
published Drools 6.5, which reads the same files (``tests/rules/drools``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from procession.errors import Fault
from procession.rules.working_memory import RuleSource, WorkingMemory, compile_rules
from procession.scripting.evaluator import Evaluator
from procession.values import Bean, Long, Map, Set

FOLDER = Path(__file__).parent / "cases"
START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    file: str
    name: str
    rules: str
    table: str
    actions: tuple[str, ...]
    expect: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}"


def cases_of(path: Path) -> list[Case]:
    found = []
    for part in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
        name, *lines = part.split("\n")
        sections: dict[str, list[str]] = {}
        current: list[str] = []
        for line in lines:
            if line.startswith("--- "):
                current = sections.setdefault(line[4:].strip(), [])
            else:
                current.append(line)
        found.append(
            Case(
                path.stem,
                name.strip(),
                "\n".join(sections.get("rules", [])),
                "".join(sections.get("table", [])).strip(),
                tuple(one.strip() for one in sections.get("actions", []) if one.strip()),
                tuple(one.rstrip() for one in sections.get("expect", []) if one.strip()),
            )
        )
    return found


def all_cases() -> list[Case]:
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in cases_of(path)]


def words_of(line: str) -> list[str]:
    words, word, quoted = [], "", False
    for letter in line:
        if letter == '"':
            quoted = not quoted
        if letter == " " and not quoted:
            if word:
                words.append(word)
            word = ""
        else:
            word += letter
    return [*words, word] if word else words


class Play:
    """One case being played; ``keep`` stores and restores the memory before every action."""

    def __init__(self, case: Case, keep: bool = False) -> None:
        self.case = case
        self.keep = keep
        self.out: list[str] = []
        self.now = START
        self.handles: list[int] = []
        self.globals: list[str] = []

    def run(self) -> list[str]:
        sources = []
        if self.case.rules.strip():
            sources.append(RuleSource("case.drl", self.case.rules))
        if self.case.table:
            path = FOLDER / self.case.table
            kind: Any = path.suffix[1:]
            sources.append(RuleSource(path.name, path.read_bytes(), kind))
        self.base = compile_rules(sources, Evaluator())
        if self.base.errors:
            self.problems = self.base.errors
            return ["refused"]
        self.memory = WorkingMemory(self.base)
        try:
            for line in self.case.actions:
                if self.keep:
                    self.memory = WorkingMemory(self.base, self.memory.stored())
                self._act(words_of(line))
            self._end()
        except Fault as fault:
            self.fault = fault
            self.out.append("failed")
        return self.out

    def _act(self, words: list[str]) -> None:
        verb, *rest = words
        memory = self.memory
        match verb:
            case "insert":
                place = "DEFAULT"
                if rest[0] == "into":
                    place, rest = rest[1], rest[2:]
                self.handles.append(memory.insert(self._object(rest), place, now=self.now))
            case "update":
                handle = self.handles[int(rest[0]) - 1]
                memory.update(handle, self._object(rest[1:], memory.fact(handle).value))
            case "delete":
                memory.delete(self.handles[int(rest[0]) - 1])
            case "global":
                self.globals.append(rest[0])
                memory.set_global(rest[0], self._value(rest[1]))
            case "focus":
                memory.focus(rest[0])
            case "group":
                memory.activate_ruleflow_group(rest[0])
            case "clear":
                memory.clear_group(rest[0])
            case "advance":
                self.now += timedelta(milliseconds=int(rest[0]))
            case "fire":
                self._fire(int(rest[0]) if rest else -1)
            case "query":
                self._query(rest)
            case _:
                raise AssertionError(verb)

    def _fire(self, limit: int) -> None:
        firings = self.memory.fire(limit, now=self.now)
        self.out += [f"fired: {one.rule}" for one in firings.fired]
        self.out += [f"print: {line}".rstrip() for line in firings.printed]
        self.out.append(f"number: {firings.number}")

    def _query(self, words: list[str]) -> None:
        args = [self._value(word) for word in words[1:]]
        rows = []
        for row in self.memory.query(words[0], args, now=self.now):
            shown = " ".join(f"{name}={show(row[name])}" for name in sorted(row))
            rows.append(f"row: {shown}".strip())
        self.out += sorted(rows)

    def _end(self) -> None:
        self.out += [f"fact: {show(fact.value)}" for fact in self.memory.facts()]
        for name in sorted(set(self.globals)):
            self.out.append(f"global: {name}={show(self.memory.get_global(name))}")

    def _object(self, words: list[str], before: Any = None) -> Any:
        first = words[0]
        named = before is not None and "=" in first
        if not named and not (first[0].isupper() or first == "map"):
            return self._value(first)
        pairs = words if named else words[1:]
        fields = {}
        for word in pairs:
            name, _, text = word.partition("=")
            fields[name] = self._value(text)
        if first == "map" or isinstance(before, Map):
            return Map({**(before or {}), **fields})
        if named:
            return Bean(before.type_name, Map({**before.fields, **fields}))
        shape = next(
            shape for name, shape in self.base.network.shapes.items()
            if name.rpartition(".")[2] == first
        )  # fmt: skip
        return Bean(shape.name, Map(fields))

    def _value(self, text: str) -> Any:
        if text.startswith('"'):
            return text[1:-1]
        if text.startswith("#"):
            return self.memory.fact(self.handles[int(text[1:]) - 1]).value
        known = {"null": None, "true": True, "false": False, "list": (), "map": Map()}
        if text in known:
            return known[text]
        if text.endswith("L"):
            return Long(text[:-1])
        return float(text) if "." in text else int(text)


def show(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Long):
        return f"{int(value)}L"
    if isinstance(value, tuple):
        return "[" + ", ".join(show(one) for one in value) + "]"
    if isinstance(value, Set):
        return "[" + ", ".join(show(one) for one in value) + "]"
    if isinstance(value, Map):
        shown = sorted((show(k), show(v)) for k, v in value.items())
        return "map{" + ", ".join(f"{k}={v}" for k, v in shown) + "}"
    if isinstance(value, Bean):
        fields = ", ".join(f"{k}={_held(v)}" for k, v in value.fields.items())
        return f"{value.type_name.rpartition('.')[2]}({fields})"
    return str(value)


def _held(value: Any) -> str:
    return value.type_name.rpartition(".")[2] if isinstance(value, Bean) else show(value)


def in_order(lines: list[str]) -> list[str]:
    """Drools tells of prints between firings, we after them: each kind in its own order."""
    blocks: list[str] = []
    fired: list[str] = []
    printed: list[str] = []
    for line in lines:
        if line.startswith("fired: "):
            fired.append(line)
        elif line.startswith("print: "):
            printed.append(line)
        else:
            blocks += [*fired, *printed, line]
            fired, printed = [], []
    return [*blocks, *fired, *printed]
