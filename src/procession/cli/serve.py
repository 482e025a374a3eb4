"""``procession serve``: start the server."""

from __future__ import annotations

import gc
import logging
import os
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from procession.cli import siblings
from procession.cli.options import settings_of, settings_options, unknown_variables
from procession.errors import Invalid
from procession.settings import Settings

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.server import Application

log = logging.getLogger("procession.server")


@click.command()
@click.option("--host", help="Address to listen on (PROCESSION_HOST). [127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on (PROCESSION_PORT). [8080]")
@click.option("--demo", is_flag=True, default=None, help="Demo data on the first start.")
@click.option("--log-level", help="debug, info, warning or error.")
@click.option("--nodes", type=int, help="Server processes. [one a processor, at most 2]")
@click.option("--access-log/--no-access-log", default=None, help="One line for each request.")
@settings_options
def serve(**given: Any) -> None:
    """Start the server; it runs until SIGTERM or Ctrl-C.

    Settings come from these options, from PROCESSION_* variables and from a TOML file, in this
    order. On the first start an administrator's password is made up and printed once, unless
    PROCESSION_ADMIN_PASSWORD names one.

    \b
    procession serve --demo
    procession serve --port 9090 --database sqlite:////var/lib/procession/procession.db
    PROCESSION_DATABASE=postgresql://procession@db/procession procession serve --host 0.0.0.0
    procession serve --nodes 2
    """
    gc.disable()  # nothing of what is loaded now is garbage
    settings = settings_of(**given)
    settings = siblings.with_nodes(settings)
    place = siblings.own_place(os.environ)
    if place is not None:
        _configure_logging(settings)
        _be_node(settings, place)
        return
    for line in unknown_variables(os.environ):
        click.echo(f"warning: {line}", err=True)
    listening = _listen(settings)
    _make_directory(settings)
    _configure_logging(settings)
    if settings.nodes > 1:
        _be_several(settings, listening)
        return
    try:
        _run(settings, listening)
    finally:
        gc.enable()
        listening.close()


def _configure_logging(settings: Settings) -> None:
    """Log as the settings say; nodes that were split off find it done."""
    from procession.web.logs import configure_logging

    configure_logging(settings)


def _be_several(settings: Settings, listening: socket.socket) -> None:
    """Be the process that starts the nodes, and in each of these a node."""
    from procession.cli.client import run_file
    from procession.store.opening import claim

    lock = claim(settings.database)
    shared = [] if lock is None else [lock.fileno()]
    family = siblings.Family(settings, listening, shared)
    first = os.getpid()
    try:
        place = family.split(lambda: _load(settings))
        _be_node(settings, place)
    finally:
        if os.getpid() == first:
            left = run_file(settings)
            if left is not None:
                left.unlink(missing_ok=True)
            if lock is not None:
                lock.release()
            listening.close()


def _load(settings: Settings) -> None:
    """Load what every node needs, so that all share it."""
    import uvicorn.lifespan.on
    import uvicorn.loops.auto
    import uvicorn.loops.uvloop  # noqa: F401

    import procession.cli.client
    import procession.engine
    import procession.server
    import procession.web.serving  # noqa: F401
    from procession.runtime import warming
    from procession.store import opening
    from procession.wiring import zone_of

    zone_of(settings)  # what is wrong with it is said once
    warming.load()
    opening.load(settings.database)  # last: what it works out is asked of all classes there are


def _be_node(settings: Settings, place: siblings.Place) -> None:
    """Be one of the processes of a server."""
    place.stop_with_first()
    listening = place.listening_socket()
    try:
        _run(settings, listening, place)
    finally:
        listening.close()


def _run(settings: Settings, listening: socket.socket, place: siblings.Place | None = None) -> None:
    """Serve, alone or as a node."""
    from procession.engine import Engine
    from procession.server import create_app
    from procession.server import serve as run

    is_founder = place is None or place.is_founder
    others = place.siblings() if place else None
    engine = Engine.open(
        settings.database, settings=settings, exclusive=is_founder, siblings=others
    )
    left: Path | None = None
    try:
        app = create_app(engine, owns_engine=True, operator_key=place.operator_key if place else "")
        if is_founder:
            left = _found(settings, listening, app, place.first if place else os.getpid())
        else:
            engine.worker().start()
        gc.freeze()
        gc.enable()
        if place:
            place.tell_founded()
        if place and not is_founder:
            log.info("node %d of %d is ready", place.number, settings.nodes)
        run(app, [listening], shared=place is not None)
    finally:
        engine.close()
        if left is not None and place is None:
            left.unlink(missing_ok=True)


