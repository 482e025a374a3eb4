"""``String``, ``StringBuilder``, ``StringBuffer``, ``Pattern`` and ``Matcher``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.equality import compare_text, equals
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, rest, text
from procession.scripting.library.formatting import format_text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ArrayObject, ListObject, TextBuilder
from procession.scripting.regex import Match, Regex, compiled
from procession.scripting.throwables import throw
from procession.values import Char, Value

SPACES: Final = "".join(map(chr, range(33)))
_META: Final = frozenset("\\[](){}.*+?^$|")


def outside(at: int, size: int) -> Exception:
    """The exception for a place outside of a text."""
    return throw("StringIndexOutOfBoundsException", f"index {at}, length {size}")


def made(f: Frame, result: str) -> str:
    """Pay for a new text."""
    if len(result) > 64:
        f.make_text(len(result))
    return result


def _substring(f: Frame, s: str, start: Value, end: Value = None) -> str:
    first, last = integer(start), len(s) if end is None else integer(end)
    if not 0 <= first <= last <= len(s):
        what = f"begin {first}, end {last}, length {len(s)}"
        raise throw("StringIndexOutOfBoundsException", what)
    return made(f, s[first:last])


def _lower(f: Frame, s: str) -> str:
    return made(f, s.lower())


def _char_at(f: Frame, s: str, at: Value) -> Char:
    place = integer(at)
    if not 0 <= place < len(s):
        raise outside(place, len(s))
    return Char(s[place])


def _needle(part: Value) -> str:
    return chr(part) if type(part) is int else text(part)


def _index_of(f: Frame, s: str, part: Value, start: Value = 0) -> int:
    f.walk(len(s) >> 8)
    return s.find(_needle(part), max(0, integer(start)))


def _last_index_of(f: Frame, s: str, part: Value, start: Value = None) -> int:
    f.walk(len(s) >> 8)
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
        elif letter == "$" and new[at : at + 1].isdigit() and int(new[at]) < regex.groups:
            parts.append(match.group(int(new[at])) or "")
            at += 1
        elif letter == "$" and new[at : at + 1] == "{" and new[at + 1 :].partition("}")[1]:
            name = new[at + 1 :].partition("}")[0]
            if name not in regex.names:
                raise throw("IllegalArgumentException", f"No group with name {{{name}}}")
            parts.append(match.group(regex.names[name]) or "")
            at += len(name) + 2
        elif letter == "$":
            raise throw("IllegalArgumentException", "Illegal group reference")
        else:
            parts.append(letter)
    return "".join(parts)


def split_text(f: Frame, s: str, pattern: str, limit: int) -> ArrayObject:
    """``String.split``: empty texts at the end are dropped unless a limit says otherwise."""
    f.walk(len(s))
    if len(pattern) == 1 and pattern not in _META:
        parts = s.split(pattern, limit - 1) if limit > 0 else s.split(pattern)
    else:
        parts = []
        at = 0
        for match in compiled(pattern, f).all(s, f):
            if limit > 0 and len(parts) == limit - 1:
                break
            if match.spans[1] == 0 or (match.spans[0] == match.spans[1] == len(s)):
                continue
            parts.append(s[at : match.spans[0]])
            at = match.spans[1]
        parts.append(s[at:])
    if limit == 0 and len(parts) > 1:
        while parts and not parts[-1]:
            parts.pop()
    f.allocate(len(parts) * 2 + 2)
    return ArrayObject(parts, "java.lang.String")


def _join(f: Frame, separator: Value, *parts: Value) -> str:
    whole = isinstance(parts[0], ListObject | ArrayObject) or hasattr(parts[0], "members")
    items = collection(parts[0], f) if len(parts) == 1 and whole else list(parts)
    f.walk(len(items))
    return made(f, text(separator).join([f.text(item) for item in items]))


def _repeat(f: Frame, s: str, count: Value) -> str:
    times = integer(count)
    if times < 0:
        raise throw("IllegalArgumentException", f"count is negative: {times}")
    f.make_text(len(s) * times)
    return s * times


def _chars(f: Frame, s: str) -> ArrayObject:
    f.allocate(len(s) + 2)
    return ArrayObject([Char(letter) for letter in s], "char")


def _new(f: Frame, value: Value = "") -> str:
    if isinstance(value, ArrayObject):
        f.walk(len(value.items))
        return made(f, "".join([text(item) for item in value.items]))
    if isinstance(value, bytes):
        return made(f, value.decode("utf-8", "replace"))
    return text(value)


def _value_of(f: Frame, value: Value) -> str:
    return (
        _new(f, value)
        if isinstance(value, ArrayObject) and value.component == "char"
        else (f.text(value))
    )


def _mapped(change: Callable[[str], str]) -> Function:
    return lambda f, s, *_: made(f, change(s))


STRING: Final = JavaClass(
    "java.lang.String",
    str,
    parents=("java.lang.CharSequence", "java.lang.Comparable", "java.lang.Object"),
)
STRING.all(
    {
        "String()": _new,
        "String(Object)": _new,
        "int length()": lambda f, s: len(s),
        "boolean isEmpty()": lambda f, s: not s,
        "boolean isBlank()": lambda f, s: not _lower(f, s).strip(),
        "boolean equals(Object)": lambda f, s, o: equals(s, o, f),
        "boolean equalsIgnoreCase(String)": (
            lambda f, s, o: type(o) is str and _lower(f, s) == _lower(f, o)
        ),
        "boolean contentEquals(CharSequence)": lambda f, s, o: equals(s, text(o), f),
        "int compareTo(String)": lambda f, s, o: compare_text(s, text(o), f),
        "int compareToIgnoreCase(String)": (
            lambda f, s, o: compare_text(_lower(f, s), _lower(f, text(o)), f)
        ),
        "boolean contains(CharSequence)": lambda f, s, o: _index_of(f, s, text(o)) >= 0,
        "boolean startsWith(String)": lambda f, s, o: s.startswith(text(o)),
        "boolean startsWith(String, int)": (
            lambda f, s, o, at: s.startswith(text(o), max(0, integer(at)))
        ),
        "boolean endsWith(String)": lambda f, s, o: s.endswith(text(o)),
        "int indexOf(String)": _index_of,
        "int indexOf(String, int)": _index_of,
        "int lastIndexOf(String)": _last_index_of,
        "int lastIndexOf(String, int)": _last_index_of,
        "String substring(int)": _substring,
        "String substring(int, int)": _substring,
        "CharSequence subSequence(int, int)": _substring,
        "char charAt(int)": _char_at,
        "int codePointAt(int)": lambda f, s, at: ord(_char_at(f, s, at)),
        "String toLowerCase()": _mapped(str.lower),
        "String toUpperCase()": _mapped(str.upper),
        "String toLowerCase(Locale)": _mapped(str.lower),
        "String toUpperCase(Locale)": _mapped(str.upper),
        "String trim()": _mapped(lambda s: s.strip(SPACES)),
        "String strip()": _mapped(str.strip),
        "String concat(String)": lambda f, s, o: made(f, s + text(o)),
        "String replace(CharSequence, CharSequence)": _replace,
        "String replaceAll(String, String)": _replace_regex(0),
        "String replaceFirst(String, String)": _replace_regex(1),
        "boolean matches(String)": lambda f, s, p: compiled(text(p), f).matches(s, f),
        "String[] split(String)": lambda f, s, p: split_text(f, s, text(p), 0),
        "String[] split(String, int)": lambda f, s, p, n: split_text(f, s, text(p), integer(n)),
        "String repeat(int)": _repeat,
        "char[] toCharArray()": _chars,
        "byte[] getBytes()": lambda f, s: made(f, s).encode(),
        "byte[] getBytes(String)": lambda f, s, c: made(f, s).encode(),
        "String intern()": lambda f, s: s,
        "String toString()": lambda f, s: s,
        "static String valueOf(Object)": _value_of,
        "static String copyValueOf(char[])": _value_of,
        "static String format(String, Object...)": (
            lambda f, p, *args: format_text(f, text(p), rest(args))
        ),
        "static String join(CharSequence, Object...)": _join,
    }
)


def _append(f: Frame, b: TextBuilder, value: Value) -> TextBuilder:
    added = f.text(value)
    f.make_text(len(added))
    b.append(added)
    return b


def _insert(f: Frame, b: TextBuilder, at: Value, value: Value) -> TextBuilder:
    place, added, held = integer(at), f.text(value), b.joined(f)
    if not 0 <= place <= len(held):
        raise outside(place, len(held))
    return b.become(made(f, held[:place] + added + held[place:]))


def _delete(f: Frame, b: TextBuilder, start: Value, end: Value) -> TextBuilder:
    held = b.joined(f)
    first, last = integer(start), min(integer(end), len(held))
    if not 0 <= first <= last:
        raise outside(first, len(held))
    return b.become(made(f, held[:first] + held[last:]))


def _set_length(f: Frame, b: TextBuilder, size: Value) -> None:
    wanted = integer(size)
    if wanted < 0:
        raise outside(wanted, b.size)
    f.make_text(wanted)
    b.become(b.joined(f)[:wanted].ljust(wanted, "\0"))


def _set_char(f: Frame, b: TextBuilder, at: Value, letter: Value) -> None:
    place, held = integer(at), b.joined(f)
    if not 0 <= place < len(held):
        raise outside(place, len(held))
    b.become(made(f, held[:place] + text(letter) + held[place + 1 :]))


def _builder(name: str, *hosts: type) -> JavaClass:
    kind = JavaClass(name, *hosts, parents=("java.lang.CharSequence",))
    simple = kind.simple
    kind.all(
        {
            f"{simple}()": lambda f: TextBuilder(),
            f"{simple}(Object)": lambda f, v: TextBuilder("" if type(v) is int else text(v)),
            f"{simple} append(Object)": _append,
            f"{simple} insert(int, Object)": _insert,
            f"{simple} delete(int, int)": _delete,
            f"{simple} deleteCharAt(int)": lambda f, b, at: _delete(f, b, at, integer(at) + 1),
            f"{simple} reverse()": lambda f, b: b.become(made(f, b.joined(f)[::-1])),
            f"{simple} replace(int, int, String)": (
                lambda f, b, s, e, t: _insert(f, _delete(f, b, s, e), s, text(t))
            ),
            "void setLength(int)": _set_length,
            "void setCharAt(int, char)": _set_char,
            "int length()": lambda f, b: b.size,
            "char charAt(int)": lambda f, b, at: _char_at(f, b.joined(f), at),
            "int indexOf(String)": lambda f, b, p: _index_of(f, b.joined(f), p),
            "String substring(int)": lambda f, b, s: _substring(f, b.joined(f), s),
            "String substring(int, int)": lambda f, b, s, e: _substring(f, b.joined(f), s, e),
            "String toString()": lambda f, b: b.joined(f),
            "boolean isEmpty()": lambda f, b: not b.size,
        }
    )
    return kind


BUILDER: Final = _builder("java.lang.StringBuilder", TextBuilder)
BUFFER: Final = _builder("java.lang.StringBuffer")
CHARS: Final = JavaClass("java.lang.CharSequence", doc="any text")
CLASSES: Final = [STRING, BUILDER, BUFFER, CHARS]
