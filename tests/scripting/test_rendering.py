"""Texts as Java writes them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from procession.scripting.rendering import java_text
from procession.values import Bean, BigInteger, Char, Float, Long, Map, Set


def single(value: float) -> Float:
    return Float(struct.unpack(">f", struct.pack(">f", value))[0])


TEXTS: list[tuple[Any, str]] = [
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (42, "42"),
    (Long(-7), "-7"),
    (BigInteger(10**20), "100000000000000000000"),
    ("text", "text"),
    (Char("c"), "c"),
    (1.0, "1.0"),
    (0.1, "0.1"),
    (-0.0, "-0.0"),
    (100.0, "100.0"),
    (123456.789, "123456.789"),
    (0.001, "0.001"),
    (0.0001, "1.0E-4"),
    (9999999.0, "9999999.0"),
    (1e7, "1.0E7"),
    (1.5e10, "1.5E10"),
    (1e23, "9.999999999999999E22"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
    (5e-324, "4.9E-324"),
    (float("nan"), "NaN"),
    (float("-inf"), "-Infinity"),
    (single(1.5), "1.5"),
    (single(0.1), "0.1"),
    (single(16777216.0), "1.6777216E7"),
    (single(1.4e-45), "1.4E-45"),
    (single(3.4028235e38), "3.4028235E38"),
    (Decimal("1.10"), "1.10"),
    (Decimal("1E+3"), "1E+3"),
    ((1, "a", None), "[1, a, null]"),
    ((), "[]"),
    (Set(("b", "a")), "[b, a]"),
    (Map({"k": 1, "m": Map(x=(1.0,))}), "{k=1, m={x=[1.0]}}"),
    (Bean("java.lang.RuntimeException", Map(message="x")), "java.lang.RuntimeException: x"),
    (Bean("java.lang.RuntimeException", Map(message=None)), "java.lang.RuntimeException"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_values(value: Any, text: str):
    assert java_text(value) == text


def test_dates_are_written_in_a_zone_in_english():
    date = datetime(2024, 7, 5, 3, 4, 5, tzinfo=UTC)

    assert java_text(date) == "Fri Jul 05 03:04:05 UTC 2024"
    assert java_text(date, ZoneInfo("Europe/Berlin")) == "Fri Jul 05 05:04:05 CEST 2024"


def test_an_object_is_written_with_its_class():
    text = java_text(Bean("com.acme.Person", Map(name="Ann")))

    assert text.startswith("com.acme.Person@")
