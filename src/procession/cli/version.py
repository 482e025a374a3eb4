"""``procession version``."""

from __future__ import annotations

import platform

import click

from procession import __version__
from procession.cli.options import json_option


@click.command()
@json_option
def version(as_json: bool) -> None:
    """Show the version."""
    if as_json:
        click.echo(f'{{"version": "{__version__}", "python": "{platform.python_version()}"}}')
    else:
        click.echo(f"procession {__version__} (Python {platform.python_version()})")
