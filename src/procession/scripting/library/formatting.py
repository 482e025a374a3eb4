"""``String.format`` and the patterns of ``SimpleDateFormat``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from procession.scripting.equality import class_word, hash_code, millis
from procession.scripting.frame import Frame
from procession.scripting.numerals import decimal
from procession.scripting.rendering import DAYS, MONTHS, zone_text
from procession.scripting.throwables import throw
from procession.values import BigInteger, Byte, Char, Long, Short, Value

_SPEC: Final = re.compile(
    r"%(?:([0-9]{1,4})\$)?([-#+ 0,(<]*)([0-9]+)?(?:\.([0-9]+))?([tT]?[a-zA-Z%])"
)
MAX_WIDTH: Final = 10_000
MAX_PATTERN: Final = 200
_FORMAT_ERROR: Final = "java.util.IllegalFormatException"
_UNKNOWN: Final = frozenset({"D", "O", "F", "a", "A"})


def format_text(f: Frame, pattern: str, args: list[Value]) -> str:
    """``String.format``: ``%s %S %d %f %e %x %X %o %c %b %n %% %h`` and dates ``%t…``."""
    f.walk(len(pattern))
    made: list[str] = []
    at = following = position = 0
    while True:
        percent = pattern.find("%", at)
        if percent < 0:
            made.append(pattern[at:])
            break
        made.append(pattern[at:percent])
        spec = _SPEC.match(pattern, percent)
        if spec is None:
            letter = pattern[percent + 1 : percent + 2] or "%"
            raise _wrong("UnknownFormatConversion", f"Conversion = '{letter}'")
        at = spec.end()
        kind = spec.group(5)
        if kind in "n%":
            made.append("\n" if kind == "n" else "%")
            continue
        _check(spec)
        if "<" not in spec.group(2):
            position = following if spec.group(1) is None else int(spec.group(1)) - 1
            following += spec.group(1) is None
        if not 0 <= position < len(args):
            raise _wrong("MissingFormatArgument", f"Format specifier '{spec.group()}'")
        made.append(_formatted(f, spec, args[position]))
    text = "".join(made)
    f.make_text(len(text))
    return text


def _wrong(kind: str, message: str) -> Exception:
    return throw(f"java.util.{kind}Exception", message)


def _mismatch(kind: str, value: Value) -> Exception:
    return _wrong("IllegalFormatConversion", f"{kind} != {class_word(value)}")


def _check(spec: re.Match[str]) -> None:
    """What a specifier may not say, whatever its argument is."""
    _, flags, width, precision, kind = spec.groups()
    if kind[0].lower() not in "bhscdoxefgat" or kind in _UNKNOWN:
        raise _wrong("UnknownFormatConversion", f"Conversion = '{kind}'")
    if ("-" in flags or "0" in flags) and width is None:
        raise _wrong("MissingFormatWidth", spec.group())
    if precision is not None and kind[0].lower() in "dxoct":
        raise _wrong("IllegalFormatPrecision", precision)


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
    if (
        "0" in flags
        and kind in "dfeEgGxXo"
        and value is not None
        and text[-1:].isalnum()
        and text[-1] not in "yN"
    ):
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
        text = _real(value, kind, flags, 6 if precision is None else precision)
    else:
        text = f"{hash_code(value, f) & 0xFFFFFFFF:x}"
    if precision is not None and low in "bsh":
        text = text[:precision]
    return text.upper() if kind[0].isupper() and low != "t" else text


def _signed(text: str, flags: str) -> str:
    if text[0] == "-":
        return f"({text[1:]})" if "(" in flags else text
    return "+" + text if "+" in flags else " " + text if " " in flags else text


def _whole(value: Value, kind: str, flags: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _mismatch(kind, value)
    number = int(value)
    if kind == "d":
        return _signed(f"{number:,}" if "," in flags else str(number), flags)
    if number < 0 and type(value) is not BigInteger:
        number += 1 << {Long: 64, Short: 16, Byte: 8}.get(type(value), 32)
    prefix = ("0x" if kind in "xX" else "0") if "#" in flags else ""
    text = prefix + (f"{number:x}" if kind in "xX" else f"{number:o}")
    return text.upper() if kind == "X" else text


def _real(value: Value, kind: str, flags: str, precision: int) -> str:
    if isinstance(value, bool | Char) or not isinstance(value, float | Decimal):
        raise _mismatch(kind, value)
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return "NaN" if value != value else _signed("-Infinity" if value < 0 else "Infinity", flags)
    number = decimal(float(value) if isinstance(value, float) else value)
    low = kind.lower()
    if low == "g":
        return _signed(_general(number, flags, precision or 1), flags)
    if low == "f":
        return _signed(_fixed(number, flags, precision), flags)
    return _signed(_scientific(number, precision), flags)


def _fixed(number: Decimal, flags: str, precision: int) -> str:
    digits = max(1, number.adjusted() + 1) + precision + 2
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    number = number.quantize(Decimal(1).scaleb(-precision), context=context)
    return f"{number:,f}" if "," in flags else f"{number:f}"


def _scientific(number: Decimal, precision: int) -> str:
    text = f"{Context(prec=precision + 1, rounding=ROUND_HALF_UP).plus(number):.{precision}e}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}"


def _general(number: Decimal, flags: str, precision: int) -> str:
    rounded = Context(prec=precision, rounding=ROUND_HALF_UP).plus(number)
    if not rounded:
        return _fixed(rounded, flags, precision - 1)
    if Decimal("0.0001") <= abs(rounded) < Decimal(10) ** precision:
        return _fixed(rounded, flags, precision - rounded.adjusted() - 1)
    return _scientific(rounded, precision - 1)


def _dated(value: Value, kind: str, zone: tzinfo) -> str:
    if not isinstance(value, datetime):
        raise _mismatch(kind, value)
    patterns = {
        "Y": "yyyy", "m": "MM", "d": "dd", "e": "d", "H": "HH", "M": "mm", "S": "ss", "L": "SSS",
        "F": "yyyy-MM-dd", "T": "HH:mm:ss", "D": "MM/dd/yy", "R": "HH:mm", "B": "MMMM", "b": "MMM",
        "A": "EEEE", "a": "EEE", "y": "yy", "j": "DDD", "Z": "z", "z": "Z", "I": "hh", "p": "a",
        "c": "EEE MMM dd HH:mm:ss z yyyy", "h": "MMM", "k": "H", "l": "h", "r": "hh:mm:ss a",
    }  # fmt: skip
    if kind in "sQ":
        return str(millis(value) // (1000 if kind == "s" else 1))
    if kind not in patterns:
        raise _wrong("UnknownFormatConversion", f"Conversion = 't{kind}'")
    if kind == "p":
        return date_pattern(value, "a", zone).lower()
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
        return date_part(local, match.group(2), len(match.group()))

    return _LETTERS.sub(replace, _bounded(pattern))


def tokens_of(pattern: str) -> Iterator[tuple[str, int, str | None]]:
    """The parts of a date pattern: a letter and how often, or a text that stands for itself."""
    at = 0
    for match in _LETTERS.finditer(_bounded(pattern)):
        if match.start() > at:
            yield "", 0, pattern[at : match.start()]
        at = match.end()
        if match.group(1) is not None:
            yield "", 0, match.group(1).replace("''", "'") or "'"
        else:
            yield match.group(2), len(match.group()), None
    if at < len(pattern):
        yield "", 0, pattern[at:]


def date_part(local: datetime, letter: str, width: int) -> str:
    """One letter of a date pattern."""
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


def parse_parts(text: str, pattern: str, *, whole: bool = True) -> dict[str, str | None] | None:
    """The parts of a text that fits a date pattern, by letter; ``N`` is the number of a month."""
    parts: list[str] = []
    tokens = list(tokens_of(pattern))
    for at, (letter, width, literal) in enumerate(tokens):
        following = tokens[at + 1][2] is None if at + 1 < len(tokens) else False
        if literal is not None:
            parts.append(re.escape(literal))
        elif letter == "M" and width > 2:
            parts.append("(?P<N>[A-Za-z]++)")
        elif letter in "yMdHhmsS" and (following or (whole and width > 1)):
            parts.append(f"(?P<{letter}>[0-9]{{{width}}})")
        elif letter == "u":
            parts.append("(?P<y>[0-9]{4})")
        elif letter in _PARSED:
            parts.append(_PARSED[letter])
        else:
            raise throw("IllegalArgumentException", f"Illegal pattern character '{letter}'")
    try:
        match = re.compile("".join(parts)).match(text[:200])
    except re.error:
        raise throw("IllegalArgumentException", "a letter stands twice in the pattern") from None
    if match is None or (whole and match.end() != len(text)):
        return None
    found = match.groupdict()
    if found.get("N"):
        months = [one[:3] for one in MONTHS]
        name = str(found["N"]).capitalize()
        if name[:3] not in months or name not in (name[:3], MONTHS[months.index(name[:3])]):
            return None
        found["N"] = str(months.index(name[:3]) + 1)
    return found


def parse_date(text: str, pattern: str, zone: tzinfo) -> datetime:
    """A date from a text, by a pattern of ``SimpleDateFormat``, leniently."""
    found = parse_parts(text, pattern, whole=False)
    try:
        if found is not None:
            return _built(found, zone)
    except (ValueError, OverflowError):
        pass
    raise throw("java.text.ParseException", f'Unparseable date: "{text[:80]}"')


def _built(found: dict[str, str | None], zone: tzinfo) -> datetime:
    def number(key: str, default: int) -> int:
        return int(found.get(key) or default)

    year = number("y", 1970)
    if len(found.get("y") or "") == 2:
        year += 2000 if year < 50 else 1900
    month = number("N", 0) or number("M", 1)
    hour = number("H", -1)
    if hour < 0:
        hour = number("h", 0) % 12 + (12 if (found.get("a") or "").lower() == "pm" else 0)
    years, month = divmod(month - 1, 12)
    made = datetime(year + years, month + 1, 1, tzinfo=zone)
    made += timedelta(days=number("d", 1) - 1, hours=hour, minutes=number("m", 0))
    made += timedelta(seconds=number("s", 0), milliseconds=number("S", 0))
    offset = found.get("Z")
    if offset:
        suffix = "+00:00" if offset == "Z" else offset
        made = datetime.fromisoformat(made.replace(tzinfo=None).isoformat() + suffix)
    return made
