"""``procession decide``: try decisions, of files or of a deployed unit, and see why."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from procession.cli.client import Client
from procession.cli.firing import RULE_FILES, as_value, fire
from procession.cli.options import json_option, settings_of, settings_options, show
from procession.errors import Invalid, InvalidModel


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="FILE...|UNIT")
@click.option("-d", "--decision", default="", help="Its name or id; without, all of the model.")
@click.option("-m", "--model", default="", help="Name or id of the model, where there are several.")
@click.option(
    "-i",
    "--input",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="An input; a value that is not JSON is a text.",
)
@click.option(
    "--inputs",
    "inputs_file",
    type=click.File("r", encoding="utf-8"),
    help="A JSON file with all inputs; - reads from standard input.",
)
@click.option("-g", "--group", help="Fire the rules of this ruleflow group instead.")
@click.option(
    "-f",
    "--fact",
    "facts",
    multiple=True,
    metavar="JSON",
    help="A fact for the rules; what is not JSON is a text.",
)
@settings_options
@json_option
def decide(
    source: tuple[str, ...],
    decision: str,
    model: str,
    given: tuple[str, ...],
    inputs_file: Any,
    group: str | None,
    facts: tuple[str, ...],
    database: str | None,
    data_dir: str | None,
    config: str | None,
    as_json: bool,
) -> None:
    """Make a decision and show what came of it, with the rules that matched.

    FILEs are DMN models that import each other; nothing is deployed and no server is needed. UNIT
    is the id of a deployment. Inputs are given by name; dates and durations are texts as ISO 8601
    writes them. With --group or --fact, or with rule files (.drl, .xlsx, .xls, .csv), rules are
    fired over the facts instead; inputs are then globals.

    \b
    procession decide loan.dmn -d "Approval" -i Age=18 -i RiskCategory=Medium
    procession decide loan.dmn rates.dmn -m Loans --inputs applicant.json --json
    procession decide org.acme:loans:1.0 -d "Approval" -i 'Applicant={"age": 18}'
    procession decide orders.drl -g routing -f '{"amount": 500}'
    """
    variables = _inputs(given, inputs_file)
    settings = settings_of(database=database, data_dir=data_dir, config=config)
    if group is not None or facts or Path(source[0]).suffix.lower() in RULE_FILES:
        fire(source, settings, group or "", [as_value(fact) for fact in facts], variables, as_json)
        return
    if Path(source[0]).suffix.lower() == ".dmn" or Path(source[0]).is_file():
        made = _from_files([Path(name) for name in source], model, decision, variables)
    else:
        made = _from_unit(source, settings, model, decision, variables)
    if as_json:
        click.echo(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        _show(made)


def _inputs(given: Sequence[str], file: Any) -> dict[str, Any]:
    try:
        inputs = json.load(file) if file is not None else {}
    except ValueError as fault:
        raise Invalid(f"the file of inputs is not JSON: {fault}") from fault
    if not isinstance(inputs, dict):
        raise Invalid("the file of inputs is not a JSON object")
    for text in given:
        name, mark, value = text.partition("=")
        if not mark:
            raise Invalid(f"an input is NAME=VALUE, not {text!r}")
        inputs[name.strip()] = as_value(value)
    return inputs


def _from_files(
    paths: Sequence[Path], model: str, decision: str, variables: dict[str, Any]
) -> dict[str, Any]:
    """Evaluate files here, in this process."""
    from procession.core.ports import Limits
    from procession.rules.dmn.compiler import compile_unit
    from procession.runtime.decision_units import chosen, evaluate
    from procession.scripting.languages.feel_formulas import FeelFormulas
    from procession.values import freeze_all
    from procession.web.json import encode

    for path in paths:
        if not path.is_file():
            raise Invalid(f"{path} is not a file")
    unit, problems = compile_unit({p.name: p.read_bytes() for p in paths}, FeelFormulas())
    errors = tuple([one for one in problems if one.severity == "error"])
    for one in problems:
        if one.severity != "error":
            click.echo(str(one), err=True)
    if errors:
        raise InvalidModel("\n".join([str(one) for one in errors]), errors)
    found = unit.models[0] if not (model or decision) else chosen(unit, model, decision, "", "")
    outcome = evaluate(
        unit,
        found,
        decision,
        freeze_all(variables),
        now=datetime.now(UTC),
        limits=Limits(),
        decided=True,
    )
    made: dict[str, Any] = json.loads(
        encode(
            {
                "model": found.name,
                "decision": decision,
                "result": outcome.value,
                "decisions": outcome.steps,
                "messages": outcome.notes,
            }
        )
    )
    return made


def _from_unit(
    source: Sequence[str], settings: Any, model: str, decision: str, variables: dict[str, Any]
) -> dict[str, Any]:
    """Ask the running server, or the database."""
    if len(source) > 1:
        raise Invalid(f"{source[0]} is no file; of units there can be one only")
    body = {"model": model, "decision": decision, "variables": variables}
    with Client(settings) as client:
        made: dict[str, Any] = client.call("POST", f"/api/decisions/{source[0]}", body=body)
    return made


def _show(made: dict[str, Any]) -> None:
    rows = [
        {
            "decision": step["decision"],
            "result": json.dumps(step["result"], ensure_ascii=False),
            "rules": [rule for table in step["tables"] for rule in table["rules"]],
            "notes": step["notes"],
        }
        for step in made["decisions"]
    ]
    if rows:
        show(rows, ("decision", "result", "rules", "notes"), as_json=False)
    click.echo(json.dumps(made["result"], ensure_ascii=False, indent=2))
    if made["result"] is None and made["messages"]:
        sys.exit(1)
