"""``procession check``: compile BPMN files, search them for traps, and list every problem."""

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

    Processes are also searched for deadlocks, tokens left behind, dead elements and endless loops;
    each is shown with the shortest trace to it. Exit status 1 if there is an error; warnings alone
    are no error.

    \b
    procession check order.bpmn
    procession check --strict --json models/*.bpmn
    """
    from procession.bpmn.compiler import compile_document
    from procession.bpmn.soundness import Soundness, check_soundness
    from procession.scripting.evaluator import Evaluator

    evaluator = Evaluator()
    rows: list[dict[str, Any]] = []
    undecided: list[str] = []
    for path in files:
        xml = path.read_bytes()
        compiled = compile_document(xml, evaluator, resource=path.name, strict=strict)
        sound = Soundness() if compiled.errors else check_soundness(xml, resource=path.name)
        rows.extend(
            {
                "file": str(path),
                "line": problem.line,
                "severity": problem.severity,
                "element": problem.element,
                "rule": problem.rule,
                "problem": problem.text,
            }
            for problem in (*compiled.problems, *sound.problems)
        )
        undecided.extend(
            f"{path}: {process}: not decided: {reason}" for process, reason in sound.undecided
        )
    errors = sum(row["severity"] == "error" for row in rows)
    if as_json or rows:
        show(rows, ("file", "line", "severity", "element", "problem"), as_json=as_json)
    for line in undecided:
        click.echo(line, err=True)
    if not as_json:
        warnings = len(rows) - errors
        click.echo(f"{len(files)} file(s), {errors} error(s), {warnings} warning(s)")
    sys.exit(1 if errors else 0)
