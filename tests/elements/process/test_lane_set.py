from __future__ import annotations

from procession.testing import model
from python_scripts import definition


def test_an_inner_lane_goes_before_the_outer_one():
    process = model().inside(
        '<laneSet><lane id="a" name="Outer"><flowNodeRef>u</flowNodeRef>'
        "<flowNodeRef>v</flowNodeRef>"
        '<childLaneSet><lane id="b" name="Inner"><flowNodeRef>u</flowNodeRef></lane></childLaneSet>'
        "</lane></laneSet>"
    )
    built = definition(process.start().user("u").user("v").end())

    assert built.nodes["u"].lane == "Inner"
    assert built.nodes["v"].lane == "Outer"
