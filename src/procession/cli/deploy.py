"""``procession deploy``: deploy process files or kjars."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import click

from procession.cli.client import Client
from procession.cli.options import json_option, settings_of, settings_options, show
from procession.errors import Invalid


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="[UNIT] FILE...")
@click.option("--strict", is_flag=True, help="Refuse every violation of the specification.")
@click.option(
    "--strategy",
    type=click.Choice(["SINGLETON", "PER_REQUEST", "PER_PROCESS_INSTANCE"], case_sensitive=False),
    default="SINGLETON",
    show_default=True,
    help="Runtime strategy.",
)
@click.option(
    "--base", metavar="UNIT", help="Take over the files of this unit that FILEs do not replace."
)
@click.option(
    "--semantics",
    "semantics",
    multiple=True,
    metavar="NAME=VALUE",
    help="Where jBPM and BPMN differ: a flag, or jbpm or specification for all of them.",
)
@settings_options
@json_option
def deploy(
    files: tuple[str, ...],
    strict: bool,
    strategy: str,
    base: str | None,
    semantics: tuple[str, ...],
    database: str | None,
    data_dir: str | None,
    config: str | None,
    as_json: bool,
) -> None:
    """Deploy FILEs (BPMN files, or one kjar or zip) as UNIT: group:artifact:version.

    Without UNIT a kjar goes by its Maven coordinates, anything else by the first file's name.

    \b
    procession deploy org.acme:orders:1.0 order.bpmn invoice.bpmn
    procession deploy orders-1.1.jar --strict
    procession deploy org.acme:orders:1.2 order.bpmn --base org.acme:orders:1.1
    procession deploy org.acme:orders:1.3 order.bpmn --semantics loops_are_parallel=false
    """
    unit, paths = _unit(files)
    parts = [("file", (p.name, p.read_bytes(), "application/octet-stream")) for p in paths]
    if len({name for _, (name, _, _) in parts}) < len(parts):
        raise Invalid("two files have the same name")
    settings = settings_of(database=database, data_dir=data_dir, config=config)
    with Client(settings) as client:
        done = client.call(
            "POST",
            f"/rest/deployment/{unit}/deploy",
            params={
                "strict": str(strict).lower(),
                "strategy": strategy,
                **({"base": base} if base else {}),
                **({"semantics": ",".join(semantics)} if semantics else {}),
            },
            files=parts,
        )
    if not done["success"]:
        raise Invalid(done["explanation"])
    if as_json:
        show([done], (), as_json=True)
    else:
        click.echo(f"{unit} is deployed.")
        _, _, warnings = done["explanation"].partition("\n")
        if warnings:
            click.echo(warnings, err=True)


def _unit(given: tuple[str, ...]) -> tuple[str, list[Path]]:
    """The unit's id and its files; what is first and no file is the id."""
    first = Path(given[0])
    names = given if first.is_file() else given[1:]
    paths = [Path(name) for name in names]
    if not paths:
        raise Invalid(f"{given[0]} is not a file, and no file comes after it")
    for path in paths:
        if not path.is_file():
            raise Invalid(f"{path} is not a file")
    if not first.is_file():
        return given[0], paths
    return _coordinates(first) or first.stem, paths


def _coordinates(path: Path) -> str | None:
    """``group:artifact:version`` from a kjar's ``pom.properties``."""
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            for name in archive.namelist():
                if name.endswith("/pom.properties"):
                    lines = archive.read(name)[:10_000].decode("utf-8", "replace").splitlines()
                    found = dict(line.split("=", 1) for line in lines if "=" in line)
                    return f"{found['groupId']}:{found['artifactId']}:{found['version']}"
    except (zipfile.BadZipFile, KeyError):
        return None
    return None
