"""Human tasks: ``/task`` (``reference/jbpm-rest-api.md`` 2.6, 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from procession.errors import Invalid, NotPermitted
from procession.rest.jbpm import shapes
from procession.rest.jbpm.params import Parameters, path_number
from procession.rest.jbpm.profiles import profile_of
from procession.rest.jbpm.runtime import done
from procession.rest.jbpm.task_query import NAMES, criteria
from procession.services.tasks import foreseeing
from procession.services.tasks.foreseeing import Foreseen
from procession.web.http import Handler, Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.tasks import TaskService

routes = RouteTable()
OPERATIONS: dict[str, Handler] = {}
_TASK = "/task/{id:[0-9-]+}"


def _task_id(request: Request) -> int:
    return path_number(request, "id", "task")


def _foreseen(request: Request, engine: Engine) -> Foreseen:
    return foreseeing.of_task(_task_id(request))


def _to_do(request: Request, engine: Engine) -> Foreseen | None:
    return engine.tasks.foreseen_of(_task_id(request))


def _operation(word: str, id: str, *query: str) -> Callable[[Handler], Handler]:
    """Register an operation; :func:`operation` finds it in other spellings."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[word] = handler
        may: Any = {"permission": "task.act", "foresees": _to_do}
        return routes.post(f"{_TASK}/{word}", id=id, query=query, **may)(handler)

    return register


def _plain(id: str, word: str, summary: str, choose: Callable[[TaskService], Any]) -> None:
    """An operation that needs nothing but the task."""

    def handler(request: Request, engine: Engine) -> Reply:
        choose(engine.tasks)(request.actor, _task_id(request))
        return done()

    handler.__doc__ = summary
    handler.__name__ = word
    _operation(word, id)(handler)


_plain("T05", "claim", "Reserve a task for the caller.", lambda tasks: tasks.claim)
_plain("T15", "start", "Begin work on a task.", lambda tasks: tasks.start)


@_operation("complete", "T07", "map_*")
def complete(request: Request, engine: Engine) -> Reply:
    """Complete a task with its results; the process goes on."""
    output = Parameters(request, engine).variables()
    engine.tasks.complete(request.actor, _task_id(request), output)
    return done()


def _few(request: Request, engine: Engine) -> Foreseen | None:
    request.kept = criteria(Parameters(request, engine))
    return engine.tasks.foreseen(request.kept)


_SEARCH: Any = {"permission": "task.query", "query": NAMES, "foresees": _few}


@routes.get("/task/query", "/query/task", "/tasks", id="T02", **_SEARCH)
def query(request: Request, engine: Engine) -> Reply:
    """Tasks by work item, process, people and status."""
    given = Parameters(request, engine)
    wanted = request.kept or criteria(given)
    page = given.bounded(lambda page: engine.tasks.query(request.actor, wanted, page))
    return Reply(page, shapes.TASK_LIST)


_READ: Any = {"lane": "glance", "permission": "task.read", "foresees": _foreseen}


@routes.get(_TASK, "/tasks/{id:[0-9-]+}", id="T03", **_READ)
def task(request: Request, engine: Engine) -> Reply:
    """A task in any status."""
    return Reply(engine.tasks.get(request.actor, _task_id(request)), shapes.TASK)


_plain("T04", "activate", "Make a created task ready.", lambda tasks: tasks.activate)


@_operation("claimnextavailable", "T06")
def claim_next(request: Request, engine: Engine) -> Reply:
    """Reserve the newest ready task for the caller; none is no error. The task id is ignored."""
    own_only = profile_of(request, engine.settings).accidents.claims_own_only
    engine.tasks.claim_next(request.actor, personally_only=own_only)
    return done()


def _target(request: Request, engine: Engine) -> str:
    given = Parameters(request, engine)
    names = ("targetEntityId", "targetId")
    return given.required(*(names[:1] if given.profile.accidents.exact_targets else names))


def check_is_user(engine: Engine, target: str) -> None:
    """Raise :class:`NotPermitted` for a group, as 6.5 did when a task was delegated to one."""
    if engine.directory.exists_group(target) and not engine.directory.exists_user(target):
        raise NotPermitted(f"a task is delegated to a user, and '{target}' is a group")


@_operation("delegate", "T08", "targetEntityId")
def delegate(request: Request, engine: Engine) -> Reply:
    """Hand a task to somebody, who becomes its owner."""
    target, task_id = _target(request, engine), _task_id(request)
    if Parameters(request, engine).profile.accidents.refuses_groups:
        check_is_user(engine, target)
    engine.tasks.delegate(request.actor, task_id, target)
    return done()


_plain("T09", "exit", "End a task as its administrator.", lambda tasks: tasks.exit)


@_operation("fail", "T10", "map_*")
def fail(request: Request, engine: Engine) -> Reply:
    """Give a task up with a fault."""
    faults = Parameters(request, engine).variables()
    engine.tasks.fail(request.actor, _task_id(request), faults)
    return done()


@_operation("forward", "T11", "targetEntityId")
def forward(request: Request, engine: Engine) -> Reply:
    """Offer a task to somebody else instead of oneself."""
    target = _target(request, engine)
    engine.tasks.forward(request.actor, _task_id(request), target)
    return done()


_plain("T12", "release", "Give a task back.", lambda tasks: tasks.release)
_plain("T13", "resume", "Go on with a suspended task.", lambda tasks: tasks.resume)
_plain("T14", "skip", "Skip a task, if that is allowed.", lambda tasks: tasks.skip)
_plain("T16", "stop", "Stop work on a task, but keep it.", lambda tasks: tasks.stop)
_plain("T17", "suspend", "Let a task rest.", lambda tasks: tasks.suspend)


@_operation("nominate", "T18", "user", "group")
def nominate(request: Request, engine: Engine) -> Reply:
    """Name the people to whom a created task is offered."""
    given = Parameters(request, engine)
    users, groups = given.many("user"), given.many("group")
    if not users and not groups:
        raise Invalid("parameter 'user' or 'group' is missing")
    engine.tasks.nominate(request.actor, _task_id(request), users, groups)
    return done()


@routes.post(_TASK + "/{oper:[a-zA-Z]+}", permission="task.act")
def operation(request: Request, engine: Engine) -> Reply:
    """The same operations in any mixture of capital and small letters; any other is refused."""
    word = request.path["oper"]
    handler = OPERATIONS.get(word.lower())
    if handler is None:
        raise Invalid(f"'{word}' is not an operation on tasks; use {', '.join(OPERATIONS)}")
    return handler(request, engine)


@routes.get(_TASK + "/content", permission="task.read", id="T19")
def content(request: Request, engine: Engine) -> Reply:
    """The input document of a task."""
    found = engine.tasks.content(request.actor, _task_id(request))
    is_empty = profile_of(request, engine.settings).accidents.empty_contents
    return Reply(found, shapes.EMPTY_CONTENT if is_empty else shapes.CONTENT)


@routes.get("/task/content/{id:[0-9-]+}", permission="task.read", id="T20")
def content_by_id(request: Request, engine: Engine) -> Reply:
    """A document of a task: input, output or fault."""
    number = path_number(request, "id", "content")
    return Reply(engine.tasks.content_by_id(request.actor, number), shapes.CONTENT)
