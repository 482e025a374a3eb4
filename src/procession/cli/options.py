"""Options that several commands share, and how lists are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from procession.settings import PREFIX, Settings, read_settings

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(function: F) -> F:
    """``--database``, ``--data-dir`` and ``--config``: where the data is."""
    for decorator in (
        click.option("--config", metavar="FILE", help="TOML file with settings."),
        click.option("--data-dir", metavar="DIR", help="Directory of the data file."),
        click.option(
            "--database",
            metavar="URL",
            help="sqlite:///path or postgresql://user@host/name (PROCESSION_DATABASE).",
        ),
    ):
        function = decorator(function)
    return function


def json_option(function: F) -> F:
    """``--json``: machines read this."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def settings_of(**given: Any) -> Settings:
    """Settings from arguments that were given, the environment and the file."""
    return read_settings({name: value for name, value in given.items() if value is not None})


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A line for each ``PROCESSION_*`` variable that is no setting: most likely misspelt."""
    known = {(PREFIX + name).upper() for name in Settings.__struct_fields__}
    lines = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            from difflib import get_close_matches

            near = get_close_matches(name.upper(), sorted(known), 1)
            meant = f"; is {near[0]} meant?" if near else ""
            lines.append(f"{name} is no setting and has no effect{meant}")
    return lines


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print a list as JSON or as a table."""
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(list(rows))).decode())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "))
    for row in rows:
        table.add_row(*[_text(row.get(column)) for column in columns])
    # Into a file or a pipe a row is one line, whole; a terminal wraps the cells.
    width = None if sys.stdout.isatty() else 1_000
    Console(soft_wrap=True, width=width).print(table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
