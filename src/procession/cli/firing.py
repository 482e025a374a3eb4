"""Trying rules from the command line: those of files, or of a deployed unit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from procession.cli.client import Client
from procession.cli.options import show
from procession.errors import Invalid, InvalidModel

RULE_FILES: Final = (".drl", ".xlsx", ".xls", ".csv")


def as_value(text: str) -> Any:
    """JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def fire(
    source: Sequence[str],
    settings: Any,
    group: str,
    facts: list[Any],
    variables: dict[str, Any],
    as_json: bool,
) -> None:
    """Fire rules over facts and show which fired and what the facts are then."""
    if Path(source[0]).is_file() or Path(source[0]).suffix.lower() in RULE_FILES:
        made = _from_files([Path(name) for name in source], group, facts, variables)
    else:
        body = {"group": group, "facts": facts, "globals": variables}
        with Client(settings) as client:
            made = client.call("POST", f"/api/rules/{source[0]}", body=body)
    if as_json:
        click.echo(json.dumps(made, indent=2, ensure_ascii=False))
        return
    for line in made["printed"]:
        click.echo(line)
    rows = [{"rule": one["rule"], "facts": one["facts"]} for one in made["fired"]]
    if rows:
        show(rows, ("rule", "facts"), as_json=False)
    else:
        click.echo("no rule fired")
    for fact in (*made["facts"], *made["more"]):
        click.echo(json.dumps(fact, ensure_ascii=False))


def _from_files(
    paths: Sequence[Path], group: str, facts: list[Any], variables: dict[str, Any]
) -> dict[str, Any]:
    """Fire here, in this process."""
    from procession.core.ports import Limits
    from procession.rules.rule_base import compile_rules
    from procession.runtime.rule_bases import rule_files
    from procession.scripting.evaluator import Evaluator
    from procession.services.rules import MOST_FIRINGS, try_rules
    from procession.values import freeze, freeze_all
    from procession.web.json import encode

    for path in paths:
        if not path.is_file():
            raise Invalid(f"{path} is not a file")
    sources = list(rule_files({path.name: path.read_bytes() for path in paths}))
    base = compile_rules(sources, Evaluator())
    for one in base.problems:
        if one.severity != "error":
            click.echo(str(one), err=True)
    if base.errors:
        raise InvalidModel("\n".join(str(one) for one in base.errors), ())
    found = try_rules(
        base,
        [freeze(fact) for fact in facts],
        group=group,
        globals=freeze_all(variables),
        limit=MOST_FIRINGS,
        now=datetime.now(UTC),
        limits=Limits(),
    )
    made: dict[str, Any] = json.loads(encode(found))
    return made
