"""States, records and values <-> msgpack, with exact types.

Every stored form is a format number (one byte) and a msgpack body; structs stand by position
(``reference/architecture.md`` section 10), values as ``packing.py`` says.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import InvalidOperation
from itertools import compress, count
from typing import Any, Final

import msgspec
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import force_setattr, replace

from procession.core.records import (
    ALPHABET,
    ElementNoted,
    ErrorThrown,
    MessageThrown,
    ProcessCalled,
    ProcessInstanceEnded,
    Record,
    SignalThrown,
    VariableSet,
    WaitOpened,
)
from procession.core.state import (
    Caller,
    DefinitionKey,
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Parked,
    Wait,
    reindex,
)
from procession.errors import InvalidValue, StoreFault
from procession.store.packing import PLAIN, extend, lower, needs_thaw, restore, thaw
from procession.store.upcasts import lift
from procession.values import Value

FORMAT: Final = 2
"""The present number of each stored form; older ones go through ``upcasts.py``."""
_FRONT: Final = bytes([FORMAT])


class _Stored(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A state as it is stored: without indexes, with elements and waits as plain lists.

    ``numbers`` are the public ids of its open work items, by wait.
    """

    id: int
    definition: DefinitionKey
    status: InstanceStatus
    seq: int
    next_id: int
    root: int
    caller: Caller | None
    started_by: str
    correlation_key: str | None
    outcome: str | None
    elements: list[ElementInstance]
    parked: list[tuple[int, str, Parked]]
    waits: list[Wait]
    variables: dict[int, dict[str, Any]]
    numbers: Mapping[int, int]


_encoder = Encoder(enc_hook=extend)
_states: Decoder[_Stored] = Decoder(_Stored, ext_hook=restore)
_any_record: Any = functools.reduce(operator.or_, ALPHABET)
_records: Decoder[list[Record]] = Decoder(list[_any_record], ext_hook=restore)
_values: Decoder[Any] = Decoder(ext_hook=restore)
_FAULTS = (
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    RecursionError,
    InvalidOperation,
    struct.error,
    MemoryError,
)


def _write(make: Callable[[bool], Any]) -> bytes:
    """Encode what ``make`` prepares; thoroughly if something is out of msgpack's range."""
    try:
        return _FRONT + _encoder.encode(make(False))
    except (OverflowError, UnicodeEncodeError):
        pass
    try:
        return _FRONT + _encoder.encode(make(True))
    except (OverflowError, UnicodeEncodeError) as error:
        raise InvalidValue("a name or number cannot be stored: it is out of range") from error


def _body(kind: str, data: bytes) -> bytes:
    """What stands behind the format number, in the present form."""
    if data[:1] == _FRONT:
        return data[1:]
    return lift(kind, FORMAT, data)


def encode_state(state: InstanceState, numbers: Mapping[int, int]) -> bytes:
    """A state at rest with the public ids of its work items."""

    parked = state.parked and [(*key, value) for key, value in state.parked.items()]

    def make(thorough: bool) -> _Stored:
        return _Stored(
            state.id,
            state.definition,
            state.status,
            state.seq,
            state.next_id,
            state.root,
            state.caller,
            state.started_by,
            state.correlation_key,
            state.outcome,
            _lower_elements(state.elements.values(), thorough),
            parked or [],
            _lower_waits(state.waits.values(), thorough),
            _lower_variables(state.variables, thorough),
            numbers,
        )

    return _write(make)


def _lower_elements(elements: Iterable[ElementInstance], thorough: bool) -> list[ElementInstance]:
    return [
        element
        if element.memo is None and not element.log
        else replace(element, memo=lower(element.memo, thorough), log=lower(element.log, thorough))
        for element in elements
    ]


def _lower_waits(waits: Iterable[Wait], thorough: bool) -> list[Wait]:
    lowered = []
    for wait in waits:
        given = wait.parameters
        parameters = lower(given, thorough) if given else given
        lowered.append(wait if parameters is given else replace(wait, parameters=parameters))
    return lowered


