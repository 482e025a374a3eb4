"""``procession deploy``: deploy process files or kjars."""

from __future__ import annotations

from pathlib import Path

import click

from procession.cli.client import Client
from procession.cli.options import json_option, settings_of, settings_options, show
from procession.errors import Invalid


@click.command()
@click.argument("unit")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Refuse every violation of the specification.")
@click.option(
    "--strategy",
    type=click.Choice(["SINGLETON", "PER_REQUEST", "PER_PROCESS_INSTANCE"], case_sensitive=False),
    default="SINGLETON",
    show_default=True,
    help="Runtime strategy.",
)
@settings_options
@json_option
def deploy(
    unit: str,
    files: tuple[Path, ...],
    strict: bool,
    strategy: str,
    database: str | None,
    data_dir: str | None,
    config: str | None,
    as_json: bool,
) -> None:
    """Deploy FILES (BPMN files, or one kjar or zip) as UNIT: group:artifact:version.

    \b
    procession deploy org.acme:orders:1.0 order.bpmn invoice.bpmn
    procession deploy org.acme:orders:1.1 orders-1.1.jar --strict
    """
    parts = [("file", (f.name, f.read_bytes(), "application/octet-stream")) for f in files]
    if len({name for _, (name, _, _) in parts}) < len(parts):
        raise Invalid("two files have the same name")
    settings = settings_of(database=database, data_dir=data_dir, config=config)
    with Client(settings) as client:
        done = client.call(
            "POST",
            f"/rest/deployment/{unit}/deploy",
            params={"strict": str(strict).lower(), "strategy": strategy},
            files=parts,
        )
    if not done["success"]:
        raise Invalid(done["explanation"])
    if as_json:
        show([done], (), as_json=True)
    else:
        click.echo(f"{unit} is deployed.")
