from __future__ import annotations

from procession.testing import model
from procession.testing.models import parameters
from python_scripts import play


def test_is_a_variable_called_by_its_name():
    inside = parameters(inputs={"p": "DO_1"}, outputs={"r": "DO_1"})
    process = (
        model().inside('<dataObject id="DO_1" name="data"/>').start().service("t", inside).end()
    )
    run = play(process, data=1)
    assert run.waits()[0].parameters == {"p": 1}

    run.complete("t", r=2)
    assert run.variables == {"data": 2}
