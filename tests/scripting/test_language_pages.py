"""The examples on the pages about languages give what stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from procession.core.ports import Limits, Purpose
from procession.scripting.feel.dates import BUILTINS
from procession.values import Map
from tests.scripting.notation import bindings, written
from tests.scripting.scripts import EVALUATOR, context
from tests.scripting.test_mvel_table import SCOPE

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "scripts"
GIVEN = 'x = 5, y = "5", list = [1, 2, 3], m = {k: 1}, person = Person{name: "Ann", age: 30}'
DECLARED = structs.replace(SCOPE, types=Map(dict.fromkeys(bindings(GIVEN), "")))
LANGUAGES = ("feel", "mvel", "juel", "javascript", "python", "xpath")


def _examples(language: str) -> list[tuple[str, str]]:
    found = []
    for line in (PAGES / f"{language}.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `") and line.endswith("` |"):
            text, gives = line[3:-3].split("` | `")
            found.append((text, gives))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_a_page(language: str):
    examples = _examples(language)
    wrong = []
    for text, gives in examples:
        script = EVALUATOR.compile(language, text, Purpose.EXPRESSION, DECLARED)
        answer = written(script.run(context(bindings(GIVEN)), Limits()).value)
        if answer != gives:
            wrong.append(f"{text} gives {answer}, not {gives}")

    assert len(examples) >= 10
    assert not wrong, "\n".join(wrong)


def test_the_page_of_feel_names_every_function():
    page = (PAGES / "feel.md").read_text(encoding="utf-8")

    assert not [name for name in BUILTINS if f"`{name}`" not in page]
