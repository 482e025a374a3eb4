"""Commands to a session: processes, signals, work items, globals (C01 to C21)."""

from __future__ import annotations

from procession.errors import Invalid, NotFound
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import (
    attribute,
    child,
    facts_of,
    flag_of,
    mapping,
    number_of,
)
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.table import Call, Unsupported, command
from procession.rest.jbpm.execute.typed import value_of
from procession.rest.jbpm.params import LONGEST_LIST
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.services.views import Page, ProcessInstanceView, WorkItemView
from procession.values import Long, Map, Value

_PROCESS = attribute("process_id", "processId", required=True)
_OUT = attribute("out", "out-identifier")
_INSTANCE = attribute("instance", "processInstanceId", "process-instance-id", read=number_of)
_THIS_INSTANCE = attribute(
    "instance", "processInstanceId", "process-instance-id", read=number_of, required=True
)
_VARIABLES = mapping("variables", "parameter", "parameters")
_FACTS = child("facts", "data", read=facts_of, otherwise=())
_KEY = child("key", "correlation-key", "correlationKey")
_THIS_KEY = child("key", "correlation-key", "correlationKey", required=True)
_ALL = PageRequest(1, LONGEST_LIST)
_ENTRY = "DEFAULT"


def _external_form(element: Element) -> str:
    """A fact handle: its external form as an attribute, as a child, or as the text."""
    found = element.attributes.get("external-form")
    for inner in element.children:
        found = found or inner.text
    return found or element.text


@command(
    "C01", "session", "start-process", "StartProcessCommand",
    _PROCESS, _OUT, _VARIABLES, _FACTS, answer=answers.INSTANCE,
)  # fmt: skip
def start_process(
    call: Call, process_id: str, out: str | None, variables: Map, facts: tuple[Value, ...]
) -> ProcessInstanceView:
    """Start a process."""
    ref = ProcessRef(deployment=call.unit, process_id=process_id)
    return call.engine.processes.start(call.actor, ref, variables, facts=facts)


@command(
    "C02", "session", "start-correlated-process", "StartCorrelatedProcessCommand",
    _PROCESS, _OUT, _VARIABLES, _FACTS, _THIS_KEY, answer=answers.INSTANCE,
)  # fmt: skip
def start_correlated_process(
    call: Call,
    process_id: str,
    out: str | None,
    variables: Map,
    facts: tuple[Value, ...],
    key: str,
) -> ProcessInstanceView:
    """Start a process with a correlation key."""
    ref = ProcessRef(deployment=call.unit, process_id=process_id)
    return call.engine.processes.start(
        call.actor, ref, variables, correlation_key=_key(call, key), facts=facts
    )


def _key(call: Call, text: str) -> str:
    """A correlation key; 6.0 and 6.1 join its properties with commas."""
    legacy = call.version.form == "L" and ":" not in text
    return text.replace(",", ":") if legacy else text


@command(
    "C03", "session", "signal-event", "SignalEventCommand",
    _INSTANCE,
    attribute("name", "event-type", "eventType", required=True),
    child("event", "event", read=value_of),
    _KEY,
)  # fmt: skip
def signal_event(
    call: Call, instance: int | None, name: str, event: Value, key: str | None
) -> None:
    """Send a signal to one instance, or (without one, or to -1) to all of the deployment."""
    number = instance if instance is not None and instance >= 0 else None
    if number is None and key:
        number = _of_key(call, _key(call, key)).id
    unit = call.unit
    if number is None:
        call.engine.deployments.get(call.actor, unit)
    call.engine.processes.signal(call.actor, name, event, instance=number, deployment=unit)


@command("C04", "session", "abort-process-instance", "AbortProcessInstanceCommand", _THIS_INSTANCE)
def abort_process_instance(call: Call, instance: int) -> None:
    """Abort an instance; one that is not running is a failure."""
    call.engine.processes.abort(call.actor, instance, deployment=call.unit)


@command(
    "C05", "session", "get-process-instance", "GetProcessInstanceCommand",
    _THIS_INSTANCE, attribute("read_only", "readOnly", read=flag_of), answer=answers.INSTANCE,
)  # fmt: skip
def get_process_instance(
    call: Call, instance: int, read_only: bool | None
) -> ProcessInstanceView | None:
    """A running instance."""
    unit = _known(call)
    try:
        return call.engine.processes.get(call.actor, instance, deployment=unit)
    except NotFound:
        return None


