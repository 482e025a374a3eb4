"""Java object streams that clients send: what is read, and that nothing hostile is."""

from __future__ import annotations

import random
import struct
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procession.errors import Invalid
from procession.rest.jbpm.execute.document import read_document
from procession.rest.jbpm.execute.typed import map_of
from procession.rest.jbpm.java_reading import read_java
from procession.rest.jbpm.java_serialization import HEADER, class_name, serialize
from procession.values import Array, BigInteger, Byte, Char, Float, Long, Map, Set, Short, Value

# written by Java's own ObjectOutputStream: class, base64, value
WRITTEN_BY_JAVA: list[tuple[str, Value]] = [
    (
        "rO0ABXNyABdqYXZhLnV0aWwuTGlua2VkSGFzaE1hcDTATlwQbMD7AgABWgALYWNjZXNzT3JkZXJ4cgARamF2YS51"
        "dGlsLkhhc2hNYXAFB9rBwxZg0QMAAkYACmxvYWRGYWN0b3JJAAl0aHJlc2hvbGR4cD9AAAAAAAABdwgAAAACAAAA"
        "AXQAAWt0AAF2eAA=",
        Map(k="v"),
    ),
    (
        "rO0ABXNyABFqYXZhLnV0aWwuVHJlZU1hcAzB9j4tJWrmAwABTAAKY29tcGFyYXRvcnQAFkxqYXZhL3V0aWwvQ29t"
        "cGFyYXRvcjt4cHB3BAAAAAF0AAFrc3IAEWphdmEubGFuZy5JbnRlZ2VyEuKgpPeBhzgCAAFJAAV2YWx1ZXhyABBq"
        "YXZhLmxhbmcuTnVtYmVyhqyVHQuU4IsCAAB4cAAAAAF4",
        Map(k=1),
    ),
    ("rO0ABXNyABRqYXZhLnV0aWwuTGlua2VkTGlzdAwpU11KYIgiAwAAeHB3BAAAAAF0AAFheA==", ("a",)),
    (
        "rO0ABXNyABpqYXZhLnV0aWwuQXJyYXlzJEFycmF5TGlzdNmkPL7NiAbSAgABWwABYXQAE1tMamF2YS9sYW5nL09i"
        "amVjdDt4cHVyABdbTGphdmEuaW8uU2VyaWFsaXphYmxlO67QCaxT1+1JAgAAeHAAAAACdAABYXNyABFqYXZhLmxh"
        "bmcuSW50ZWdlchLioKT3gYc4AgABSQAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAAAAB",
        ("a", 1),
    ),
    (
        "rO0ABXNyABNqYXZhLnV0aWwuQXJyYXlMaXN0eIHSHZnHYZ0DAAFJAARzaXpleHAAAAACdwQAAAACdAAEc2FtZXEA"
        "fgACeA==",
        ("same", "same"),
    ),
    (
        "rO0ABX5yABZqYXZhLmxhbmcuVGhyZWFkJFN0YXRlAAAAAAAAAAASAAB4cgAOamF2YS5sYW5nLkVudW0AAAAAAAAA"
        "ABIAAHhwdAADTkVX",
        "NEW",
    ),
    ("rO0ABXNyAB9qYXZhLnV0aWwuQ29sbGVjdGlvbnMkRW1wdHlMaXN0ergXtDynnt4CAAB4cA==", ()),
    (
        "rO0ABXNyABJqYXZhLnNxbC5UaW1lc3RhbXAmGNXIAVO/ZQIAAUkABW5hbm9zeHIADmphdmEudXRpbC5EYXRlaGqB"
        "AUtZdBkDAAB4cHcIAAAAAAAAAAB4AExLQA==",
        datetime(1970, 1, 1, tzinfo=UTC),
    ),
]
ARRAYS = [
    ("rO0ABXVyABNbTGphdmEubGFuZy5TdHJpbmc7rdJW5+kde0cCAAB4cAAAAAJ0AAFhcA==",
     Array(["a", None], "java.lang.String")),
    ("rO0ABXVyAAJbSU26YCZ26rKlAgAAeHAAAAACAAAAAf////4=", Array([1, -2], "int")),
    ("rO0ABXVyAAJbWlePIDkUuF3iAgAAeHAAAAACAQA=", Array([True, False], "boolean")),
    ("rO0ABXVyAAJbQ7AmZrDiXYSsAgAAeHAAAAACAGEgrA==", Array([Char("a"), Char("€")], "char")),
    ("rO0ABXVyAAJbSnggBLUSsXWTAgAAeHAAAAABAAAAAAAAAAU=", Array([Long(5)], "long")),
]  # fmt: skip

_scalars = (
    st.none() | st.booleans() | st.text(max_size=20) | st.integers(-(2**31), 2**31 - 1)
    | st.integers(-(2**63), 2**63 - 1).map(Long) | st.integers(-(2**15), 2**15 - 1).map(Short)
    | st.integers(-128, 127).map(Byte) | st.integers(-(10**30), 10**30).map(BigInteger)
    | st.floats(allow_nan=False) | st.floats(allow_nan=False, width=32).map(Float)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-9999, max_value=9999)
    | st.binary(max_size=20)
    | st.integers(0, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
)  # fmt: skip
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4).map(Map)
        | st.lists(st.text(max_size=3) | st.integers(0, 9), max_size=4).map(Set)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("stream", "value"), WRITTEN_BY_JAVA + ARRAYS, ids=lambda item: str(item)[:20]
)
def test_what_java_wrote_is_read(stream: str, value: Value) -> None:
    found = read_java(b64decode(stream))

    assert found == value
    assert type(found) is type(value)
    assert getattr(found, "component", None) == getattr(value, "component", None)


