"""Where the conformance corpus is, and what stands in it.

The corpus is other people's models with expectations; it is no part of this project, so it may be
missing. ``PROCESSION_CORPUS`` names its folder; else it is looked for in ``shared/corpus`` beside
the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.features import COVERED, features_of

ROOT = Path(__file__).resolve().parents[2]
MISSING = "the conformance corpus is not here: set PROCESSION_CORPUS to its folder to run it"


def folder() -> Path | None:
    """The folder of the corpus, if it is there."""
    given = os.environ.get("PROCESSION_CORPUS")
    place = Path(given) if given else ROOT.parent / "shared" / "corpus"
    if not (place / "run_conformance.py").is_file():
        if given:
            raise FileNotFoundError(f"PROCESSION_CORPUS: no run_conformance.py in {given}")
        return None
    return place


CONTRADICTORY = {
    "activities/AdHocSubProcess_Parallel": "its last script marks task1 where task3 is expected",
}
"""Cases whose model cannot do what its expectation says, whatever runs it: disputed by us."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test of a suite: its files, and what they use that is not covered.

    What the corpus itself calls disputed need not pass; ``remark`` says why.
    """

    suite: str
    id: str
    group: str
    files: tuple[Path, ...]
    uncovered: frozenset[str]
    remark: str = ""
    needs: tuple[str, ...] = ()
    is_disputed: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether it must pass."""
        return not self.uncovered and not self.needs and not self.is_disputed


SUITES = (
    "betsy java",
    "betsy mvel",
    "betsy javascript",
    "betsy python",
    "betsy feel",
    "jbpm",
    "miwg",
    "betsy-static",
)
"""What is run; for betsy with the script language."""


@cache
def cases(suite: str) -> tuple[Case, ...]:
    """The cases of a suite, in the order of the data."""
    place = folder()
    assert place is not None, MISSING
    name, _, dialect = suite.partition(" ")
    reading = {"betsy": _betsy, "jbpm": _jbpm, "miwg": _miwg, "betsy-static": _static}
    return tuple(reading[name](place, dialect))


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _uncovered(stated: list[str], files: tuple[Path, ...]) -> frozenset[str]:
    """What the data and the files themselves name and is not covered."""
    found = set(stated)
    for file in files:
        found |= features_of(file.read_bytes())
    return frozenset(found - COVERED)


def _betsy(place: Path, dialect: str) -> Iterator[Case]:
    for test in _load(place / "betsy" / "expectations.json")["tests"]:
        files = (place / "betsy" / test["executable"].get(dialect, test["executable"]["java"]),)
        yield Case(
            suite=f"betsy {dialect}",
            id=test["id"],
            group=test["group"],
            files=files,
            uncovered=_uncovered(test["elements"], files),
            remark=test["disputed"] or CONTRADICTORY.get(test["id"], ""),
            is_disputed=bool(test["disputed"]) or test["id"] in CONTRADICTORY,
        )


def _jbpm(place: Path, _: str) -> Iterator[Case]:
    for case in _load(place / "jbpm" / "expectations.json")["cases"]:
        files = tuple(place / "jbpm" / "files" / name for name in case["files"])
        yield Case(
            suite="jbpm",
            id=case["id"],
            group=case["group"],
            files=files,
            uncovered=_uncovered(case["features"], files),
            remark=case["jbpm_specific"] or "",
            needs=tuple(case["needs"]),
        )


def _miwg(place: Path, _: str) -> Iterator[Case]:
    for path in sorted((place / "miwg").glob("*.bpmn")):
        name = path.stem
        yield Case(
            suite="miwg",
            id=name,
            group=name.partition(".")[0],
            files=(path,),
            uncovered=_uncovered([], (path,)),
        )


def _static(place: Path, _: str) -> Iterator[Case]:
    """Models against the specification: each has to be refused, so each is covered."""
    for test in _load(place / "betsy" / "expectations.json")["static_analysis"]:
        yield Case(
            suite="betsy-static",
            id=test["id"],
            group=test["group"],
            files=(place / "betsy" / test["published"],),
            uncovered=frozenset(),
        )
