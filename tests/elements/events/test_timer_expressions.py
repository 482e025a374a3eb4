"""When timers fire: every form that models use, over months and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procession.bpmn.timer_expressions import Firing, TimerExpression, parse
from procession.errors import Invalid
from procession.values import Map, freeze

NOW = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CYCLE, DURATION, DATE = "timeCycle", "timeDuration", "timeDate"


def dues(
    expression: TimerExpression,
    count: int,
    *,
    now: datetime = NOW,
    zone: ZoneInfo = BERLIN,
    start_event: bool = False,
) -> list[datetime]:
    """The due times when every firing is served exactly when it is due."""
    found: list[datetime] = []
    firing = expression.first(now, zone, start_event=start_event)
    while firing is not None and len(found) < count:
        found.append(firing.due)
        firing = expression.next(firing, max(now, firing.due), zone)
    return found


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT5S", after(seconds=5)),
        ("P10D", after(days=10)),
        ("P1DT2H", after(days=1, hours=2)),
        ("PT0.5S", after(milliseconds=500)),
        ("P2W", after(weeks=2)),
        ("-PT5S", after(seconds=-5)),
        ("500ms", after(milliseconds=500)),
        ("2s", after(seconds=2)),
        ("500", after(milliseconds=500)),
        ("1d2h3m4s500ms", after(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)),
        ("1d 2h 3m 4s 500", after(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)),
        ("+1M", after(minutes=1)),
        ("-3s", after(seconds=-3)),
        (" 1h ", after(hours=1)),
        (250, after(milliseconds=250)),
    ],
)
def test_a_duration_fires_once_after_it(text: str | int, due: datetime) -> None:
    for is_jbpm in (True, False):
        assert dues(parse(DURATION, text, is_jbpm=is_jbpm), 3, zone=ZoneInfo("UTC")) == [due]


def test_the_longest_time_never_passes() -> None:
    assert parse(DURATION, "*").first(NOW, UTC) is None
    assert dues(parse(CYCLE, "1s###*"), 3) == [after(seconds=1)]


def test_months_count_from_their_day_and_years_know_leap_days() -> None:
    end_of_january = datetime(2028, 1, 31, 9, tzinfo=UTC)
    leap_day = datetime(2028, 2, 29, 9, tzinfo=UTC)

    monthly = dues(parse(CYCLE, "R3/P1M"), 9, now=end_of_january, zone=ZoneInfo("UTC"))
    a_year = dues(parse(DURATION, "P1Y"), 9, now=leap_day, zone=ZoneInfo("UTC"))

    assert [f"{due:%m-%d}" for due in monthly] == ["02-29", "03-31", "04-30"]
    assert a_year == [datetime(2029, 2, 28, 9, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["P1M", "P1Y", "P1Y2M3D"])
def test_jbpm_refuses_months_and_years_in_durations(text: str) -> None:
    with pytest.raises(Invalid, match="years and months"):
        parse(DURATION, text, is_jbpm=True)

    assert parse(DURATION, text).first(NOW, UTC) is not None


def test_a_day_is_a_day_of_the_calendar_except_in_jbpm() -> None:
    before_summer_time = datetime(2026, 3, 28, 12, tzinfo=BERLIN)

    def local(text: str, is_jbpm: bool) -> str:
        firing = parse(DURATION, text, is_jbpm=is_jbpm).first(before_summer_time, BERLIN)
        assert firing is not None
        return f"{firing.due.astimezone(BERLIN):%d %H:%M}"

    assert local("P1D", is_jbpm=False) == "29 12:00"
    assert local("PT24H", is_jbpm=False) == "29 13:00"
    assert local("P1D", is_jbpm=True) == "29 13:00"


def test_a_daily_cycle_keeps_its_hour_over_the_clock_change() -> None:
    start = datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN)

    found = dues(parse(CYCLE, "R4/P1D"), 9, now=start - timedelta(days=1))

    assert [f"{due.astimezone(BERLIN):%d %H:%M}" for due in found] == [
        "28 02:30",
        "29 03:30",  # 02:30 does not exist that night
        "30 02:30",
        "31 02:30",
    ]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2013-10-24T20:15:00.000+02:00", datetime(2013, 10, 24, 18, 15, tzinfo=UTC)),
        ("2030-01-31T12:00:00Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-07-31T12:00:00", datetime(2030, 7, 31, 10, tzinfo=UTC)),
        ("2030-01-31 12:00:00", datetime(2030, 1, 31, 11, tzinfo=UTC)),
        ("2030-01-31", datetime(2030, 1, 30, 23, tzinfo=UTC)),
        ("20300131T120000Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("1d2h", after(days=1, hours=2)),
        ("250000", after(seconds=250)),
        (datetime(2030, 1, 31, 12, tzinfo=UTC), datetime(2030, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_date_fires_once_at_its_moment_even_if_that_has_passed(
    text: str | datetime, due: datetime
) -> None:
    assert dues(parse(DATE, text, is_jbpm=True), 3) == [due]


def test_delay_and_period_fire_without_end() -> None:
    assert dues(parse(CYCLE, "500ms###1s", is_jbpm=True), 3) == [
        after(milliseconds=500),
        after(milliseconds=1500),
        after(milliseconds=2500),
    ]
    assert dues(parse(CYCLE, "1m###1m"), 2) == [after(minutes=1), after(minutes=2)]
    assert dues(parse(CYCLE, "1s###0"), 3) == [after(seconds=1)]


def test_a_cycle_without_start_begins_after_a_period_and_in_jbpm_after_a_second() -> None:
    text = "R3/PT10S"

    assert dues(parse(CYCLE, text), 9) == [after(seconds=s) for s in (10, 20, 30)]
    assert dues(parse(CYCLE, text, is_jbpm=True), 9) == [after(seconds=s) for s in (1, 11, 21)]


@pytest.mark.parametrize("text", ["R/PT5S", "R-1/PT5S", "R//PT5S"])
def test_a_cycle_without_number_does_not_end(text: str) -> None:
    assert len(dues(parse(CYCLE, text), 50)) == 50


def test_no_round_at_all_never_fires() -> None:
    assert parse(CYCLE, "R0/PT5S").first(NOW, UTC) is None


def test_a_cycle_with_a_start_fires_first_at_the_start() -> None:
    expected = [after(hours=1), after(hours=1, seconds=3), after(hours=1, seconds=6)]
    for is_jbpm in (True, False):
        for text in (
            "R3/2026-03-10T13:00:00Z/PT3S",
            "R3/2026-03-10T13:00:00Z/2026-03-10T13:00:03Z",
        ):
            assert dues(parse(CYCLE, text, is_jbpm=is_jbpm), 9) == expected


def test_a_cycle_whose_start_has_passed_fires_at_once() -> None:
    text = "R3/2026-03-10T11:50:00Z/PT1H"

    in_the_rhythm_of_the_start = dues(parse(CYCLE, text), 9)
    in_a_rhythm_from_now = dues(parse(CYCLE, text, is_jbpm=True), 9)

    assert in_the_rhythm_of_the_start == [after(minutes=m) for m in (-10, 50, 110)]
    assert in_a_rhythm_from_now == [after(minutes=m) for m in (0, 60, 120)]


def test_a_cycle_with_an_end_fires_last_at_the_end() -> None:
    at_three = "2026-03-10T15:00:00Z"

    assert dues(parse(CYCLE, f"R2/PT1H/{at_three}"), 9) == [after(hours=2), after(hours=3)]
    assert dues(parse(CYCLE, f"R/PT1H/{at_three}"), 9) == [after(hours=h) for h in (1, 2, 3)]


def test_a_plain_value_repeats_on_start_events_only() -> None:
    for text, seconds in (("5s", 5), ("PT5S", 5), ("5000", 5)):
        expression = parse(CYCLE, text, is_jbpm=True)

        assert dues(expression, 9) == [after(seconds=seconds)]
        assert dues(expression, 3, start_event=True) == [
            after(seconds=seconds * n) for n in (1, 2, 3)
        ]


def test_a_late_server_makes_up_with_one_firing_and_keeps_the_rhythm() -> None:
    expression = parse(CYCLE, "R/PT10S")
    first = expression.first(NOW, UTC)
    assert first is not None

    second = expression.next(first, after(seconds=57), UTC)
    assert second is not None
    third = expression.next(second, after(seconds=57), UTC)

    assert (second.due, third and third.due) == (after(seconds=50), after(seconds=60))
    every_one = expression.next(first, after(seconds=57), UTC, catch_up=True)
    assert every_one is not None
    assert every_one.due == after(seconds=20)


def test_a_late_server_still_fires_every_round_of_a_counted_cycle() -> None:
    expression = parse(CYCLE, "R5/PT1S")
    firing, count = expression.first(NOW, UTC), 0
    while firing is not None:
        count += 1
        firing = expression.next(firing, after(hours=1), UTC)

    assert count == 5


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 10**6), st.lists(st.integers(0, 10**7), max_size=40))
def test_counted_cycles_fire_exactly_so_often_and_never_drift(
    rounds: int, period: int, lateness: list[int]
) -> None:
    expression = parse(CYCLE, f"R{rounds}/{period}ms")
    found = []
    firing = expression.first(NOW, UTC)
    while firing is not None:
        found.append(firing.due)
        late = lateness[len(found) % len(lateness)] if lateness else 0
        firing = expression.next(firing, firing.due + timedelta(milliseconds=late), UTC)

    assert found == [after(milliseconds=period * n) for n in range(1, rounds + 1)]


def cron(text: str, count: int, now: datetime, zone: ZoneInfo = BERLIN) -> list[str]:
    found = dues(parse(CYCLE, text, is_jbpm=True), count, now=now, zone=zone)
    return [f"{due.astimezone(zone):%a %Y-%m-%d %H:%M:%S}" for due in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0/1 * * * * ?", ["Tue 2026-03-10 13:00:01", "Tue 2026-03-10 13:00:02"]),
        ("* * * * * ?", ["Tue 2026-03-10 13:00:01", "Tue 2026-03-10 13:00:02"]),
        ("0 0/5 * * * ?", ["Tue 2026-03-10 13:05:00", "Tue 2026-03-10 13:10:00"]),
        ("15 30 9 ? * MON-FRI", ["Wed 2026-03-11 09:30:15", "Thu 2026-03-12 09:30:15"]),
        ("0 0 8 ? * 1", ["Sun 2026-03-15 08:00:00", "Sun 2026-03-22 08:00:00"]),
        ("0 0 8 ? * 7", ["Sat 2026-03-14 08:00:00", "Sat 2026-03-21 08:00:00"]),
        ("0 0 8 ? * L", ["Sat 2026-03-14 08:00:00", "Sat 2026-03-21 08:00:00"]),
        ("0 0 8 ? * 6L", ["Fri 2026-03-27 08:00:00", "Fri 2026-04-24 08:00:00"]),
        ("0 0 8 ? * FRI#2", ["Fri 2026-03-13 08:00:00", "Fri 2026-04-10 08:00:00"]),
        ("0 0 8 ? * FRI-MON/2", ["Fri 2026-03-13 08:00:00", "Sun 2026-03-15 08:00:00"]),
        ("0 0 8 L * ?", ["Tue 2026-03-31 08:00:00", "Thu 2026-04-30 08:00:00"]),
        ("0 0 8 LW * ?", ["Tue 2026-03-31 08:00:00", "Thu 2026-04-30 08:00:00"]),
        ("0 0 8 LW 5 ?", ["Fri 2026-05-29 08:00:00", "Mon 2027-05-31 08:00:00"]),
        ("0 0 8 L-2 * ?", ["Sun 2026-03-29 08:00:00", "Tue 2026-04-28 08:00:00"]),
        ("0 0 8 L-2W * ?", ["Mon 2026-03-30 08:00:00", "Tue 2026-04-28 08:00:00"]),
        ("0 0 8 15W * ?", ["Mon 2026-03-16 08:00:00", "Wed 2026-04-15 08:00:00"]),
        ("0 0 8 1W 8 ?", ["Mon 2026-08-03 08:00:00", "Mon 2027-08-02 08:00:00"]),
        ("0 0 8 31W * ?", ["Tue 2026-03-31 08:00:00", "Fri 2026-05-29 08:00:00"]),
        ("0 0 22-1 * * ?", ["Tue 2026-03-10 22:00:00", "Tue 2026-03-10 23:00:00"]),
        ("0 0 8 1 JAN ? 2028-2030/2", ["Sat 2028-01-01 08:00:00", "Tue 2030-01-01 08:00:00"]),
        ("0 0 8 1 1 ? 2020", []),
        ("0 0 8 L-30 2 ?", []),
        ("*/10 * * * *", ["Tue 2026-03-10 13:10:00", "Tue 2026-03-10 13:20:00"]),
        ("30 9 * * 1", ["Mon 2026-03-16 09:30:00", "Mon 2026-03-23 09:30:00"]),
        ("0 9 * * SUN", ["Sun 2026-03-15 09:00:00", "Sun 2026-03-22 09:00:00"]),
    ],
)
def test_cron(text: str, expected: list[str]) -> None:
    assert cron(text, 2, NOW) == expected


def test_a_daily_cron_runs_once_in_the_nights_of_the_clock_change() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert cron("7 30 2 * * ?", 2, spring) == ["Sun 2026-03-29 03:00:07", "Mon 2026-03-30 02:30:07"]
    assert cron("7 30 2 * * ?", 2, autumn) == ["Sun 2026-10-25 02:30:07", "Mon 2026-10-26 02:30:07"]


def test_a_cron_missed_for_long_fires_once_and_goes_on() -> None:
    expression = parse(CYCLE, "0 0 * * * ?")
    first = expression.first(NOW, BERLIN)
    assert first is not None

    made_up = expression.next(first, after(hours=10, minutes=5), BERLIN)
    assert made_up is not None
    following = expression.next(made_up, after(hours=10, minutes=5), BERLIN)

    assert made_up.due == after(hours=10, minutes=5)
    assert following is not None
    assert following.due == after(hours=11)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (DURATION, "soon", "'soon' is not understood"),
        (DURATION, "", "is empty"),
        (DURATION, "   ", "is empty"),
        (DURATION, "P", "names no length"),
        (DURATION, "P1H", "expected something like"),
        (DURATION, "P0.5M", "part of a month"),
        (DURATION, "9" * 300, "longer than 255"),
        (DURATION, f"{'9' * 30}d", "longer than any calendar"),
        (DURATION, True, "needs a text"),
        (DURATION, "R3/PT1S", "not understood"),
        (DATE, "tomorrow", "timeDate 'tomorrow' is not understood"),
        (DATE, "2030-13-01T00:00:00Z", "the date '2030-13-01T00:00:00Z'"),
        (CYCLE, "now and then", "timeCycle 'now and then' is not understood"),
        (CYCLE, "R/PT0S", "longer than 0"),
        (CYCLE, "R3/-PT1S", "must not be negative"),
        (CYCLE, "R3", "not understood"),
        (CYCLE, "R3/x/y/z", "not understood"),
        (CYCLE, "R/*", "never passes"),
        (CYCLE, "R/2030-01-02T00:00:00Z/2030-01-01T00:00:00Z", "must come after"),
        (CYCLE, "1m###often", "period 'often'"),
        (CYCLE, "0 0 25 * * ?", "Bad hour"),
        (CYCLE, "0 0 8 1 * MON", "for the other"),
        (CYCLE, "0 0 8 ? * 8", "1 is Sunday"),
        (CYCLE, "0 0 8 30 2 ? 2030", "Bad day-of-month"),
        (CYCLE, "0 0 8 * * ? 1850", "Bad year"),
        (CYCLE, "0 0 8 32W * ?", "Bad day-of-month"),
        ("timeless", "PT1S", "none of timeDuration"),
    ],
)
def test_what_is_wrong_is_said_precisely(kind: str, text: str | bool, words: str) -> None:
    with pytest.raises(Invalid, match=words.replace("?", r"\?").replace("*", r"\*")):
        parse(kind, text)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([DURATION, DATE, CYCLE]),
    st.text("RPTDHMSYWL0123456789/#*?-+:. dhms,Z", max_size=24),
    st.booleans(),
)
def test_no_text_does_more_than_be_refused(kind: str, text: str, is_jbpm: bool) -> None:
    try:
        expression = parse(kind, text, is_jbpm=is_jbpm)
        firing = expression.first(NOW, BERLIN, start_event=True)
    except Invalid:
        return
    if firing is not None:
        assert firing.due.tzinfo is UTC
        following = expression.next(firing, NOW, BERLIN)
        assert following is None or following.due >= firing.due


def test_expressions_and_firings_are_values() -> None:
    expression = parse(CYCLE, "R3/PT1S", is_jbpm=True, language="cron")
    firing = expression.first(NOW, UTC)
    assert firing is not None

    stored = freeze(Map(timer=expression.to_value(), firing=firing.to_value()))

    assert TimerExpression.from_value(stored["timer"]) == expression
    assert Firing.from_value(stored["firing"]) == firing
    assert hash(expression) == hash(TimerExpression.from_value(stored["timer"]))
