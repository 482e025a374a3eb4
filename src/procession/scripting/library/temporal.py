"""``ZonedDateTime``, ``Instant``, ``ZoneId``, and the constants of ``java.time``."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from procession.scripting.equality import millis
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, text
from procession.scripting.library.dates import CALENDAR, DATE
from procession.scripting.library.local_times import (
    DATE_PARTS,
    LOCAL,
    ORDER,
    PARENTS,
    TIME_PARTS,
    temporal_class,
)
from procession.scripting.library.moments import (
    EPOCH,
    Instant,
    LocalDateTime,
    Named,
    Zone,
    Zoned,
    no_date,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.temporal_operations import (
    DAY_NAMES,
    MONTH_NAMES,
    UNITS,
    between_units,
    default_zone,
    given_zone,
    moved_by,
    now_of,
    shifted,
    zone_of,
)
from procession.scripting.objects import ArrayObject
from procession.scripting.throwables import throw
from procession.values import Long, Value

ZONED: Final = temporal_class("ZonedDateTime", Zoned, DATE_PARTS, TIME_PARTS, ORDER, LOCAL)
ZONED.all(
    {
        "static ZonedDateTime now()": lambda f: Zoned(
            now_of(f).astimezone(f.zone), default_zone(f).held
        ),
        "static ZonedDateTime now(ZoneId)": lambda f, z: Zoned(
            now_of(f).astimezone(given_zone(f, z).info), z.held
        ),
        "static ZonedDateTime of(LocalDateTime, ZoneId)": lambda f, o, z: Zoned(
            o.held.replace(tzinfo=given_zone(f, z).info), z.held
        ),
        "static ZonedDateTime ofInstant(Instant, ZoneId)": lambda f, i, z: Zoned(
            i.held.astimezone(given_zone(f, z).info), z.held
        ),
        "LocalDateTime toLocalDateTime()": lambda f, o: LocalDateTime(o.held.replace(tzinfo=None)),
        "Instant toInstant()": lambda f, o: Instant(o.held.astimezone(UTC)),
        "OffsetDateTime toOffsetDateTime()": lambda f, o: Zoned(o.held),
        "long toEpochSecond()": lambda f, o: Long(
            int((o.held - EPOCH.replace(tzinfo=UTC)).total_seconds() // 1)
        ),
        "ZoneId getZone()": lambda f, o: Zone(o.zone, o.held.tzinfo),
        "ZonedDateTime withZoneSameInstant(ZoneId)": lambda f, o, z: Zoned(
            o.held.astimezone(given_zone(f, z).info), z.held
        ),
        "ZonedDateTime withZoneSameLocal(ZoneId)": lambda f, o, z: Zoned(
            o.held.replace(tzinfo=given_zone(f, z).info), z.held
        ),
    }
)
OFFSET: Final = JavaClass("java.time.OffsetDateTime", parents=PARENTS)
OFFSET.all(
    {
        "static OffsetDateTime now()": lambda f: Zoned(now_of(f).astimezone(f.zone)),
        "static OffsetDateTime of(LocalDateTime, ZoneOffset)": lambda f, o, z: Zoned(
            o.held.replace(tzinfo=given_zone(f, z).info)
        ),
    }
)
INSTANT: Final = temporal_class("Instant", Instant, ORDER)
INSTANT.constants = {"EPOCH": Instant(EPOCH.replace(tzinfo=UTC))}
for _name in ("Seconds", "Millis", "Nanos"):
    INSTANT.add(f"Instant plus{_name}(long)", moved_by(_name.upper(), 1))
    INSTANT.add(f"Instant minus{_name}(long)", moved_by(_name.upper(), -1))
INSTANT.all(
    {
        "static Instant now()": lambda f: Instant(now_of(f)),
        "static Instant ofEpochMilli(long)": lambda f, n: shifted(
            INSTANT.constants["EPOCH"], integer(n), "MILLIS"
        ),
        "static Instant ofEpochSecond(long)": lambda f, n: shifted(
            INSTANT.constants["EPOCH"], integer(n), "SECONDS"
        ),
        "long toEpochMilli()": lambda f, o: Long(millis(o.held)),
        "long getEpochSecond()": lambda f, o: Long(millis(o.held) // 1000),
        "int getNano()": lambda f, o: int(o.held.microsecond) * 1000,
        "ZonedDateTime atZone(ZoneId)": lambda f, o, z: Zoned(
            o.held.astimezone(given_zone(f, z).info), z.held
        ),
    }
)
ZONE: Final = JavaClass("java.time.ZoneId", Zone)
ZONE.all(
    {
        "static ZoneId of(String)": lambda f, name: zone_of(text(name)),
        "static ZoneId systemDefault()": default_zone,
        "String getId()": lambda f, o: o.held,
        "static ZoneOffset ofHours(int)": lambda f, n: zone_of(
            f"{integer(n):+03d}:00" if integer(n) else "Z"
        ),
    }
)
ZONE_OFFSET: Final = JavaClass("java.time.ZoneOffset", parents=("java.time.ZoneId",))
ZONE_OFFSET.constants = {"UTC": Zone("Z", UTC)}
for _signature in ("static ZoneOffset of(String)", "static ZoneOffset ofHours(int)"):
    _word = _signature.split("(")[0].split()[-1]
    ZONE_OFFSET.add(_signature, ZONE.statics[_word, 1].function)
DATE.all(
    {
        "Instant toInstant()": lambda f, d: Instant(d.astimezone(UTC)),
        "static Date from(Instant)": lambda f, i: i.held,
    }
)
CALENDAR.add("Instant toInstant()", lambda f, o: Instant(o.at.astimezone(UTC)))


def _enum(name: str, members: list[Named]) -> JavaClass:
    made = JavaClass(name, parents=("java.lang.Enum", "java.lang.Comparable"))
    made.constants = {one.name: one for one in members}

    def of(f: Frame, at: Value) -> Named:
        if not 1 <= integer(at) <= len(members):
            raise no_date(f"Invalid value for {made.simple}: {integer(at)}")
        return members[integer(at) - 1]

    def value_of(f: Frame, given: Value) -> Value:
        found = made.constants.get(text(given))
        if found is None:
            raise throw("IllegalArgumentException", f"No enum constant {name}.{text(given)}")
        return found

    made.all(
        {
            f"static {made.simple} of(int)": of,
            f"static {made.simple} valueOf(String)": value_of,
            f"static {made.simple}[] values()": lambda f: ArrayObject(members, name),
        }
    )
    return made


def _turned(sign: int) -> Function:
    def plus(f: Frame, o: Named, amount: Value) -> Named:
        members = DAY_NAMES if o.type_name.endswith("DayOfWeek") else MONTH_NAMES
        at: int = (o.held - 1 + sign * integer(amount)) % len(members)
        return members[at]

    return plus


NAMED: Final = JavaClass("java.lang.Enum", Named)
NAMED.all(
    {
        "int getValue()": lambda f, o: o.held,
        "String name()": lambda f, o: o.name,
        "int ordinal()": lambda f, o: o.held - (0 if o.name in UNITS else 1),
        "long between(Object, Object)": between_units,
        "Object plus(long)": _turned(1),
        "Object minus(long)": _turned(-1),
        "int maxLength()": lambda f, o: (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[
            o.held - 1
        ],
    }
)
CLASSES: Final = [
    ZONED,
    OFFSET,
    INSTANT,
    ZONE,
    ZONE_OFFSET,
    NAMED,
    _enum("java.time.DayOfWeek", DAY_NAMES),
    _enum("java.time.Month", MONTH_NAMES),
    _enum("java.time.temporal.ChronoUnit", list(UNITS.values())),
]
