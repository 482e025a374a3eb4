from __future__ import annotations

from procession.testing import model
from python_scripts import play


def test_completes_at_once():
    run = play(model(jbpm=True).start().node("manualTask", "m").end())

    assert run.visited == ["start", "m", "end"]
    assert run.is_completed
