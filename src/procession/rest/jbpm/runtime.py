"""Process instances, signals and work items: ``/runtime`` (``reference/jbpm-rest-api.md`` 2.1-2.4).

The numbers (R03, …) are those of the reference. Documented spellings that no version served, but
that cost nothing, are aliases (``reference/rulings.md`` 22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from procession.errors import Fault, Invalid, NotFound
from procession.rest.jbpm import shapes
from procession.rest.jbpm.negotiation import JSON, XML, wants_json
from procession.rest.jbpm.params import FORM, Parameters, path_number
from procession.rest.jbpm.profiles import profile_of
from procession.rest.jbpm.shapes import InstanceWithVariables
from procession.rest.jbpm.values import as_texts
from procession.rest.jbpm.wishes import KEEPS_TYPES, keeps_types
from procession.rest.shapes import plain
from procession.services.processes import ProcessRef
from procession.services.views import ProcessInstanceView
from procession.values import EMPTY, Array, Bean, Map, Set
from procession.web.http import Reply, Request, RouteTable, UnsupportedMediaType

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.rest.jbpm.once import Once

routes = RouteTable()
ACTIVE = 1
_INSTANCE = "/runtime/{dep}/process/instance/{id:[0-9]+}"
_WITH_VARIABLES = "/runtime/{dep}/withvars/process/instance/{id:[0-9]+}"
_WORK_ITEM = "/runtime/{dep}/workitem/{id:[0-9-]+}"
_START_PARAMETERS = ("map_*", "corrProp")
_SIGNAL = ("signal", "event")
_SIGNAL_PARAMETERS = frozenset({"signal", "event", "corrprop", "runtimeprocinstid"})


def done() -> Reply:
    """The generic outcome."""
    return Reply(shape=shapes.RESPONSE)


def _start(request: Request, engine: Engine) -> ProcessInstanceView:
    given = Parameters(request, engine)
    key = given.correlation_key()
    forgets = key is not None and given.profile.accidents.forgets_variables
    return engine.processes.start(
        request.actor,
        ProcessRef(deployment=request.path["dep"], process_id=request.path["process_id"]),
        EMPTY if forgets else given.variables(),
        correlation_key=key,
    )


def _instance_id(request: Request) -> int:
    return path_number(request, "id", "process instance")


@routes.post(
    "/runtime/{dep}/process/{process_id}/start",
    permission="process.start",
    id="R03",
    query=_START_PARAMETERS,
)
def start(request: Request, engine: Engine) -> Reply:
    """Start a process with the variables given."""
    return Reply(_start(request, engine), shapes.STARTED_INSTANCE)


@routes.post(
    "/runtime/{dep}/withvars/process/{process_id}/start",
    permission="process.start",
    id="R14",
    query=_START_PARAMETERS,
)
def start_with_variables(request: Request, engine: Engine) -> Reply:
    """Start a process; the answer shows its variables too."""
    instance = _start(request, engine)
    texts = as_texts(instance.variables, ZoneInfo(engine.settings.time_zone))
    return Reply(InstanceWithVariables(instance, texts), shapes.INSTANCE_WITH_VARIABLES)


@routes.get(_INSTANCE, permission="process.read", id="R05")
def instance(request: Request, engine: Engine) -> Reply:
    """A running process instance."""
    dep = request.path["dep"]
    view = engine.processes.get(request.actor, _instance_id(request), deployment=dep)
    return Reply(view, shapes.PROCESS_INSTANCE)


@routes.get(_WITH_VARIABLES, permission="process.read", id="R15")
def instance_with_variables(request: Request, engine: Engine) -> Reply:
    """A running process instance with its variables."""
    dep, number = request.path["dep"], _instance_id(request)
    view = engine.processes.get(request.actor, number, deployment=dep)
    texts = engine.history.last_variables(request.actor, number)
    return Reply(InstanceWithVariables(view, texts), shapes.INSTANCE_WITH_VARIABLES)


@routes.post(_INSTANCE + "/abort", permission="process.act", id="R06")
def abort(request: Request, engine: Engine) -> Reply:
    """Abort a running process instance."""
    dep = request.path["dep"]
    engine.processes.abort(request.actor, _instance_id(request), deployment=dep)
    return done()


def _signal(request: Request, engine: Engine, *, lone: bool = False) -> None:
    given = Parameters(request, engine)
    name, value = (given.lone(_SIGNAL_PARAMETERS) if lone else None) or (
        given.required("signal"),
        given.event(),
    )
    dep, number = request.path["dep"], _instance_id(request)
    if given.profile.accidents.missing_signalled:
        unit = engine.deployments.get(request.actor, dep)
        if unit.strategy == "PER_PROCESS_INSTANCE":
            engine.processes.get(request.actor, number, deployment=dep)
    engine.processes.signal(request.actor, name, value, instance=number, deployment=dep)


def _signalled(request: Request, engine: Engine) -> bytes:
    _signal(request, engine)
    return b""


@routes.post(_INSTANCE + "/signal", permission="process.act", id="R07", query=_SIGNAL)
def signal_instance(request: Request, engine: Engine) -> Reply:
    """Send a signal to one process instance; one that does not wait for it ignores it."""
    _signal(request, engine)
    return done()


@routes.post(
    "/runtime/{dep}/process/{process_id}/instance/{id:[0-9]+}/signal",
    permission="process.act",
    id="R07",
)
def signal_instance_as_documented(request: Request, engine: Engine) -> Reply:
    """The spelling of the 6.0 guide, where a single parameter may be the signal and its value."""
    _signal(request, engine, lone=True)
    return done()


@routes.post(
    _WITH_VARIABLES + "/signal", permission="process.act", id="R16", lane="pool", query=_SIGNAL
)
def signal_with_variables(request: Request, engine: Engine) -> Reply:
    """Send a signal; the answer shows what became of the instance.

    Not one turn: what is shown is read after the signal's own turn is durable.
    """
    kept: Once | None = request.once
    if kept is None:
        _signal(request, engine)
    elif not kept.parts:
        kept.step(lambda: _signalled(request, engine))
    number = _instance_id(request)
    view = engine.processes.last_known(request.actor, number)
    ended = profile_of(request, engine.settings).accidents.ended_signalled
    if view.state != ACTIVE and ended == "missing":
        raise NotFound(f"process instance {number} could not be found", reason="instance")
    if view.state != ACTIVE and ended == "empty":
        return Reply(InstanceWithVariables(None, None), shapes.SIGNALLED_INSTANCE)
    texts = engine.history.last_variables(request.actor, number)
    return Reply(InstanceWithVariables(view, texts), shapes.SIGNALLED_INSTANCE)


@routes.get(_INSTANCE + "/variables", permission="process.read", id="R08")
def variables(request: Request, engine: Engine) -> Reply:
    """The last value of each variable of an instance, as text."""
    if keeps_types(request):
        view = engine.processes.last_known(request.actor, _instance_id(request))
        return Reply(plain(view.variables), shapes.VARIABLES, headers=(KEEPS_TYPES,))
    texts = engine.history.last_variables(request.actor, _instance_id(request))
    is_empty = profile_of(request, engine.settings).accidents.empty_variables
    return Reply(EMPTY if is_empty else texts, shapes.VARIABLES)


@routes.get(_INSTANCE + r"/variable/{name}", permission="process.read", id="R09")
def variable(request: Request, engine: Engine) -> Reply:
    """One variable of a running instance, with its type."""
    accidents = profile_of(request, engine.settings).accidents
    if accidents.missing_variables and not _has_variable(request, engine):
        if accidents.missing_variables == "failure":
            raise Fault(f"there is no variable {request.path['name']}")
        return Reply(body=b"", content_type=XML)
    value = engine.processes.variable(request.actor, _instance_id(request), request.path["name"])
    if not isinstance(value, str) and accidents.texts_only:
        raise Fault("this version answers variables that are texts only")
    if accidents.lists_fail and _is_structure(value) and _wants_xml(request):
        raise Fault("this version has no document for a list or a map")
    return Reply(value, shapes.VALUE)


def _is_structure(value: object) -> bool:
    """Whether it is a list or a map, or an object with fields."""
    return isinstance(value, Mapping | Bean | Set | Array | tuple)


def _wants_xml(request: Request) -> bool:
    return not wants_json(request.headers.get("accept"))


def _has_variable(request: Request, engine: Engine) -> bool:
    known = engine.processes.variables(request.actor, _instance_id(request))
    return known.get(request.path["name"]) is not None


@routes.add(
    "PATCH", _INSTANCE + "/variables", lane="turn", permission="process.act", query=("map_*",)
)
def set_variables(request: Request, engine: Engine) -> Reply:
    """Give some variables of a running instance new values. Not in jBPM."""
    _check_body(request)
    values = Parameters(request, engine).variables()
    if not values:
        raise Invalid("name a variable: 'map_name=value', or a JSON object of names and values")
    _set(request, engine, values)
    return done()


@routes.add(
    "PUT", _INSTANCE + "/variable/{name}", lane="turn", permission="process.act", query=("value",)
)
def set_variable(request: Request, engine: Engine) -> Reply:
    """Give one variable of a running instance a new value. Not in jBPM."""
    _check_body(request)
    given = Parameters(request, engine)
    if not request.body and given.text("value") is None:
        raise Invalid("the value is missing: send it as 'value', or as a body in JSON")
    value = given.value("value")
    _set(request, engine, Map({request.path["name"]: value}))
    return done()


def _check_body(request: Request) -> None:
    """Raise :class:`UnsupportedMediaType` for a body that would be passed over."""
    if request.body and request.content_type not in {JSON, FORM}:
        raise UnsupportedMediaType("send values as application/json or as a form")


def _set(request: Request, engine: Engine, values: Map) -> None:
    dep, number = request.path["dep"], _instance_id(request)
    engine.processes.get(request.actor, number, deployment=dep)
    engine.processes.set_variables(request.actor, number, values)


@routes.get("/runtime/{dep}/process/{process_id}", permission="deployment.read", id="R02")
def definition(request: Request, engine: Engine) -> Reply:
    """A process definition with its declared variables."""
    path = request.path
    view = engine.deployments.definition(request.actor, path["dep"], path["process_id"])
    return Reply(view, shapes.DEFINITION)


@routes.post("/runtime/{dep}/signal", permission="process.act", id="R10", query=_SIGNAL)
def signal(request: Request, engine: Engine) -> Reply:
    """Send a signal to all that wait for it, and start processes that begin with it."""
    given, dep = Parameters(request, engine), request.path["dep"]
    name, value = given.required("signal"), given.event()
    number = given.number("runtimeProcInstId")
    unit = engine.deployments.get(request.actor, dep)
    instance = number if unit.strategy == "PER_PROCESS_INSTANCE" else None
    engine.processes.signal(request.actor, name, value, instance=instance, deployment=dep)
    return done()


# -- work items ---------------------------------------------------------------------------------


@routes.get(_WORK_ITEM, permission="work_item", id="R11")
def work_item(request: Request, engine: Engine) -> Reply:
    """An open work item."""
    view = engine.work_items.get(request.actor, path_number(request, "id", "work item"))
    if profile_of(request, engine.settings).accidents.odd_parameters_fail and _wants_xml(request):
        values = (*view.parameters.values(), *(view.results or EMPTY).values())
        if any(map(_is_structure, values)):
            raise Fault("this version has no document for a value of the work item")
    return Reply(view, shapes.WORK_ITEM)


@routes.post(_WORK_ITEM + "/complete", permission="work_item", id="R12", query=("map_*",))
def complete_work_item(request: Request, engine: Engine) -> Reply:
    """Complete a work item with results; one that is not open any more is no error."""
    results = Parameters(request, engine).variables()
    engine.work_items.complete(request.actor, path_number(request, "id", "work item"), results)
    return done()


@routes.post(_WORK_ITEM + "/abort", permission="work_item", id="R13")
def abort_work_item(request: Request, engine: Engine) -> Reply:
    """Abort a work item; one that is not open any more is no error."""
    engine.work_items.abort(request.actor, path_number(request, "id", "work item"))
    return done()


@routes.post(_WORK_ITEM + "/{oper:[a-zA-Z]+}", permission="work_item")
def work_item_operation(request: Request, engine: Engine) -> Reply:
    """The same operations in any mixture of capital and small letters; any other is refused."""
    word = request.path["oper"]
    handler = {"complete": complete_work_item, "abort": abort_work_item}.get(word.lower())
    if handler is None:
        raise Invalid(f"'{word}' is not an operation on work items; use complete or abort")
    return handler(request, engine)
