"""``procession check``: compile BPMN files, search them for traps, and list every problem."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from procession.cli.firing import RULE_FILES
from procession.cli.options import json_option, show


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Every violation of the specification is an error.")
@click.option(
    "--semantics",
    "semantics",
    multiple=True,
    metavar="NAME=VALUE",
    help="Where jBPM and BPMN differ: a flag, or jbpm or specification for all of them.",
)
@json_option
def check(files: tuple[Path, ...], strict: bool, semantics: tuple[str, ...], as_json: bool) -> None:
    """Compile BPMN and DMN files and list every problem with element and line.

    Processes are also searched for deadlocks, tokens left behind, dead elements and endless loops;
    each is shown with the shortest trace to it. Exit status 1 if there is an error; warnings alone
    are no error.

    \b
    procession check order.bpmn loans.dmn prices.drl
    procession check --strict --json models/*.bpmn
    """
    from procession.bpmn.compiler import compile_document
    from procession.bpmn.soundness.checking import Soundness, check_soundness
    from procession.core.semantics import read_choice
    from procession.scripting.evaluator import Evaluator

    choice = read_choice(semantics)
    evaluator = Evaluator()
    undecided: list[str] = []
    decisions = [path for path in files if path.suffix.lower() == ".dmn"]
    rules = [path for path in files if path.suffix.lower() in RULE_FILES]
    rows = [*_decision_problems(decisions), *_rule_problems(rules)]
    for path in [path for path in files if path not in (*decisions, *rules)]:
        xml = path.read_bytes()
        compiled = compile_document(
            xml, evaluator, resource=path.name, strict=strict, semantics=choice
        )
        sound = Soundness()
        if not compiled.errors:
            sound = check_soundness(xml, resource=path.name, semantics=choice)
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
        undecided.extend(f"{path}: {name}: not decided: {why}" for name, why in sound.undecided)
    errors = sum(row["severity"] == "error" for row in rows)
    if as_json or rows:
        show(rows, ("file", "line", "severity", "element", "problem"), as_json=as_json)
    for line in undecided:
        click.echo(line, err=True)
    if not as_json:
        click.echo(f"{len(files)} file(s), {errors} error(s), {len(rows) - errors} warning(s)")
    sys.exit(1 if errors else 0)


def _rule_problems(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """What is wrong with rule files, which may use each other's types."""
    if not paths:
        return
    from procession.rules.rule_base import compile_rules
    from procession.runtime.rule_bases import rule_files
    from procession.scripting.evaluator import Evaluator

    places = {path.name: path for path in paths}
    sources = [*rule_files({name: path.read_bytes() for name, path in places.items()})]
    for problem in compile_rules(sources, Evaluator()).problems:
        yield {
            "file": str(places[problem.path]),
            "line": problem.line,
            "severity": problem.severity,
            "element": problem.rule,
            "rule": "rules",
            "problem": problem.text,
        }


def _decision_problems(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """What is wrong with decision files, which may import each other."""
    from procession.rules.dmn.compiler import compile_unit
    from procession.scripting.languages.feel_formulas import FeelFormulas

    places = {path.name: path for path in paths}
    _, problems = compile_unit({n: p.read_bytes() for n, p in places.items()}, FeelFormulas())
    for problem in problems:
        yield {
            "file": str(places[problem.file]),
            "line": problem.line,
            "severity": problem.severity,
            "element": problem.element,
            "rule": "decisions",
            "problem": problem.text,
        }
