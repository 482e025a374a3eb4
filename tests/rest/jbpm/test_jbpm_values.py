"""One variable as a document of its own (R09), and texts of variables."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

import msgspec
import pytest

from procession.rest.jbpm import shapes
from procession.rest.jbpm.values import as_texts
from procession.rest.shapes import DECLARATION, XS, XSI
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set, Short, Value
from procession.web.http import Reply
from tests.rest.jbpm.jbpm_samples import NOW, dialect, request


def written(value: Value, kind: str) -> str:
    reply = dialect("M").write(request(accept=f"application/{kind}"), Reply(value, shapes.VALUE))
    assert reply.content_type == f"application/{kind}"
    return (reply.body or b"").decode()


@pytest.mark.parametrize(
    ("value", "xml", "json"),
    [
        (5, "<int-type><value>5</value></int-type>", "5"),
        (Long(5), "<long-type><value>5</value></long-type>", "5"),
        (2**40, f"<long-type><value>{2**40}</value></long-type>", str(2**40)),
        (True, "<boolean-type><value>true</value></boolean-type>", "true"),
        (Float(1.5), "<float-type><value>1.5</value></float-type>", "1.5"),
        (2.0, "<double-type><value>2.0</value></double-type>", "2.0"),
        (Short(1), "<short-type><value>1</value></short-type>", "1"),
        (Byte(1), "<byte-type><value>1</value></byte-type>", "1"),
        (Char("<"), "<char-type><value>&lt;</value></char-type>", '"<"'),
        (
            ("a", 1),
            f'<list-type><value xsi:type="xs:string" {XS} {XSI}>a</value>'
            f'<value xsi:type="xs:int" {XS} {XSI}>1</value></list-type>',
            '["a",1]',
        ),
        ((), "<list-type/>", "[]"),
        (
            Set(["a"]),
            f'<set-type><value xsi:type="xs:string" {XS} {XSI}>a</value></set-type>',
            '["a"]',
        ),
        (
            Map(k="v"),
            f'<map-type><value><entry><key xsi:type="xs:string" {XS} {XSI}>k</key>'
            f'<value xsi:type="xs:string" {XS} {XSI}>v</value></entry></value></map-type>',
            '{"k":"v"}',
        ),
        (Map(), "<map-type><value/></map-type>", "{}"),
        (
            (None, (1, 2)),
            f'<list-type><value xsi:nil="true" {XSI}/>'
            f'<value xsi:type="xs:string" {XS} {XSI}>[1, 2]</value></list-type>',
            "[null,[1,2]]",
        ),
        (
            Bean("com.acme.Person", Map(name="A&B", age=3, tags=("x", "y"), none=None)),
            "<person><name>A&amp;B</name><age>3</age><tags>x</tags><tags>y</tags></person>",
            '{"name":"A&B","age":3,"tags":["x","y"],"none":null}',
        ),
        (Bean("acme.URLInfo", Map(at=NOW)), "<urlInfo><at>2014-05-13T16:53:20.123Z</at></urlInfo>",
         '{"at":1400000000123}'),
    ],
)  # fmt: skip
def test_a_value_is_written_with_its_type(value: Value, xml: str, json: str) -> None:
    assert written(value, "xml") == DECLARATION + xml
    assert written(value, "json") == json


@pytest.mark.parametrize(
    ("value", "xml", "json"),
    [
        ("x<y", "x<y", '"x<y"'),
        (NOW, "2014-05-13T16:53:20.123Z", "1400000000123"),
        (Decimal("1.50"), "1.50", "1.50"),
        (BigInteger(2**70), str(2**70), str(2**70)),
        (b"\x00\x01", "AAE=", '"AAE="'),
    ],
)
def test_what_has_no_document_is_written_bare(value: Value, xml: str, json: str) -> None:
    assert written(value, "xml") == xml
    assert written(value, "json") == json


def test_texts_are_those_of_java_cut_where_audit_cuts_them() -> None:
    values = Map(a=None, b=1.0, c=(1, "x"), d=Map(k=None), e="y" * 300, f=NOW)

    texts = as_texts(values, UTC)

    assert texts == {
        "b": "1.0",
        "c": "[1, x]",
        "d": "{k=null}",
        "e": "y" * 255,
        "f": "Tue May 13 16:53:20 UTC 2014",
    }
    assert isinstance(texts, Map)


def test_a_large_integer_is_still_json() -> None:
    assert msgspec.json.decode(written((2**60, Float(0.1)), "json")) == [2**60, 0.1]
