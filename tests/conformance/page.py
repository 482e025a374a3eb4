"""Writes ``docs/conformance.md`` and the counts that no later version may fall below."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.conformance import elements
from tests.conformance.corpus import CONTRADICTORY, ROOT, SUITES, Case, cases
from tests.conformance.event_matrix import POSITIONS, cells

PAGE: Final = ROOT / "docs" / "conformance.md"
COUNTS: Final = Path(__file__).parent / "counts.json"

_WHAT: Final = {
    "betsy java": "betsy's models, scripts in Java",
    "betsy mvel": "betsy's models, scripts in MVEL",
    "betsy javascript": "betsy's models, scripts in JavaScript",
    "betsy python": "betsy's models, scripts in Python",
    "betsy feel": "betsy's models, conditions in FEEL",
    "jbpm": "cases of jBPM's own BPMN tests",
    "miwg": "reference models of the BPMN Model Interchange Working Group, deployed",
    "betsy-static": "models against a rule of the specification, refused in strict mode",
}

_HEAD: Final = """\
<!-- Written by tests/conformance; do not edit. -->
# Conformance

Published BPMN models are deployed and run through the jBPM dialect of a real server, and what comes
out is compared with what their makers expect. The models and their expectations are the conformance
corpus; it is no part of this project. `make test` runs it where it is present, in the folder that
`PROCESSION_CORPUS` names or in `shared/corpus` beside the project; `make conformance` runs it and
writes this page.

A case is *covered* when this version supports every element and feature that the case or its files
name. That is computed from the data (`tests/conformance/features.py`), not chosen, and every
covered case has to pass. What this version supports stands in
[Supported elements](reference/elements.md). A model that uses anything else is refused when it is
deployed, with the element and its line.
"""

_ALIKE: Final = ("betsy mvel", "betsy javascript", "betsy python", "betsy feel")
"""The same models in other languages: told once."""
_DIFFERENCES: Final = (
    (
        "activities/AdHocSubProcess_Parallel",
        "the markers task1, task2 and task3",
        "task1, task2 and task1 again. No script of the published model writes task3: the two of "
        "the sub-process write task1 and task2, that of the task behind it writes task1 once more. "
        "Markers are compared as a sorted list in which each counts as often as it was written, so "
        "no order of the activities, no completion condition (the model has none; a comment in it "
        "says that it was left out) and no way of doing one of them twice gives what is expected",
    ),
    (
        "activities/MultiInstance_OneBehavior",
        "a boundary event without `cancelActivity` does not interrupt",
        "`true` is the schema's default: it interrupts the loop when the first round is done",
    ),
    (
        "CompensationTest.compensationTwiceViaSignal",
        "the signal `Compensation` starts compensation",
        "the same: what has completed is compensated each time the signal comes",
    ),
    (
        "StructureRefTest.testInvalidBooleanStructureRefOnWIComplete",
        "a result that does not fit the declared type of its variable is refused",
        "the same in every file: a text is read as the declared type, a misfit among plain types "
        "fails the completion and changes nothing",
    ),
    (
        "StructureRefTest.testNotExistingBooleanStructureRefOnWIComplete",
        "results of which none is a declared data output are refused",
        "the same for user tasks in files of jBPM; in other files results that no data output "
        "names are left out",
    ),
)
"""Cases that the corpus calls disputed or engine-specific: what they expect and what we do."""

_READINGS: Final = """\
A text in a variable that is declared as a number or boolean (`map_x=-1` is a text on the wire) is
read as that type where a Java or MVEL text reads the bare name. The variable keeps the text until
a script sets it.
"""
_EVENTS: Final = """\
## Events by position

