from __future__ import annotations

from decimal import Decimal

import pytest

from procession.core.conversion import convert
from procession.core.item_types import ItemType
from procession.errors import InvalidValue
from procession.values import Float, Long


@pytest.mark.parametrize(
    ("structure", "text", "kind"),
    [
        ("Integer", "5", int),
        ("xsd:integer", "5", int),
        ("java.lang.Long", "5", Long),
        ("Float", "5", Float),
        ("java.math.BigDecimal", "5.10", Decimal),
        ("com.acme.Any", "5", str),
    ],
)
def test_a_text_becomes_the_declared_kind(structure: str, text: str, kind: type):
    assert type(convert(ItemType(name="x", structure=structure), text)) is kind


@pytest.mark.parametrize(
    ("structure", "value"),
    [
        ("Integer", " 5"),
        ("Integer", "1_0"),
        ("Long", "٣"),
        ("Integer", "2147483648"),
        ("Short", "40000"),
        ("Double", "x"),
        ("Boolean", 1),
    ],
)
def test_what_does_not_fit_is_refused(structure: str, value: object):
    with pytest.raises(InvalidValue):
        convert(ItemType(name="x", structure=structure), value)


def test_the_smallest_number_of_a_kind_fits():
    assert convert(ItemType(name="x", structure="Integer"), "-2147483648") == -(2**31)
