"""``procession oneweb``: a process to begin with, and recordings of clients that become tests."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import click

from procession.cli.exchanges import HIDDEN, Exchange, Names, differences, load
from procession.errors import Invalid, StoreUnavailable

if TYPE_CHECKING:
    import httpx2

LOGIN = "/eaf-rest/login"


@click.group()
def oneweb() -> None:
    """Begin a process for ONEWEB clients; record and replay what they say.

    \b
    procession oneweb init leave --name "Leave Request"
    procession oneweb record calls.jsonl --server http://oneweb:8080
    procession oneweb replay calls.jsonl --server http://127.0.0.1:8080 --user ann:secret
    procession oneweb stub calls.jsonl --port 8090
    """


@oneweb.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="My Process", show_default=True, help="Name of the process.")
def init(folder: Path, name: str) -> None:
    """Write a process with business object, lanes, forms and a loop into FOLDER.

    It can be deployed as it is, and opened in any BPMN modeler. Files that are there are not
    overwritten.
    """
    if not name.strip() or not name.isprintable():
        raise Invalid("the name must be a printable text")
    identifier = _identifier(name)
    path = folder / f"{identifier}.bpmn"
    if path.exists():
        raise Invalid(f"{path} is there already")
    text = files("procession.cli").joinpath("starter.bpmn").read_text(encoding="utf-8")
    quoted = escape(name, {'"': "&quot;"})
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(text).substitute(id=identifier, name=quoted), encoding="utf-8")
    click.echo(
        f"Wrote {path}.\n\nNext:\n"
        f"  procession check {path}\n"
        f"  procession deploy com.example:MyApp:v.0.1.0 {path}\n"
        f'  curl -u USER -d \'{{"processName": "{name}"}}\' \\\n'
        "       http://127.0.0.1:8080/BPMREST/service/runtime/process/start\n\n"
        "Its tasks are offered to the work parties Staff and Approvers, to anybody while there is\n"
        "none: POST /api/work-parties makes one."
    )


def _identifier(name: str) -> str:
    """A process id out of its name: XML names are letters, digits, ``_``, ``-`` and ``.``."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()
    if not words:
        words = "process-" + "".join(f"{ord(letter):x}" for letter in name if letter != " ")[:24]
    return words if words[0].isalpha() else f"p-{words}"


@oneweb.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--server", required=True, metavar="URL", help="The server that answers.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8090, show_default=True, help="Port to listen on.")
def record(file: Path, server: str, host: str, port: int) -> None:
    """Stand between clients and a server, and add every exchange to FILE until Ctrl-C.

    Passwords and tokens are not kept. What users write is: treat the file like the data itself.
    """
    import uvicorn

    from procession.cli.recorder import Recorder

    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as kept:
        click.echo(f"Listening on http://{host}:{port}, passing on to {server}, writing {file}.")

        def told(exchange: Exchange) -> None:
            click.echo(f"{exchange.status} {exchange.method} {exchange.target}")

        app = Recorder(server, kept, told)
        with suppress(KeyboardInterrupt):  # uvicorn raises the signal once more when all is done
            uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, ws="none")


@oneweb.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8090, show_default=True, help="Port to listen on.")
def stub(file: Path, host: str, port: int) -> None:
    """Answer clients with what FILE holds, without any server behind, until Ctrl-C.

    For tests of an application: the same calls get the recorded answers, in their order.
    """
    import uvicorn

    from procession.cli.stub import Stub

    app = Stub(load(file))
    click.echo(f"Listening on http://{host}:{port}, answering from {file}.")
    with suppress(KeyboardInterrupt):
        uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, ws="none")


@oneweb.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--server", required=True, metavar="URL", help="The server to ask.")
@click.option(
    "--user", "users", multiple=True, metavar="NAME:PASSWORD", help="Who calls; repeatable."
)
@click.option("--keep-going", is_flag=True, help="Go on behind the first difference.")
def replay(file: Path, server: str, users: tuple[str, ...], keep_going: bool) -> None:
    """Make the calls of FILE again and compare the answers. Exit status 1 if one differs.

    Ids, times and messages may differ; an id must stand for the same thing throughout. The server
    should hold what it held when the recording began: the same processes and people, and no tasks
    that were not there.
    """
    exchanges = load(file)
    if not exchanges:
        raise Invalid(f"{file} holds no exchanges")
    passwords = dict(_pair(text) for text in users)
    unknown = {e.who for e in exchanges if e.who} - set(passwords)
    if unknown:
        raise Invalid(f"give --user NAME:PASSWORD for {', '.join(sorted(unknown))}")
    wrong = _replayed(exchanges, server.rstrip("/"), passwords, keep_going)
    click.echo(f"{len(exchanges)} exchange(s), {wrong} differ.")
    sys.exit(1 if wrong else 0)


def _pair(text: str) -> tuple[str, str]:
    name, colon, password = text.partition(":")
    if not (name and colon):
        raise Invalid("--user wants NAME:PASSWORD")
    return name, password


def _replayed(
    exchanges: list[Exchange],
    server: str,
    passwords: dict[str, str],
    keep_going: bool,
) -> int:
    """Make the calls; how many answers differ."""
    import httpx2

    names, wrong = Names(), 0
    with httpx2.Client(timeout=60, trust_env=False) as client:
        for number, exchange in enumerate(exchanges, 1):
            try:
                answer = _again(client, server, exchange, names, passwords)
            except httpx2.HTTPError as error:
                text = f"{server} does not answer ({type(error).__name__})"
                raise StoreUnavailable(text) from error
            found = list(_compared(exchange, answer, names))
            for line in found:
                click.echo(f"{number}. {exchange.method} {exchange.target}: {line}")
            wrong += bool(found)
            if found and not keep_going:
                break
    return wrong


def _again(
    client: httpx2.Client,
    server: str,
    exchange: Exchange,
    names: Names,
    passwords: dict[str, str],
) -> httpx2.Response:
    headers = {"Content-Type": exchange.kind} if exchange.kind else {}
    auth = (exchange.who, passwords[exchange.who]) if exchange.who else None
    content: bytes | None = exchange.text.encode() if exchange.text is not None else None
    if exchange.body is not None:
        import msgspec

        body = names.translated(exchange.body)
        if exchange.target == LOGIN and isinstance(body, dict):
            body = _with_password(body, passwords)
        content = msgspec.json.encode(body)
    target = server + names.translate(exchange.target)
    return client.request(exchange.method, target, content=content, headers=headers, auth=auth)


def _with_password(body: dict[str, Any], passwords: dict[str, str]) -> dict[str, Any]:
    name = str(body.get("username", ""))
    if body.get("password") == HIDDEN and name in passwords:
        return {**body, "password": passwords[name]}
    return body


def _compared(exchange: Exchange, answer: httpx2.Response, names: Names) -> list[str]:
    found = []
    if answer.status_code != exchange.status:
        found.append(f"status is {answer.status_code}, recorded was {exchange.status}")
    try:
        now = answer.json() if answer.content else None
    except ValueError:
        now = None
    return [*found, *differences(exchange.answer, now, names)]
