"""What declared variables may hold, where a door checks it."""

from __future__ import annotations

import pytest

from procession.core.item_types import ItemType
from procession.errors import InvalidValue
from procession.values import freeze


def check(structure: str, value: object, *, many: bool = False) -> None:
    ItemType(name="x", structure=structure, is_collection=many).check(freeze(value))


@pytest.mark.parametrize(
    ("structure", "value"),
    [
        ("String", "a"),
        ("xsd:string", "a"),
        ("xsd:int", 3),
        ("xs:dateTime", "2030-01-01T00:00:00"),
        ("String[]", ["a", "b", None]),
        ("java.util.List", [1, "a"]),
        ("java.util.List<Integer>", [1, 2]),
        ("Map<String, java.util.List<Boolean>>", {"a": [True]}),
        ("com.acme.Person", {"any": "thing"}),
        ("Integer", None),
        ("", object),
    ],
)
def test_what_fits_is_taken(structure: str, value: object):
    check(structure, None if value is object else value)


@pytest.mark.parametrize(
    ("structure", "value", "text"),
    [
        ("xsd:int", "a", "x must be xsd:int, not text 'a'"),
        ("String[]", "a", "x must be String"),
        ("String[]", ["a", 1], "x must be String, not number 1"),
        ("java.util.List<Integer>", [1, "b"], "x must be Integer, not text 'b'"),
        ("Map<String, List<Boolean>>", {"a": [1]}, "x.a must be Boolean, not number 1"),
        ("java.util.Map", [1], "x must be java.util.Map, not list"),
    ],
)
def test_what_does_not_fit_is_named(structure: str, value: object, text: str):
    with pytest.raises(InvalidValue) as fault:
        check(structure, value)

    assert text in str(fault.value)


def test_a_collection_holds_items_of_its_type():
    check("Integer", [1, 2], many=True)
    check("java.util.List", [1, "a"], many=True)
    with pytest.raises(InvalidValue, match="x must be a list, not number"):
        check("Integer", 1, many=True)
    with pytest.raises(InvalidValue, match="x must be Integer, not text"):
        check("Integer", ["a"], many=True)
