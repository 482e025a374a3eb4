"""Compensation: what has been completed is remembered where it happened, and undone backwards.

BPMN 2.0.2, 10.7 and 13.5.5; ``reference/jbpm-engine.md`` 4.6. Who undoes what is an index of the
definition (:class:`Handlers`). Only an activity that somebody could undo leaves an entry, in the
log of the element instance it was done in: ``(number, node, catch, variables, inner)``. ``catch``
is the event that begins to undo it, ``""`` where only what is inside is undone; ``inner`` is its
own log, ``variables`` its data as they were when it was completed.

When compensation is thrown, entries move to the log of the one who waits for it, and are undone
from the last to the first, each when the one before is done. Around a handler stands an element
instance in the role :attr:`Role.COMPENSATION`: the boundary event that caught it, or the
sub-process once more, with the variables it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from procession.core import continuing
from procession.core import records as r
from procession.core.evolve import CHUNK
from procession.core.state import ROOT, ElementInstance, Role, WaitKind
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.graph import FlowNode, ProcessDefinition
    from procession.core.transition import Transition

Entry = tuple[int, str, str, Map, "Log"]
Log = tuple[tuple[Any, ...], ...]

CALLED: Final = "@called"
"""Instead of the event that begins to undo: it is a process that was called, with its own entry."""
API_SIGNAL: Final = "Compensation"
"""The signal by which a client asks a process of jBPM to compensate."""
_IMPLICIT: Final = "implicit:"
_RECORDS: Final = 5
"""What undoing takes at least; as much was allowed for when it was done, so it does not count
against the records of a step. What the handler does, does."""
_HANDLED: Final = "handled"
"""Memo of a sub-process that is undone by its own handler: its log is the handler's to use.