@command(
    "C06", "session", "get-process-instances", "GetProcessInstancesCommand",
    answer=answers.INSTANCE_LIST,
)  # fmt: skip
def get_process_instances(call: Call) -> Page[ProcessInstanceView]:
    """The running instances of the deployment."""
    return call.engine.processes.active(call.actor, _known(call), _ALL)


@command(
    "C07", "session", "get-process-instance-by-correlation-key",
    "GetProcessInstanceByCorrelationKeyCommand", _THIS_KEY, answer=answers.INSTANCE,
)  # fmt: skip
def get_process_instance_by_correlation_key(call: Call, key: str) -> ProcessInstanceView | None:
    """The running instance of a correlation key."""
    try:
        return _of_key(call, _key(call, key))
    except NotFound:
        return None


def _of_key(call: Call, key: str) -> ProcessInstanceView:
    return call.engine.sessions.instance_by_key(call.actor, key, _known(call))


def _known(call: Call) -> str:
    """The deployment, which must be there. Raises :class:`NotFound`."""
    call.engine.deployments.get(call.actor, call.unit)
    return call.unit


@command("C08", "session", "get-process-ids", "GetProcessIdsCommand", answer=answers.STRING_LIST)
def get_process_ids(call: Call) -> tuple[str, ...]:
    """The ids of the processes of the deployment."""
    if call.profile.accidents.hides_ids:
        raise Unsupported("this version does not answer the ids of processes")
    found = call.engine.deployments.definitions(call.actor, _known(call))
    return tuple(definition.process_id for definition in found.items)


@command(
    "C09", "session", "set-process-instance-vars", "SetProcessInstanceVariablesCommand",
    _THIS_INSTANCE, mapping("variables", "variables"),
)  # fmt: skip
def set_process_instance_variables(call: Call, instance: int, variables: Map) -> None:
    """Give variables of an instance new values."""
    _known(call)
    call.engine.processes.set_variables(call.actor, instance, variables)


@command(
    "C10", "session", "complete-work-item", "CompleteWorkItemCommand",
    attribute("item", "id", "workItemId", read=number_of, required=True),
    mapping("results", "result", "results"),
)  # fmt: skip
def complete_work_item(call: Call, item: int, results: Map) -> None:
    """Complete a work item; one that is not open any more is no error."""
    _known(call)
    call.engine.work_items.complete(call.actor, item, results)


@command(
    "C11", "session", "abort-work-item", "AbortWorkItemCommand",
    attribute("item", "id", "workItemId", read=number_of, required=True),
)  # fmt: skip
def abort_work_item(call: Call, item: int) -> None:
    """Abort a work item; one that is not open any more is no error."""
    _known(call)
    call.engine.work_items.abort(call.actor, item)


@command(
    "C12", "session", "get-workitem", "GetWorkItemCommand",
    attribute("item", "workItemId", "id", read=number_of, required=True),
    answer=answers.WORK_ITEM,
)  # fmt: skip
def get_work_item(call: Call, item: int) -> WorkItemView | None:
    """An open work item."""
    _known(call)
    try:
        return call.engine.work_items.get(call.actor, item)
    except NotFound:
        return None


@command(
    "C13", "session", "get-variable", "GetVariableCommand",
    child("name", "identifier"), child("context", "contextName"), answer=answers.PRIMITIVE,
)  # fmt: skip
def get_variable(call: Call, name: str | None, context: str | None) -> answers.Primitive | None:
    """A variable of the instance that the envelope names, if it is a number or a boolean."""
    if not name or call.instance is None:
        return None
    try:
        value = call.engine.processes.variable(call.actor, call.instance, name)
    except NotFound:
        return None
    return answers.primitive(value)


# -- globals and the session itself -------------------------------------------------------------


def _place(call: Call) -> int | None:
    """The instance whose session is meant, by number or by correlation key."""
    if call.instance is None and call.correlation_key:
        return _of_key(call, call.correlation_key).id
    return call.instance


