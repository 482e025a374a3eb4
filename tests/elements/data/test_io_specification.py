from __future__ import annotations

from procession.testing import model
from procession.testing.models import parameters
from python_scripts import play


def test_parameters_go_by_their_names_not_their_ids():
    run = play(model().start().service("t", parameters(constants={"Name": "v"})).end())

    assert run.waits()[0].parameters == {"Name": "v"}


def test_what_a_process_declares_as_input_is_a_variable():
    process = model().inside(
        '<ioSpecification><dataInput id="d" name="x"/><inputSet/><outputSet/></ioSpecification>'
    )
    run = play(process.start().service("t", parameters(inputs={"p": "d"})).end(), x=3)

    assert run.waits()[0].parameters == {"p": 3}