Where an error waits for what it left to be undone, the memo tells who catches it, where, with what.
"""


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """Who undoes what in a process.

    ``catches`` maps activities to the events that begin to undo them, ``targets`` those of these
    events that stand at a boundary to the activity that does it. ``remembered`` are the nodes whose
    completion is worth an entry, ``undoing`` those that are not undone themselves.
    """

    catches: Mapping[str, str]
    targets: Mapping[str, str]
    remembered: frozenset[str]
    undoing: frozenset[str]


def handlers(graph: ProcessDefinition) -> Handlers:
    """The index of a definition (:attr:`ProcessDefinition.compensation`)."""
    catches: dict[str, str] = {}
    targets: dict[str, str] = {}
    for node in graph.nodes.values():
        activity = node.compensates(graph)
        if activity:
            catches.setdefault(activity, node.id)
            for target in handlers_of(graph, node):
                targets.setdefault(node.id, target.id)
    remembered = set(catches)
    if not graph.semantics.handlers_only_in_their_scope:
        for activity in catches:
            remembered.update(_around(graph, activity))
    if graph.id in catches:
        remembered.add("")
    undoing = {graph.nodes[c].container for c in catches.values() if c not in targets}
    undoing.update(targets.values())
    return Handlers(
        catches=catches,
        targets=targets,
        remembered=frozenset(remembered - undoing),
        undoing=frozenset(undoing),
    )


def handlers_of(graph: ProcessDefinition, event: FlowNode) -> tuple[FlowNode, ...]:
    """The activities for compensation that an event is tied to."""
    ends = [to for at, to in graph.associations if at == event.id]
    ends += [at for at, to in graph.associations if to == event.id]
    found = [graph.nodes[end] for end in dict.fromkeys(ends) if end in graph.nodes]
    return tuple([node for node in found if getattr(node, "is_for_compensation", False)])


def _around(graph: ProcessDefinition, activity: str) -> Iterator[str]:
    """The sub-processes that an activity stands in."""
    at = graph.nodes[activity].container if activity in graph.nodes else ""
    while at:
        yield at
        at = graph.nodes[at].container


# -- remembering ---------------------------------------------------------------------------------


def remember(t: Transition, me: ElementInstance) -> None:
    """Note that an activity is being completed, if it can be undone.

    A round of a loop is noted by the loop, and by the scope only when the whole loop is done.
    """
    if me.role is Role.COMPENSATION:
        return
    if me.id == ROOT:
        _keep(t, me)
        return
    known = t.definition.compensation
    stays = t.definition.semantics.handlers_only_in_their_scope and me.node not in known.remembered
    if stays or me.node in known.undoing:
        return
    catch = "" if me.role is Role.BODY else known.catches.get(me.node, "")
    entry = _entry(t, me, catch, me.log)
    if entry is not None:
        t.append(r.ElementNoted(_home(t, me), entry, "added"))


def _home(t: Transition, me: ElementInstance) -> int:
    """The scope or loop that ``me`` was done in; what only stands around handlers is neither."""
    at = t.state.elements[me.scope]
    while at.role is Role.COMPENSATION or not (
        at.role is Role.BODY or t.definition.node(at.node).is_scope
    ):
        at = t.state.elements[at.scope]
    return at.id


def _keep(t: Transition, root: ElementInstance) -> None:
    """A process that was called hands on what could be undone of it (``core/recalling.py``)."""
    key = t.definition.key
    catch = t.definition.compensation.catches.get(t.definition.id, "")
    if t.state.caller is not None and not t.definition.semantics.called_processes_keep_nothing:
        entry = _entry(t, root, catch, root.log)
        t.kept = entry and (key.deployment, key.process, key.revision, entry)


def _entry(t: Transition, me: ElementInstance, catch: str, inner: Log) -> Entry | None:
    """What to remember of an element instance; ``None`` if there is nothing to undo."""
    is_boundary = catch in t.definition.compensation.targets
    if is_boundary:
        inner = ()
    elif not catch and not inner:
        return None
    variables = EMPTY
    if me.role is Role.ITERATION or not (is_boundary or me.role is Role.BODY):
        variables = Map(t.state.variables.get(me.id, EMPTY))
    return me.id, me.node, catch, variables, inner


def entries(log: Log) -> list[Entry]:
    """What a log holds, in order."""
    return [entry for chunk in log for entry in chunk]


def log_of(found: list[Entry]) -> Log:
    """A log that holds them."""
    return tuple([tuple(found[at : at + CHUNK]) for at in range(0, len(found), CHUNK)])


# -- compensation is thrown ----------------------------------------------------------------------


def throw(t: Transition, me: ElementInstance, activity: str, wait: bool) -> bool:
    """Undo an activity, or all that is done in the scope of ``me``; whether ``me`` goes on now.

    If not, ``me`` is told (``child_ended``) when all is undone. Without ``wait`` it goes on at
    once, and the scope stays until all is undone.
    """
    queue: list[Entry] = []
    for scope, chosen in _chosen(t, me, activity):
        queue = chosen + queue
        if not t.definition.semantics.compensation_repeats:
            _forget(t, scope, chosen)
    if not queue:
        return True
    if wait:
        t.append(r.ElementNoted(me.id, log_of(queue), "logged"))
        holder = t.state.elements[me.id]
    else:
        holder = _stand(t, me.node, me.scope, EMPTY, log_of(queue))
    undo_next(t, holder)
    return not wait


def _chosen(
    t: Transition, me: ElementInstance, activity: str
) -> Iterator[tuple[ElementInstance, list[Entry]]]:
    """Element instances with what is to be undone of their logs, the innermost first."""
    nodes = t.definition.nodes
    if not activity:
        for scope in _scopes(t, me):
            yield scope, entries(scope.log)
            if not getattr(nodes.get(scope.node), "triggered_by_event", False):
                return
        return
    container = nodes[activity].container if activity in nodes else None
    for scope in _scopes(t, me):
        if scope.node == activity:
            yield scope, entries(scope.log)
            return
        if scope.node == container:
            yield scope, [entry for entry in entries(scope.log) if entry[1] == activity]
            return


def _scopes(t: Transition, me: ElementInstance) -> Iterator[ElementInstance]:
    """The scopes around an element instance, the innermost first."""
    at = t.state.elements.get(me.scope)
    while at is not None:
        if at.role is not Role.BODY and t.definition.node(at.node).is_scope:
            yield at
        at = t.state.elements.get(at.scope)


def _forget(t: Transition, scope: ElementInstance, chosen: list[Entry]) -> None:
    """What is undone once is not undone again (13.5.5)."""
    if not chosen:
        return
    gone = {entry[0] for entry in chosen}
    rest = [entry for entry in entries(scope.log) if entry[0] not in gone]
    t.append(r.ElementNoted(scope.id, log_of(rest), "logged"))


def cancel(t: Transition, me: ElementInstance, scope: ElementInstance) -> None:
    """Stop all that is active in a scope and undo all that is done in it.

    When that is over the scope is told (``child_ended``) of the end of an element instance of the
    node of ``me``.
    """
    is_inside = me.scope == scope.id
    if not is_inside:
        t.conclude(me)
    queue = entries(scope.log) + _active(t, scope)
    log = log_of(queue)
    _stop(t, scope, me.id)
    if not is_inside:
        me = _stand(t, me.node, scope.id, EMPTY, log)
    elif log:
        t.append(r.ElementNoted(me.id, log, "logged"))
    undo_next(t, t.state.elements[me.id])


def undo_failed(
    t: Transition, me: ElementInstance, catcher: FlowNode, host: ElementInstance, value: Value
) -> bool:
    """Undo what is done in a sub-process that an error leaves, before ``catcher`` acts on ``host``.

    10.7.3 and 13.5.5: whoever does not handle an error inside is presumed to want it so. An error
    that leaves a transaction is a hazard, which undoes nothing (10.3.5); jBPM does no such thing.
    Answers whether ``catcher`` has to wait for it.
    """
    definition = t.definition
    if definition.semantics.errors_undo_nothing:
        return False
    failed = host
    if not hasattr(catcher, "attached_to"):
        failed = me
        while failed.scope != host.id:
            failed = t.state.elements[failed.scope]
    node = definition.node(failed.node)
    is_hazard = getattr(node, "is_transaction", False)
    if is_hazard or not node.is_scope or failed.role is Role.COMPENSATION:
        return False
    queue = entries(failed.log) + _active(t, failed)
    if not queue:
        return False
    _stop(t, failed)
    holder = _stand(t, failed.node, failed.id, EMPTY, log_of(queue))
    undo_next(t, t.note(holder, (catcher.id, host.id, value)))
    return True


def _stop(t: Transition, scope: ElementInstance, but: int = 0) -> None:
    """Stop what is active in a scope and what it listens to; it only undoes from here on."""
    t.cancel_children(scope, but=but)
    for wait in t.waits_of(scope):
        t.stop_waiting(wait, "cancelled")
    if t.state.elements[scope.id].log:
        t.append(r.ElementNoted(scope.id, (), "logged"))


def _active(t: Transition, scope: ElementInstance) -> list[Entry]:
    """What was done inside of what is still active: it is undone with the data of now."""
    found = []
    for child in t.children(scope):
        inner = entries(child.log) + _active(t, child)
        entry = _entry(t, child, "", log_of(inner))
        if entry is not None:
            found.append(entry)
    return found


def listen(t: Transition, root: ElementInstance) -> None:
    """Let clients of a process of jBPM ask for compensation by a signal to the instance."""
    if t.definition.semantics.compensation_by_signal and t.definition.compensation.catches:
        t.wait(root, t.definition.root, WaitKind.SIGNAL, name=API_SIGNAL)


def asked(t: Transition, text: str) -> None:
    """Compensate as a client says: ``implicit:<scope>`` or ``<activity>``; unknown ids: nothing."""
    is_implicit = text.startswith(_IMPLICIT)
    wanted = text.removeprefix(_IMPLICIT)
    node = t.definition.nodes.get(wanted)
    container = node.container if node is not None else ""
    if is_implicit:
        container = "" if wanted == t.definition.id else wanted
    elif node is None:
        return
    for scope in tuple(t.state.elements.values()):
        if scope.node == container and scope.role in (Role.SINGLE, Role.ITERATION):
            queue = [e for e in entries(scope.log) if is_implicit or e[1] == wanted]
            if queue:
                undo_log(t, scope.id, log_of(queue))


def undo_log(t: Transition, scope: int, log: Log) -> None:
    """Undo all of a log in a scope, where nobody waits for it."""
    _, node, catch, _, _ = log[-1][-1]
    undo_next(t, _stand(t, catch if catch in t.definition.nodes else node, scope, EMPTY, log))


# -- undoing, one after the other ----------------------------------------------------------------


def ended(t: Transition, at: ElementInstance, child: ElementInstance) -> None:
    """Something has ended in, or was, an element instance in the role of compensation."""
    node = t.definition.node(at.node)
    if at.role is not Role.COMPENSATION and node.is_scope:
        node.child_ended(t, at, child)
    elif t.is_empty(at):
        undo_next(t, at)


def undo_next(t: Transition, holder: ElementInstance) -> None:
    """Undo the last entry of the holder's log; without one, the holder is done."""
    if holder.log and holder.memo != _HANDLED:
        t.most += _RECORDS
        entry = holder.log[-1][-1]
        t.append(r.ElementNoted(holder.id, None, "dropped"))
        _undo(t, holder, entry)
    elif holder.role is not Role.COMPENSATION:
        t.definition.node(holder.node).child_ended(t, holder, holder)
    else:
        t.conclude(holder)
        if isinstance(holder.memo, tuple):
            catcher, host, value = holder.memo
            t.definition.nodes[catcher].triggered(t, t.state.elements[host], None, value)
        else:
            t.ask_scope(holder)


