"""Transition: the verbs elements use, the agenda, settling.

``reference/architecture.md`` 5.4 and 5.5. Elements are plain imperative code against this class,
but all a transition can do is append a record and evolve its own copy of the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procession.core import evaluation, scopes, settling, throwing
from procession.core import records as r
from procession.core.evolve import evolve
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.ports import Env, Script, Wish
from procession.core.state import (
    ROOT,
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Role,
    Wait,
    WaitKind,
)
from procession.errors import ExecutionFailure
from procession.values import EMPTY, Map, Value

_TAKE, _ENTER, _COMPLETE, _ENDED = range(4)


class Transition:
    """One step in the making: a copy of the state, the records so far, and what is planned.

    Verbs that move tokens *plan*; the agenda runs what was planned depth first, in document order,
    until nothing is left, and then lets parked nodes settle (:meth:`run`). ``started_at`` is the
    start event that began this step, with its ``payload``; ``None`` for a plain start.
    """

    def __init__(self, definition: ProcessDefinition, state: InstanceState, env: Env) -> None:
        self.definition = definition
        self.state = state
        self.env = env
        self.records: list[r.Record] = []
        self.printed: list[str] = []
        self.wishes: list[Wish] = []
        self._stack: list[tuple[Any, ...]] = []
        self._planned: list[tuple[Any, ...]] = []
        self._moving: dict[int, int] = {}
        self.started_at: str | None = None
        self.payload: Value = None
        self.scripts = 0
        self._most = env.limits.records_per_step

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
        self.append(r.ElementActivated(number, node.id, scope, role, flow))
        for name, value in variables.items():
            self.append(r.VariableSet(number, name, value))
        self._planned.append((_ENTER, number))
        return self.state.elements[number]

    def complete(self, me: ElementInstance) -> None:
        """Plan the end of an element instance; it runs when nothing above it is left."""
        self._planned.append((_COMPLETE, me.id))

    def cancel(self, me: ElementInstance) -> None:
        """Stop an element instance at once, with everything inside and all it waits for."""
        if me.id not in self.state.elements:
            return
        for child in self.children(me):
            self.cancel(child)
        self._unpark(me.id)
        self._close_waits(me.id)
        self.append(r.ElementCancelled(me.id, me.node))

    def cancel_children(self, me: ElementInstance, *, but: int = 0) -> None:
        """Stop everything inside ``me``, except one child; ``me`` itself goes on."""
        for child in self.children(me):
            if child.id != but:
                self.cancel(child)
        self._unpark(me.id)
        if self._moving.pop(me.id, 0):
            for plan in (self._stack, self._planned):
                plan[:] = [op for op in plan if op[0] != _TAKE or op[2] != me.id]

    def ask_scope(self, child: ElementInstance) -> None:
        """Plan the question to the scope of ``child`` whether it is done."""
        self._planned.append((_ENDED, child))

    def take(self, flow: SequenceFlow, scope: int, source: int = 0) -> None:
        """Plan a token's move along a flow."""
        self._planned.append((_TAKE, flow, scope, source))
        self._moving[scope] = self._moving.get(scope, 0) + 1

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
            self._planned.append((_TAKE, flow, scope, me.id))
        self._moving[scope] = self._moving.get(scope, 0) + len(flows)

    def conclude(self, me: ElementInstance) -> None:
        """Complete an element instance at once, without leaving it and without asking its scope."""
        self._close_waits(me.id)
        self.append(r.ElementCompleted(me.id, me.node))

    def park(self, node: FlowNode, flow: SequenceFlow, scope: int) -> None:
        """A token waits at a join."""
        parked = self.state.parked.get((scope, node.id))
        element = parked.element if parked else self.state.next_id
        self.append(r.TokenParked(node.id, flow.id, scope, element))

    def join(self, node: FlowNode, flows: tuple[str, ...], scope: int) -> ElementInstance:
        """Take one parked token of each flow and enter the node once."""
        element = self.state.parked[scope, node.id].element
        self.append(r.TokensJoined(node.id, tuple(flows), scope))
        return self.activate(node, scope, element=element)

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
        wait = Wait(self.state.next_id, owner.id, handler.id, kind, name, key, due, parameters)
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

        Uncaught, an error event ends the instance as aborted with the code as outcome, while an
        exception (``failure`` given) is raised, so that the step is dropped.
        """
        throwing.throw_error(self, code, me, value, supertypes, failure)

    def catches_error(self, code: str, me: ElementInstance) -> bool:
        """Whether an error thrown from ``me`` would be caught."""
        return throwing.find_catcher(self, me, (code,)) is not None

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

    def call_process(
        self,
        wait: Wait | None,
        called: str,
        variables: Map,
        *,
        by_name: bool = False,
        independent: bool = True,
        element: int = 0,
    ) -> None:
        """Have another process started; ``wait`` is met by its end."""
        number = wait.id if wait else 0
        self.append(r.ProcessCalled(number, called, variables, by_name, independent, element))

    def end(self, status: InstanceStatus, outcome: str | None = None, value: Value = None) -> None:
        """End the instance at once; whatever is still active is cancelled."""
        root = self.state.elements.get(ROOT)
        if root is not None:
            if status is InstanceStatus.COMPLETED:
                self.cancel_children(root)
                self._close_waits(ROOT)
                self.append(r.ElementCompleted(ROOT, ""))
            else:
                self.cancel(root)
        self.append(r.ProcessInstanceEnded(status, outcome, value))
        self._stack.clear()
        self._planned.clear()

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
        """Whether a token of the scope could still reach the join by a flow that has none yet.

        BPMN 2.0.2, table 13.3: a token that can also come by a flow that has one does not count.
        """
        return settling.can_still_arrive(self, node, scope)

    def children(self, me: ElementInstance) -> tuple[ElementInstance, ...]:
        """The element instances inside ``me``, oldest first."""
        elements = self.state.elements
        return tuple([elements[child] for child in self.state.children.get(me.id, ())])

    def is_empty(self, me: ElementInstance) -> bool:
        """Whether nothing is active, parked or about to move inside ``me``."""
        if self.state.children.get(me.id) or self._moving.get(me.id):
            return False
        parked = self.state.parked
        return not parked or not any(scope == me.id for scope, _ in parked)

    def waits_of(self, me: ElementInstance) -> tuple[Wait, ...]:
        """What ``me`` owns of waits, oldest first."""
        return tuple([self.state.waits[w] for w in self.state.owned.get(me.id, ())])

    @property
    def is_moving(self) -> bool:
        """Whether something is planned."""
        return bool(self._planned or self._stack)

    @property
    def is_over(self) -> bool:
        """Whether the instance has ended in this step."""
        return self.state.is_over

    # -- the agenda --------------------------------------------------------------------------

    def run(self) -> None:
        """Carry out what is planned until nothing moves any more."""
        stack, planned = self._stack, self._planned
        do = self._do
        while True:
            if planned:
                if len(planned) > 1:
                    planned.reverse()
                stack.extend(planned)
                planned.clear()
            if stack:
                do(stack.pop())
            elif not settling.settle(self):
                return

    def _do(self, operation: tuple[Any, ...]) -> None:
        kind = operation[0]
        state, definition = self.state, self.definition
        if kind == _TAKE:
            _, flow, scope, source = operation
            self._moving[scope] -= 1
            if scope in state.elements:
                self.append(r.SequenceFlowTaken(flow.id, scope, source))
                definition.nodes[flow.target].arrive(self, flow, scope)
            return
        if kind == _ENDED:
            child: ElementInstance = operation[1]
            scope_element = state.elements.get(child.scope)
            if scope_element is not None:
                definition.node(scope_element.node).child_ended(self, scope_element, child)
            return
        me = state.elements.get(operation[1])
        if me is None:
            return
        node = definition.nodes[me.node] if me.node else definition.root
        if kind == _ENTER:
            node.enter(self, me)
            return
        if me.id in state.owned:
            self._close_waits(me.id)
        self.append(r.ElementCompleted(me.id, me.node))
        self._stack.append((_ENDED, me))
        node.leave(self, me)

    # -- inside ------------------------------------------------------------------------------

    def append(self, record: r.Record) -> None:
        """Add a fact and apply it: the one way a transition changes anything."""
        records = self.records
        if len(records) >= self._most:
            settling.too_long(self)
        records.append(record)
        evolve(self.state, record)

    def _unpark(self, scope: int) -> None:
        """Let the tokens that wait at joins of a scope vanish."""
        for place, node in [key for key in self.state.parked if key[0] == scope]:
            parked = self.state.parked[place, node]
            self.append(r.TokensJoined(node, parked.flows, place, parked.element))

    def _close_waits(self, owner: int) -> None:
        for number in tuple(self.state.owned.get(owner, ())):
            self.stop_waiting(self.state.waits[number], "cancelled")
