"""The engine agrees with the reference interpreter, and every law holds, in 20,000 histories."""

from __future__ import annotations

import pytest

from tests.laws.campaigns import campaign
from tests.laws.histories import Tally

HISTORIES = 20_000
PARTS = 16
"""The histories are dealt out, so that every worker of a run has its share."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_engine_agrees_with_the_reference_interpreter(part: int) -> None:
    tally = Tally()
    share = HISTORIES // PARTS

    found = next(campaign(part * 1_000_000, share, tally), None)

    assert found is None, str(found)
    assert tally.histories == share
    assert tally.steps > share, "a history has more than a start"
    assert {"completed", "aborted", "open", "refused"} <= set(tally.ends)