def _undo(t: Transition, holder: ElementInstance, entry: Entry) -> None:
    _, node, catch, variables, inner = entry
    definition = t.definition
    if catch == CALLED:
        kept: Any = inner
        process, own = kept[1], kept[3]
        wait = t.wait(holder, definition.node(node), WaitKind.CALLED_PROCESS, name=process)
        call = r.ProcessCalled(wait.id, process, own[3], False, False, holder.id, undo=kept)
        t.append(call)
        return
    target = definition.compensation.targets.get(catch)
    if target is not None:
        around = _stand(t, catch, holder.id, EMPTY, ())
        continuing.enter(t, definition.nodes[target], around.id, variables)
        return
    restored = _stand(t, node, holder.id, variables, inner)
    if not catch:
        undo_next(t, restored)
        return
    t.note(restored, _HANDLED)
    start = definition.nodes[catch]
    start.triggered(t, restored, None, None)


def _stand(t: Transition, node: str, scope: int, variables: Map, log: Log) -> ElementInstance:
    """Put an element instance around handlers; its ``enter`` hook is not called."""
    number = t.state.next_id
    t.append(r.ElementActivated(number, node, scope, Role.COMPENSATION))
    for name, value in variables.items():
        t.append(r.VariableSet(number, name, value))
    if log:
        t.append(r.ElementNoted(number, log, "logged"))
    return t.state.elements[number]
