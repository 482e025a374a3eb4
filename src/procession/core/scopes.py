"""Which variable is seen from where.

A name belongs to the innermost scope that holds or declares it; names nobody declares belong to
the process (``reference/jbpm-engine.md`` 1.3, 2.8). What an activity declares belongs to each round
of its loop; the loop as a whole has its attributes.
"""

from __future__ import annotations

from procession.core.graph import ProcessDefinition
from procession.core.item_types import ItemType
from procession.core.looping import OWN
from procession.core.ports import UNDEFINED
from procession.core.state import ROOT, InstanceState, Role
from procession.values import EMPTY, Map, Value


def holder(definition: ProcessDefinition, state: InstanceState, scope: int, name: str) -> int:
    """The scope that ``name`` belongs to, seen from ``scope``; 0 if nobody knows it."""
    declared = definition.variables
    at = scope
    while at:
        if name in state.variables.get(at, ()):
            return at
        element = state.elements.get(at)
        if element is None:
            return 0
        if element.role is Role.BODY:
            loop = definition.nodes[element.node].loop
            if loop is not None and name in loop.attributes:
                return at
        elif name in declared.get(element.node, ()):
            return at
        at = element.scope
    return 0


def item_type(
    definition: ProcessDefinition, state: InstanceState, scope: int, name: str
) -> ItemType | None:
    """What ``name`` is declared as where it belongs, seen from ``scope``."""
    at = holder(definition, state, scope, name)
    element = state.elements.get(at)
    if element is None:
        return None
    return definition.variables.get(element.node, EMPTY).get(name)


def lookup(definition: ProcessDefinition, state: InstanceState, scope: int, name: str) -> Value:
    """The value of ``name``; ``None`` if only declared, :data:`UNDEFINED` if unknown."""
    at = holder(definition, state, scope, name)
    if not at:
        return UNDEFINED
    held = state.variables.get(at, EMPTY)
    element = state.elements.get(at)
    if name in held or element is None:
        return held.get(name)
    if element.role is Role.BODY:
        loop = definition.nodes[element.node].loop
        return loop.attribute(state, element, name) if loop is not None else None
    declared = definition.variables.get(element.node, EMPTY).get(name)
    return declared.default if declared is not None else None


def target(definition: ProcessDefinition, state: InstanceState, scope: int, name: str) -> int:
    """The scope that setting ``name`` writes to."""
    return holder(definition, state, scope, name) or ROOT


def visible(definition: ProcessDefinition, state: InstanceState, scope: int) -> Map:
    """All variables seen from ``scope`` that hold something, outer ones hidden by inner ones."""
    chain: list[int] = []
    at = scope
    while at:
        chain.append(at)
        element = state.elements.get(at)
        at = element.scope if element else 0
    merged: dict[str, Value] = {}
    for one in reversed(chain):
        merged.update(state.variables.get(one, {}))
    return Map({name: value for name, value in merged.items() if name[:1] != OWN})
