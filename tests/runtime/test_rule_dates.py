"""Rules whose date comes, and the bounds that settings give to rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from procession.errors import LimitExceeded
from procession.runtime.clock import ManualClock
from tests.runtime.rooms import UNIT
from tests.runtime.rule_models import END, START, flow, process

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PLAIN = process(START + flow("start", "end") + END)
DATED = b"""package org.test
rule "from then on" date-effective "03-Jan-2026" when String() then insert(1); end
"""
ENDLESS = b"""package org.test
rule "again" when $i : Integer() then delete($i); insert($i + 1); end
"""


def test_a_rule_fires_by_itself_when_its_date_has_come(opening):
    clock = ManualClock(NOW)
    engine = opening(clock=clock, threads=False)
    engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn2": PLAIN, "r.drl": DATED})
    engine.sessions.insert(engine.admin, UNIT, ["a"])

    engine.run_due_jobs()
    assert engine.sessions.count_facts(engine.admin, UNIT) == 1

    clock.advance(timedelta(days=2))
    engine.run_due_jobs()
    assert engine.sessions.count_facts(engine.admin, UNIT) == 2


@pytest.mark.parametrize(
    ("setting", "bound"), [("firings_per_turn", 20), ("rule_steps", 2_000)]
)  # fmt: skip
def test_settings_bound_rules_and_the_message_names_them(opening, setting, bound):
    engine = opening(**{setting: bound})
    engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn2": PLAIN, "r.drl": ENDLESS})
    engine.sessions.insert(engine.admin, UNIT, [1])

    with pytest.raises(LimitExceeded, match=f"again.*raise {setting}"):
        engine.sessions.fire(engine.admin, UNIT)
    assert engine.sessions.count_facts(engine.admin, UNIT) == 1
