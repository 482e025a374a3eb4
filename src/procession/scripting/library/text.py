"""``String``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.equality import compare_text, equals
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, rest, text
from procession.scripting.library.formatting import format_text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ArrayObject, FunctionObject, ListObject
from procession.scripting.regex import Match, Regex, compiled
from procession.scripting.throwables import null_pointer, throw
from procession.values import Byte, Char, Value

SPACES: Final = "".join(map(chr, range(33)))
_WHITE: Final = "\t\n\x0b\f\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000" + "".join(
    chr(at) for at in range(0x2000, 0x200B) if at != 0x2007
)
_META: Final = frozenset("\\[](){}.*+?^$|")


def made(f: Frame, result: str) -> str:
    """Pay for a new text."""
    if len(result) > 64:
        f.make_text(len(result))
    return result


def substring(f: Frame, s: str, start: Value, end: Value = None) -> str:
    """``substring``."""
    first, last = integer(start), len(s) if end is None else integer(end)
    if not 0 <= first <= last <= len(s):
        what = f"begin {first}, end {last}, length {len(s)}"
        raise throw("StringIndexOutOfBoundsException", what)
    return made(f, s[first:last])


def _lower(f: Frame, s: str) -> str:
    return made(f, s.lower())


def char_at(f: Frame, s: str, at: Value) -> Char:
    """``charAt``."""
    place = integer(at)
    if not 0 <= place < len(s):
        raise throw("StringIndexOutOfBoundsException", f"String index out of range: {place}")
    return Char(s[place])


def _needle(part: Value) -> str:
    return chr(part) if type(part) is int else text(part)


def find(f: Frame, s: str, part: Value, start: Value = 0) -> int:
    """``indexOf``."""
    f.walk(len(s) >> 8)
    needle = _needle(part)
    return s.find(needle, min(len(s), max(0, integer(start))))


def find_last(f: Frame, s: str, part: Value, start: Value = None) -> int:
    """``lastIndexOf``."""
    f.walk(len(s) >> 8)
    if start is not None and integer(start) < 0:
        return -1
    needle = _needle(part)
    return s.rfind(needle) if start is None else s.rfind(needle, 0, integer(start) + len(needle))


def _replace(f: Frame, s: str, old: Value, new: Value) -> str:
    before, after = text(old), text(new)
    f.walk(len(s) >> 2)
    count = s.count(before)
    f.make_text(len(s) + count * max(0, len(after) - len(before)))
    return s.replace(before, after)


def _replace_regex(limit: int) -> Function:
    def replace(f: Frame, s: str, pattern: Value, new: Value) -> str:
        regex = compiled(text(pattern), f)
        found = regex.all(s, f) if limit == 0 else [m for m in [regex.search(s, 0, f)] if m]
        return substitute(f, s, found, regex, text(new))

    return replace


def substitute(f: Frame, s: str, found: list[Match], regex: Regex, new: str) -> str:
    """Replace what was found; ``$1`` and ``\\`` mean what they mean in Java."""
    parts: list[str] = []
    at = 0
    for match in found:
        parts.append(s[at : match.spans[0]])
        parts.append(_expanded(match, new, regex) if "$" in new or "\\" in new else new)
        f.make_text(len(parts[-1]))
        at = match.spans[1]
    parts.append(s[at:])
    return made(f, "".join(parts))


def _expanded(match: Match, new: str, regex: Regex) -> str:
    parts: list[str] = []
    at = 0
    while at < len(new):
        letter = new[at]
        at += 1
        if letter == "\\" and at < len(new):
            parts.append(new[at])
            at += 1
        elif letter == "$" and new[at : at + 1].isdigit():
            number, at = _group_number(new, at, regex.groups)
            parts.append(match.group(number) or "")
        elif letter == "$" and new[at : at + 1] == "{" and new[at + 1 :].partition("}")[1]:
            name = new[at + 1 :].partition("}")[0]
            if name not in regex.names:
                raise throw("IllegalArgumentException", f"No group with name {{{name}}}")
            parts.append(match.group(regex.names[name]) or "")
            at += len(name) + 2
        elif letter == "$":
            missing = ": group index is missing" if at >= len(new) else ""
            raise throw("IllegalArgumentException", f"Illegal group reference{missing}")
        else:
            parts.append(letter)
    return "".join(parts)


def _group_number(new: str, at: int, groups: int) -> tuple[int, int]:
    """As many digits as still name a group."""
    number = int(new[at])
    at += 1
    if number >= groups:
        raise throw("IndexOutOfBoundsException", f"No group {number}")
    while new[at : at + 1].isdigit() and number * 10 + int(new[at]) < groups:
        number = number * 10 + int(new[at])
        at += 1
    return number, at


def split_text(f: Frame, s: str, pattern: str, limit: int) -> ArrayObject:
    """``String.split``: empty texts at the end are dropped unless a limit says otherwise."""
    f.walk(len(s))
    if len(pattern) == 1 and pattern not in _META:
        parts = s.split(pattern, limit - 1) if limit > 0 else s.split(pattern)
        return _pieces(f, parts, limit)
    return split_by(f, s, compiled(pattern, f), limit)


def split_by(f: Frame, s: str, regex: Regex, limit: int) -> ArrayObject:
    """Split a text by a pattern."""
    parts: list[str] = []
    at = 0
    for match in regex.all(s, f):
        if limit > 0 and len(parts) == limit - 1:
            break
        if match.spans[1] == 0 or (match.spans[0] == match.spans[1] == len(s)):
            continue
        parts.append(s[at : match.spans[0]])
        at = match.spans[1]
    parts.append(s[at:])
    return _pieces(f, parts, limit)


def _pieces(f: Frame, parts: list[str], limit: int) -> ArrayObject:
    if limit == 0 and len(parts) > 1:
        while parts and not parts[-1]:
            parts.pop()
    f.allocate(len(parts) * 2 + 2)
    return ArrayObject(parts, "java.lang.String")


def _join(f: Frame, separator: Value, *parts: Value) -> str:
    if not parts:
        return ""
    whole = isinstance(parts[0], ListObject | ArrayObject) or hasattr(parts[0], "members")
    items = collection(parts[0], f) if len(parts) == 1 and whole else list(parts)
    f.walk(len(items))
    sign, told = text(separator), [f.text(item) for item in items]
    f.make_text(sum(map(len, told)) + len(sign) * len(told))
    return sign.join(told)


def _repeat(f: Frame, s: str, count: Value) -> str:
    times = integer(count)
    if times < 0:
        raise throw("IllegalArgumentException", f"count is negative: {times}")
    f.make_text(len(s) * times)
    return s * times


def _chars(f: Frame, s: str) -> ArrayObject:
    f.allocate(len(s) + 2)
    return ArrayObject([Char(letter) for letter in s], "char")


def _new(f: Frame, value: Value = "", start: Value = 0, count: Value = None) -> str:
    """Of a text, of letters or of bytes in UTF-8; the last two may be a part of an array."""
    if isinstance(value, ArrayObject):
        f.walk(len(value.items))
        items, first = value.items, 0
        if count is not None:
            first = integer(start)
            if not 0 <= first <= first + integer(count) <= len(items):
                what = f"offset {first}, count {integer(count)}, length {len(items)}"
                raise throw("StringIndexOutOfBoundsException", what)
            items = items[first : first + integer(count)]
        if value.component == "byte":
            return made(f, bytes([one & 255 for one in items]).decode("utf-8", "replace"))
        return made(f, "".join([text(item) for item in items]))
    if isinstance(value, bytes):
        return made(f, value.decode("utf-8", "replace"))
    return text(value)


def _bytes(f: Frame, s: str, charset: Value = None) -> ArrayObject:
    f.allocate(len(s) + 2)
    name = f.text(charset).upper() if charset is not None else "UTF-8"
    codec = {"UTF-8": "utf-8", "US-ASCII": "ascii", "ISO-8859-1": "latin-1", "UTF-16": "utf-16-be"}
    if name not in codec:
        raise throw("java.io.UnsupportedEncodingException", name)
    found = s.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    made = found.encode(codec[name], "replace")
    return ArrayObject([Byte(((b + 128) & 255) - 128) for b in made], "byte")


def _value_of(f: Frame, value: Value, start: Value = 0, count: Value = None) -> str:
    if isinstance(value, ArrayObject) and value.component == "char":
        return _new(f, value, start, count)
    return f.text(value)


def _code_point(f: Frame, s: str, at: Value) -> int:
    first = ord(char_at(f, s, at))
    following = s[integer(at) + 1 : integer(at) + 2]
    if 0xD800 <= first < 0xDC00 and following and 0xDC00 <= ord(following) < 0xE000:
        return 0x10000 + ((first - 0xD800) << 10) + ord(following) - 0xDC00
    return first


def _region(f: Frame, s: str, *given: Value) -> bool:
    fold = given[0] if len(given) == 5 else False
    start, other, begin, count = given[-4:]
    first, second, size = integer(start), integer(begin), integer(count)
    if min(first, second) < 0 or first + size > len(s) or second + size > len(text(other)):
        return False
    one, two = s[first : first + size], text(other)[second : second + size]
    return one.lower() == two.lower() if fold else one == two


def _indent(f: Frame, s: str, by: Value) -> str:
    f.make_text(len(s) * 2 + max(0, integer(by)) * (s.count("\n") + 1))
    lines = s.splitlines()
    if integer(by) > 0:
        lines = [" " * integer(by) + line for line in lines]
    else:
        lines = [line[min(-integer(by), len(line) - len(line.lstrip())) :] for line in lines]
    return "".join([line + "\n" for line in lines])


def _format(f: Frame, pattern: Value, *args: Value) -> str:
    if getattr(pattern, "type_name", "") == "java.util.Locale":
        if not args:
            raise null_pointer("a format")
        return format_text(f, text(args[0]), rest(args[1:]))
    return format_text(f, text(pattern), rest(args))


def _mapped(change: Callable[[str], str]) -> Function:
    return lambda f, s, *_: made(f, change(s))


STRING: Final = JavaClass(
    "java.lang.String",
    str,
    parents=("java.lang.CharSequence", "java.lang.Comparable", "java.lang.Object"),
)
STRING.constants = {
    "CASE_INSENSITIVE_ORDER": FunctionObject(
        2, lambda f, a, b: compare_text(_lower(f, text(a)), _lower(f, text(b)), f)
    )
}
STRING.all(
    {
        "String()": _new,
        "String(Object)": _new,
        "String(byte[], String)": lambda f, v, charset: _new(f, v),
        "String(char[], int, int)": _new,
        "int length()": lambda f, s: len(s),
        "boolean isEmpty()": lambda f, s: not s,
        "boolean isBlank()": lambda f, s: not made(f, s).strip(_WHITE),
        "boolean equals(Object)": lambda f, s, o: equals(s, o, f),
        "boolean equalsIgnoreCase(String)": (
            lambda f, s, o: type(o) is str and _lower(f, s) == _lower(f, o)
        ),
        "boolean contentEquals(CharSequence)": lambda f, s, o: equals(s, text(o), f),
        "int compareTo(String)": lambda f, s, o: compare_text(s, text(o), f),
        "int compareToIgnoreCase(String)": (
            lambda f, s, o: compare_text(_lower(f, s), _lower(f, text(o)), f)
        ),
        "boolean contains(CharSequence)": lambda f, s, o: find(f, s, text(o)) >= 0,
        "boolean startsWith(String)": lambda f, s, o: s.startswith(text(o)),
        "boolean startsWith(String, int)": (
            lambda f, s, o, at: s.startswith(text(o), max(0, integer(at)))
        ),
        "boolean endsWith(String)": lambda f, s, o: s.endswith(text(o)),
        "int indexOf(String)": find,
        "int indexOf(String, int)": find,
        "int lastIndexOf(String)": find_last,
        "int lastIndexOf(String, int)": find_last,
        "String substring(int)": substring,
        "String substring(int, int)": substring,
        "CharSequence subSequence(int, int)": substring,
        "char charAt(int)": char_at,
        "int codePointAt(int)": _code_point,
        "int codePointCount(int, int)": lambda f, s, a, b: len(
            substring(f, s, a, b).encode("utf-16-be", "surrogatepass").decode("utf-16-be")
        ),
        "boolean regionMatches(int, String, int, int)": _region,
        "boolean regionMatches(boolean, int, String, int, int)": _region,
        "String toLowerCase()": _mapped(str.lower),
        "String toUpperCase()": _mapped(str.upper),
        "String toLowerCase(Locale)": _mapped(str.lower),
        "String toUpperCase(Locale)": _mapped(str.upper),
        "String trim()": _mapped(lambda s: s.strip(SPACES)),
        "String strip()": _mapped(lambda s: s.strip(_WHITE)),
        "String stripLeading()": _mapped(lambda s: s.lstrip(_WHITE)),
        "String stripTrailing()": _mapped(lambda s: s.rstrip(_WHITE)),
        "String indent(int)": _indent,
        "String formatted(Object...)": lambda f, s, *args: format_text(f, s, rest(args)),
        "String concat(String)": lambda f, s, o: made(f, s + text(o)),
        "String replace(CharSequence, CharSequence)": _replace,
        "String replaceAll(String, String)": _replace_regex(0),
        "String replaceFirst(String, String)": _replace_regex(1),
        "boolean matches(String)": lambda f, s, p: compiled(text(p), f).matches(s, f),
        "String[] split(String)": lambda f, s, p: split_text(f, s, text(p), 0),
        "String[] split(String, int)": lambda f, s, p, n: split_text(f, s, text(p), integer(n)),
        "String repeat(int)": _repeat,
        "char[] toCharArray()": _chars,
        "byte[] getBytes()": _bytes,
        "byte[] getBytes(String)": _bytes,
        "String intern()": lambda f, s: s,
        "String toString()": lambda f, s: s,
        "static String valueOf(Object)": _value_of,
        "static String valueOf(char[], int, int)": _value_of,
        "static String copyValueOf(char[])": _value_of,
        "static String format(String, Object...)": _format,
        "static String join(CharSequence, Object...)": _join,
    }
)


CHARS: Final = JavaClass("java.lang.CharSequence", doc="any text")
CLASSES: Final = [STRING, CHARS]
