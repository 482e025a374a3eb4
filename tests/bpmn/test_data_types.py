"""Classes that a unit brings: read from types files, Java sources and class files."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from procession.bpmn.data_types import STORED, gather_types
from procession.core.data_types import DataTypes, from_text

SOURCE = b"""
package com.acme;
import java.util.*;
import com.other.Thing;
/** A comment with { braces. */
@Entity(name = "x{")
public class Order extends Base implements java.io.Serializable, Comparable<Order> {
  static final long serialVersionUID = 1L;
  @Column(value = {"1", "2"}) private String id; // a { brace
  private int count = 5, other[] = {1, 2};
  protected Map<String, List<Integer>> map = new HashMap<>() {{ put("}", null); }};
  Thing thing; double[] prices; Order next;
  public Order() {}
  public Order(String key, final int n) { super(); this.id = key; this.count = n; }
  public String getId() { return id; }
  public <T extends Object> T generic(T x, Map<String, T> y) throws Exception { return x; }
  public String fullName() { return "{" + id + '}'; }
  private void hidden() {}
  public enum Colour { RED(1) { int x() { return 2; } }, GREEN(2); Colour(int i) {} }
  static class Line { int qty; }
  interface I { void a(); }
}
class Base { Long key; String label() { return ""; } }
record Pair(String left, int right) {}
"""


def test_a_java_source():
    types, problems = gather_types({"src/Order.java": SOURCE})

    order = types["com.acme.Order"]
    assert not problems
    assert sorted(types) == [
        "com.acme.Base",
        "com.acme.Order",
        "com.acme.Order.Colour",
        "com.acme.Order.Line",
        "com.acme.Pair",
    ]
    assert dict(order.fields) == {
        "key": "Long",
        "id": "String",
        "count": "int",
        "other": "int[]",
        "map": "java.util.Map",
        "thing": "com.other.Thing",
        "prices": "double[]",
        "next": "com.acme.Order",
    }
    assert order.constructors == ((), ("id", "count"))
    assert order.methods == (("getId", 0), ("generic", 2), ("fullName", 0), ("label", 0))
    assert types["com.acme.Order.Colour"].constants == ("RED", "GREEN")
    assert types["com.acme.Pair"].constructors == (("left", "right"),)


# -- class files, put together here so that no compiler is needed --------------------------------


class Assembly:
    """The bytes of a class file."""

    def __init__(self) -> None:
        self.constants: list[bytes] = []

    def text(self, value: str) -> int:
        self.constants.append(b"\x01" + struct.pack(">H", len(value)) + value.encode())
        return len(self.constants)

    def of_class(self, name: str) -> int:
        at = self.text(name)
        self.constants.append(b"\x07" + struct.pack(">H", at))
        return len(self.constants)

    def member(self, flags: int, name: str, descriptor: str, attribute: bytes = b"") -> bytes:
        head = struct.pack(">HHH", flags, self.text(name), self.text(descriptor))
        if not attribute:
            return head + b"\0\0"
        about = struct.pack(">HI", self.text("Code"), len(attribute))
        return head + b"\0\1" + about + attribute

    def file(self, name: str, parent: str, fields: list[bytes], methods: list[bytes]) -> bytes:
        own, above = self.of_class(name), self.of_class(parent)
        head = struct.pack(">IHHH", 0xCAFEBABE, 0, 52, len(self.constants) + 1)
        body = struct.pack(">HHHH", 0x21, own, above, 0)
        for members in (fields, methods):
            body += struct.pack(">H", len(members)) + b"".join(members)
        return head + b"".join(self.constants) + body + b"\0\0"


def a_class() -> bytes:
    a = Assembly()
    fields = [
        a.member(0x2, "name", "Ljava/lang/String;"),
        a.member(0x2, "ages", "[I"),
        a.member(0x1A, "COUNT", "I"),
    ]
    methods = [
        a.member(0x1, "<init>", "()V", b"\x2a\xb1"),
        a.member(0x1, "<init>", "(Ljava/lang/String;)V"),
        a.member(0x1, "getName", "()Ljava/lang/String;", b"\x00" * 50),
        a.member(0x1, "greet", "(ILjava/lang/String;[[J)V"),
        a.member(0x2, "secret", "()V"),
    ]
    return a.file("com/acme/Person", "com/acme/Being", fields, methods)


def test_a_class_file():
    types, problems = gather_types({"com/acme/Person.class": a_class()})

    person = types["com.acme.Person"]
    assert not problems
    assert dict(person.fields) == {"name": "java.lang.String", "ages": "int[]"}
    assert person.constructors == ((), ("name",))
    assert person.methods == (("getName", 0), ("greet", 3))
    assert person.parent == "com.acme.Being"


def test_a_hostile_class_file_is_refused_or_read_and_never_more():
    whole = a_class()
    chance = random.Random(7)
    for _ in range(3_000):
        broken = bytearray(whole[: chance.randrange(len(whole) + 1)])
        for _ in range(chance.randrange(4)):
            if broken:
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        types, problems = gather_types({"X.class": bytes(broken)})

        assert len(types) <= 1
        assert all(one.severity == "warning" for one in problems)


HOSTILE_SOURCES = [
    b"",
    b"class",
    b"class X",
    b"class X {",
    b"class X { int",
    b"class X { int a",
    b"class X { int a = {{{{",
    b"class X { X(",
    b"class X<" * 5_000,
    b"class A {" * 5_000,
    b"package a.b.c; class X { void f( }",
    b"enum E { A(",
    b"@" * 10_000 + b"class X {}",
    b"/*" * 10_000,
    b'"' * 10_001,
    b"class X { " + b"int a;" * 50_000 + b"}",
    b"record R(",
    b"\xff\xfe class X { int \xf0\x9f\x98\x80; }",
]


@pytest.mark.parametrize("source", HOSTILE_SOURCES)
def test_a_hostile_source_is_a_warning_at_most(source: bytes):
    _, problems = gather_types({"X.java": source})

    assert all(one.severity == "warning" for one in problems)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"types = 5", "has tables such as"),
        (b"not toml", "this is no types file"),
        (b'[types."1x"]', "no name of a class"),
        (b"[types.X]\nfields = 5", "fields are names and types"),
        (b'[types.X]\nfields = { "a b" = "int" }', "no name of a field"),
        (b"[types.X]\nfields = { a = 5 }", "needs a type"),
        (b'[types.X]\nmethods = ["f"]', "is no method"),
        (b"[types.X]\nwhat = 1", "unknown key 'what'"),
        (b"[types.X]\nconstructors = 1", "constructors is a list"),
        (b"\xff", "this is no types file"),
    ],
)
def test_a_fault_in_a_types_file_is_an_error(content: bytes, fault: str):
    _, problems = gather_types({"types.toml": content})

    assert [one.severity for one in problems] == ["error"]
    assert fault in problems[0].text


def test_json_says_the_same():
    content = b'{"types": {"com.acme.X": {"fields": ["a", "b"], "extends": "com.acme.Y"}}}'
    types, problems = gather_types({"META-INF/types.json": content})

    assert not problems
    assert dict(types["com.acme.X"].fields) == {"a": "Object", "b": "Object"}


def test_a_types_file_goes_before_a_class_file():
    told = b'[types."com.acme.Person"]\nfields = { other = "int" }'
    types, _ = gather_types({"Person.class": a_class(), "types.toml": told})

    assert dict(types["com.acme.Person"].fields) == {"other": "int"}


def test_types_can_be_stored():
    types, _ = gather_types({"Person.class": a_class()})
    again, problems = gather_types({STORED: types.to_text().encode()})

    assert not problems
    assert again.fingerprint == types.fingerprint == from_text(types.to_text()).fingerprint
    assert DataTypes().to_text() == ""


@pytest.mark.parametrize("content", [b"", b"5", b"[5]", b"\xff", b'[{"name": 5}]'])
def test_a_forged_store_is_an_error(content: bytes):
    _, problems = gather_types({STORED: content})

    assert [one.severity for one in problems if content] == ["error"] * bool(content)


def test_parents_that_go_round_end():
    told = b'[types.A]\nextends = "B"\nfields = ["a"]\n[types.B]\nextends = "A"\nfields = ["b"]'
    types: Any = gather_types({"types.toml": told})[0]

    assert set(types["A"].fields) == {"a", "b"}
    assert types.is_kind("A", "C") is False
