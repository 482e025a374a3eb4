from __future__ import annotations

from procession.testing import model
from python_scripts import definition


def test_look_ups_are_in_document_order():
    process = model().start().parallel("f").task("b").end()
    built = definition(process.back_to("f").task("a").end())

    assert [f.target for f in built.outgoing(built.nodes["f"])] == ["b", "a"]
    assert [f.source for f in built.incoming(built.nodes["end"])] == ["b", "a"]
    assert [n.id for n in built.members[""]] == ["start", "f", "b", "end", "a"]
    assert built.node("") is built.root


def test_arrivals_tell_by_which_flows_a_token_can_still_come():
    process = model().start().parallel("f").task("a").inclusive("join").end()
    built = definition(process.back_to("f").task("b").to("join"))
    join = built.nodes["join"]
    first, second = join.incoming

    assert built.arrivals(join)["a"] == {first}
    assert built.arrivals(join)["f"] == {first, second}
    assert built.arrivals(join)["end"] == frozenset()
