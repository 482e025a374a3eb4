"""Values of ``java.time``: what they hold, how they print, compare and are kept by a process."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from procession.scripting.equality import text_hash, wrap32
from procession.scripting.meter import unlimited
from procession.scripting.throwables import throw
from procession.values import Value

SECOND: Final = 1_000_000_000
EPOCH: Final = datetime(1970, 1, 1)


class Moment:
    """What all of them share. ``held`` is a plain value of the host."""

    __slots__ = ("held",)
    type_name = "java.time.LocalDate"

    def __init__(self, held: Value) -> None:
        self.held = held

    def shown(self) -> str:
        """What it prints as."""
        return str(self.held)

    def plain(self) -> Value:
        """What a process keeps of it: its text."""
        return self.shown()

    def identity(self) -> Value:
        """What two equal ones have in common."""
        return self.held

    def compared(self, other: Value) -> int:
        """Which comes first."""
        return int(self.held > other.held) - int(self.held < other.held)

    def hashed(self) -> int:
        """A hash code; that of Java for what holds a text."""
        return text_hash(self.shown(), unlimited())


def time_text(held: time | datetime, *, seconds: bool = False) -> str:
    """``LocalTime.toString``: as short as it can be said."""
    text = f"{held.hour:02d}:{held.minute:02d}"
    if held.second or held.microsecond or seconds:
        text += f":{held.second:02d}"
    if held.microsecond:
        micros = f"{held.microsecond:06d}"
        text += f".{micros[:3] if micros.endswith('000') else micros}"
    return text


def offset_text(held: datetime) -> str:
    """``+02:00``, ``Z`` for none."""
    seconds = int((held.utcoffset() or timedelta()).total_seconds())
    if not seconds:
        return "Z"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    tail = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{tail}"


class LocalDate(Moment):
    """``LocalDate``; ``held`` is a date."""

    __slots__ = ()

    def shown(self) -> str:
        """ISO 8601."""
        return str(self.held.isoformat())

    def compared(self, other: Value) -> int:
        """Java gives the difference of years, months or days."""
        mine, its = self.held, other.held
        return (mine.year - its.year) or (mine.month - its.month) or int(mine.day - its.day)

    def hashed(self) -> int:
        """As Java."""
        year, month, day = self.held.year, self.held.month, self.held.day
        return wrap32((year & 0xFFFFF800) ^ ((year << 11) + (month << 6) + day))


class LocalTime(Moment):
    """``LocalTime``; ``held`` is a time."""

    __slots__ = ()
    type_name = "java.time.LocalTime"

    def shown(self) -> str:
        """ISO 8601, as short as it can be said."""
        return time_text(self.held)


class LocalDateTime(Moment):
    """``LocalDateTime``; ``held`` has no zone."""

    __slots__ = ()
    type_name = "java.time.LocalDateTime"

    def shown(self) -> str:
        """ISO 8601, as short as it can be said."""
        return f"{self.held.date().isoformat()}T{time_text(self.held)}"

    def compared(self, other: Value) -> int:
        """By the date as that compares, then by the time."""
        days = LocalDate(self.held.date()).compared(LocalDate(other.held.date()))
        mine, its = self.held.time(), other.held.time()
        return days or (mine > its) - (mine < its)


class Instant(Moment):
    """``Instant``; ``held`` is in UTC."""

    __slots__ = ()
    type_name = "java.time.Instant"

    def shown(self) -> str:
        """ISO 8601 with ``Z``."""
        return f"{self.held.date().isoformat()}T{time_text(self.held, seconds=True)}Z"

    def plain(self) -> Value:
        """A date of a process."""
        return self.held


class Zoned(Moment):
    """``ZonedDateTime`` and ``OffsetDateTime``; ``held`` has a zone, ``zone`` is its name."""

    __slots__ = ("zone",)

    def __init__(self, held: datetime, zone: str = "") -> None:
        super().__init__(held)
        self.zone = zone

    @property
    def type_name(self) -> str:  # type: ignore[override]
        """The name of its class."""
        return f"java.time.{'Zoned' if self.zone else 'Offset'}DateTime"

    def shown(self) -> str:
        """ISO 8601 with the offset, and the zone if that has a name."""
        local = LocalDateTime(self.held.replace(tzinfo=None)).shown()
        named = self.zone and self.zone != "Z" and self.zone[0] not in "+-"
        return f"{local}{offset_text(self.held)}" + (f"[{self.zone}]" if named else "")

    def plain(self) -> Value:
        """A date of a process."""
        return self.held.astimezone(UTC)

    def identity(self) -> Value:
        """What two equal ones have in common."""
        return (self.held.replace(tzinfo=None), offset_text(self.held), self.zone)


class Zone(Moment):
    """``ZoneId``; ``held`` is the name, ``info`` what it stands for."""

    __slots__ = ("info",)
    type_name = "java.time.ZoneId"

    def __init__(self, held: str, info: tzinfo) -> None:
        super().__init__(held)
        self.info = info


class Duration(Moment):
    """``Duration``; ``held`` are nanoseconds."""

    __slots__ = ()
    type_name = "java.time.Duration"

    def shown(self) -> str:
        """ISO 8601."""
        if not self.held:
            return "PT0S"
        whole = abs(self.held) // SECOND * (1 if self.held >= 0 else -1)
        nanos = abs(self.held) % SECOND
        sign = 1 if self.held >= 0 else -1
        hours, rest = divmod(abs(whole), 3600)
        minutes, seconds = divmod(rest, 60)
        text = "PT"
        if hours:
            text += f"{sign * hours}H"
        if minutes:
            text += f"{sign * minutes}M"
        if seconds or nanos:
            minus = "-" if sign < 0 else ""
            fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
            text += f"{minus}{seconds}{fraction}S"
        return text

    def hashed(self) -> int:
        """As Java."""
        seconds, nanos = divmod(self.held, SECOND)
        bits = seconds & 0xFFFFFFFFFFFFFFFF
        return wrap32((bits ^ (bits >> 32)) + 51 * nanos)


class Period(Moment):
    """``Period``; ``held`` are years, months and days."""

    __slots__ = ()
    type_name = "java.time.Period"

    def shown(self) -> str:
        """ISO 8601."""
        letters = zip(self.held, "YMD", strict=True)
        return "P" + ("".join(f"{n}{letter}" for n, letter in letters if n) or "0D")


class Named(Moment):
    """``DayOfWeek``, ``Month`` and ``ChronoUnit``: ``held`` is the place, ``name`` the constant."""

    __slots__ = ("name", "type_name")

    def __init__(self, type_name: str, held: int, name: str) -> None:
        super().__init__(held)
        self.type_name = type_name
        self.name = name

    def shown(self) -> str:
        """What it prints as: units in small letters."""
        if self.type_name.endswith("ChronoUnit"):
            return self.name.capitalize().replace("_d", "D")
        return self.name

    def plain(self) -> Value:
        """What a process keeps of it."""
        return self.name

    def compared(self, other: Value) -> int:
        """By place."""
        return int(self.held - other.held)


def no_date(message: str) -> Exception:
    """The exception for what is no date."""
    return throw("java.time.DateTimeException", message)


def plus_months(held: date, months: int) -> date:
    """So many months later, the day cut to the length of the month."""
    year, month = divmod(held.year * 12 + held.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise no_date(f"Invalid value for Year (valid values 1 - 9999 in scripts): {year}")
    day = min(held.day, calendar.monthrange(year, month + 1)[1])
    return held.replace(year=year, month=month + 1, day=day)
