"""Java as the JDK runs it: the table of cases, on our machine and, where there is one, on a JDK."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scripting.java_table import FOLDER, JDK_HERE, alike, jdk, ours, read, same_release

TABLES = sorted(FOLDER.glob("*.txt"))
REQUIRED = "PROCESSION_JDK"


def test_the_table_has_a_thousand_cases():
    assert sum(len(read(path)) for path in TABLES) >= 1_000


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_our_machine_gives_what_the_table_says(path: Path):
    wrong = [
        f"{path.name}:{case.line}: {case.source}\n  wanted {case.expected}\n  gave   {given}"
        for case in read(path)
        if (given := ours(case)) != case.expected
    ]

    assert not wrong, f"{len(wrong)} cases\n" + "\n".join(wrong)


@pytest.mark.skipif(
    not JDK_HERE and not os.environ.get(REQUIRED), reason="no JDK is on this machine"
)
def test_a_jdk_gives_what_the_table_says():
    assert JDK_HERE, f"{REQUIRED} is set, but there is no javac"
    cases = [case for path in TABLES for case in read(path)]

    results, complaints = jdk(cases)
    exactly = same_release()

    assert not complaints
    wrong = [
        f"{case.source}\n  wanted {case.expected}\n  gave   {given}"
        for case, given in zip(cases, results, strict=True)
        if not alike(given, case.expected, exactly)
    ]
    assert not wrong, "\n".join(wrong)
