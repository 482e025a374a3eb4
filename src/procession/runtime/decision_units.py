"""The decision models of deployed units, compiled once from what the store holds.

A revision of a unit never changes, so every node and every restart compiles the same. How a
decision is made says :mod:`procession.rules.dmn`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from procession.bpmn.problems import Problem
from procession.core.ports import UNDEFINED, Decided, Limits, ScriptContext
from procession.errors import InvalidModel, NotFound, ScriptFailure
from procession.rules.dmn.compiler import compile_unit
from procession.rules.dmn.model import Model, Outcome, Unit
from procession.rules.dmn.source import Problem as Fault
from procession.scripting.languages.feel_formulas import FeelFormulas
from procession.store.repositories import deployments as repository
from procession.store.store import Store
from procession.values import Map

ENDING: Final = ".dmn"
MOST_KEPT: Final = 200


class DecisionUnits:
    """Finds and compiles the decision models of units."""

    def __init__(self, store: Store, zone: tzinfo = UTC) -> None:
        self._store = store
        self._formulas = FeelFormulas(zone)
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Unit] = OrderedDict()

    def compile(self, files: Mapping[str, bytes]) -> tuple[Unit, list[Problem]]:
        """Compile the decision files among the files of a unit, with everything wrong in them."""
        wanted = {name: c for name, c in files.items() if name.lower().endswith(ENDING)}
        unit, faults = compile_unit(wanted, self._formulas)
        return unit, [_problem(fault) for fault in faults]

    def of(self, deployment: str, revision: int) -> Unit:
        """The decision models of a deployed unit; there may be none."""
        with self._lock:
            found = self._kept.get(revision)
            if found is not None:
                self._kept.move_to_end(revision)
                return found
        with self._store.read() as reader:
            files = dict(repository.resources(reader, revision))
        found, problems = self.compile(files)
        errors = tuple([p for p in problems if p.severity == "error"])
        if errors:
            raise InvalidModel(f"the decisions of {deployment} do not compile", errors)
        with self._lock:
            self._kept[revision] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def forget(self) -> None:
        """Compile anew when next needed."""
        with self._lock:
            self._kept.clear()


def chosen(unit: Unit, model: str, decision: str, namespace: str, resource: str) -> Model:
    """The model that is meant; with a decision alone, the one that has it."""
    if decision and not model:
        return unit.holding(decision, namespace, resource)
    return unit.model(model, namespace, resource)


def evaluate(
    unit: Unit,
    model: Model,
    decision: str,
    inputs: Map,
    *,
    now: datetime,
    limits: Limits,
    traced: bool = True,
    decided: bool = False,
) -> Outcome:
    """Make a decision, or all of a model: pure, and bounded like a script."""
    context = ScriptContext(lambda name: UNDEFINED, now, 0, 0, "")
    return unit.decide(model, decision, inputs, context, limits, traced=traced, decided=decided)


def decide_in_step(
    unit: Unit,
    model: str,
    decision: str,
    inputs: Map,
    *,
    namespace: str,
    resource: str,
    now: datetime,
    limits: Limits,
) -> Decided:
    """Make a decision for a business rule task.

    Raises :class:`procession.errors.ScriptFailure` if the unit has no such decision.
    """
    try:
        found = chosen(unit, model, decision, namespace, resource)
        outcome = evaluate(unit, found, decision, inputs, now=now, limits=limits)
    except NotFound as missing:
        raise ScriptFailure(f"the decision cannot be made: {missing.message}") from missing
    rules = [
        f"{step['decision']}: {rule}"
        for step in outcome.steps
        for table in step["tables"]
        for rule in table["rules"]
    ]
    return Decided(outcome.value, tuple(rules))


def _problem(fault: Fault) -> Problem:
    return Problem(
        severity="error" if fault.severity == "error" else "warning",
        element=fault.element,
        line=fault.line,
        text=fault.text,
        rule="decisions",
        file=fault.file,
    )