def _found(
    settings: Settings, listening: socket.socket, app: Application, first: int
) -> Path | None:
    """What a start does once, however many nodes there are; the run file, if there is one."""
    from procession.cli.client import leave_address

    engine = app.engine
    chosen = settings.admin_password if not engine.directory.has_logins else ""
    password = engine.people.ensure_first_administrator(settings.admin_password or None)
    people = _demo(engine) if settings.demo else {}
    url = f"http://{_shown(settings.host)}:{listening.getsockname()[1]}"
    left = leave_address(settings, url, app.operator_key, first)
    engine.housekeeping.plan()
    engine.worker().start()
    click.echo(banner(settings, url, password, people, chosen=chosen))
    sys.stdout.flush()
    return left


def banner(
    settings: Settings,
    url: str,
    password: str | None,
    people: dict[str, str],
    *,
    chosen: str = "",
) -> str:
    """What a person needs to know: addresses, passwords made up just now, lines to copy.

    ``chosen`` is the administrator's password where the settings named it, on the first start.
    """
    lines = [
        "",
        f"Procession is ready at {url}",
        f"  jBPM 6 REST    {url}/business-central/rest (also /kie-wb, /jbpm-console, /rest)",
        f"  ONEWEB REST    {url}/{settings.oneweb_root}/service/runtime",
        f"  API reference  {url}/docs",
        f"  data           {_place(settings)}",
    ]
    if password:
        lines += ["", f"First start. User admin has the password: {password}"]
        lines += ["It is shown this once and stored only as a hash."]
    elif chosen:
        lines += ["", "First start. User admin has the password from the settings."]
    elif not people:
        lines += ["", "Passwords were shown on the first start; change one with: "]
        lines[-1] += "procession user passwd NAME"
    if people:
        lines += ["", "Demo people (user / password):"]
        lines += [f"  {name:10} {secret}" for name, secret in people.items()]
    if settings.demo:
        lines += ["", *_examples(settings, url, password or chosen, people)]
    return "\n".join([*lines, ""])


def _examples(settings: Settings, url: str, password: str, people: dict[str, str]) -> list[str]:
    """Lines to copy. Where a password is not known any more curl asks for it."""
    rest = f"{url}/business-central/rest"
    admin = shlex.quote(f"admin:{password}" if password else "admin")
    krisv = shlex.quote(f"krisv:{people['krisv']}" if "krisv" in people else "krisv")
    unit = "org.jbpm:Evaluation:1.0"
    oneweb = f"{url}/{settings.oneweb_root}/service/runtime"
    start = f"{rest}/runtime/{unit}/process/evaluation/start"
    body = (
        '{"processName": "Booking Room", "object": {"RoomObject": {"roomNo": "A-12"}, '
        '"CustomerInfo": {"firstname": "Mali"}}}'
    )
    return [
        "Try it:",
        f"  curl -u {admin} -X POST '{start}?map_employee=krisv&map_reason=yearly'",
        f"  curl -u {krisv} -H 'Accept: application/json' '{rest}/task/query?potentialOwner=krisv'",
        f"  curl -u {admin} '{rest}/history/instances'",
        f"  curl -u {admin} -H 'Content-Type: application/json' -d '{body}' "
        f"'{oneweb}/process/start'",
    ]


def _demo(engine: Engine) -> dict[str, str]:
    """Deploy the demo where nothing was ever deployed; the passwords of its people."""
    from procession import demo
    from procession.identity.credentials import generate_password

    if engine.deployments.is_any(engine.admin):
        return {}
    passwords = {user.name: generate_password() for user in demo.USERS}
    groups = {g: [u.name for u in demo.USERS if g in u.groups] for g in demo.GROUPS}
    made = engine.people.ensure_people(engine.admin, passwords, groups)
    for role, code in demo.ROLES.items():
        engine.people.add_role(engine.admin, role, code)
        for user in demo.USERS:
            if role in user.roles:
                engine.people.grant_role(engine.admin, role, user.name)
    for unit in demo.UNITS:
        engine.deployments.deploy(engine.admin, unit.deployment_id, unit.read())
    return {name: passwords[name] for name in made}


def _listen(settings: Settings) -> socket.socket:
    """Bind first: a port that is taken is told at once, before anything is touched."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(1024)
    except (OSError, OverflowError) as error:
        listening.close()
        raise Invalid(
            f"cannot listen on {settings.host}:{settings.port} ({error}); "
            "choose another port with --port"
        ) from error
    listening.setblocking(False)
    return listening


def _make_directory(settings: Settings) -> None:
    if settings.database.startswith("sqlite:///"):
        path = Path(settings.database.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)


def _place(settings: Settings) -> str:
    if settings.database.startswith("sqlite:///"):
        return str(Path(settings.database.removeprefix("sqlite:///")).resolve())
    if settings.database.startswith("sqlite"):
        return "in memory; it is gone when the server stops"
    from sqlalchemy import make_url

    return make_url(settings.database).render_as_string(hide_password=True)


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - only shown
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
