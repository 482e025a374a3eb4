"""Running scripts and conditions inside a step, and choosing flows by them.

What a script changes comes back as data and becomes records; replay applies those and never runs a
script again (``reference/architecture.md`` section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from procession.core import scopes
from procession.core.graph import FlowNode, SequenceFlow
from procession.core.ports import Purpose, Script, ScriptContext, ScriptSyntax, ScriptThrow
from procession.core.state import ROOT, ElementInstance, InstanceStatus
from procession.errors import NoOutgoingFlow, ScriptFailure
from procession.values import Bean, Map, Value

if TYPE_CHECKING:
    from procession.core.transition import Transition


def evaluate(
    t: Transition,
    script: Script,
    scope: int,
    me: ElementInstance | None,
    names: Mapping[str, Value],
) -> Value:
    """The value of an expression."""
    node = t.definition.node(me.node) if me else t.definition.root
    context = _context(t, scope, me, node)
    if names:
        plain = context.lookup
        context.lookup = lambda name: names[name] if name in names else plain(name)
    try:
        return script.run(context, t.env.limits).value
    except ScriptThrow as thrown:
        raise _failure(t, thrown, node) from thrown


def holds(t: Transition, condition: Script, scope: int, node: FlowNode | None) -> bool:
    """Whether a condition is true; anything but a truth value is a failure."""
    node = node or t.definition.root
    try:
        value = condition.run(_context(t, scope, None, node), t.env.limits).value
    except ScriptThrow as thrown:
        raise _failure(t, thrown, node) from thrown
    if value is True or value is False:
        return value
    text = f"Constraints must return boolean values: {condition.source!r} gave {value!r}"
    raise ScriptFailure(
        where(t, node, text), instance=t.state.id, element=node.id, process=t.definition.id
    )


def chosen(
    t: Transition, me: ElementInstance, flows: tuple[SequenceFlow, ...]
) -> tuple[SequenceFlow, ...]:
    """The flows that a token leaves by: those without a condition, those whose condition holds.

    BPMN 2.0.2, 8.4.13. The default flow is taken only if no condition of the others holds.
    """
    node = t.definition.nodes[me.node]
    found = [
        flow
        for flow in flows
        if flow.id != node.default
        and (flow.condition is None or holds(t, flow.condition, me.scope, node))
    ]
    if any(flow.condition is not None for flow in found):
        return tuple(found)
    if node.default is not None:
        taken = {flow.id for flow in found} | {node.default}
        return tuple([flow for flow in flows if flow.id in taken])
    if not found and flows:
        raise NoOutgoingFlow(
            where(t, node, "no condition holds and there is no default flow"),
            instance=t.state.id,
            element=node.id,
            process=t.definition.id,
        )
    return tuple(found)


def run_script(t: Transition, script: Script, scope: int, me: ElementInstance) -> bool:
    """Run a script for ``me``; whether ``me`` goes on."""
    node = t.definition.node(me.node)
    try:
        result = script.run(_context(t, scope, me, node), t.env.limits)
    except ScriptThrow as thrown:
        value = thrown.value or Bean(thrown.type_name, Map(message=thrown.text))
        failure = _failure(t, thrown, node)
        t.throw_error(thrown.type_name, me, value, supertypes=thrown.supertypes, failure=failure)
        return False
    for name, value in result.changes:
        t.set_variable(scope, name, value)
    t.printed.extend(result.printed)
    if result.wishes:
        t.wishes.extend(result.wishes)
        if any(wish.kind == "abort" and wish.instance == -1 for wish in result.wishes):
            t.end(InstanceStatus.ABORTED)
            return False
    return True


def resolve(t: Transition, text: str, scope: int, me: ElementInstance | None) -> Value:
    """A text with every ``#{...}`` in it replaced; one that cannot be stays as it is written."""
    evaluator = t.definition.evaluator
    if evaluator is None:
        return text
    try:
        return t.evaluate(evaluator.compile("", text, Purpose.TEMPLATE), scope, me)
    except (ScriptSyntax, ScriptFailure):
        return text


def where(t: Transition, node: FlowNode, text: str) -> str:
    """A message as jBPM words it: process, instance and node before the text."""
    return f"[{t.definition.id}:{t.state.id} - {node.name or node.id}:{node.id}] -- {text}"


def _context(
    t: Transition, scope: int, me: ElementInstance | None, node: FlowNode
) -> ScriptContext:
    definition, state = t.definition, t.state
    t.scripts += 1
    caller = state.caller
    return ScriptContext(
        lambda name: scopes.lookup(definition, state, scope, name),
        t.env.now,
        t.env.seed + t.scripts,
        state.id,
        definition.id,
        definition.name,
        definition.version,
        definition.key.deployment,
        caller.instance if caller else 0,
        int(state.status),
        node.id,
        node.name,
        me.id - ROOT - 1 if me else 0,
        definition.metadata,
        node.metadata,
        lambda: scopes.visible(definition, state, scope),
        t.env.globals,
    )


def _failure(t: Transition, thrown: ScriptThrow, node: FlowNode) -> ScriptFailure:
    place = f" (line {thrown.line})" if thrown.line else ""
    text = f"{thrown.type_name}: {thrown.text}" if thrown.text else thrown.type_name
    return ScriptFailure(
        where(t, node, text + place),
        instance=t.state.id,
        element=node.id,
        process=t.definition.id,
        reason=thrown.type_name,
    )
