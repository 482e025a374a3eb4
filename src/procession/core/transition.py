"""Transition: the verbs elements use, the agenda, settling.

``reference/architecture.md`` 5.4 and 5.5. Elements are plain imperative code against this class,
but all a transition can do is append a record and evolve its own copy of the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procession.core import (
    agenda,
    cancelling,
    compensation,
    evaluation,
    joining,
    looping,
    scopes,
    settling,
    throwing,
)
from procession.core import records as r
from procession.core.evolve import evolve
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.ports import Env, Script, Wish
from procession.core.state import (
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Role,
    Wait,
    WaitKind,
)
from procession.errors import ExecutionFailure
from procession.values import EMPTY, Map, Value


class Transition:
    """One step in the making: a copy of the state, the records so far, and what is planned.

    Verbs that move tokens *plan*; the agenda runs what was planned depth first, in document order,
    until nothing is left, and then lets parked nodes settle (:meth:`run`). ``started_at`` is the
    start event that began this step, with its ``payload`` and ``trigger``; ``None`` for a plain
    start. ``part`` and ``key`` go into the waits that are opened meanwhile.
    """

    def __init__(self, definition: ProcessDefinition, state: InstanceState, env: Env) -> None:
        self.definition = definition
        self.state = state
        self.env = env
        self.records: list[r.Record] = []
        self.printed: list[str] = []
        self.wishes: list[Wish] = []
        self.stack: list[agenda.Plan] = []
        self.planned: list[agenda.Plan] = []
        self.moving: dict[int, int] = {}
        self.changed: set[int] = set()
        self.started_at: str | None = None
        self.payload: Value = None
        self.kept: Any = None
        self.trigger: tuple[str, str, str | None] | None = None
        self.part = 0
        self.key: str | None = None
        self.scripts = self.rounds = self.bodies = 0
        self.most = env.limits.records_per_step

    # -- verbs -------------------------------------------------------------------------------

    def activate(
        self,
        node: FlowNode,
        scope: int,
        *,
        role: Role = Role.SINGLE,
        variables: Map = EMPTY,
        flow: str | None = None,
        element: int = 0,
    ) -> ElementInstance:
        """Enter a node now; its ``enter`` hook is planned. ``element`` is a number reserved."""
        number = element or self.state.next_id
        if node.loop is not None and role is Role.SINGLE:
            role = Role.BODY
            looping.begin_body(self, scope)
        self.append(r.ElementActivated(number, node.id, scope, role, flow))
        for name, value in variables.items():
            self.append(r.VariableSet(number, name, value))
        self.planned.append((agenda.enter, number))
        return self.state.elements[number]

    def enter_each(self, first: int, last: int) -> None:
        """Plan the ``enter`` hooks of element instances one after the other, by their numbers."""
        self.planned.append((agenda.enter_each, first, last))

    def enter_last(self, me: ElementInstance) -> None:
        """Plan its ``enter`` once more, behind all that is planned by now."""
        self.stack.insert(0, (agenda.enter, me.id))

    def complete(self, me: ElementInstance) -> None:
        """Plan the end of an element instance; it runs when nothing above it is left."""
        self.planned.append((agenda.complete, me.id))

    def cancel(self, me: ElementInstance) -> None:
        """Stop an element instance at once, with everything inside and all it waits for."""
        cancelling.cancel(self, me)

    def cancel_children(self, me: ElementInstance, *, but: int = 0) -> None:
        """Stop everything inside ``me``, except one child; ``me`` itself goes on."""
        cancelling.cancel_children(self, me, but)
        if self.moving.pop(me.id, 0):
            for plans in (self.stack, self.planned):
                plans[:] = [
                    plan for plan in plans if plan[0] is not agenda.take or plan[2] != me.id
                ]

    def ask_scope(self, child: ElementInstance) -> None:
        """Plan the question to the scope of ``child`` whether it is done."""
        self.planned.append((agenda.ended, child))

    def take(self, flow: SequenceFlow, scope: int, source: int = 0) -> None:
        """Plan a token's move along a flow."""
        self.planned.append((agenda.take, flow, scope, source))
        self.moving[scope] = self.moving.get(scope, 0) + 1

    def take_outgoing(self, me: ElementInstance) -> None:
        """Plan a token's move along every outgoing flow whose condition holds.

        BPMN 2.0.2, 8.4.13: flows without a condition are always taken, the default flow only if no
        condition holds.
        """
        flows = self.definition.outgoing_flows[me.node]
        if me.node in self.definition.splits:
            flows = evaluation.chosen(self, me, flows)
        scope = me.scope
        for flow in flows:
            self.planned.append((agenda.take, flow, scope, me.id))
        self.moving[scope] = self.moving.get(scope, 0) + len(flows)

    def conclude(self, me: ElementInstance) -> None:
        """Complete an element instance at once, without leaving it and without asking its scope."""
        if me.log or me.node in self.definition.compensation.remembered:
            compensation.remember(self, me)
        if me.id in self.state.owned:
            cancelling.close_waits(self, me.id)
        self.append(r.ElementCompleted(me.id, me.node, me.role))

    def park(self, node: FlowNode, flow: SequenceFlow, scope: int) -> None:
        """A token waits at a join."""
        joining.park(self, node, flow.id, scope)

    def join(self, node: FlowNode, flows: tuple[str, ...], scope: int) -> ElementInstance:
        """Take one parked token of each flow and enter the node once."""
        return self.activate(node, scope, element=joining.take(self, node, flows, scope))

    def wait(
        self,
        owner: ElementInstance,
        handler: FlowNode,
        kind: WaitKind,
        *,
        name: str | None = None,
        key: str | None = None,
        due: Any = None,
        parameters: Any = EMPTY,
    ) -> Wait:
        """Open a wait: ``handler`` acts when it is met, and it is closed when ``owner`` ends."""
        number, key = self.state.next_id, key or self.key
        wait = Wait(number, owner.id, handler.id, kind, name, key, due, parameters, self.part)
        self.append(r.WaitOpened(wait))
        return wait

    def stop_waiting(self, wait: Wait, how: str = "met") -> None:
        """Close a wait: ``met``, ``failed`` or ``cancelled``."""
        if wait.id in self.state.waits:
            self.append(r.WaitClosed(wait.id, wait.kind, how, wait.name, wait.owner))

    def note(self, me: ElementInstance, memo: Any) -> ElementInstance:
        """Replace a node's private memory; gives the element instance as it is now."""
        self.append(r.ElementNoted(me.id, memo))
        return self.state.elements[me.id]

    def set_variable(self, scope: int, name: str, value: Value) -> None:
        """Set a variable where it belongs, seen from ``scope``. Null over null is nothing."""
        at = scopes.target(self.definition, self.state, scope, name)
        old = self.state.variables.get(at, EMPTY).get(name)
        if value is None and old is None:
            return
        self.append(r.VariableSet(at, name, value, old))
        if self.state.conditions:
            self.ask_conditions(at)

    def ask_conditions(self, scope: int) -> None:
        """Plan a look at the open conditions that see the variables of ``scope``."""
        if not self.changed:
            self.planned.insert(0, (agenda.check,))
        self.changed.add(scope)

    def throw_error(
        self,
        code: str,
        me: ElementInstance,
        value: Value = None,
        *,
        supertypes: tuple[str, ...] = (),
        failure: ExecutionFailure | None = None,
    ) -> None:
        """Throw an error from ``me`` outwards to the nearest node that catches it.

        Uncaught it ends the instance as aborted; ``failure``, if given, is raised instead.
        """
        throwing.throw_error(self, code, me, value, supertypes, failure)

    def catches_error(self, code: str, me: ElementInstance) -> bool:
        """Whether an error thrown from ``me`` would be caught."""
        return throwing.find_catcher(self, me, "error", (code,)) is not None

    def throw_signal(
        self, name: str, value: Value = None, *, reach: str = "deployment", instance: int = 0
    ) -> None:
        """Send a signal: at once to whoever listens in this instance, then out of it.

        Who begins to listen because of it does not hear it.
        """
        throwing.throw_signal(self, name, value, reach, instance)

    def throw_message(self, name: str, key: str | None, value: Value) -> None:
        """Send a message out of the instance."""
        self.append(r.MessageThrown(name, key, value))

    def end(
        self,
        status: InstanceStatus,
        outcome: str | None = None,
        value: Value = None,
        kind: str = "error",
    ) -> None:
        """End the instance at once; whatever is still active is cancelled."""
        cancelling.end_process(self, status is InstanceStatus.COMPLETED)
        self.append(r.ProcessInstanceEnded(status, outcome, value, kind, self.kept))
        self.stack.clear()
        self.planned.clear()

    # -- questions ---------------------------------------------------------------------------

    def evaluate(
        self,
        script: Script,
        scope: int,
        me: ElementInstance | None = None,
        names: Mapping[str, Value] = EMPTY,
    ) -> Value:
        """The value of an expression. What it throws is raised as :class:`ScriptFailure`.

        ``names`` are known to the expression beside, and before, the variables.
        """
        return evaluation.evaluate(self, script, scope, me, names)

    def holds(self, condition: Script | None, scope: int, node: FlowNode | None = None) -> bool:
        """Whether a condition is true; no condition holds always."""
        return condition is None or evaluation.holds(self, condition, scope, node)

    def run_script(self, script: Script, scope: int, me: ElementInstance) -> bool:
        """Run a script; the variables it set become records. Answers whether ``me`` goes on.

        What it throws looks for an error event like any error, by the class of the exception.
        """
        return evaluation.run_script(self, script, scope, me)

    def resolve(self, text: str, scope: int, me: ElementInstance | None = None) -> Value:
        """A text with every ``#{...}`` in it replaced (``reference/jbpm-engine.md`` 2.5).

        One that cannot be resolved stays as it is written.
        """
        return evaluation.resolve(self, text, scope, me) if "#{" in text else text

    def variable(self, scope: int, name: str) -> Value:
        """A variable seen from ``scope``; :data:`UNDEFINED` if nothing has that name."""
        return scopes.lookup(self.definition, self.state, scope, name)

    def parked(self, node: FlowNode, scope: int) -> tuple[str, ...]:
        """The flows that have a token waiting at the node, each once."""
        parked = self.state.parked.get((scope, node.id))
        return tuple(dict.fromkeys(parked.flows)) if parked else ()

    def can_still_arrive(self, node: FlowNode, scope: int) -> bool:
        """Whether a token of the scope could still reach the join (``core/settling.py``)."""
        return settling.can_still_arrive(self, node, scope)

    def children(self, me: ElementInstance) -> tuple[ElementInstance, ...]:
        """The element instances inside ``me``, oldest first."""
        elements = self.state.elements
        return tuple([elements[child] for child in self.state.children.get(me.id, ())])

    def is_empty(self, me: ElementInstance) -> bool:
        """Whether nothing is active, parked or about to move inside ``me``."""
        return not (self.state.children.get(me.id) or self.holds_tokens(me))

    def holds_tokens(self, me: ElementInstance) -> bool:
        """Whether a token inside ``me`` is about to move, or waits where nothing is active."""
        return bool(self.moving.get(me.id)) or settling.is_held(self, me.id)

    def waits_of(self, me: ElementInstance) -> tuple[Wait, ...]:
        """What ``me`` owns of waits, oldest first."""
        return tuple([self.state.waits[w] for w in self.state.owned.get(me.id, ())])

    def is_done(self, me: ElementInstance) -> bool:
        """Whether the end of ``me`` is planned: nothing that happens now stops it any more."""
        end = (agenda.complete, me.id)
        return end in self.planned or end in self.stack

    @property
    def is_moving(self) -> bool:
        """Whether something is planned."""
        return bool(self.planned or self.stack)

    @property
    def is_over(self) -> bool:
        """Whether the instance has ended in this step."""
        return self.state.is_over

    # -- the agenda --------------------------------------------------------------------------

    def run(self) -> None:
        """Carry out what is planned until nothing moves any more."""
        agenda.run(self)

    def append(self, record: r.Record) -> None:
        """Add a fact and apply it: the one way a transition changes anything."""
        records = self.records
        if len(records) >= self.most:
            settling.too_long(self)
        records.append(record)
        evolve(self.state, record)
