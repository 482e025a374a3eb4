from __future__ import annotations

from procession.testing import model
from python_scripts import compiled, definition, play
from undoing import COMPENSATE, compensate, undo


def test_notes_and_their_lines_are_read_over():
    process = (
        model()
        .start()
        .task("t")
        .end()
        .inside(
            '<textAnnotation id="n"><text>note</text></textAnnotation>'
            '<association id="a" sourceRef="t" targetRef="n"/>'
        )
    )

    assert not compiled(process).problems
    assert play(process).is_completed


def test_ties_a_compensation_event_to_what_undoes_in_either_direction():
    for ends in ("sourceRef='b' targetRef='u'", "sourceRef='u' targetRef='b'"):
        process = model().start().node("manualTask", "a").throw("back", compensate()).end()
        process.inside(f"<boundaryEvent id='b' attachedToRef='a'>{COMPENSATE}</boundaryEvent>")
        process.inside("<manualTask id='u' isForCompensation='true'/>")

        assert "u" in play(process.inside(f"<association id='l' {ends}/>")).visited


def test_counts_wherever_it_is_drawn():
    line = "<association id='to_undo_a' sourceRef='at_a' targetRef='undo_a'/>"
    process = model().start().node("manualTask", "a").inside(undo("a").replace(line, ""))
    process.throw("back", compensate()).end().root(f"<collaboration id='c'>{line}</collaboration>")

    assert "undo_a" in play(process).visited
    assert definition(process).associations == (("at_a", "undo_a"),)
