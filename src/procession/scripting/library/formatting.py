"""``String.format`` and the patterns of ``SimpleDateFormat``."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.numerals import decimal
from procession.scripting.rendering import DAYS, MONTHS, zone_text
from procession.scripting.throwables import throw
from procession.values import Char, Value

_SPEC: Final = re.compile(r"%(?:(\d{1,4})\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([tT]?[a-zA-Z%])")
MAX_WIDTH: Final = 10_000
MAX_PATTERN: Final = 200
_FORMAT_ERROR: Final = "java.util.IllegalFormatException"


def format_text(f: Frame, pattern: str, args: list[Value]) -> str:
    """``String.format``: ``%s %S %d %f %e %x %X %o %c %b %n %% %h`` and dates ``%t…``."""
    f.walk(len(pattern))
    made: list[str] = []
    at = following = 0
    while True:
        percent = pattern.find("%", at)
        if percent < 0:
            made.append(pattern[at:])
            break
        made.append(pattern[at:percent])
        spec = _SPEC.match(pattern, percent)
        if spec is None:
            raise throw(_FORMAT_ERROR, f"Conversion = '%' in {pattern[:80]!r}")
        at = spec.end()
        kind = spec.group(5)
        if kind in "n%":
            made.append("\n" if kind == "n" else "%")
            continue
        position = following if spec.group(1) is None else int(spec.group(1)) - 1
        following += spec.group(1) is None
        if not 0 <= position < len(args):
            raise throw(_FORMAT_ERROR, f"Format specifier '{spec.group()}' has no argument")
        made.append(_formatted(f, spec, args[position]))
    text = "".join(made)
    f.make_text(len(text))
    return text


def _formatted(f: Frame, spec: re.Match[str], value: Value) -> str:
    _, flags, width_text, precision_text, kind = spec.groups()
    width = int(width_text or 0) if len(width_text or "") < 6 else MAX_WIDTH + 1
    precision = None if precision_text is None else int(precision_text[:6])
    if width > MAX_WIDTH or (precision or 0) > MAX_WIDTH:
        raise throw(_FORMAT_ERROR, f"widths and precisions may be {MAX_WIDTH} at most")
    f.make_text(width + (precision or 0))
    text = _converted(f, kind, flags, precision, value)
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and kind in "dfexXo" and value is not None:
        sign = text[0] if text[:1] in ("-", "+", " ", "(") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _converted(f: Frame, kind: str, flags: str, precision: int | None, value: Value) -> str:
    low = kind[0].lower()
    if low == "b":
        text = f.text(value) if type(value) is bool else "true" if value is not None else "false"
    elif value is None:
        text = "null"
    elif low == "s":
        text = f.text(value)
    elif low == "c":
        text = chr(value) if type(value) is int else f.text(value)
    elif low == "t":
        text = _dated(value, kind[1:], f.zone)
    elif low in "dxo":
        return _whole(value, kind, flags)
    elif low in "feg":
        return _real(value, low, flags, 6 if precision is None else precision)
    elif low == "h":
        text = f"{hash(f.text(value)) & 0xFFFFFFFF:x}"
    else:
        raise throw(_FORMAT_ERROR, f"UnknownFormatConversion '{kind}'")
    if precision is not None and low in "bs":
        text = text[:precision]
    return text.upper() if kind[0].isupper() and low != "t" else text


def _signed(text: str, flags: str) -> str:
    if text[0] == "-":
        return f"({text[1:]})" if "(" in flags else text
    return "+" + text if "+" in flags else " " + text if " " in flags else text


def _whole(value: Value, kind: str, flags: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise throw(_FORMAT_ERROR, f"{kind} != {type(value).__name__}")
    number = int(value)
    if kind == "d":
        return _signed(f"{number:,}" if "," in flags else str(number), flags)
    if number < 0:
        number += 1 << (64 if type(value).__name__ == "Long" else 32)
    prefix = ("0x" if kind in "xX" else "0") if "#" in flags else ""
    text = prefix + (f"{number:x}" if kind in "xX" else f"{number:o}")
    return text.upper() if kind == "X" else text


def _real(value: Value, kind: str, flags: str, precision: int) -> str:
    if isinstance(value, bool | Char) or not isinstance(value, float | Decimal):
        raise throw(_FORMAT_ERROR, f"{kind} != {type(value).__name__}")
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return "NaN" if value != value else _signed("-Infinity" if value < 0 else "Infinity", flags)
    number = decimal(value)
    if kind == "f":
        digits = max(1, number.adjusted() + 1) + precision + 2
        context = Context(prec=digits, rounding=ROUND_HALF_UP)
        number = number.quantize(Decimal(1).scaleb(-precision), context=context)
        return _signed(f"{number:,f}" if "," in flags else f"{number:f}", flags)
    text = f"{Context(prec=precision + 1, rounding=ROUND_HALF_UP).plus(number):.{precision}e}"
    mantissa, _, exponent = text.partition("e")
    return _signed(f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}", flags)


def _dated(value: Value, kind: str, zone: tzinfo) -> str:
    if not isinstance(value, datetime):
        raise throw(_FORMAT_ERROR, f"t{kind} != {type(value).__name__}")
    patterns = {
        "Y": "yyyy", "m": "MM", "d": "dd", "e": "d", "H": "HH", "M": "mm", "S": "ss", "L": "SSS",
        "F": "yyyy-MM-dd", "T": "HH:mm:ss", "D": "MM/dd/yy", "R": "HH:mm", "B": "MMMM", "b": "MMM",
        "A": "EEEE", "a": "EEE", "y": "yy", "j": "DDD", "Z": "z", "z": "Z", "I": "hh", "p": "a",
        "c": "EEE MMM dd HH:mm:ss z yyyy",
    }  # fmt: skip
    if kind not in patterns:
        raise throw(_FORMAT_ERROR, f"UnknownFormatConversion 't{kind}'")
    return date_pattern(value, patterns[kind], zone)


_LETTERS: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*")


def _bounded(pattern: str) -> str:
    if len(pattern) > MAX_PATTERN:
        what = f"a date pattern may have {MAX_PATTERN} letters"
        raise throw("IllegalArgumentException", what)
    return pattern


def date_pattern(moment: datetime, pattern: str, zone: tzinfo) -> str:
    """A date by a pattern of ``SimpleDateFormat``."""
    local = moment.astimezone(zone)

    def replace(match: re.Match[str]) -> str:
        quoted = match.group(1)
        if quoted is not None:
            return quoted.replace("''", "'") if quoted else "'"
        return _date_part(local, match.group(2), len(match.group()))

    return _LETTERS.sub(replace, _bounded(pattern))


def _date_part(local: datetime, letter: str, width: int) -> str:
    match letter:
        case "y" | "u":
            return f"{local.year % 100:02d}" if width == 2 else str(local.year).zfill(width)
        case "M" | "L":
            name = MONTHS[local.month - 1]
            return name if width > 3 else name[:3] if width == 3 else str(local.month).zfill(width)
        case "E":
            return DAYS[local.weekday()] if width > 3 else DAYS[local.weekday()][:3]
        case "a":
            return "AM" if local.hour < 12 else "PM"
        case "z":
            return zone_text(local)
        case "Z" | "X":
            offset = local.strftime("%z")
            if letter == "Z":
                return offset
            if offset == "+0000":
                return "Z"
            return {1: offset[:3], 2: offset}.get(width, f"{offset[:3]}:{offset[3:]}")
    numbers = {
        "d": local.day,
        "H": local.hour,
        "k": local.hour or 24,
        "h": local.hour % 12 or 12,
        "K": local.hour % 12,
        "m": local.minute,
        "s": local.second,
        "S": local.microsecond // 1000,
        "D": local.timetuple().tm_yday,
        "w": local.isocalendar().week,
    }
    if letter not in numbers:
        raise throw("IllegalArgumentException", f"Illegal pattern character '{letter}'")
    return str(numbers[letter]).zfill(width)


_PARSED: Final = {
    "y": r"(?P<y>\d{1,4})", "M": r"(?P<M>\d{1,2})", "d": r"(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})",
    "m": r"(?P<m>\d{1,2})", "s": r"(?P<s>\d{1,2})", "S": r"(?P<S>\d{1,3})", "h": r"(?P<h>\d{1,2})",
    "a": r"(?P<a>[AaPp][Mm])", "E": r"[A-Za-z]++", "Z": r"(?P<Z>[+-]\d{4})",
    "X": r"(?P<Z>Z|[+-]\d{2}(?::?\d{2})?)", "z": r"(?:UTC|GMT)",
}  # fmt: skip


def parse_date(text: str, pattern: str, zone: tzinfo) -> datetime:
    """A date from a text, by a pattern of ``SimpleDateFormat``."""
    parts: list[str] = []
    at = 0
    for found in _LETTERS.finditer(_bounded(pattern)):
        parts.append(re.escape(pattern[at : found.start()]))
        at = found.end()
        if found.group(1) is not None:
            parts.append(re.escape(found.group(1).replace("''", "'") or "'"))
        elif found.group(2) == "M" and len(found.group()) > 2:
            parts.append("(?P<N>[A-Za-z]++)")
        elif found.group(2) in _PARSED:
            parts.append(_PARSED[found.group(2)])
        else:
            raise throw("IllegalArgumentException", f"Illegal pattern '{found.group(2)}'")
    try:
        match = re.match("".join(parts) + re.escape(pattern[at:]), text[:200])
    except re.error:
        raise throw("IllegalArgumentException", "a letter stands twice in the pattern") from None
    try:
        if match is not None:
            return _built(match.groupdict(), zone)
    except ValueError:
        pass
    raise throw("java.text.ParseException", f'Unparseable date: "{text[:80]}"')


def _built(found: dict[str, str | None], zone: tzinfo) -> datetime:
    def number(key: str, default: int) -> int:
        return int(found.get(key) or default)

    year = number("y", 1970)
    if len(found.get("y") or "") == 2:
        year += 2000 if year < 50 else 1900
    month = number("M", 1)
    if found.get("N"):
        name = str(found["N"])[:3].capitalize()
        month = [one[:3] for one in MONTHS].index(name) + 1
    hour = number("H", -1)
    if hour < 0:
        hour = number("h", 0) % 12 + (12 if (found.get("a") or "").lower() == "pm" else 0)
    offset = found.get("Z")
    made = datetime(year, month, number("d", 1), hour, number("m", 0), number("s", 0))
    made = made.replace(microsecond=number("S", 0) * 1000, tzinfo=zone)
    if offset:
        suffix = "+00:00" if offset == "Z" else offset
        made = datetime.fromisoformat(made.replace(tzinfo=None).isoformat() + suffix)
    return made
