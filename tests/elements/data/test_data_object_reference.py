from __future__ import annotations

from procession.testing import model
from procession.testing.models import parameters
from python_scripts import play


def test_stands_for_its_data_object_wherever_that_is_drawn():
    inside = parameters(outputs={"r": "ref"})
    process = model().inside('<dataObjectReference id="ref" dataObjectRef="DO_1"/>')
    process.start().service("t", inside).end().inside('<dataObject id="DO_1" name="data"/>')
    run = play(process)

    run.complete("t", r=2)

    assert run.variables == {"data": 2}
