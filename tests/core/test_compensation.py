"""What is remembered of what was done: as a log in chunks, stored and replayed like all else."""

from __future__ import annotations

from decimal import Decimal

from procession.core.evolve import CHUNK, evolve
from procession.core.records import ElementActivated, ElementNoted
from procession.core.state import ElementInstance, InstanceState, Role, empty_state
from procession.store.codec import decode_state, encode_state
from procession.testing import model
from procession.values import Bean, Map, Set
from python_scripts import definition, play
from undoing import compensate, undo, undoing


def element(state: InstanceState) -> ElementInstance:
    return state.elements[1]


def state_with(*noted: ElementNoted) -> InstanceState:
    state = empty_state(1, definition(model().start().end()).key)
    for record in (ElementActivated(1, "", 0), *noted):
        evolve(state, record)
    return state


def test_a_log_grows_and_shrinks_at_its_end_whatever_its_length():
    state = state_with()
    for number in range(3 * CHUNK):
        evolve(state, ElementNoted(1, number, "added"))

    assert [len(chunk) for chunk in element(state).log] == [CHUNK] * 3
    assert [entry for chunk in element(state).log for entry in chunk] == list(range(3 * CHUNK))
    for number in reversed(range(3 * CHUNK)):
        assert element(state).log[-1][-1] == number
        evolve(state, ElementNoted(1, None, "dropped"))
    assert element(state).log == ()


def test_memory_and_log_leave_each_other_alone():
    state = state_with(ElementNoted(1, "mine"), ElementNoted(1, "one", "added"))
    assert (element(state).memo, element(state).log) == ("mine", (("one",),))

    evolve(state, ElementNoted(1, "other"))
    assert (element(state).memo, element(state).log) == ("other", (("one",),))

    evolve(state, ElementNoted(1, (("two", "three"),), "logged"))
    assert (element(state).memo, element(state).log) == ("other", (("two", "three"),))


def test_a_log_is_stored_with_values_of_every_type():
    data = Map(n=Decimal("2.50"), s=Set((1, 2)), b=Bean("a.B", Map(x=None)), m=Map({1: (2,)}))
    entry = (7, "a", "at_a", data, (((8, "b", "", Map(), ()),),))
    state = state_with(ElementNoted(1, entry, "added"))

    stored, _ = decode_state(encode_state(state, {}))

    assert stored == state
    assert hash(stored.elements[1].log) == hash(state.elements[1].log)


def test_only_what_somebody_could_undo_is_remembered():
    process = model().start().node("manualTask", "plain").sub("outer").start("o0").sub("inner")
    process.start("i0").node("manualTask", "a").inside(undo("a")).end().end_sub().end("o1")
    process.end_sub().sub("handled").start("h0").end("h1").inside(undoing("h", "<task id='@'/>"))
    process.end_sub().throw("back", compensate()).end()

    found = definition(process).compensation
    assert found.catches == {"a": "at_a", "handled": "h.0"}
    assert found.targets == {"at_a": "undo_a"}
    assert found.remembered == {"a", "inner", "outer", "handled"}
    assert not definition(model().start().task("t").end()).compensation.remembered


def test_jbpm_files_remember_no_sub_process_without_handler():
    process = model(jbpm=True).start().sub("s").start("in").node("manualTask", "a")
    process.inside(undo("a")).end().end_sub().end()

    assert definition(process).compensation.remembered == {"a"}


def test_what_stands_around_handlers_is_in_the_role_of_compensation():
    process = model().start().node("manualTask", "a").inside(undo("a", tag="userTask"))
    run = play(process.throw("back", compensate()).end())

    roles = {one.node: one.role for one in run.state.elements.values()}
    assert roles["at_a"] is Role.COMPENSATION
    assert roles["undo_a"] is Role.SINGLE
