"""``procession migrate``: bring the database to this version's tables."""

from __future__ import annotations

import click

from procession.cli.options import settings_of, settings_options


@click.command("migrate")
@settings_options
def migrate(database: str | None, data_dir: str | None, config: str | None) -> None:
    """Bring the database to this version's tables. Stop the servers first, and make a backup.

    \b
    procession migrate --database postgresql://procession@db/procession
    """
    from procession.store.schema import migrate as bring_up

    settings = settings_of(database=database, data_dir=data_dir, config=config)
    done = bring_up(settings.database)
    click.echo(f"The database is at version {done}.")
