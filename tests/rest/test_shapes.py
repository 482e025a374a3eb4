"""Shapes: one description, two representations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procession.rest.shapes import (
    BASE64,
    DECLARATION,
    NOTHING,
    NUMBER,
    TEXT_MAP,
    TYPED_MAP,
    XS,
    XSI,
    Field,
    OneOf,
    Shape,
    Writer,
    boolean,
    constant,
    date,
    encode_json,
    escape,
    escape_attribute,
    number,
    plain,
    text,
    typed,
    xml_name,
)
from procession.rest.shapes.text import SPECIAL
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set, Short, Value

NOW = datetime(2014, 5, 13, 16, 53, 20, 123_456, tzinfo=UTC)
WRITER = Writer()


def view(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


def xml(shape: Shape, of: object, frame: object = None, writer: Writer = WRITER) -> str:
    document = writer.xml("r", shape, of, frame).decode()
    assert document.startswith(DECLARATION)
    return document.removeprefix(DECLARATION)


def json(shape: Shape, of: object, frame: object = None) -> object:
    return msgspec.json.decode(WRITER.json(shape, of, frame))


FLAT = Shape(
    (
        text("process-id", "processId", "a"),
        number("id", "id", "b"),
        boolean("is-open", "isOpen", "c"),
        date("at", "at", "d"),
    )
)


def test_fields_are_written_in_order_under_both_names() -> None:
    it = view(a="p", b=7, c=True, d=NOW)

    assert xml(FLAT, it) == (
        "<r><process-id>p</process-id><id>7</id><is-open>true</is-open>"
        "<at>2014-05-13T16:53:20.123Z</at></r>"
    )
    assert WRITER.json(FLAT, it) == (b'{"processId":"p","id":7,"isOpen":true,"at":1400000000123}')


def test_null_is_left_out_of_xml_and_present_in_json() -> None:
    it = view(a=None, b=None, c=None, d=None)

    assert xml(FLAT, it) == "<r/>"
    assert json(FLAT, it) == {"processId": None, "id": None, "isOpen": None, "at": None}


def test_a_nillable_field_says_that_it_is_null() -> None:
    shape = Shape((Field("x", "x", "x", nillable=True),))

    assert xml(shape, view(x=None)) == f'<r><x xsi:nil="true" {XSI}/></r>'
    assert xml(shape, view(x="1")) == "<r><x>1</x></r>"


def test_an_empty_text_keeps_both_tags_and_an_empty_structure_collapses() -> None:
    shape = Shape(
        (text("t", "t", "t"), Field("m", "m", "m", TEXT_MAP), constant("n", None, "", NOTHING))
    )

    assert xml(shape, view(t="", m={})) == "<r><t></t><m/><n/></r>"
    assert json(shape, view(t="", m={})) == {"t": "", "m": {}}


def test_a_name_may_be_missing_in_one_representation() -> None:
    shape = Shape((text("x", None, "x"), text(None, "j", "x")))

    assert xml(shape, view(x="1")) == "<r><x>1</x></r>"
    assert json(shape, view(x="1")) == {"j": "1"}


def test_attributes_lists_nested_shapes_and_functions() -> None:
    item = Shape((Field("id", "id", "id", NUMBER, attribute=True), text("name", "name", "name")))
    shape = Shape(
        (
            Field("item", "items", "items", item, many=True),
            Field("tag", "tags", lambda it: it.tags or None, many=True),
            Field("only", "only", "only", item),
        )
    )
    it = view(items=[view(id=1, name='"'), view(id=2, name=None)], tags=(), only=None)

    assert xml(shape, it) == '<r><item id="1"><name>"</name></item><item id="2"/></r>'
    assert json(shape, it) == {
        "items": [{"id": 1, "name": '"'}, {"id": 2, "name": None}],
        "tags": None,
        "only": None,
    }


def test_items_of_several_classes_name_themselves() -> None:
    class A(msgspec.Struct):
        x: int

    class B(msgspec.Struct):
        y: str

    kind = OneOf({A: ("a", Shape((number("x", "x", "x"),)), "ns.A"),
                  B: ("b", Shape((text("y", "y", "y"),)), "ns.B")})  # fmt: skip
    shape = Shape((Field("", "all", "all", kind, many=True),))
    it = view(all=(A(1), B("2")))

    assert xml(shape, it) == "<r><a><x>1</x></a><b><y>2</y></b></r>"
    assert json(shape, it) == {"all": [{"ns.A": {"x": 1}}, {"ns.B": {"y": "2"}}]}


def test_the_frame_reaches_the_document_but_not_what_is_nested() -> None:
    inner = Shape((Field("u", "u", lambda url: url, of_frame=True),))
    shape = Shape((Field("u", "u", lambda url: url, of_frame=True), Field("in", "in", "x", inner)))

    assert xml(shape, view(x=1), "/path") == "<r><u>/path</u><in/></r>"
    assert json(shape, view(x=1), "/path") == {"u": "/path", "in": {"u": None}}


def test_an_indented_shape_has_a_line_for_each_child() -> None:
    shape = Shape((text("a", "a", "a"), text("b", "b", "b")), indented=True)

    assert xml(shape, view(a="1", b="2")) == "\n<r>\n    <a>1</a>\n    <b>2</b>\n</r>"


def test_a_date_has_the_writers_zone() -> None:
    writer = Writer(timezone(timedelta(hours=2)))

    assert "18:53:20.123+02:00" in xml(FLAT, view(a=None, b=None, c=None, d=NOW), writer=writer)


def test_bytes_are_base64_in_both() -> None:
    shape = Shape((Field("b", "b", "b", BASE64),))

    assert xml(shape, view(b=b"\x00\xff")) == "<r><b>AP8=</b></r>"
    assert json(shape, view(b=b"\x00\xff")) == {"b": "AP8="}


@pytest.mark.parametrize(
    ("value", "kind", "content"),
    [
        ("a<", "string", "a&lt;"),
        (5, "int", "5"),
        (2**31, "long", str(2**31)),
        (Long(5), "long", "5"),
        (Short(5), "short", "5"),
        (Byte(5), "byte", "5"),
        (BigInteger(5), "integer", "5"),
        (True, "boolean", "true"),
        (1.5, "double", "1.5"),
        (1e300, "double", "1E300"),
        (float("inf"), "double", "INF"),
        (float("nan"), "double", "NaN"),
        (Float(-1.5), "float", "-1.5"),
        (Decimal("1E+2"), "decimal", "100"),
        (b"\x00", "base64Binary", "AA=="),
        (Char("A"), "unsignedShort", "65"),
        (NOW, "dateTime", "2014-05-13T16:53:20.123Z"),
    ],
)
def test_a_simple_value_carries_its_schema_type(value: Value, kind: str, content: str) -> None:
    assert typed("v", value, UTC) == f'<v xsi:type="xs:{kind}" {XS} {XSI}>{content}</v>'


def test_a_map_of_typed_values_leaves_null_without_value() -> None:
    shape = Shape((Field("m", "m", "m", TYPED_MAP),))

    written = xml(shape, view(m=Map(a=1, b=None)))

    assert f'<key>a</key><value xsi:type="xs:int" {XS} {XSI}>1</value>' in written
    assert "<entry><key>b</key></entry>" in written


@given(st.text())
def test_any_text_makes_well_formed_xml_and_json(anything: str) -> None:
    shape = Shape((text("t", "t", "t"), Field("a", None, "t", attribute=True)))

    root = ElementTree.fromstring(WRITER.xml("r", shape, view(t=anything)))
    read = root.findtext("t") or ""
    same = [a == b or b == "\ufffd" for a, b in zip(anything, read, strict=True)]

    assert all(same)
    assert msgspec.json.decode(WRITER.json(shape, view(t=anything))) == {"t": anything}


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    assert escape("\ud800") == "\ufffd"
    assert encode_json({"a": ["\ud800", Char("\udc00")], "\ud800": ("x",)}) == (
        '{"a":["\ufffd","\ufffd"],"\ufffd":["x"]}'.encode()
    )


def test_attributes_keep_their_white_space() -> None:
    assert escape_attribute('\t\n\r"<\x01') == "&#9;&#10;&#13;&quot;&lt;\ufffd"


def test_an_element_name_is_made_of_any_text() -> None:
    assert xml_name("first name") == "first_name"
    assert xml_name("1st") == "_1st"
    assert xml_name("") == "_"


def test_values_become_plain_json() -> None:
    value = Map(
        a=(Long(1), Set([Short(2)])), b=Bean("p", Map(x=NOW)), c=Float(0.5), d=Char("c"),
        e=Decimal("1.50"), f=Decimal("NaN"), g=None, h=b"\x00",
    )  # fmt: skip

    assert encode_json(plain(value)) == (
        b'{"a":[1,[2]],"b":{"x":1400000000123},"c":0.5,"d":"c","e":1.50,"f":"NaN","g":null,'
        b'"h":"AA=="}'
    )


@given(st.text())
def test_the_short_way_of_escaping_writes_the_same(anything: str) -> None:
    assert escape(anything) == SPECIAL.sub(lambda found: escape(f"{found[0]}\n")[:-1], anything)
    assert not SPECIAL.search(escape(anything).replace("&", ""))
