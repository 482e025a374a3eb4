"""``procession check``: compile BPMN files and list every problem."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from procession.cli.options import json_option, show


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Every violation of the specification is an error.")
@json_option
def check(files: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Compile BPMN files and list every problem with element and line.

    Exit status 1 if there is an error; warnings alone are no error.

    \b
    procession check order.bpmn
    procession check --strict --json models/*.bpmn
    """
    from procession.bpmn.compiler import compile_document
    from procession.scripting.evaluator import Evaluator

    evaluator = Evaluator()
    rows: list[dict[str, Any]] = []
    for path in files:
        compiled = compile_document(path.read_bytes(), evaluator, resource=path.name, strict=strict)
        rows.extend(
            {
                "file": str(path),
                "line": problem.line,
                "severity": problem.severity,
                "element": problem.element,
                "problem": problem.text,
            }
            for problem in compiled.problems
        )
    errors = sum(row["severity"] == "error" for row in rows)
    if as_json or rows:
        show(rows, ("file", "line", "severity", "element", "problem"), as_json=as_json)
    if not as_json:
        warnings = len(rows) - errors
        click.echo(f"{len(files)} file(s), {errors} error(s), {warnings} warning(s)")
    sys.exit(1 if errors else 0)
