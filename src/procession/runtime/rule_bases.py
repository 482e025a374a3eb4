"""Rule bases of deployed units, compiled once from what the store holds and kept in memory.

A unit's rule base is made of its rule files and of the rule conditions of all its processes, which
may refer to what the files declare (``reference/jbpm-engine.md`` 2.10).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final, cast

import msgspec

from procession.bpmn.data_types import gather_types
from procession.bpmn.problems import Problem
from procession.bpmn.starts import start_conditions, start_subscriptions
from procession.core.graph import ProcessDefinition
from procession.core.ports import RuleCondition
from procession.errors import InvalidModel
from procession.rules.rule_base import Kind, RuleBase, RuleProblem, RuleSource, compile_rules
from procession.runtime.definitions import Definitions
from procession.store.repositories import deployments as repository
from procession.store.store import Store
from procession.values import EMPTY, Map

KINDS: Final[Mapping[str, Kind]] = {".drl": "drl", ".csv": "csv", ".xls": "xls", ".xlsx": "xlsx"}
"""Endings of rule files; a spreadsheet with other things in it is no rule file."""
TASK_RULES: Final = {
    "addTask": "default-add-task.drl",
    "completeTask": "default-complete-task.drl",
}
"""Files with the rules of tasks, by their scope (``reference/jbpm-engine.md`` 5.12)."""
MOST_KEPT: Final = 200


class UnitRules(msgspec.Struct, frozen=True):
    """The rules of one revision of a unit, and how its instances share a session."""

    base: RuleBase
    strategy: str
    starts: tuple[tuple[str, str, str], ...] = ()
    """Rule conditions of start events: name of the condition, process, node."""
    task_rules: Mapping[str, RuleBase] = EMPTY
    """Rules of tasks by their scope, ``addTask`` and ``completeTask``."""


class RuleBases:
    """Finds and compiles the rules of units."""

    def __init__(self, store: Store, definitions: Definitions) -> None:
        self._store = store
        self._definitions = definitions
        self._scripts = definitions.evaluator
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, UnitRules] = OrderedDict()

    def compile(
        self, files: Mapping[str, bytes], definitions: Iterable[ProcessDefinition]
    ) -> tuple[RuleBase, list[Problem]]:
        """Compile the rules of a unit that is not deployed yet, with everything wrong in them."""
        places: dict[str, tuple[str, int, str]] = {}
        sources = [*rule_files(files)]
        for definition in definitions:
            for element, line, condition in definition.rule_conditions:
                if condition.name not in places:
                    places[condition.name] = (element, line, condition.source.strip())
                    sources.append(
                        RuleSource(
                            condition.name,
                            condition.source,
                            "condition",
                            condition.imports,
                            Map(condition.globals),
                        )
                    )
        types = {name: one.fields for name, one in gather_types(files)[0].items()}
        base = compile_rules(sources, self._scripts, types)
        problems = [_problem(one, places.get(one.path)) for one in base.problems]
        for source in rule_files(files, of_tasks=True):
            problems += [_problem(p, None) for p in compile_rules([source], self._scripts).problems]
        return base, problems

    def of(self, deployment: str, revision: int) -> UnitRules:
        """The rules of a deployed unit. Raises :class:`InvalidModel` if they do not compile."""
        with self._lock:
            found = self._kept.get(revision)
            if found is not None:
                self._kept.move_to_end(revision)
                return found
        found = self._load(deployment, revision)
        with self._lock:
            self._kept[revision] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def forget(self) -> None:
        """Compile anew when next needed."""
        with self._lock:
            self._kept.clear()

    def _load(self, deployment: str, revision: int) -> UnitRules:
        with self._store.read() as reader:
            unit = repository.unit(reader, deployment)
            files = dict(repository.resources(reader, revision))
            processes = [row[0] for row in reader.hot("processes_of", (revision,))]
        definitions = [self._definitions.get(deployment, one, revision) for one in processes]
        base, problems = self.compile(files, definitions)
        errors = tuple(p for p in problems if p.severity == "error")
        if errors:
            raise InvalidModel(f"the rules of {deployment} do not compile", errors)
        starts = tuple(start for one in definitions for start in _starts(one))
        task_rules = {
            scope: compile_rules(found, self._scripts)
            for scope, name in TASK_RULES.items()
            if (found := [one for one in rule_files(files, of_tasks=True) if _is(one, name)])
        }
        return UnitRules(base, unit.strategy if unit else "SINGLETON", starts, task_rules)


def _starts(definition: ProcessDefinition) -> Iterable[tuple[str, str, str]]:
    for kind, _, node in start_subscriptions(definition):
        if kind == "conditional":
            for part in start_conditions(definition, node):
                if part.condition is not None and part.condition.language == "rule":
                    yield cast("RuleCondition", part.condition).name, definition.id, node


def rule_files(files: Mapping[str, bytes], *, of_tasks: bool = False) -> Iterable[RuleSource]:
    """The rule files among the files of a unit; those of tasks are for themselves."""
    for name, content in sorted(files.items()):
        if (PurePosixPath(name).name in TASK_RULES.values()) is not of_tasks:
            continue
        kind = KINDS.get(PurePosixPath(name).suffix.lower())
        if kind == "drl" or (kind == "csv" and b"RuleTable" in content):
            yield RuleSource(name, content.decode("utf-8", "replace"), kind)
        elif kind in ("xls", "xlsx"):
            yield RuleSource(name, content, kind)


def _is(source: RuleSource, name: str) -> bool:
    return PurePosixPath(source.path).name == name


def _problem(fault: RuleProblem, place: tuple[str, int, str] | None) -> Problem:
    if place is not None:
        element, line, source = place
        text = f"rule condition {source!r}: {fault.text}"
        return Problem(
            severity=fault.severity, element=element, line=line, text=text, rule="script"
        )
    text = f"{fault.text} (rule {fault.rule})" if fault.rule else fault.text
    return Problem(
        severity=fault.severity,
        element=fault.rule,
        line=fault.line,
        text=text,
        rule="rules",
        file=fault.path,
    )
