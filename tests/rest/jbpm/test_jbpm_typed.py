"""Typed values of commands, as they come in and as they go out again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from procession.errors import Invalid
from procession.rest.jbpm.execute.document import read_document
from procession.rest.jbpm.execute.typed import map_of, value_of
from procession.values import (
    Bean,
    BigInteger,
    Byte,
    Char,
    Float,
    Long,
    Map,
    Set,
    Short,
    Value,
)
from tests.rest.jbpm.commands import XS, Door, item, typed

ARRAYS = 'xmlns:ns3="http://jaxb.dev.java.net/array"'


def read(text: str) -> Value:
    return value_of(read_document(text.encode()))


def wrapper(kind: str, content: str, more: str = "") -> str:
    named = f"<type>{kind}</type>" if kind else ""
    return f'<value xsi:type="jaxbListWrapper" {XS}{more}>{named}{content}</value>'


def element(kind: str, text: str) -> str:
    return typed(f"xs:{kind}", text, "element")


def pair(key: str, value: str) -> str:
    return f'<element xsi:type="jaxbStringObjectPair" key="{key}" {XS}>{value}</element>'


SIMPLE = [
    ("string", " two  blanks ", " two  blanks "), ("string", "", ""), ("int", " 5 ", 5),
    ("int", "-2147483648", -(2**31)), ("long", "5", Long(5)), ("short", "5", Short(5)),
    ("byte", "-128", Byte(-128)), ("boolean", "1", True), ("boolean", "false", False),
    ("double", "1.5", 1.5), ("double", "INF", float("inf")), ("float", "1.5", Float(1.5)),
    ("decimal", "1.250", Decimal("1.250")), ("integer", "9" * 30, BigInteger("9" * 30)),
    ("dateTime", "2014-05-13T18:53:20.123+02:00", datetime(2014, 5, 13, 16, 53, 20, 123000, UTC)),
    ("dateTime", "2014-05-13T16:53:20", datetime(2014, 5, 13, 16, 53, 20, tzinfo=UTC)),
    ("dateTime", "2014-05-13T16:53:20.123456789Z",
     datetime(2014, 5, 13, 16, 53, 20, 123456, tzinfo=UTC)),
    ("date", "2014-05-13", datetime(2014, 5, 13, tzinfo=UTC)),
    ("base64Binary", "AQI=", b"\x01\x02"), ("hexBinary", "0102", b"\x01\x02"),
    ("unsignedShort", "97", Char("a")), ("anyURI", "urn:x", "urn:x"),
    ("unsignedInt", "4294967295", Long(4294967295)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), SIMPLE)
def test_simple_types(kind: str, text: str, value: Value) -> None:
    found = read(typed(f"xs:{kind}", text))

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "2147483648"), ("int", "x"), ("int", ""), ("long", "9" * 500), ("byte", "128"),
        ("boolean", "yes"), ("double", "one"), ("decimal", "NaN"), ("decimal", "1e999999"),
        ("dateTime", "yesterday"), ("base64Binary", "***"), ("unsignedShort", "70000"),
        ("integer", "1" * 5000),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        read(typed(f"xs:{kind}", text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<value>plain</value>", "plain"),
        (f'<value {XS} xsi:nil="true"/>', None),
        (wrapper("LIST", element("string", "a") + element("int", "2")), ("a", 2)),
        (wrapper("", element("string", "a")), ("a",)),
        (wrapper("SET", element("string", "a") * 2), Set(["a"])),
        (wrapper("ARRAY", element("int", "1"), ' componentType="int"'), (1,)),
        (wrapper("MAP", pair("k", typed("xs:string", "v")) + pair("n", "")), Map(k="v", n=None)),
        (wrapper("LIST", f'<element {XS} xsi:nil="true"/>'), (None,)),
        (wrapper("LIST", wrapper("MAP", pair("k", wrapper("SET", element("long", "1")))).replace(
            "<value ", "<element ", 1).replace("</value></value>", "</value></value>")
            .removesuffix("</value>") + "</element>"), (Map(k=Set([Long(1)])),)),
        (f'<value xsi:type="ns3:intArray" {XS} {ARRAYS}><item>1</item></value>', (1,)),
        (f'<value xsi:type="person" {XS}><name>Ann</name><age>30</age></value>',
         Bean("person", Map(name="Ann", age="30"))),
        (f'<value xsi:type="person" {XS} id="7"><tag>a</tag><tag>b</tag><home><city>X</city></home>'
         f'{typed("xs:int", "3", "age")}</value>',
         Bean("person", Map(id="7", tag=("a", "b"), home=Map(city="X"), age=3))),
        (f'<value xsi:type="colour" {XS}>RED</value>', "RED"),
        (f'<value xsi:type="person" {XS}/>', Bean("person")),
    ],
)  # fmt: skip
def test_lists_maps_objects_and_constants(text: str, value: Value) -> None:
    assert read(text) == value


def test_an_item_without_a_value_is_null() -> None:
    found = map_of(read_document(f"<parameter><item key='a'/>{item('b', typed('xs:int', '1'))}"
                                 "</parameter>".encode()))  # fmt: skip

    assert found == Map(a=None, b=1)


def test_values_go_through_a_process_and_come_out_typed(door: Door) -> None:
    """In by a command, out by R09, the work item, the task's content and the audit."""
    values = {
        "number": typed("xs:int", "5"), "text": typed("xs:string", "a&lt;b"),
        "list": wrapper("LIST", element("string", "a") + element("int", "2")),
        "map": wrapper("MAP", pair("k", typed("xs:boolean", "true"))),
        "person": f'<value xsi:type="person" {XS}><name>Ann</name></value>',
    }  # fmt: skip
    number = door.start("".join(item(key, value) for key, value in values.items()))
    place = f"/business-central/rest/runtime/com.acme:hr:1.0/process/instance/{number}/variable/"

    def shown(name: str) -> Any:
        return door.client.get(place + name, auth=("ann", "correct horse battery")).text

    assert "<int-type><value>5</value></int-type>" in shown("number")
    assert shown("text") == "a<b"
    assert ">a</value>" in shown("list")
    assert ">2</value>" in shown("list")
    assert "<map-type><value><entry><key " in shown("map")
    assert "<person><name>Ann</name></person>" in shown("person")
    logged = door.engine.history.last_variables(door.engine.admin, number)
    assert logged["list"] == "[a, 2]"
    assert logged["map"] == "{k=true}"
