from __future__ import annotations

from procession.testing import start
from tests.elements.process.test_global_task import task


def test_is_over_at_once():
    run = start(task('<globalManualTask id="g"/>'))

    assert run.visited == ["g"]
    assert run.is_completed
