from __future__ import annotations

from procession.testing import model
from python_scripts import compiled


def test_pools_are_read_over():
    process = (
        model()
        .start()
        .end()
        .root(
            '<collaboration id="c"><participant id="p" name="Shop" processRef="process"/>'
            '<messageFlow id="mf" sourceRef="p" targetRef="start"/></collaboration>'
        )
    )

    assert not compiled(process).problems
