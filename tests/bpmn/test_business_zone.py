"""Timers in working time: what a business calendar makes of durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procession.bpmn.timer_expressions import parse
from procession.bpmn.timer_expressions.business_zone import (
    BusinessZone,
    read_calendar,
    read_properties,
)
from procession.engine import Engine
from procession.errors import Invalid
from procession.runtime.clock import ManualClock
from procession.settings import Settings
from procession.testing.models import model

OFFICE = BusinessZone(UTC)
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)


def due(text: str, now: datetime = FRIDAY, zone: BusinessZone = OFFICE, **how: bool) -> datetime:
    firing = parse("timeDuration", text, **how).first(now, zone)
    assert firing is not None
    return firing.due


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", datetime(2026, 11, 20, 16, 30)),
        ("1h", datetime(2026, 11, 20, 17)),
        ("2h", datetime(2026, 11, 23, 10)),
        ("1d", datetime(2026, 11, 23, 16)),
        ("25h", datetime(2026, 11, 25, 9) + timedelta(hours=8)),
        ("PT2H", datetime(2026, 11, 23, 10)),
        ("P5D", datetime(2026, 11, 27, 16)),
    ],
)
@pytest.mark.parametrize("is_jbpm", [True, False])
def test_a_duration_passes_in_working_hours_only(text: str, expected: datetime, is_jbpm: bool):
    assert due(text, is_jbpm=is_jbpm) == expected.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 20, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)),
    ],
)
def test_what_begins_out_of_hours_counts_from_the_next_morning(now: datetime, expected: datetime):
    assert due("1h", now) == expected


def test_dates_and_cron_are_what_they_say():
    date = parse("timeDate", "2026-11-21T12:00:00Z").first(FRIDAY, OFFICE)
    cron = parse("timeCycle", "0 0 12 * * ?", is_jbpm=True).first(FRIDAY, OFFICE)

    assert date is not None
    assert date.due == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert cron is not None
    assert cron.due == datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_cycle_goes_on_in_working_time_and_makes_up_with_one():
    cycle = parse("timeCycle", "R/PT4H")
    first = cycle.first(datetime(2026, 11, 23, 9, tzinfo=UTC), OFFICE)
    assert first is not None
    assert first.due == datetime(2026, 11, 23, 13, tzinfo=UTC)

    late = cycle.next(first, datetime(2026, 12, 1, 12, tzinfo=UTC), OFFICE)

    assert late is not None
    assert late.due == datetime(2026, 11, 30, 17, tzinfo=UTC)
    after = cycle.next(late, datetime(2026, 12, 1, 12, tzinfo=UTC), OFFICE)
    assert after is not None
    assert after.due == datetime(2026, 12, 1, 13, tzinfo=UTC)


PROPERTIES = """
# the office in Bangkok
business.start.hour=8
business.end.hour=16
business.hours.per.day=8
business.weekend.days=1
business.holidays=*-12-31:*-01-02, 2026-12-05
business.cal.timezone=Asia/Bangkok
"""


def test_the_properties_of_jbpm_are_read():
    zone = read_calendar(read_properties(PROPERTIES), UTC, ZoneInfo)
    bangkok = ZoneInfo("Asia/Bangkok")

    friday = datetime(2026, 12, 4, 15, tzinfo=bangkok)
    assert due("2h", friday, zone) == datetime(2026, 12, 7, 9, tzinfo=bangkok)
    new_year = datetime(2026, 12, 30, 15, 30, tzinfo=bangkok)
    assert due("1h", new_year, zone) == datetime(2027, 1, 4, 8, 30, tzinfo=bangkok)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("business.start.hour=nine", "business.start.hour"),
        ("business.start.hour=18", "no working hours"),
        ("business.weekend.days=1,2,3,4,5,6,7", "no working hours"),
        ("business.holidays=someday", "business.holidays"),
    ],
)
def test_a_faulty_calendar_is_refused_by_name(line: str, text: str):
    with pytest.raises(Invalid, match=text):
        read_calendar(read_properties(line), UTC, ZoneInfo)


@given(st.integers(0, 500), st.integers(1, 5_000), st.integers(1, 5_000))
def test_working_times_add_up(start: int, one: int, two: int):
    begin = FRIDAY + timedelta(hours=start)
    first, second = timedelta(minutes=one), timedelta(minutes=two)

    assert OFFICE.after(OFFICE.after(begin, first), second) == OFFICE.after(begin, first + second)


def test_a_process_waits_over_the_weekend(tmp_path):
    file = tmp_path / "calendar.properties"
    file.write_text("business.start.hour=9\nbusiness.end.hour=17\n")
    clock = ManualClock(FRIDAY)
    settings = Settings(database="sqlite://", business_calendar=str(file))
    with Engine.open("sqlite://", settings=settings, clock=clock, threads=False) as engine:
        process = model("p").start().timer("t", "PT2H").end()
        engine.deployments.deploy(engine.admin, "a:b:1", {"p.bpmn": process.xml()})
        view = engine.processes.start(engine.admin, "p")

        clock.advance(timedelta(hours=60))
        engine.run_due_jobs()
        assert engine.processes.last_known(engine.admin, view.id).state == 1
        clock.advance(timedelta(hours=7))
        engine.run_due_jobs()
        assert engine.processes.last_known(engine.admin, view.id).state == 2
