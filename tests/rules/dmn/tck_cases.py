"""The public test cases of DMN, and what we make of each (``tck/README.md``).

``python -m tests.rules.dmn.tck_cases`` writes anew which cases fail. The test holds that list to
what really fails, so the count on the page of the reference can only be the true one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from procession.core.ports import UNDEFINED, Limits, ScriptContext
from procession.errors import Fault
from procession.rules.dmn.compiler import compile_unit
from procession.rules.dmn.model import Unit
from procession.scripting.languages.feel_formulas import FeelFormulas

TCK = Path(__file__).parent / "tck"
KNOWN = TCK / "failing.json"
FORMULAS = FeelFormulas()
NEAR = Decimal("1e-8")


def suites() -> list[str]:
    """The suites, as ``level_number``."""
    return sorted(path.stem for path in (TCK / "cases").glob("*.json"))


@cache
def _unit(models: tuple[str, ...]) -> Unit:
    return compile_unit({m: (TCK / "models" / m).read_bytes() for m in models}, FORMULAS)[0]


def cases(suite: str) -> list[dict[str, Any]]:
    """The cases of a suite."""
    content = json.loads((TCK / "cases" / f"{suite}.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["cases"]
    return found


def failing(suite: str) -> Iterator[tuple[str, str]]:
    """The cases of a suite that fail, with what came instead."""
    for case in cases(suite):
        wrong = outcome(case)
        if wrong:
            yield case["case"], wrong


def outcome(case: dict[str, Any]) -> str:
    """What is wrong with a case; empty if it passes."""
    context = ScriptContext(lambda name: UNDEFINED, datetime(2024, 1, 1, tzinfo=UTC), 0, 0, "")
    session = FORMULAS.session(context, Limits())
    try:
        unit = _unit(tuple(case["models"]))
        model = unit.model(resource=case["models"][0])
        inputs = session.entries(FORMULAS.expression(case["inputs"], ()).run(session, ())) or {}
        got = unit.held(session, model, case["invoke"], inputs)
        want = FORMULAS.expression(case["expected"], ()).run(session, ())
    except (Fault, ValueError) as fault:
        return str(fault)
    except Exception as fault:
        return repr(fault)
    return "" if same(session, got, want) else f"{session.shown(got)}, not {case['expected']}"


def same(session: Any, got: Any, want: Any) -> bool:
    """Whether two values are alike; numbers to eight places, as in the cases' own runner."""
    if isinstance(got, bool) or isinstance(want, bool) or got is None or want is None:
        return got is want
    if isinstance(got, int | Decimal) and isinstance(want, int | Decimal):
        return abs(Decimal(got) - Decimal(want)) <= NEAR * max(1, abs(Decimal(want)))
    if session.kind(got) != session.kind(want):
        return False
    ours, theirs = session.items(got), session.items(want)
    if ours is not None:
        return len(ours) == len(theirs) and all(
            same(session, one, other) for one, other in zip(ours, theirs, strict=True)
        )
    mine, others = session.entries(got), session.entries(want)
    if mine is not None:
        return mine.keys() == others.keys() and all(
            same(session, mine[name], others[name]) for name in mine
        )
    return session.shown(got) == session.shown(want) or session.equal(got, want) is True


def known() -> dict[str, list[str]]:
    """The cases known to fail, by suite."""
    found: dict[str, list[str]] = json.loads(KNOWN.read_text(encoding="utf-8"))
    return found


def counts(level: str) -> tuple[int, int]:
    """How many cases of a level pass, and how many there are."""
    names: Sequence[str] = [suite for suite in suites() if suite.startswith(level)]
    total = sum(len(cases(suite)) for suite in names)
    return total - sum(len(known().get(suite, ())) for suite in names), total


def main() -> None:
    """Write which cases fail."""
    found = {suite: [case for case, _ in failing(suite)] for suite in suites()}
    lines = [f'"{suite}": {json.dumps(wrong)}' for suite, wrong in found.items() if wrong]
    KNOWN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
