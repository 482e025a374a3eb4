from __future__ import annotations

from procession.testing import model
from python_scripts import play


def test_a_plain_one_only_marks_a_place():
    assert play(model().start().throw("here").end()).visited == ["start", "here", "end"]
