from __future__ import annotations

from procession.testing import model
from python_scripts import faults, play
from undoing import CANCEL, begin_transaction, end_transaction, undo


def test_an_end_calls_off_the_nearest_transaction_however_deep_it_stands():
    process = begin_transaction(model().start(), "t").start("in")
    process.sub("s").start("deep").node("manualTask", "a").inside(undo("a"))
    process.end("off", CANCEL).end_sub().end("t.end")
    end_transaction(process).end("no")
    run = play(process.boundary("t", "out", CANCEL).end())

    assert run.visited[-6:] == ["off", "s", "at_a", "undo_a", "out", "end"]
    assert run.is_completed


def test_an_inner_transaction_is_called_off_and_the_outer_one_goes_on():
    process = begin_transaction(model().start(), "outer").start("in")
    process.node("manualTask", "a").inside(undo("a"))
    begin_transaction(process, "inner").start("deep").end("off", CANCEL)
    end_transaction(process).end("no").boundary("inner", "out", CANCEL).end("aside")
    run = play(end_transaction(process).end())

    assert "undo_a" not in run.visited
    assert run.visited[-2:] == ["aside", "end"]
    assert run.is_completed


def test_stands_nowhere_but_in_a_transaction():
    text = "a cancel end event stands in a transaction"
    assert faults(model().start().end("e", CANCEL)) == [("e", text)]
    assert faults(model().start().sub("s").start("i").end("e", CANCEL).end_sub().end()) == [
        ("e", text)
    ]


def test_stands_at_the_boundary_of_nothing_but_a_transaction():
    process = model().start().sub("s").start("i").end("e1").end_sub().end("e2")
    process.boundary("s", "b", CANCEL).end("e3")

    text = "a cancel event stands at the boundary of a transaction"
    assert faults(process) == [("b", text)]


def test_always_interrupts_and_stands_there_once():
    process = begin_transaction(model().start(), "t").start("in").end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "b", CANCEL, interrupting=False).end("e")
    assert faults(process) == [("b", "a cancel event always interrupts")]

    process = begin_transaction(model().start(), "t").start("in").end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "b1", CANCEL).end("e1")
    process.boundary("t", "b2", CANCEL).end("e2")
    assert faults(process) == [("b2", "t has two cancel events at its boundary")]


def test_may_not_stand_on_the_way_or_at_a_start():
    for process, what in (
        (model().start().throw("x", CANCEL).end(), "an intermediate throw event"),
        (model().start().catch("x", CANCEL).end(), "an intermediate catch event"),
        (model().start("x", CANCEL).end(), "a start event"),
    ):
        assert faults(process) == [("x", f"{what} cannot have a cancel definition")]
