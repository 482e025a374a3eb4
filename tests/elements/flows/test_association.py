from __future__ import annotations

from procession.testing import model
from python_scripts import compiled, play


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
