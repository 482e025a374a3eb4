"""Values as Java object streams: the vectors of the reference, and a reader of our own."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from procession.rest.jbpm.java_serialization import (
    blocks,
    class_name,
    modified_utf8,
    serialize,
    string,
)
from procession.rest.jbpm.raw_documents import legacy_document, raw_document
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set, Short, Value

VECTORS: list[tuple[Value, str, str]] = [
    ("ok", "java.lang.String", "rO0ABXQAAm9r"),
    ("Review", "java.lang.String", "rO0ABXQABlJldmlldw=="),
    (
        42,
        "java.lang.Integer",
        "rO0ABXNyABFqYXZhLmxhbmcuSW50ZWdlchLioKT3gYc4AgABSQAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJl"
        "coaslR0LlOCLAgAAeHAAAAAq",
    ),
    (
        Long(42),
        "java.lang.Long",
        "rO0ABXNyAA5qYXZhLmxhbmcuTG9uZzuL5JDMjyPfAgABSgAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoas"
        "lR0LlOCLAgAAeHAAAAAAAAAAKg==",
    ),
    (
        Short(7),
        "java.lang.Short",
        "rO0ABXNyAA9qYXZhLmxhbmcuU2hvcnRoTTcTNGDaUgIAAVMABXZhbHVleHIAEGphdmEubGFuZy5OdW1iZXKG"
        "rJUdC5TgiwIAAHhwAAc=",
    ),
    (
        True,
        "java.lang.Boolean",
        "rO0ABXNyABFqYXZhLmxhbmcuQm9vbGVhbs0gcoDVnPruAgABWgAFdmFsdWV4cAE=",
    ),
    (
        False,
        "java.lang.Boolean",
        "rO0ABXNyABFqYXZhLmxhbmcuQm9vbGVhbs0gcoDVnPruAgABWgAFdmFsdWV4cAA=",
    ),
    (
        1.5,
        "java.lang.Double",
        "rO0ABXNyABBqYXZhLmxhbmcuRG91YmxlgLPCSilr+wQCAAFEAAV2YWx1ZXhyABBqYXZhLmxhbmcuTnVtYmVy"
        "hqyVHQuU4IsCAAB4cD/4AAAAAAAA",
    ),
    (
        Float(1.5),
        "java.lang.Float",
        "rO0ABXNyAA9qYXZhLmxhbmcuRmxvYXTa7cmi2zzw7AIAAUYABXZhbHVleHIAEGphdmEubGFuZy5OdW1iZXKG"
        "rJUdC5TgiwIAAHhwP8AAAA==",
    ),
    (
        datetime(1970, 1, 1, tzinfo=UTC),
        "java.util.Date",
        "rO0ABXNyAA5qYXZhLnV0aWwuRGF0ZWhqgQFLWXQZAwAAeHB3CAAAAAAAAAAAeA==",
    ),
    (
        ("a",),
        "java.util.ArrayList",
        "rO0ABXNyABNqYXZhLnV0aWwuQXJyYXlMaXN0eIHSHZnHYZ0DAAFJAARzaXpleHAAAAABdwQAAAABdAABYXg=",
    ),
    (
        Map(k="v"),
        "java.util.HashMap",
        "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhw"
        "P0AAAAAAAAx3CAAAABAAAAABdAABa3QAAXZ4",
    ),
    (
        Set(["a"]),
        "java.util.HashSet",
        "rO0ABXNyABFqYXZhLnV0aWwuSGFzaFNldLpEhZWWuLc0AwAAeHB3DAAAABA/QAAAAAAAAXQAAWF4",
    ),
]
RAW = (
    "rO0ABXeyCgYIBhAAGABKkQEIABJIb3JnLmRyb29scy5jb3JlLm1hcnNoYWxsaW5nLmltcGwuU2VyaWFsaXph"
    "YmxlUGxhY2Vob2xkZXJSZXNvbHZlclN0cmF0ZWd5GkOs7QAFc3IAE2phdmEudXRpbC5BcnJheUxpc3R4gdId"
    "mcdhnQMAAUkABHNpemV4cAAAAAF3BAAAAAF0AAZSZXZpZXd4UhQKEgoIVGFza05hbWUQABoEAAAAAA=="
)


@pytest.mark.parametrize(("value", "name", "stream"), VECTORS, ids=lambda item: str(item)[:24])
def test_a_value_is_written_as_java_writes_it(value: Value, name: str, stream: str) -> None:
    assert class_name(value) == name
    assert b64encode(serialize(value)).decode() == stream


def test_the_raw_bytes_of_a_content_are_what_the_helper_class_reads() -> None:
    assert b64encode(raw_document(Map(TaskName="Review"))).decode() == RAW


def test_the_raw_bytes_of_6_0_and_6_1_are_one_variable() -> None:
    """As the helper classes of 6.0.1 and 6.1 wrote it for this document, but for the version."""
    text, entries = legacy_document("Review"), legacy_document(Map(TaskName="Review"))

    assert text.endswith(b"\x52\x11\x0a\x07results\x10\x00\x1a\x04\x00\x00\x00\x00")
    assert entries.endswith(b"\x52\x16\x0a\x0cvariablesMap\x10\x00\x1a\x04\x00\x00\x00\x01")
    assert entries.count(b"JBPMMessages$Variable") == 1


def test_raw_bytes_of_a_large_content_come_in_chunks() -> None:
    stream = raw_document(Map(text="x" * 3000))

    assert stream[4:9] == b"\x7a\x00\x00\x04\x00"
    assert blocks(b"") == b""


def test_the_second_object_of_a_class_refers_to_its_descriptor() -> None:
    stream = serialize((Long(1), Long(2)))

    assert stream.count(b"java.lang.Long") == 1
    # handles: ArrayList's descriptor, the list, Long's descriptor
    assert b"\x73\x71\x00\x7e\x00\x02" + (2).to_bytes(8, "big") in stream


def test_null_stands_inside_collections_and_has_no_class() -> None:
    assert class_name(None) is None
    assert serialize((None,)).endswith(b"\x70\x78")
    assert class_name(Bean("acme.Person")) is None


def test_integers_choose_the_smallest_class_that_holds_them() -> None:
    assert class_name(2**31 - 1) == "java.lang.Integer"
    assert class_name(2**31) == "java.lang.Long"
    assert class_name(2**63) == "java.math.BigInteger"


def test_a_big_table_has_the_capacity_java_gives_it() -> None:
    stream = serialize(Map({str(n): n for n in range(13)}))

    assert b"\x77\x08" + (32).to_bytes(4, "big") + (13).to_bytes(4, "big") in stream


def test_texts_are_modified_utf8() -> None:
    assert modified_utf8("a\x00é\U0001f600") == b"a\xc0\x80\xc3\xa9\xed\xa0\xbd\xed\xb8\x80"
    assert string("x" * 70_000)[:9] == b"\x7c" + (70_000).to_bytes(8, "big")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Decimal("-1.50"), "java.math.BigDecimal"),
        (BigInteger(-(10**30)), "java.math.BigInteger"),
        (BigInteger(0), "java.math.BigInteger"),
        (b"bytes", "[B"),
        (Char("é"), "java.lang.Character"),
        (Byte(-1), "java.lang.Byte"),
        (Float(3.5e38), "java.lang.Float"),
    ],
)
def test_rarer_classes_are_written_too(value: Value, name: str) -> None:
    assert class_name(value) == name
    assert name.encode() in serialize(Map(value=(value, value)))


def test_a_decimal_keeps_scale_and_unscaled_value() -> None:
    stream = serialize(Decimal("-1.50"))

    assert stream.count(b"java.math.BigInteger") == 1
    assert (2).to_bytes(4, "big") in stream
    assert b"\x00\x00\x00\x01\x96\x78\x78" in stream[-12:]


def test_a_date_is_its_milliseconds() -> None:
    moment = datetime(2014, 5, 13, 16, 53, 20, 123_000, tzinfo=UTC)

    assert (1400000000123).to_bytes(8, "big") in serialize(moment)
    assert b64decode(b64encode(serialize(moment)))[:4] == b"\xac\xed\x00\x05"