@pytest.mark.parametrize(("stream", "value"), ARRAYS, ids=lambda item: str(item)[:20])
def test_an_array_is_written_as_java_writes_it(stream: str, value: Array) -> None:
    assert b64encode(serialize(value)).decode() == stream


def test_an_array_with_other_items_than_its_type_says_is_one_of_objects() -> None:
    for wrong in (Array([None], "int"), Array(["x"], "long"), Array([2**40], "int")):
        assert class_name(wrong) == "[Ljava.lang.Object;"
        assert read_java(serialize(wrong)) == wrong
    assert class_name(Array([], "com.acme.Person")) == "[Ljava.lang.Object;"


@settings(max_examples=150, deadline=None)
@given(_values)
def test_what_is_written_is_read_again(value: Value) -> None:
    assert read_java(serialize(value)) == value


def test_number_types_survive() -> None:
    for value in (
        1,
        Long(1),
        Short(1),
        Byte(1),
        BigInteger(1),
        True,
        1.5,
        Float(1.5),
        Decimal("1.50"),
        Char("x"),
    ):
        assert type(read_java(serialize(value))) is type(value)


def _object(name: bytes, flags: int = 2, body: bytes = b"") -> bytes:
    head = b"\x73\x72" + struct.pack(">H", len(name)) + name + b"\x00" * 8 + bytes([flags])
    return head + b"\x00\x00\x78\x70" + body


@pytest.mark.parametrize(
    "name",
    [
        b"org.apache.commons.collections.functors.InvokerTransformer", b"java.lang.Runtime",
        b"javax.management.BadAttributeValueExpException", b"com.acme.Person", b"\xff\xfe", b"",
        b"java.util.PriorityQueue", b"java.net.URL", b"[I",
    ],
)  # fmt: skip
@pytest.mark.parametrize("flags", [0, 2, 3, 4, 12, 255])
def test_other_classes_are_refused(name: bytes, flags: int) -> None:
    with pytest.raises(Invalid):
        read_java(HEADER + _object(name, flags, b"\x78"))


def test_depth_is_bounded() -> None:
    value: Value = "x"
    for _ in range(150):
        value = (value,)
    with pytest.raises(Invalid, match="levels"):
        read_java(serialize(value))
    with pytest.raises(Invalid):  # a chain of super classes
        read_java(HEADER + b"\x73" + (b"\x72\x00\x01a" + b"\x00" * 8 + b"\x02\x00\x00\x78") * 5000)


def test_a_bomb_of_sets_inside_sets_is_refused_at_once() -> None:
    """Every level has the two sets of the next one: 2 ** 60 members for who counts them all."""
    began = time.process_time()
    sets = b"\x73\x72\x00\x11java.util.HashSet" + b"\x00" * 8 + b"\x03\x00\x00\x78\x70"
    level = b"\x73\x71\x00\x7e\x00\x00"
    stream, handle = HEADER + sets, 1
    for _ in range(60):
        stream += b"\x77\x00" + level
        handle += 1
    stream += b"\x77\x00\x78"
    for depth in range(60):
        stream += b"\x71" + struct.pack(">I", 0x7E0000 + handle - depth) + b"\x78"
    with pytest.raises(Invalid):
        read_java(stream)
    assert time.process_time() - began < 0.5


def test_sizes_that_lie_are_refused() -> None:
    for size in (2**31 - 1, -1, 1_000_000):
        array = b"\x75\x72\x00\x02[J" + b"\x00" * 8 + b"\x02\x00\x00\x78\x70"
        with pytest.raises(Invalid):
            read_java(HEADER + array + struct.pack(">i", size))
    with pytest.raises(Invalid):
        read_java(HEADER + b"\x7c" + struct.pack(">Q", 2**63))
    with pytest.raises(Invalid, match="bytes"):
        read_java(HEADER + b"\x70" * (5 * 1024 * 1024))


@pytest.mark.parametrize(
    "stream",
    [b"", b"\xac\xed\x00\x04\x70", HEADER, HEADER + b"\x70\x70", HEADER + b"\x71\x00\x7e\x00\x00",
     HEADER + b"\x76", HEADER + b"\x7b", HEADER + b"\x7d\x00\x00\x00\x01", HEADER + b"\x79"],
)  # fmt: skip
def test_what_is_no_object_is_refused(stream: bytes) -> None:
    with pytest.raises(Invalid):
        read_java(stream)


def test_a_damaged_stream_is_refused_or_read_but_nothing_else() -> None:
    source = random.Random(5)
    whole = serialize(
        Map(a=(1, Long(2), "x", None), b=Set(["y"]), c=Decimal("1.5"), d=Array([1], "int"), e=b"z")
    )
    began = time.process_time()
    for _ in range(3_000):
        broken = bytearray(whole)
        for _ in range(source.randint(1, 4)):
            broken[source.randrange(4, len(broken))] = source.randrange(256)
        try:
            read_java(bytes(broken[: source.choice([len(broken), source.randrange(len(broken))])]))
        except Invalid:
            continue
    assert time.process_time() - began < 10


def test_a_map_may_come_in_the_layout_of_the_answers() -> None:
    def entry(name: str, value: Value) -> str:
        stream = b64encode(serialize(value)).decode()
        return f'<entry key="{name}" class-name="{class_name(value)}">{stream}</entry>'

    entries = entry("n", 5) + entry("l", ("a", Long(1)))
    document = read_document(f'<m>{entries}<entry key="none"/></m>'.encode())

    assert map_of(document) == Map(n=5, l=("a", Long(1)), none=None)
    with pytest.raises(Invalid):
        map_of(read_document(b'<m><entry key="x" class-name="a">%%%</entry></m>'))
