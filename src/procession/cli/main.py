"""``procession``: the command. Each subcommand is loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from procession.errors import Fault, InvalidModel

COMMANDS: Final = {
    "serve": ("serve", "Start the server."),
    "deploy": ("deploy", "Deploy process files or kjars."),
    "user": ("people", "Add, list and change users."),
    "group": ("people", "Add, list and change groups."),
    "role": ("people", "Add, list, grant and revoke roles."),
    "history": ("history", "Forget what ended long ago."),
    "jobs": ("jobs", "List, retry and cancel jobs."),
    "incidents": ("jobs", "List, retry and cancel incidents."),
    "migrate": ("migrate", "Bring the database to this version's tables."),
    "check": ("check", "Compile BPMN and DMN files and list every problem."),
    "decide": ("decide", "Try the decisions of DMN files or of a deployed unit."),
    "oneweb": ("oneweb", "Begin a process for ONEWEB clients; record and replay them."),
    "version": ("version", "Show the version."),
}


class LazyGroup(click.Group):
    """Subcommands by name, imported when they are needed, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"procession.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def command() -> None:
    """Procession: a BPMN 2.0 process runtime with the jBPM 6 and ONEWEB REST dialects.

    \b
    procession serve --demo                      start with demo processes and people
    procession check order.bpmn                  list every problem of a file
    procession deploy org.acme:orders:1.0 order.bpmn
    """


def main() -> None:
    """Run the command; our own errors become one clear line and exit status 1."""
    try:
        command(prog_name="procession")
    except InvalidModel as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    except Fault as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(1)
