"""``execute``: several commands in one request, carried out in order (R01, T01, X01).

``reference/jbpm-rest-api.md`` 5. One implementation behind three addresses, each of which takes
every command. Everything is read before anything runs; then each command is a transaction of its
own, and one that fails is answered as an ``exception`` while those after it still run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

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
    profile_in,
    version_of,
)
from procession.rest.jbpm.negotiation import takes_xml
from procession.rest.jbpm.once import InHand, Once
from procession.rest.jbpm.profiles import Profile
from procession.rest.shapes import DECLARATION, Writer, escape
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.settings import Settings

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
    results: tuple[Result | str, ...]
    """What is a text is written already."""


@routes.post("/runtime/{dep}/execute", permission="execute", id="R01", lane="pool")
@routes.post("/task/execute", permission="execute", id="T01", lane="pool")
@routes.post("/execute", permission="execute", id="X01", lane="pool")
@routes.post("/runtime/{dep}/execute/{name}", permission="execute", id="R01", lane="pool")
@routes.post("/history/execute", permission="execute", id="T01", lane="pool")
def execute(request: Request, engine: Engine) -> Reply:
    """Carry out the commands of a ``command-request``, in order.

    From where its version is known, errors too are told in that version and not in the address's.
    """
    body = read_body(request, "command-request")
    version = version_of(body.said("ver"))
    request.speaks = profile_in(version, engine.settings)
    if not takes_xml(request.headers.get("accept")):
        raise NotAcceptable("commands are answered as application/xml only")
    head = read_head(body, request)
    accidents = request.speaks.accidents
    readings = read_commands(body, drops_unknown=accidents.drops_unknown)
    if engine.settings.jbpm_task_users == "caller":
        check_users(readings, version, request.actor)
    actor = request.actor
    if accidents.ignores_required_roles:
        actor = msgspec.structs.replace(actor, ignores_required_roles=True)
    results = run_all(readings, head, version, actor, engine, request.once)
    return Reply(Results(head, version, tuple(results)), shapes.COMMANDS)


def is_java_client(request: Request) -> bool:
    """Whether a Java program sends commands: the published clients of 6.2 and later name only
    the version of Java they run on, and lose an error whose root is ``exception``.
    """
    return request.target.endswith("/execute") and request.headers.get("user-agent", "").startswith(
        "Java/"
    )


def spoken(request: Request, error: BaseException, settings: Settings) -> Profile | None:
    """The profile of the version that commands name, where an error comes before they are read:
    from who may not execute. Nobody else's body is read a second time, a stranger's not at all.
    """
    if request.speaks is None and isinstance(error, Denied) and "/execute" in request.target:
        try:
            body = read_body(request, "command-request")
        except Fault:
            return None
        request.speaks = profile_in(version_of(body.said("ver")), settings)
    found: Profile | None = request.speaks
    return found


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


def read_commands(body: Element, *, drops_unknown: bool = False) -> list[Reading]:
    """The commands in order. Raises :class:`Invalid` for one that nobody knows, or leaves it out.

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
            if drops_unknown:
                continue
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
    readings: Iterable[Reading],
    head: Head,
    version: Version,
    actor: Actor,
    engine: Engine,
    once: Once | None = None,
) -> Iterable[Result | str]:
    """Carry the commands out one after the other; what answers nothing leaves no result.

    With ``once`` each command that changes something is one turn with the note of what it answered.
    """
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
            about=reading.given.get("instance"),
        )
        result = _run(reading, call, index) if once is None else _once(reading, call, index, once)
        if result:
            yield result


def _run(reading: Reading, call: Call, index: int) -> Result | None:
    try:
        view = reading.run(call)
    except Exception as error:
        return _failure(reading, call, index, error)
    return _result(reading, call, index, view)


def _result(reading: Reading, call: Call, index: int, view: Any) -> Result | None:
    row = reading.command
    if view is None or row.answer is None:
        return None
    return Result(index, row.java_in(call.version), row.answer, view)


def _failure(reading: Reading, call: Call, index: int, error: Exception) -> Result:
    name = reading.command.java_in(call.version)
    if not isinstance(error, Fault):
        log.exception("the command %s failed", name)
    return Result(index, name, answers.EXCEPTION, failed(reading, error, call))


def _once(reading: Reading, call: Call, index: int, once: Once) -> str:
    """The same, written: what was answered before, or what is answered now."""
    if index < len(once.parts):
        return once.parts[index].decode()
    writer = _writer(call.engine.settings.time_zone)

    def written(result: Result | None) -> bytes:
        return b"" if result is None else _written(result, call.version, writer).encode()

    if not reading.command.is_repeatable:
        try:
            part = once.step(lambda: written(_result(reading, call, index, reading.run(call))))
            return part.decode()
        except InHand:
            raise
        except Exception as error:
            result: Result | None = _failure(reading, call, index, error)
    else:
        result = _run(reading, call, index)
    once.note(written(result))
    return once.parts[index].decode()


def failed(reading: Reading, error: BaseException, call: Call) -> Failed:
    """What an ``exception`` says: a conflict is what somebody may not, anything else a failure."""
    conflicts: tuple[type[Fault], ...] = (NotPermitted, Denied)
    if reading.command.kind == "task":
        conflicts = (*conflicts, Rejected)
    told = failure(error)
    is_conflict = isinstance(error, conflicts) and not call.profile.accidents.conflicts_fail
    return Failed(PERMISSIONS_CONFLICT if is_conflict else FAILURE, told.message or "")


# -- writing ------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _writer(zone: str) -> Writer:
    return Writer(ZoneInfo(zone))


def _written(result: Result, version: Version, writer: Writer) -> str:
    return answers.write_answer(
        result.answer, version, result.view, result.index, result.name, writer
    )


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
        if isinstance(result, Result):
            result = _written(result, view.version, writer)
        parts.append(result)
    content = "".join(parts)
    root = "command-response"
    whole = f"<{root}>{content}</{root}>" if content else f"<{root}/>"
    return f"{DECLARATION}{whole}".encode()
