"""Running scripts and conditions inside a step, and choosing flows by them.

What a script changes comes back as data and becomes records; replay applies those and never runs a
script again (``reference/architecture.md`` section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from procession.core import scopes
from procession.core.failing import script_failure
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.ports import (
    UNDEFINED,
    Env,
    Limits,
    Purpose,
    Script,
    ScriptContext,
    ScriptSyntax,
    ScriptThrow,
    Wish,
)
from procession.core.state import ROOT, ElementInstance, InstanceStatus
from procession.errors import NoOutgoingFlow, ScriptFailure
from procession.values import EMPTY, Bean, Map, Value

if TYPE_CHECKING:
    from procession.core.transition import Transition

Names = Callable[[str], Value]
_NULLS: Final = frozenset({"java.lang.NullPointerException"})


class _NoTruth(Exception):
    """A condition gave something else than true or false."""


def evaluate(
    t: Transition,
    script: Script,
    scope: int,
    me: ElementInstance | None,
    names: Mapping[str, Value],
) -> Value:
    """The value of an expression."""
    node = t.definition.node(me.node) if me else t.definition.root
    context = _knowing(context_of(t, scope, me, node), names)
    try:
        return script.run(context, t.env.limits).value
    except ScriptThrow as thrown:
        raise _failure(t, thrown, node, script, context) from thrown


def holds(
    t: Transition,
    condition: Script,
    scope: int,
    node: FlowNode | None,
    names: Mapping[str, Value] = EMPTY,
) -> bool:
    """Whether a condition is true; anything but a truth value is a failure."""
    node = node or t.definition.root
    context = _knowing(context_of(t, scope, None, node), names)
    try:
        value = condition.run(context, t.env.limits).value
    except ScriptThrow as thrown:
        raise _failure(t, thrown, node, condition, context) from thrown
    if value is True or value is False:
        return value
    text = (
        f"Constraints must return boolean values: {condition.source!r} gave {type(value).__name__}"
    )
    raise ScriptFailure(
        where(t, node, text),
        instance=t.state.id,
        element=node.id,
        process=t.definition.id,
        logged=where(t, node, text),
    )


def holds_yet(t: Transition, condition: Script, scope: int, node: FlowNode) -> bool:
    """Whether a condition is true by now, though variables may still be without a value.

    A name that nothing is called is null here, and what fails because of a null is not true yet.
    """
    context = context_of(t, scope, None, node)
    plain = context.lookup

    def lookup(name: str) -> Value:
        value = plain(name)
        return None if value is UNDEFINED else value

    context.lookup = lookup
    try:
        return _is_true(condition, context, t.env.limits)
    except ScriptThrow as thrown:
        raise _failure(t, thrown, node, condition, context) from thrown
    except _NoTruth as wrong:
        raise ScriptFailure(
            where(t, node, str(wrong)),
            instance=t.state.id,
            element=node.id,
            process=t.definition.id,
            logged=where(t, node, str(wrong)),
        ) from None


def holds_outside(
    definition: ProcessDefinition, condition: Script, node: FlowNode, env: Env, names: Names
) -> bool:
    """Whether a condition is true where there is no instance: ``names`` are all it knows."""
    context = ScriptContext(
        names,
        env.now,
        env.seed,
        0,
        definition.id,
        definition.name,
        definition.version,
        definition.key.deployment,
        status=int(InstanceStatus.PENDING),
        node=node.id,
        node_name=node.name,
        metadata=definition.metadata,
        node_metadata=node.metadata,
        globals=env.globals,
    )
    try:
        return _is_true(condition, context, env.limits)
    except ScriptThrow as thrown:
        place = f"[{definition.id} - {node.name or node.id}:{node.id}] -- "
        failure = script_failure(
            thrown, condition, names, place.__add__, element=node.id, process=definition.id
        )
        raise failure from thrown
    except _NoTruth as wrong:
        text = f"[{definition.id} - {node.name or node.id}:{node.id}] -- {wrong}"
        raise ScriptFailure(text, element=node.id, process=definition.id, logged=text) from wrong


def _is_true(condition: Script, context: ScriptContext, limits: Limits) -> bool:
    """Whether it is true; what fails because of a null is not."""
    try:
        value = condition.run(context, limits).value
    except ScriptThrow as thrown:
        if not _NULLS.isdisjoint(thrown.supertypes):
            return False
        raise
    if value is None or value is True or value is False:
        return bool(value)
    raise _NoTruth(
        f"Constraints must return boolean values: {condition.source!r} gave {type(value).__name__}"
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


def run_script(
    t: Transition, script: Script, scope: int, me: ElementInstance, result_variable: str = ""
) -> bool:
    """Run a script for ``me``, its value going to a variable if asked; whether ``me`` goes on."""
    node = t.definition.node(me.node)
    context = context_of(t, scope, me, node)
    try:
        result = script.run(context, t.env.limits)
    except ScriptThrow as thrown:
        value = thrown.value or Bean(thrown.type_name, Map(message=thrown.text))
        failure = _failure(t, thrown, node, script, context)
        t.throw_error(thrown.type_name, me, value, supertypes=thrown.supertypes, failure=failure)
        return False
    for name, value in result.changes:
        t.set_variable(scope, name, value)
    if result_variable:
        t.set_variable(scope, result_variable, result.value)
    if result.printed or result.wishes:
        return accept(t, result.printed, result.wishes)
    return True


def accept(t: Transition, printed: tuple[str, ...], wishes: tuple[Wish, ...]) -> bool:
    """Take what a script or a rule printed and wished for; whether the instance goes on."""
    t.printed.extend(printed)
    if wishes:
        t.wishes.extend(wishes)
        if any(wish.kind == "abort" and wish.instance == -1 for wish in wishes):
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


def context_of(
    t: Transition, scope: int, me: ElementInstance | None, node: FlowNode
) -> ScriptContext:
    """What a script or a rule may see from a scope of the instance."""
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
        t.env.rules,
        correlation_key=state.correlation_key,
        budget=t.env.budget,
    )


def _knowing(context: ScriptContext, names: Mapping[str, Value]) -> ScriptContext:
    """The context with names that go before the variables."""
    if names:
        plain = context.lookup
        context.lookup = lambda name: names[name] if name in names else plain(name)
    return context


def _failure(
    t: Transition, thrown: ScriptThrow, node: FlowNode, script: Script, context: ScriptContext
) -> ScriptFailure:
    return script_failure(
        thrown,
        script,
        context.lookup,
        lambda text: where(t, node, text),
        instance=t.state.id,
        element=node.id,
        process=t.definition.id,
    )