def _lower_variables(
    variables: dict[int, dict[str, Value]], thorough: bool
) -> dict[int, dict[str, Any]]:
    if not thorough:
        for names in variables.values():
            if not PLAIN.issuperset(map(type, names.values())):
                break
        else:
            return variables
    return {
        scope: {name: lower(value, thorough) for name, value in names.items()}
        for scope, names in variables.items()
    }


def decode_state(data: bytes) -> tuple[InstanceState, dict[int, int]]:
    """A state, indexed and frozen, and the public ids of its work items by wait."""
    try:
        stored = _states.decode(_body("state", data))
        for element in stored.elements:
            if element.memo is not None:
                force_setattr(element, "memo", thaw(element.memo))
            if element.log:
                chunks = [tuple([thaw(entry) for entry in chunk]) for chunk in element.log]
                force_setattr(element, "log", tuple(chunks))
        for wait in stored.waits:
            force_setattr(wait, "parameters", thaw(wait.parameters))
        for names in stored.variables.values():
            if needs_thaw(names.values()):
                for name, value in names.items():
                    names[name] = thaw(value)
    except _FAULTS as error:
        raise StoreFault("a stored process instance cannot be read") from error
    state = InstanceState(
        stored.id,
        stored.definition,
        stored.status,
        stored.seq,
        stored.next_id,
        stored.root,
        stored.caller,
        stored.started_by,
        stored.correlation_key,
        stored.outcome,
        {element.id: element for element in stored.elements},
        {(scope, node): parked for scope, node, parked in stored.parked},
        {wait.id: wait for wait in stored.waits},
        stored.variables,
    )
    return reindex(state), dict(stored.numbers)


_VALUE_FIELDS: dict[type[Record], tuple[str, ...]] = {
    ProcessInstanceEnded: ("value", "kept"),
    ElementNoted: ("memo",),
    VariableSet: ("value", "old"),
    ProcessCalled: ("variables", "undo"),
    MessageThrown: ("value",),
    SignalThrown: ("value",),
    ErrorThrown: ("value",),
}

_WITH_VALUES = frozenset({WaitOpened, *_VALUE_FIELDS})


def _lower_record(record: Record, thorough: bool) -> Record:
    if isinstance(record, WaitOpened):
        (wait,) = _lower_waits((record.wait,), thorough)
        return record if wait is record.wait else WaitOpened(wait)
    changes = {}
    for field in _VALUE_FIELDS.get(type(record), ()):
        value = getattr(record, field)
        lowered = lower(value, thorough)
        if lowered is not value:
            changes[field] = lowered
    return replace(record, **changes) if changes else record


def _thaw_record(record: Record) -> None:
    if isinstance(record, WaitOpened):
        force_setattr(record.wait, "parameters", thaw(record.wait.parameters))
    for field in _VALUE_FIELDS.get(type(record), ()):
        force_setattr(record, field, thaw(getattr(record, field)))


def encode_records(records: Sequence[Record]) -> bytes:
    """The records of a turn."""
    places = [*compress(count(), map(_WITH_VALUES.__contains__, map(type, records)))]
    if not places:
        return _write(lambda _: records)

    def lowered(thorough: bool) -> Sequence[Record]:
        found = list(records)
        for at in places:
            found[at] = _lower_record(found[at], thorough)
        return found

    return _write(lowered)


def decode_records(data: bytes) -> list[Record]:
    """The records of a turn, frozen."""
    try:
        records = _records.decode(_body("records", data))
        for record in records:
            _thaw_record(record)
    except _FAULTS as error:
        raise StoreFault("stored records cannot be read") from error
    return records


def encode_value(value: Value) -> bytes:
    """One value: a task's content, a job's payload, a definition's variables."""
    return _write(lambda thorough: lower(value, thorough))


def decode_value(data: bytes) -> Value:
    """One value, frozen and of the types it was stored with."""
    try:
        return thaw(_values.decode(_body("value", data)))
    except _FAULTS as error:
        raise StoreFault("a stored value cannot be read") from error
