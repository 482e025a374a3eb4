"""The page *Decisions* of the reference: what is read, and the public test cases of DMN."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

TCK: Final = Path(__file__).resolve().parent.parent / "tests" / "rules" / "dmn" / "tck"
_WHY: Final = {
    "3_0076": "functions in Java: refused",
    "3_0085": "values for decisions among the inputs of another decision",
    "3_1111": "negated and subtracted classes of letters with the flag `i`",
    "3_1117": "billionths of a second",
    "3_1146": "a list for the parameter called `key`",
    "3_1151": "a boxed filter of what is no list",
    "3_1152": "a boxed `for` over what is no list",
    "3_1153": "a boxed `some` that ends before a value of another type",
}
_KINDS: Final = (
    ("decisions, input data, business knowledge models, decision services", "all"),
    (
        "decision tables",
        "hit policies `UNIQUE`, `ANY`, `PRIORITY`, `FIRST`, `RULE ORDER`, `OUTPUT ORDER`, "
        "`COLLECT` with sum, min, max, count; several outputs, allowed values, default outputs, "
        "annotations; every orientation",
    ),
    (
        "boxed expressions",
        "literal expression, context, relation, list, invocation, function definition, "
        "conditional, filter, `for`, `some`, `every`",
    ),
    (
        "types",
        "item definitions with components, collections, `allowedValues`, `typeConstraint`, "
        "functions; inputs and results are made to fit, or are null",
    ),
    ("imports", "DMN models of the same unit, with or without a name"),
    ("expression language", "FEEL"),
)
_READ: Final = (
    "# Decisions\n\nFiles that end in `.dmn`, of DMN 1.1, 1.2, 1.3, 1.4 and 1.5 alike; diagrams "
    "and vendors' extensions are passed over.\n\n| what | read |\n| --- | --- |\n"
    + "".join(f"| {what} | {read} |\n" for what, read in _KINDS)
    + "\nRefused when a unit is deployed, with file, element and line: texts that are not FEEL, "
    "functions in Java or PMML, imports of anything but DMN, references and types that are not "
    "there, decisions that require themselves, rows that do not fit their table, two models of one "
    "namespace. A name that nothing has is a warning.\n"
)


def _cases() -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((TCK / "cases").glob("*.json"))
    }


def decisions_page() -> str:
    """What is read, how many of the public cases pass, and the functions."""
    from procession.scripting.feel.dates import BUILTINS

    suites = _cases()
    failing = json.loads((TCK / "failing.json").read_text(encoding="utf-8"))
    parts = [_READ, "## Public test cases\n"]
    parts.append(
        "The test cases of the DMN Technology Compatibility Kit, as published packages carry them "
        "(`tests/rules/dmn/tck`). A test holds these counts: none that passes may fail again.\n"
    )
    lines = ["| level | cases | pass | |", "| --- | ---: | ---: | ---: |"]
    for level in ("2", "3"):
        names = [name for name in suites if name.startswith(level)]
        total = sum(len(suites[name]["cases"]) for name in names)
        passed = total - sum(len(failing.get(name, ())) for name in names)
        lines.append(f"| {level} | {total} | {passed} | {passed * 100 / total:.1f} % |")
    parts.append("\n".join(lines) + "\n")
    lines = ["| suite | cases | fail | why |", "| --- | ---: | ---: | --- |"]
    for name, wrong in failing.items():
        title = suites[name]["suite"].partition("/")[2] or name
        total = len(suites[name]["cases"])
        lines.append(f"| {title} | {total} | {len(wrong)} | {_WHY.get(name, '')} |")
    parts.append("Those with cases that fail:\n")
    parts.append("\n".join(lines) + "\n")
    parts.append("## Functions of FEEL\n")
    listed = [
        f"{name}({' | '.join([', '.join(one) for one in known.spellings])})"
        for name, known in sorted(BUILTINS.items())
    ]
    parts.append("```text\n" + "\n".join(listed) + "\n```\n")
    return "\n".join(parts)