*runs*: a model with the event there happens as it should. *refused*: the specification forbids it
(BPMN 2.0.2, 10.5), and the model is refused with the element. Each cell is a test of
`tests/bpmn/test_event_matrix.py`; what the events do in detail is tested below `tests/elements`.
"""
Results = Mapping[str, Mapping[str, str]]


def write(results: Mapping[str, Results]) -> None:
    """Write the page and the counts."""
    table = elements.section(elements.stored())
    PAGE.write_text(elements.with_section(text(results), table), encoding="utf-8")
    given = json.dumps({suite: counts(suite, results[suite]) for suite in SUITES}, indent=2)
    COUNTS.write_text(given + "\n", encoding="utf-8")


def counts(suite: str, results: Results) -> dict[str, int]:
    """How many cases there are, are covered, and passed."""
    known = cases(suite)
    passed = [case for case in known if results[case.id]["status"] == "pass"]
    return {
        "cases": len(known),
        "covered": sum(case.is_covered for case in known),
        "covered_passed": sum(case.is_covered for case in passed),
        "passed": len(passed),
    }


def text(results: Mapping[str, Results]) -> str:
    """The page."""
    parts = [_HEAD, "## Counts\n", "\n".join(_table(results)) + "\n"]
    parts.append(_EVENTS)
    parts.append("\n".join(_events()) + "\n")
    parts.append("## Open cases\n")
    parts.append("Each is refused at deployment, or skipped, for what it needs.\n")
    parts.append("\n".join(_open(results)) + "\n")
    parts.append("## Disputed and engine-specific cases\n")
    parts.append("\n".join(_disputed(results)) + "\n")
    parts.append("## A reading worth knowing\n")
    parts.append(_READINGS)
    parts.append("## Covered cases\n")
    parts.append("\n".join(_covered()) + "\n")
    return "\n".join(parts)


def _events() -> Iterator[str]:
    yield f"| definition | {' | '.join(POSITIONS)} |"
    yield "| --- " * (len(POSITIONS) + 1) + "|"
    for definition, row in groupby(cells(), key=lambda cell: cell.definition):
        marks = ["runs" if cell.is_allowed else "refused" for cell in row]
        yield f"| {definition} | {' | '.join(marks)} |"


def _table(results: Mapping[str, Results]) -> Iterator[str]:
    yield "| Suite | What | Cases | Covered | Covered and passed | Passed in all |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for suite in SUITES:
        yield row(suite, counts(suite, results[suite]))


def line(suite: str, found: Mapping[str, int]) -> str:
    """The counts of a suite in a line of words."""
    return (
        f"{suite}: {found['covered_passed']} of {found['covered']} covered cases pass, "
        f"{found['passed']} of {found['cases']} in all"
    )


def row(suite: str, found: Mapping[str, int]) -> str:
    """The counts of a suite, as the page shows them."""
    figures = " | ".join(str(number) for number in found.values())
    return f"| {suite} | {_WHAT[suite]} | {figures} |"


def _open(results: Mapping[str, Results]) -> Iterator[str]:
    missing: Counter[str] = Counter()
    rows = []
    for suite in SUITES:
        for case in cases(suite):
            if case.is_covered or case.is_disputed or suite in _ALIKE:
                continue
            missing.update(case.uncovered)
            state = "passes: it has to be refused" if _passes(case, results) else "open"
            rows.append(f"| {suite.partition(' ')[0]} | `{case.id}` | {_reasons(case)} | {state} |")
    if missing:
        yield "What comes later, by the number of cases that wait for it:"
        yield ", ".join(f"`{name}` {number}" for name, number in _by_number(missing)) + "."
        yield ""
    yield "| Suite | Case | Needs | State |"
    yield "| --- | --- | --- | --- |"
    yield from rows


def _disputed(results: Mapping[str, Results]) -> Iterator[str]:
    known = {case.id: case for suite in SUITES for case in cases(suite) if case.remark}
    assert set(known) == {id for id, _, _ in _DIFFERENCES}, "say what is done about them"
    yield "| Case | What it expects | What we do | State |"
    yield "| --- | --- | --- | --- |"
    for id, expected, ours in _DIFFERENCES:
        state = "passes" if _passes(known[id], results) else "open"
        yield f"| `{id}` | {expected} | {ours} | {state} |"


def _by_number(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _passes(case: Case, results: Mapping[str, Results]) -> bool:
    return results[case.suite][case.id]["status"] == "pass"


def _reasons(case: Case) -> str:
    needs = [f"`{name}`" for name in sorted(case.uncovered)]
    needs += [re.sub("_", " ", need) + " on the class path" for need in case.needs]
    needs += [f"another model: {why}" for id, why in CONTRADICTORY.items() if id == case.id]
    return ", ".join(needs)


def _covered() -> Iterator[str]:
    for suite in SUITES:
        if suite in (*_ALIKE, "betsy-static"):
            continue
        names = ", ".join(f"`{case.id}`" for case in cases(suite) if case.is_covered)
        both = " (in each script language)" if suite == "betsy java" else ""
        yield f"- **{suite.partition(' ')[0]}**{both}: {names}"
    yield "- **betsy-static**: all"
