from __future__ import annotations

from procession.core.records import SequenceFlowTaken
from procession.testing import Model, model
from python_scripts import compiled, faults, play


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


def linked() -> Model:
    process = model().start().task("a").throw("out", link("L"))
    return process.apart().catch("in", link("L")).task("b").end()


def test_a_token_goes_on_where_the_link_of_that_name_is_caught():
    run = play(linked())

    assert run.visited == ["start", "a", "out", "in", "b", "end"]
    assert len(run.of(SequenceFlowTaken)) == 4
    assert run.is_completed


def test_a_link_is_a_way_so_nothing_is_out_of_reach():
    assert not compiled(linked()).problems


def test_in_files_of_jbpm_as_well():
    process = model(jbpm=True).start().script("a").throw("out", link("L"))
    process.apart().catch("in", link("L")).script("b").end()

    assert faults(process) == []
    assert play(process).is_completed


def test_several_may_lead_to_one():
    process = model().start().parallel("f").throw("one", link("L"))
    process.back_to("f").throw("two", link("L"))
    process.apart().catch("in", link("L")).task("b").end()

    run = play(process)

    assert run.visited.count("b") == 2
    assert run.is_completed


def test_a_link_may_lead_back():
    process = model().start().exclusive("m").user("u").exclusive("x")
    process.flow("again").throw("out", link("L")).back_to("x").default().end()
    process.apart().catch("in", link("L")).to("m")

    run = play(process, again=True)
    run.complete("u")
    run.do_set(again=False)
    run.complete("u")

    assert run.visited.count("u") == 2
    assert run.is_completed


def test_a_link_stays_in_its_sub_process():
    process = model().start().sub("s").start("s1").throw("out", link("L"))
    process.apart().catch("in", link("L")).task("b").end("e1").end_sub().end()

    run = play(process)

    assert run.visited == ["start", "s", "s1", "out", "in", "b", "e1", "end"]


def test_an_inclusive_join_waits_for_a_token_that_may_come_by_a_link():
    process = model().start().parallel("f").task("a").inclusive("join").task("after").end()
    process.back_to("f").user("u").throw("out", link("L"))
    process.apart().catch("in", link("L")).to("join")

    run = play(process)
    assert "after" not in run.visited

    run.complete("u")
    assert run.visited.count("after") == 1
    assert run.is_completed


def test_two_ends_of_one_name_cannot_catch():
    process = linked()
    process.apart().catch("in2", link("L")).end("end2")

    assert ("in2", "in catches the link L already") in faults(process)


def test_a_link_needs_both_ends():
    process = model().start().throw("out", link("L"))
    process.apart().catch("in", link("M")).end()

    assert faults(process) == [
        ("out", "nothing here catches the link L"),
        ("in", "nothing here throws the link M"),
    ]


def test_both_ends_stand_in_the_same_scope():
    process = model().start().sub("s").start("s1").throw("out", link("L")).end_sub().end()
    process.apart().catch("in", link("L")).end("end2")

    found = faults(process)
    assert ("out", "nothing here catches the link L") in found
    assert ("in", "nothing here throws the link L") in found


def test_no_flow_leaves_the_one_or_leads_to_the_other():
    process = model().start().throw("out", link("L")).catch("in", link("L")).end()

    found = faults(process)
    assert ("out", "no flow leaves a link event that throws") in found
    assert ("in", "no flow leads to a link event that catches") in found


def test_a_link_has_a_name():
    process = model().start().throw("out", link(""))

    assert faults(process) == [("out", "the link has no name")]


def test_it_may_stand_neither_at_a_boundary_nor_at_an_end():
    process = linked().boundary("a", "x", link("L")).end("end2", link("L"))

    found = faults(process)
    assert ("x", "a boundary event cannot have a link definition") in found
    assert ("end2", "an end event cannot have a link definition") in found
