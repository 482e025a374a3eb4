"""Every model of the conformance corpus: taken as a whole, or refused with element and line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from procession.bpmn.compiler import Compilation, compile_document
from procession.scripting.evaluator import Evaluator
from tests.conformance.corpus import MISSING, folder
from tests.conformance.features import COVERED, features_of

PLACE = folder()
FOLDERS = (
    "betsy/published",
    "betsy/executable/java",
    "betsy/executable/mvel",
    "betsy/executable/javascript",
    "betsy/executable/python",
    "betsy/executable/feel",
    "jbpm/files",
    "miwg",
)
AGAINST_THE_RULES = "bpmn_constraints"
"""The folder of models that each violate the specification."""

pytestmark = pytest.mark.skipif(PLACE is None, reason=MISSING)


def files(folder: str) -> list[Path]:
    assert PLACE is not None
    found = (PLACE / folder).rglob("*.bpmn*")
    return sorted(path for path in found if _is_xml(path))


def _is_xml(path: Path) -> bool:
    try:
        features_of(path.read_bytes())
    except SyntaxError:
        return False
    return True


@cache
def faulty() -> frozenset[Path]:
    """The files that the expectations of the corpus want refused."""
    assert PLACE is not None
    found: set[Path] = set()
    for case in json.loads((PLACE / "jbpm/expectations.json").read_text())["cases"]:
        for step in case["steps"]:
            if step.get("do") == "deploy" and step.get("expect") == "rejected":
                found |= {PLACE / "jbpm/files" / name for name in step["files"]}
    for test in json.loads((PLACE / "betsy/expectations.json").read_text())["tests"]:
        errors = [case["expected_error"] or {"accept": ()} for case in test["cases"]]
        if all("deployment_rejected" in error["accept"] for error in errors):
            names = [test["published"], *test["executable"].values()]
            found |= {PLACE / "betsy" / name for name in names}
    return frozenset(found)


def compiled(path: Path) -> Compilation:
    return compile_document(path.read_bytes(), Evaluator(), resource=path.name)


def is_covered(path: Path) -> bool:
    return features_of(path.read_bytes()) <= COVERED


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_model_whose_elements_are_covered_is_refused(folder: str) -> None:
    """The scripts of betsy's models as published are names that its tools replace."""
    checked, refused = 0, {}
    for path in files(folder):
        if AGAINST_THE_RULES in path.parts or path in faulty() or not is_covered(path):
            continue
        checked += 1
        errors = [
            p for p in compiled(path).errors if "published" not in folder or p.rule != "script"
        ]
        if errors:
            refused[path.name] = [str(problem) for problem in errors]

    assert checked > 4
    assert not refused


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_other_model_is_refused_naming_element_and_line(folder: str) -> None:
    """Or, among those against the rules, warned of where the run does not depend on it."""
    accepted, silent = [], []
    for path in files(folder):
        if is_covered(path):
            continue
        compilation = compiled(path)
        silent += [str(p) for p in compilation.errors if not (p.line and p.element)]
        against = AGAINST_THE_RULES in path.parts
        if not compilation.errors and not (against and _warned(compilation)):
            accepted.append(path.name)

    assert not accepted
    assert not silent


def _warned(compilation: Compilation) -> bool:
    return any(problem.rule == "ignored" for problem in compilation.problems)


def test_models_that_are_no_xml_are_refused_with_their_line() -> None:
    assert PLACE is not None
    broken = [p for p in (PLACE / "jbpm/files").rglob("*.bpmn*") if not _is_xml(p)]

    for path in broken:
        problems = compiled(path).errors
        assert problems, path.name
        assert all(problem.line for problem in problems)


def test_what_the_corpus_wants_refused_is_refused() -> None:
    accepted = [p.name for p in faulty() if p.exists() and not compiled(p).errors]

    assert faulty()
    assert not accepted
