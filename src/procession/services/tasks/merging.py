"""Business objects that come with the completion of a task, merged into the process.

``reference/oneweb-rest-api.md`` 2.4: within an object given members overwrite, members not given
stay, an explicit null clears, nested objects merge the same way, lists are replaced. If the task
declares output mappings only mapped objects flow; otherwise each goes to the process object of
the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from procession.core import scopes
from procession.core.graph import ProcessDefinition
from procession.core.item_types import check_object
from procession.core.ports import UNDEFINED
from procession.core.state import ROOT, InstanceState, Wait
from procession.values import EMPTY, Bean, Map, Value


class Merged(msgspec.Struct, frozen=True):
    """``results`` complete the work item; ``variables`` are set in the process before that."""

    results: Map
    variables: Map


def merge(old: Value, new: Value) -> Value:
    """An object with the members of another laid over it; anything else is replaced."""
    if not isinstance(new, Map):
        return new
    if isinstance(old, Bean):
        return Bean(old.type_name, merge(old.fields, new))
    if not isinstance(old, Map):
        return new
    return Map({**old, **{name: merge(old.get(name), value) for name, value in new.items()}})


def merged(definition: ProcessDefinition, state: InstanceState, wait: Wait, objects: Map) -> Merged:
    """What completing with these objects means, as the process stands now.

    Raises :class:`procession.errors.InvalidValue` if an object does not fit its declared type.
    """
    outputs = [o for o in getattr(definition.node(wait.handler), "outputs", ()) if _is_plain(o)]
    if not outputs:
        values = {
            name: merge(state.variables.get(ROOT, EMPTY).get(name), value)
            for name, value in objects.items()
        }
        _check(definition, state, ROOT, values, objects)
        return Merged(objects, Map(values))
    results: dict[str, Value] = {}
    targets: dict[str, Value] = {}
    given: dict[str, Value] = {}
    for output in outputs:
        current = scopes.lookup(definition, state, wait.owner, output.target)
        value = None if current is UNDEFINED else current
        for name in (output.source, output.target):
            if name in objects:
                value = merge(value, objects[name])
                targets[output.target] = value
                given[output.target] = objects[name]
                break
        results[output.source] = value
    _check(definition, state, wait.owner, targets, given)
    return Merged(Map(results), EMPTY)


def task_objects(definition: ProcessDefinition, state: InstanceState, wait: Wait) -> Map:
    """The objects mapped into the task; if there are none, all of the process."""
    inputs = getattr(definition.node(wait.handler), "inputs", ())
    names = [i.variable.partition(".")[0] for i in inputs if i.variable]
    if not names:
        names = [*definition.variables.get("", ()), *state.variables.get(ROOT, ())]
    found: dict[str, Value] = {}
    for name in dict.fromkeys(names):
        value = scopes.lookup(definition, state, wait.owner, name)
        found[name] = None if value is UNDEFINED else value
    return Map(found)


def _is_plain(output: Any) -> bool:
    return bool(output.is_plain)


def _check(
    definition: ProcessDefinition,
    state: InstanceState,
    scope: int,
    values: Mapping[str, Value],
    given: Mapping[str, Value],
) -> None:
    """Check what would be written; of declared business objects, the members that are given."""
    objects = definition.attributes.get("business_objects", EMPTY)
    for name, value in given.items():
        if name in objects:
            check_object(name, objects[name], value)
    for name, value in values.items():
        declared = scopes.item_type(definition, state, scope, name)
        if declared is not None:
            declared.check(value)
