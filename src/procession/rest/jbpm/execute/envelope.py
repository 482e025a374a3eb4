"""``execute``: several commands in one request, carried out in order (R01, T01, X01).

``reference/jbpm-rest-api.md`` 5. One implementation behind three addresses, each of which takes
every command. Everything is read before anything runs; then each command is a transaction of its
own, and one that fails is answered as an ``exception`` while those after it still run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from procession.errors import Denied, Fault, Invalid, NotPermitted, Rejected
from procession.identity.model import Actor
from procession.rest.jbpm import shapes
from procession.rest.jbpm.errors import FAILURE, PERMISSIONS_CONFLICT, NotAcceptable, failure
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import number_of
from procession.rest.jbpm.execute.document import Element, read_body
from procession.rest.jbpm.execute.table import (
    BY_TYPE,
    COMMANDS,
    FIRST_MODERN,
    Answer,
    Call,
    Reading,
    Version,
    version_of,
)
from procession.rest.jbpm.negotiation import takes_xml
from procession.rest.shapes import DECLARATION, Writer, escape
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

log = logging.getLogger("procession.rest.jbpm")
routes = RouteTable()
MOST_COMMANDS = 1_000
SPEAKS_ALL = "rest-all"
_HEAD = frozenset({"deployment-id", "process-instance-id", "ver", "user", "correlationKeyString"})


class Head(msgspec.Struct, frozen=True):
    """What a request says beside its commands."""

    deployment: str | None
    instance: int | None
    ver: str | None
    correlation_key: str | None


class Result(msgspec.Struct, frozen=True):
    """What came of one command: its place, its name, what it answers and how that is written."""

    index: int
    name: str
    answer: Answer
    view: Any


class Failed(msgspec.Struct, frozen=True):
    """Why a command failed."""

    status: str
    message: str


class Results(msgspec.Struct, frozen=True):
    """The whole answer."""

    head: Head
    version: Version
    results: tuple[Result, ...]


@routes.post("/runtime/{dep}/execute", permission="execute", id="R01", lane="pool")
@routes.post("/task/execute", permission="execute", id="T01", lane="pool")
@routes.post("/execute", permission="execute", id="X01", lane="pool")
@routes.post("/runtime/{dep}/execute/{name}", permission="execute", id="R01", lane="pool")
@routes.post("/history/execute", permission="execute", id="T01", lane="pool")
def execute(request: Request, engine: Engine) -> Reply:
    """Carry out the commands of a ``command-request``, in order."""
    if not takes_xml(request.headers.get("accept")):
        raise NotAcceptable("commands are answered as application/xml only")
    body = read_body(request, "command-request")
    head, readings = read_head(body, request), read_commands(body)
    version = version_of(head.ver)
    check_users(readings, version, request.actor)
    results = run_all(readings, head, version, request.actor, engine)
    return Reply(Results(head, version, tuple(results)), shapes.COMMANDS)


def is_java_client(request: Request) -> bool:
    """Whether a Java program sends commands: the published clients of 6.2 and later name only
    the version of Java they run on, and lose an error whose root is ``exception``.
    """
    return request.target.endswith("/execute") and request.headers.get("user-agent", "").startswith(
        "Java/"
    )


# -- reading ------------------------------------------------------------------------------------


def read_head(body: Element, request: Request) -> Head:
    """The envelope; a deployment that only the address or a header names counts too."""
    instance = body.first("process-instance-id")
    named = request.path.get("dep")
    return Head(
        body.said("deployment-id")
        or (named if named != "null" else None)
        or request.headers.get("kie-deployment-id")
        or None,
        number_of(instance) if instance is not None and instance.text.strip() else None,
        body.said("ver"),
        body.said("correlationKeyString") or None,
    )


def read_commands(body: Element) -> list[Reading]:
    """The commands in order. Raises :class:`Invalid` for one that nobody knows.

    A type counts more than the element's name: the client of 6.3 sends some under strange names.
    """
    found = [child for child in body.children if child.name not in _HEAD]
    if len(found) > MOST_COMMANDS:
        raise Invalid(f"a request may have {MOST_COMMANDS} commands")
    readings = []
    for element in found:
        typed = BY_TYPE.get(element.type[1]) if element.type else None
        row = typed or COMMANDS.get(element.name)
        if row is None:
            raise Invalid(f"there is no command '{element.name[:100]}'")
        readings.append(row.read(element))
    return readings


def check_users(readings: Iterable[Reading], version: Version, actor: Actor) -> None:
    """From 6.2 on a task command names its user, who must be the caller; else nothing runs.

    The client of 6.2 itself leaves the user out of commands that only read.
    """
    if version.form == "L":
        return
    tasks = [reading for reading in readings if reading.command.kind == "task"]
    if any(not reading.acts_for for reading in tasks if _must_say(reading, version)):
        raise Invalid("a task command needs a 'user-id'")
    strange = next((r.acts_for for r in tasks if r.acts_for not in ("", actor.name)), None)
    if strange is not None:
        raise NotPermitted(f"the task command is for {strange[:200]!r}, but {actor.name} asks")


def _must_say(reading: Reading, version: Version) -> bool:
    row = reading.command
    return version > FIRST_MODERN or (row.answer is None and row.id != "C54")


# -- running ------------------------------------------------------------------------------------


def run_all(
    readings: Iterable[Reading], head: Head, version: Version, actor: Actor, engine: Engine
) -> Iterable[Result]:
    """Carry the commands out one after the other; what answers nothing leaves no result."""
    if engine.access.needs_rest_roles:  # who may execute may do so with every command
        actor = msgspec.structs.replace(actor, roles=actor.roles | {SPEAKS_ALL})
    for index, reading in enumerate(readings):
        call = Call(
            engine=engine,
            actor=actor,
            user=reading.acts_for or actor.name,
            version=version,
            deployment=head.deployment,
            instance=head.instance,
            correlation_key=head.correlation_key,
        )
        result = _run(reading, call, index)
        if result is not None:
            yield result


def _run(reading: Reading, call: Call, index: int) -> Result | None:
    row = reading.command
    name = row.java_in(call.version)
    try:
        view = reading.run(call)
    except Exception as error:
        if not isinstance(error, Fault):
            log.exception("the command %s failed", name)
        return Result(index, name, answers.EXCEPTION, failed(reading, error))
    if view is None or row.answer is None:
        return None
    return Result(index, name, row.answer, view)


def failed(reading: Reading, error: BaseException) -> Failed:
    """What an ``exception`` says: a conflict is what somebody may not, anything else a failure."""
    conflicts: tuple[type[Fault], ...] = (NotPermitted, Denied)
    if reading.command.kind == "task":
        conflicts = (*conflicts, Rejected)
    told = failure(error)
    return Failed(
        PERMISSIONS_CONFLICT if isinstance(error, conflicts) else FAILURE, told.message or ""
    )


# -- writing ------------------------------------------------------------------------------------


def write_results(view: Results, writer: Writer) -> bytes:
    """A ``command-response``."""
    head, parts = view.head, []
    if head.deployment:
        parts.append(f"<deployment-id>{escape(head.deployment)}</deployment-id>")
    if head.instance is not None:
        parts.append(f"<process-instance-id>{head.instance}</process-instance-id>")
    if head.ver and head.ver != "1":
        parts.append(f"<ver>{escape(head.ver)}</ver>")
    for result in view.results:
        written = answers.write_answer(
            result.answer, view.version, result.view, result.index, result.name, writer
        )
        parts.append(written)
    content = "".join(parts)
    root = "command-response"
    whole = f"<{root}>{content}</{root}>" if content else f"<{root}/>"
    return f"{DECLARATION}{whole}".encode()