@command(
    "C15", "session", "get-global", "GetGlobalCommand",
    attribute("name", "identifier", required=True), _OUT, answer=answers.PRIMITIVE,
)  # fmt: skip
def get_global(call: Call, name: str, out: str | None) -> answers.Primitive | None:
    """A global, if it is a number or a boolean."""
    value = call.engine.sessions.global_value(call.actor, call.unit, name, _place(call))
    return answers.primitive(value)


@command(
    "C16", "session", "set-global", "SetGlobalCommand",
    attribute("name", "identifier", required=True), _OUT,
    child("value", "object", read=value_of),
)  # fmt: skip
def set_global(call: Call, name: str, out: str | None, value: Value) -> None:
    """Set a global."""
    call.engine.sessions.set_global(call.actor, call.unit, name, value, _place(call))


@command("C17", "session", "get-id", "GetIdCommand", answer=answers.PRIMITIVE)
def get_id(call: Call) -> answers.Primitive:
    """The number of the session: an Integer for 6.0 and 6.1, a Long for later clients."""
    number = call.engine.sessions.number(call.actor, call.unit, _place(call))
    name = "java.lang.Integer" if call.version.form == "L" else "java.lang.Long"
    return answers.Primitive(name, number if call.version.form == "L" else Long(number))


# -- facts and rules ----------------------------------------------------------------------------


@command("C14", "session", "get-fact-count", "GetFactCountCommand", answer=answers.PRIMITIVE)
def get_fact_count(call: Call) -> answers.Primitive:
    """How many facts the session has."""
    count = call.engine.sessions.count_facts(call.actor, call.unit, _place(call))
    return answers.Primitive("java.lang.Long", Long(count))


@command(
    "C18", "session", "fire-all-rules", "FireAllRulesCommand",
    attribute("limit", "max", read=number_of), _OUT, answer=answers.PRIMITIVE,
)  # fmt: skip
def fire_all_rules(call: Call, limit: int | None, out: str | None) -> answers.Primitive:
    """Fire what is on the agenda; how many rules fired."""
    most = -1 if limit is None else limit
    fired = call.engine.sessions.fire(call.actor, call.unit, _place(call), limit=most)
    return answers.Primitive("java.lang.Integer", len(fired))


@command(
    "C19", "session", "insert-object", "InsertObjectCommand",
    _OUT,
    attribute("returns", "return-object", "returnObject", read=flag_of),
    attribute("entry", "entry-point", "entryPoint"),
    attribute("disconnected", "disconnected", read=flag_of),
    child("value", "object", read=value_of),
    answer=answers.OTHER,
)  # fmt: skip
def insert_object(
    call: Call, out: str | None, returns: bool | None, entry: str | None,
    disconnected: bool | None, value: Value,
) -> str:  # fmt: skip
    """Put a fact in; its handle."""
    point = entry or _ENTRY
    (handle,) = call.engine.sessions.insert(
        call.actor, call.unit, (value,), _place(call), entry_point=point
    )
    return f"0:{handle}:{handle}:{handle}:{handle}:{point}:NON_TRAIT:java.lang.Object"


@command(
    "C20", "session", "delete", "DeleteCommand",
    attribute("fact", "fact-handle"),
    child("handle", "fact-handle", "factHandle", read=_external_form),
    child("state", "fhState"),
)  # fmt: skip
def delete_fact(call: Call, fact: str | None, handle: str | None, state: str | None) -> None:
    """Take a fact out."""
    number = _fact(fact or handle)
    call.engine.sessions.delete(call.actor, call.unit, number, _place(call))


@command(
    "C21", "session", "update", "UpdateCommand",
    attribute("fact", "fact-handle"),
    child("handle", "fact-handle", "handle", "factHandle", read=_external_form),
    child("value", "object", read=value_of),
    child("entry", "entryPoint"),
)  # fmt: skip
def update_fact(
    call: Call, fact: str | None, handle: str | None, value: Value, entry: str | None
) -> None:
    """Give a fact another value."""
    number = _fact(fact or handle)
    call.engine.sessions.update(call.actor, call.unit, number, value, _place(call))


def _fact(form: str | None) -> int:
    """The number in a handle, which is its second part."""
    parts = (form or "").strip().split(":")
    if len(parts) < 2 or not parts[1].isdigit():
        raise Invalid(f"{form!r} is no fact handle: it has the form 0:ID:...", reason="missing")
    return int(parts[1])
