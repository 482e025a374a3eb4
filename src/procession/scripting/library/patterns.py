"""``Pattern`` and ``Matcher``."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.functions import invoke
from procession.scripting.library.streams import StreamObject
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.text import made, split_by, substitute
from procession.scripting.objects import ArrayObject, FunctionObject, TextBuilder
from procession.scripting.regex import Match, Regex, Sweep, compiled
from procession.scripting.throwables import throw
from procession.values import Value


class PatternObject:
    """A compiled pattern."""

    __slots__ = ("regex",)
    type_name = "java.util.regex.Pattern"

    def __init__(self, regex: Regex) -> None:
        self.regex = regex

    def shown(self) -> str:
        """What it prints as."""
        return self.regex.pattern

    def plain(self) -> str:
        """What a process keeps of it."""
        return self.regex.pattern


class Matcher:
    """A pattern at work on a text."""

    __slots__ = ("appended", "at", "found", "pattern", "sweep", "text")
    type_name = "java.util.regex.Matcher"

    def __init__(self, f: Frame, pattern: PatternObject, given: str) -> None:
        self.pattern = pattern
        self.start_on(f, given)

    def start_on(self, f: Frame, given: str) -> None:
        """Begin with a text."""
        self.text = given
        self.at = 0
        self.appended = 0
        self.found: Match | None = None
        self.sweep = Sweep(self.pattern.regex.parsed, given, f)

    def shown(self) -> str:
        """What it prints as."""
        last = self.found.group() if self.found else ""
        region = f"region=0,{len(self.text)}"
        return f"{self.type_name}[pattern={self.pattern.shown()} {region} lastmatch={last}]"


class Found:
    """What a matcher found, as ``results`` and ``toMatchResult`` give it."""

    __slots__ = ("found", "pattern")
    type_name = "java.util.regex.MatchResult"

    def __init__(self, found: Match, pattern: PatternObject) -> None:
        self.found = found
        self.pattern = pattern


def _compile(f: Frame, pattern: Value, flags: Value = 0) -> PatternObject:
    return PatternObject(compiled(text(pattern), f, integer(flags)))


def _find(f: Frame, m: Matcher, start: Value = None) -> bool:
    if start is not None:
        if not 0 <= integer(start) <= len(m.text):
            raise throw("IndexOutOfBoundsException", "Illegal start index")
        m.start_on(f, m.text)
        m.at = integer(start)
    m.found = m.sweep.search(m.at) if m.at <= len(m.text) else None
    if m.found is None:
        m.at = len(m.text) + 1
        return False
    begin, end = m.found.spans[:2]
    m.at = end + (begin == end)
    return True


def _fits(whole: bool) -> Function:
    def fits(f: Frame, m: Matcher) -> bool:
        m.found = m.pattern.regex.match(m.text, 0, f, whole=whole)
        if m.found is not None:
            m.at = m.found.spans[1]
        return m.found is not None

    return fits


def _match(m: Matcher | Found) -> Match:
    if m.found is None:
        raise throw("IllegalStateException", "No match found")
    return m.found


def _number(m: Matcher | Found, which: Value) -> int:
    regex = m.pattern.regex
    if type(which) is str:
        if which not in regex.names:
            raise throw("IllegalArgumentException", f"No group with name <{which}>")
        return regex.names[which]
    number = integer(which)
    if not 0 <= number < regex.groups:
        raise throw("IndexOutOfBoundsException", f"No group {number}")
    return number


def _group(f: Frame, m: Matcher | Found, which: Value = 0) -> str | None:
    found = _match(m)
    return found.group(_number(m, which))


def _edge(side: int) -> Function:
    def edge(f: Frame, m: Matcher | Found, which: Value = 0) -> int:
        found = _match(m)
        return found.spans[2 * _number(m, which) + side]

    return edge


def _replace_all(f: Frame, m: Matcher, new: Value) -> str:
    m.start_on(f, m.text)
    found = m.pattern.regex.all(m.text, f)
    return _replaced(f, m, found, new)


def _replace_first(f: Frame, m: Matcher, new: Value) -> str:
    m.start_on(f, m.text)
    one = m.pattern.regex.search(m.text, 0, f)
    return _replaced(f, m, [one] if one else [], new)


def _replaced(f: Frame, m: Matcher, found: list[Match], new: Value) -> str:
    if not isinstance(new, FunctionObject):
        return substitute(f, m.text, found, m.pattern.regex, text(new))
    parts: list[str] = []
    at = 0
    for one in found:
        parts.append(m.text[at : one.spans[0]])
        told = text(invoke(f, new, Found(one, m.pattern)))
        parts.append(substitute(f, one.group() or "", [_whole(one)], m.pattern.regex, told))
        at = one.spans[1]
    return made(f, "".join([*parts, m.text[at:]]))


def _whole(one: Match) -> Match:
    """The same match in its own text."""
    start = one.spans[0]
    spans = [place - start if place >= 0 else place for place in one.spans]
    return Match(one.group() or "", spans)


def _append(f: Frame, m: Matcher, out: Value, new: Value) -> Matcher:
    found = _match(m)
    if not isinstance(out, TextBuilder):
        raise mismatch("a StringBuffer", out)
    whole = substitute(f, m.text[: found.spans[1]], [found], m.pattern.regex, text(new))
    added = whole[m.appended :]
    f.make_text(len(added))
    out.append(added)
    m.appended = found.spans[1]
    return m


def _append_tail(f: Frame, m: Matcher, out: Value) -> Value:
    if not isinstance(out, TextBuilder):
        raise mismatch("a StringBuffer", out)
    f.make_text(len(m.text) - m.appended)
    out.append(m.text[m.appended :])
    return out


def _reset(f: Frame, m: Matcher, given: Value = None) -> Matcher:
    m.start_on(f, m.text if given is None else text(given))
    return m


def _results(f: Frame, m: Matcher) -> StreamObject:
    return StreamObject(Found(one, m.pattern) for one in m.pattern.regex.all(m.text, f))


def _quote(f: Frame, value: Value) -> str:
    return made(f, "\\Q" + text(value).replace("\\E", "\\E\\\\E\\Q") + "\\E")


def _quote_replacement(f: Frame, value: Value) -> str:
    return made(f, text(value).replace("\\", "\\\\").replace("$", "\\$"))


def _split(f: Frame, p: PatternObject, given: Value, limit: Value = 0) -> ArrayObject:
    return split_by(f, text(given), p.regex, integer(limit))


def _predicate(whole: bool) -> Function:
    def make(f: Frame, p: PatternObject) -> FunctionObject:
        def test(f: Frame, value: Value) -> bool:
            if whole:
                return p.regex.matches(text(value), f)
            return p.regex.search(text(value), 0, f) is not None

        return FunctionObject(1, test)

    return make


PATTERN: Final = JavaClass("java.util.regex.Pattern", PatternObject, doc="linear in the text")
PATTERN.constants = {
    "UNIX_LINES": 1,
    "CASE_INSENSITIVE": 2,
    "COMMENTS": 4,
    "MULTILINE": 8,
    "LITERAL": 16,
    "DOTALL": 32,
    "UNICODE_CASE": 64,
}
PATTERN.all(
    {
        "static Pattern compile(String)": _compile,
        "static Pattern compile(String, int)": _compile,
        "static boolean matches(String, CharSequence)": lambda f, p, t: compiled(
            text(p), f
        ).matches(text(t), f),
        "static String quote(String)": _quote,
        "Matcher matcher(CharSequence)": lambda f, p, t: Matcher(f, p, text(t)),
        "String[] split(CharSequence)": _split,
        "String[] split(CharSequence, int)": _split,
        "Stream splitAsStream(CharSequence)": lambda f, p, t: StreamObject(_split(f, p, t).items),
        "Predicate asPredicate()": _predicate(False),
        "Predicate asMatchPredicate()": _predicate(True),
        "String pattern()": lambda f, p: p.regex.pattern,
        "String toString()": lambda f, p: p.regex.pattern,
        "int flags()": lambda f, p: p.regex.flags,
    }
)
_RESULT: Final[dict[str, Function]] = {
    "String group()": _group,
    "String group(Object)": _group,
    "int start()": _edge(0),
    "int start(Object)": _edge(0),
    "int end()": _edge(1),
    "int end(Object)": _edge(1),
    "int groupCount()": lambda f, m: m.pattern.regex.groups - 1,
}
MATCHER: Final = JavaClass("java.util.regex.Matcher", Matcher)
MATCHER.all(
    {
        "boolean matches()": _fits(True),
        "boolean lookingAt()": _fits(False),
        "boolean find()": _find,
        "boolean find(int)": _find,
        **_RESULT,
        "String replaceAll(Object)": _replace_all,
        "String replaceFirst(Object)": _replace_first,
        "Matcher appendReplacement(StringBuffer, String)": _append,
        "StringBuffer appendTail(StringBuffer)": _append_tail,
        "Matcher reset()": _reset,
        "Matcher reset(CharSequence)": _reset,
        "Stream results()": _results,
        "MatchResult toMatchResult()": lambda f, m: Found(_match(m), m.pattern),
        "Pattern pattern()": lambda f, m: m.pattern,
        "static String quoteReplacement(String)": _quote_replacement,
    }
)
RESULT: Final = JavaClass("java.util.regex.MatchResult", Found)
RESULT.all(_RESULT)
CLASSES: Final = [PATTERN, MATCHER, RESULT]
