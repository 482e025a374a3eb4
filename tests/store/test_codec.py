"""What is stored comes back: the same values, of the same types, deeply immutable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procession.core.records import ElementNoted, Record, VariableSet, WaitOpened
from procession.core.state import (
    Caller,
    DefinitionKey,
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Parked,
    Role,
    Wait,
    WaitKind,
    reindex,
)
from procession.errors import InvalidValue, StoreFault
from procession.store.codec import (
    FORMAT,
    decode_records,
    decode_state,
    decode_value,
    encode_records,
    encode_state,
    encode_value,
)
from procession.store.upcasts import lift
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set, Short, freeze

SAMPLES = Path(__file__).parent / "samples"

any_text = st.text(st.characters(codec=None) | st.characters(categories=["Cs"]), max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    any_text,
    st.binary(max_size=8),
    st.decimals(allow_nan=False),
    st.datetimes(timezones=st.just(UTC)),
    st.integers().map(Long),
    st.integers().map(Short),
    st.integers().map(Byte),
    st.integers().map(BigInteger),
    st.floats(allow_nan=False).map(Float),
    any_text.map(Char),
)


def containers(inner: Any) -> Any:
    keys = any_text | scalars
    return st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4).map(Map),
        st.lists(inner, max_size=4).map(Set),
        st.builds(Bean, any_text, st.dictionaries(any_text, inner, max_size=3)),
    )


values = st.recursive(scalars, containers, max_leaves=12)


def shape(value: Any) -> Any:
    """A value with the type of everything in it, for an exact comparison."""
    kind = type(value)
    if kind is tuple:
        return (kind, [shape(item) for item in value])
    if kind is Map:
        return (kind, [(shape(key), shape(item)) for key, item in value.items()])
    if kind is Set:
        return (kind, [shape(item) for item in value])
    if kind is Bean:
        return (kind, value.type_name, shape(value.fields))
    return (kind, str(value) if kind is Decimal else value)


@given(values)
def test_any_value_comes_back_exactly(value: Any) -> None:
    assert shape(decode_value(encode_value(value))) == shape(value)


def test_the_instant_of_a_time_is_kept() -> None:
    there = datetime(2026, 3, 1, 12, 30, 1, 234567, timezone(timedelta(hours=2)))

    back = decode_value(encode_value(there))

    assert back == there
    assert back.utcoffset() == timedelta(0)


def test_not_a_number_comes_back() -> None:
    assert repr(decode_value(encode_value((float("nan"), Float("inf"))))) == "(nan, inf)"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: (value,),
        lambda value: Map(a=value),
        lambda value: Set((value,)),
        lambda value: Map({Long(1): value}),
    ],
    ids=["list", "object", "set", "map"],
)
def test_the_deepest_value_that_may_exist_is_stored(wrap: Any) -> None:
    value: Any = Decimal("1.5")
    for _ in range(199):
        value = wrap(value)
    freeze(value)

    assert decode_value(encode_value(value)) == value


@pytest.mark.parametrize("wrong", [object(), [1], {1: 2}, {1}, 1j, Map(a=[1])])
def test_what_is_no_value_is_not_stored(wrong: Any) -> None:
    with pytest.raises(InvalidValue):
        encode_value(wrong)


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_damaged_bytes_are_our_error(data: bytes) -> None:
    for decode in (decode_value, decode_state, decode_records):
        try:
            decode(b"\x01" + data)
        except StoreFault:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xc0",
        b"\x63\xc0",
        b"\x01",
        b"\x01" + b"\x91" * 100_000 + b"\x01",
        b"\x01" + b"\x81\xa1a" * 100_000 + b"\x01",
        b"\x01\xdd\xff\xff\xff\xff\x01",
        b"\x01\xc7\x00\x14",
        b"\x01\xc7\x00\x63",
        b"\x01\x92\xc7\x00\x15\x01",
        b"\x01\x93\xc7\x00\x15\x01\x80",
        b"\x01\x92\x01\xc7\x00\x14",
        b"\x01\xc7\x03\x07abc",
    ],
)
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(StoreFault):
        decode_value(data)
    if data[:1] == b"\x01":
        with pytest.raises(StoreFault):
            decode_value(bytes([FORMAT]) + data[1:])


def state_with(variables: dict[str, Any], memo: Any, parameters: Any) -> InstanceState:
    state = InstanceState(
        7,
        DefinitionKey("g:a:1", "hiring", 3),
        InstanceStatus.ACTIVE,
        41,
        12,
        7,
        Caller(3, 9, False),
        "ann",
        "key",
        None,
        {
            1: ElementInstance(1, "", 0),
            2: ElementInstance(2, "loop", 1, Role.BODY, memo),
            4: ElementInstance(4, "loop", 2, Role.ITERATION),
        },
        {(1, "join"): Parked((6, 6), ("a", "b"))},
        {
            5: Wait(5, 4, "loop", WaitKind.WORK_ITEM, "Human Task", None, None, parameters),
            8: Wait(8, 2, "late", WaitKind.TIMER, due=datetime(2026, 1, 1, tzinfo=UTC)),
        },
        {1: variables, 4: {"item": 1}},
    )
    return reindex(state)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4), values, values)
def test_a_state_comes_back_with_its_indexes(
    variables: dict[str, Any], memo: Any, parameters: Any
) -> None:
    state = state_with(variables, memo, Map(value=parameters))

    back, numbers = decode_state(encode_state(state, {5: 77}))

    assert back == state
    assert numbers == {5: 77}
    assert shape(Map(back.variables[1])) == shape(Map(variables))
    assert shape(back.elements[2].memo) == shape(memo)
    assert shape(back.waits[5].parameters) == shape(Map(value=parameters))
    assert type(back.variables[1]) is dict
    assert back.elements[2].role is Role.BODY


@given(st.lists(st.tuples(values, values), max_size=4))
def test_records_come_back(pairs: list[tuple[Any, Any]]) -> None:
    records: list[Record] = []
    for one, other in pairs:
        records.append(VariableSet(1, "x", one, other))
        records.append(ElementNoted(2, one))
        wait = Wait(3, 2, "n", WaitKind.WORK_ITEM, parameters=Map(given=other))
        records.append(WaitOpened(wait))

    back = decode_records(encode_records(records))

    assert back == records
    for number in range(0, len(back), 3):
        assert shape(back[number].value) == shape(records[number].value)  # type: ignore[attr-defined]
        assert type(back[number + 2].wait.parameters) is Map  # type: ignore[attr-defined]


# --- stored samples: they may never stop being readable ---------------------------------------

SAMPLE_VARIABLES: dict[str, Any] = {
    "text": "Ann",
    "long": Long(5),
    "amount": Decimal("1.50"),
    "items": (1, "two", None),
    "tags": Set(("a", "b")),
    "person": Bean("com.acme.Person", Map(name="Ann", age=Long(30))),
    "by_number": Map({1: "one"}),
    "half": "\ud800",
}


def test_a_state_stored_in_format_1_is_read() -> None:
    state, numbers = decode_state((SAMPLES / "state_1.bin").read_bytes())

    assert state == state_with(SAMPLE_VARIABLES, (1, Map(a=2)), Map(TaskName="Review"))
    assert numbers == {5: 77}


def test_records_stored_in_format_1_are_read() -> None:
    records = decode_records((SAMPLES / "records_1.bin").read_bytes())

    assert records == sample_records()


def test_a_value_stored_in_format_1_is_read() -> None:
    value = decode_value((SAMPLES / "value_1.bin").read_bytes())

    assert shape(value) == shape(Map(SAMPLE_VARIABLES))


def sample_records() -> list[Record]:
    """One of each."""
    from procession.core import records as r

    wait = Wait(5, 4, "n", WaitKind.TIMER, "x", "k", datetime(2026, 1, 1, tzinfo=UTC), Map(a=1))
    return [
        r.ProcessInstanceStarted(DefinitionKey("d", "p", 1), 7, Caller(3, 9), "ann", "key"),
        r.ElementActivated(2, "n", 1, Role.SINGLE, "f"),
        r.ElementNoted(2, (1, Map(a=Decimal("2.0")))),
        r.ElementCompleted(2, "n"),
        r.ElementCancelled(3, "m"),
        r.SequenceFlowTaken("f", 1, 2),
        r.TokenParked("j", "f", 1, 9),
        r.TokensJoined("j", ("f", "g"), 1),
        r.VariableSet(1, "x", Long(1), None),
        r.WaitOpened(wait),
        r.WaitClosed(5, WaitKind.TIMER, "met", "x", 4),
        r.ProcessCalled(5, "other", Map(a=1), False, True, 4),
        r.MessageThrown("m", "k", Map(a=(1,))),
        r.SignalThrown("s", 1.5),
        r.ErrorThrown("E", 2, Set((1,)), "b"),
        r.ProcessInstanceSuspended(),
        r.ProcessInstanceResumed(),
        r.ProcessInstanceEnded(InstanceStatus.ABORTED, "E", Char("x")),
    ]


def test_lifts_are_applied_in_order() -> None:
    lifts = {
        ("value", 1): lambda body: [*body, "second"],
        ("value", 2): lambda body: [*body, "third"],
    }

    assert lift("value", 3, b"\x01\x91\xa5first", lifts) == b"\x93\xa5first\xa6second\xa5third"
    assert lift("value", 3, b"\x02\x91\xa5first", lifts) == b"\x92\xa5first\xa5third"


def test_tokens_left_over_at_a_join_get_a_number_of_their_own() -> None:
    old = encode_state(state_with({}, (), Map()), {})
    body = msgspec.msgpack.decode(old[1:])
    body[11] = [(1, "join", (6, ("a", "b", "a", "a")))]
    body[4] = 20

    state, _ = decode_state(b"\x01" + msgspec.msgpack.encode(body))

    assert state.parked == {(1, "join"): Parked((6, 6, 20, 21), ("a", "b", "a", "a"))}
    assert state.next_id == 22
