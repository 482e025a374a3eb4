"""Correlation: which instance a message belongs to, told from what the message carries.

BPMN 2.0.2, 8.4.2. A *key* is a list of properties, and for each message that takes part a path
tells the value of every property from the payload. The first message that an instance sends or
receives gives the key its value; from then on only messages with the same value reach it. A process
may bind a key to its own data instead (its subscription): then that is the value, whatever came
before.

The values of an instance's keys are kept in the memo of the process itself, under :data:`MEMO`. As
text a value is its properties joined by ``:`` (as jBPM writes correlation keys), and a wait carries
the text of the first key its message has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from procession.core.ports import UNDEFINED, Limits, Script, ScriptContext, ScriptThrow
from procession.core.records import MessageThrown
from procession.core.state import ROOT, InstanceState
from procession.values import EMPTY, Bean, Map, Value

if TYPE_CHECKING:
    from procession.core.graph import ProcessDefinition
    from procession.core.transition import Transition

MEMO: Final = "@correlation"
"""Where the memo of the process has the values; no lane is called so."""

PAYLOAD: Final = ("message", "payload", "event")
"""What a path may call the whole of what a message carries; its fields go by their own names."""


@dataclass(frozen=True, kw_only=True)
class CorrelationKey:
    """One key: for each message a path per property, and the paths to the process's own data."""

    id: str
    paths: Mapping[str, tuple[Script, ...]]
    bindings: tuple[Script, ...] = ()


def send(t: Transition, message: str, payload: Value, node: str) -> None:
    """Send a message from a node, with the key it tells; keys that have no value get theirs."""
    key = None
    keys = t.definition.keys_of_message.get(message)
    if keys:
        learn(t, message, payload)
        key = _told(t.definition, keys[0], message, payload, t.env.limits, t.env.now)
    t.append(MessageThrown(message, key, payload, node))


def expected(t: Transition, message: str, scope: int = ROOT) -> str | None:
    """The text of the key by which an instance waits for a message; ``None`` for any."""
    keys = t.definition.keys_of_message.get(message)
    if not keys:
        return None
    key = keys[0]
    if key.bindings:
        bound = text_of([t.evaluate(script, scope) for script in key.bindings])
        if bound is not None:
            return bound
    value = values(t.state).get(key.id)
    return value if isinstance(value, str) else None


def learn(t: Transition, message: str, payload: Value, given: str | None = None) -> None:
    """Give values to the keys that this message tells and that have none yet.

    ``given`` is the text that the sender gave for the first of them itself.
    """
    keys = t.definition.keys_of_message.get(message)
    root = t.state.elements.get(ROOT)
    if not keys or root is None:
        return
    known = values(t.state)
    found: dict[str, Value] = {}
    for key in keys:
        if key.id not in known and not key.bindings:
            told = _told(t.definition, key, message, payload, t.env.limits, t.env.now)
            if given is not None and key is keys[0]:
                told = given
            if told is not None:
                found[key.id] = told
    if found:
        memo = root.memo if isinstance(root.memo, Map) else EMPTY
        t.note(root, memo.with_items({MEMO: known.with_items(found)}))


def fits(
    definition: ProcessDefinition,
    state: InstanceState,
    message: str,
    waiting: str | None,
    payload: Value,
    now: datetime,
    limits: Limits,
) -> bool:
    """Whether a message belongs to an instance that waits for it with the text ``waiting``.

    Every key that the instance knows and the message has must have the same value.
    """
    known = values(state)
    for key in definition.keys_of_message.get(message, ()):
        value = known.get(key.id)
        if key.bindings and waiting is not None:
            value = waiting
        if value is None:
            continue
        if _told(definition, key, message, payload, limits, now) != value:
            return False
    return True


def told(
    definition: ProcessDefinition, message: str, payload: Value, now: datetime, limits: Limits
) -> str | None:
    """The text that a process's waits for a message carry if they are those of this payload."""
    keys = definition.keys_of_message.get(message)
    return _told(definition, keys[0], message, payload, limits, now) if keys else None


def values(state: InstanceState) -> Map:
    """Texts of the keys that have a value, by the id of the key."""
    root = state.elements.get(ROOT)
    memo = root.memo if root is not None else None
    found = memo.get(MEMO) if isinstance(memo, Map) else None
    return found if isinstance(found, Map) else EMPTY


def text_of(properties: list[Value]) -> str | None:
    """A key's text; ``None`` if a property is missing or is no plain value."""
    texts: list[str] = []
    for value in properties:
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        elif isinstance(value, str | int | float | Decimal):
            texts.append(str(value))
        elif isinstance(value, datetime):
            texts.append(value.isoformat())
        else:
            return None
    return ":".join(texts) if texts else None


def _told(
    definition: ProcessDefinition,
    key: CorrelationKey,
    message: str,
    payload: Value,
    limits: Limits,
    now: datetime,
) -> str | None:
    """The key as a message's payload tells it; a path that fails tells nothing."""
    names: dict[str, Value] = {}
    fields = payload.fields if isinstance(payload, Bean) else payload
    if isinstance(fields, Map):
        names.update({str(name): value for name, value in fields.items()})
    for name in (*PAYLOAD, message):
        names.setdefault(name, payload)
    context = ScriptContext(
        lambda name: names.get(name, UNDEFINED), now, 0, 0, definition.id, definition.name
    )
    try:
        return text_of([script.run(context, limits).value for script in key.paths[message]])
    except ScriptThrow:
        return None
