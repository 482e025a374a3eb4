"""``procession history``."""

from __future__ import annotations

from typing import Any

import click

from procession.cli.client import Client
from procession.cli.options import settings_of, settings_options


@click.group()
def history() -> None:
    """Forget what ended long ago.

    \b
    procession history purge --days 90 --dry-run
    procession history purge --days 90
    """


@history.command("purge")
@click.option("--days", type=click.IntRange(1, 1_000_000), required=True)
@click.option("--dry-run", is_flag=True, help="Only count what would be forgotten.")
@settings_options
def purge(days: int, dry_run: bool, **given: Any) -> None:
    """Forget instances that ended more than so many days ago, with their tasks and papers."""
    settings = settings_of(**{k: given[k] for k in ("database", "data_dir", "config")})
    instances = tasks = 0
    with Client(settings) as client:
        while True:
            body = {"days": days, "dry_run": dry_run}
            gone = client.call("POST", "/api/history/purge", body=body)
            instances += gone["instances"]
            tasks += gone["tasks"]
            if gone["is_all"]:
                break
        if not dry_run:
            client.call("POST", "/api/attachments/sweep")
    word = "would be" if dry_run else "are"
    click.echo(f"{instances} process instances and {tasks} tasks {word} forgotten.")
