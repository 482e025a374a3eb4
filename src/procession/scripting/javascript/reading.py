"""Which JavaScript texts only read: one expression that cannot change anything, whatever it finds.

Such a text needs no engine of its own. It is made of names, literals, operators that assign
nothing, members, and calls of methods known to change nothing; whatever else a text has, be it a
comment, a function, ``new`` or a pair of braces, leaves it to an engine that is thrown away. What
is read here is read as ECMAScript reads it: where it could be read in two ways, it is left too.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>'(?:[^'\\\r\n]|\\[^\r\n])*'|"(?:[^"\\\r\n]|\\[^\r\n])*")
    |(?P<number>(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w$.]))
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<member>\?\.(?![\d(\[])|\.)
    |(?P<sign>===|!==|>>>|==|!=|<=|>=|&&|\|\||\?\?|\*\*|<<|>>|[-+*/%<>!~&|^?:,()\[\]])""",
    re.VERBOSE | re.ASCII,
)
_RETURN: Final = re.compile(r"return(?=[ (!])")
_WORDS: Final = frozenset({"true", "false", "null", "typeof", "in"})
_VALUES: Final = frozenset({"true", "false", "null"})
GLOBALS: Final = frozenset({"undefined", "NaN", "Infinity", "Math"})
"""Names that mean the same in every engine, unless a variable is called so."""
_RESERVED: Final = frozenset(
    (
        *("abstract", "arguments", "async", "await", "break", "case", "catch", "class", "const"),
        *("continue", "debugger", "default", "delete", "do", "else", "enum", "eval", "export"),
        *("extends", "finally", "for", "function", "get", "if", "implements", "import", "let"),
        *("instanceof", "interface", "new", "of", "package", "private", "protected", "public"),
        *("return", "set", "static", "super", "switch", "this", "throw", "try", "var", "void"),
        *("while", "with", "yield", "kcontext", "context", "globalThis"),
    )
)
_METHODS: Final = frozenset(
    (
        *("indexOf", "lastIndexOf", "includes", "startsWith", "endsWith", "charAt", "charCodeAt"),
        *("toLowerCase", "toUpperCase", "trim", "substring", "substr", "slice", "concat"),
        *("padStart", "padEnd", "repeat", "size", "contains", "containsKey", "get", "equals"),
        *("equalsIgnoreCase", "compareTo", "matches", "intValue", "longValue", "doubleValue"),
        *("booleanValue", "toFixed", "keySet", "abs", "ceil", "floor", "round", "max", "min"),
        *("pow", "sqrt", "trunc", "sign"),
    )
)
_GETTER: Final = re.compile(r"(?:get|is)[A-Z]\w*")
_HIDDEN: Final = frozenset({"constructor", "prototype", "caller", "callee", "arguments"})
_ASKED: Final = re.compile(
    r"\b(?<![.$])k?context\.(?:getProcessInstance\(\)\.)?getVariable"
    r"\(\s*(?:'([A-Za-z_$][\w$]*)'|\"([A-Za-z_$][\w$]*)\")\s*\)",
    re.ASCII,
)
_ASKED_NAME: Final = "asked_"


class Reading(NamedTuple):
    """An expression as the body of a function: its text and its parameters.

    ``names`` are variables, ``globals`` are such only if no variable is called so; of ``asked`` the
    value is null if there is none.
    """

    text: str
    names: tuple[str, ...]
    globals: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def parameters(self) -> str:
        """The names of the function's parameters."""
        return ",".join([*self.names, *(_ASKED_NAME + name for name in self.asked)])


def reading_of(source: str) -> Reading | None:
    """The text as an expression that only reads, or None if it may be more."""
    text = source.strip()
    if _ASKED_NAME in text:
        return None
    text = _RETURN.sub("", text, count=1).removesuffix(";").strip()
    if not text:
        return None
    asked: dict[str, None] = {}

    def parameter(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        asked[name] = None
        return f"{_ASKED_NAME}{name}"

    text = _ASKED.sub(parameter, text)
    names = _names(text)
    if names is None:
        return None
    own = {_ASKED_NAME + name for name in asked}
    return Reading(
        text,
        tuple([name for name in names if name not in own and name not in GLOBALS]),
        tuple([name for name in names if name in GLOBALS]),
        tuple(asked),
    )


def _names(text: str) -> tuple[str, ...] | None:
    """The names a text reads, or None if it may do more than read."""
    names: dict[str, None] = {}
    at, after_value, after_dot, may_call = 0, False, False, False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        at, kind, word = token.end(), token.lastgroup, token.group()
        if kind == "space":
            continue
        if after_dot and kind != "name":
            return None
        if kind == "sign":
            if not _fits(word, text, at, after_value, may_call):
                return None
            after_value, may_call = word in (")", "]"), False
        elif kind == "member":
            if not after_value:
                return None
            after_dot, may_call = True, False
        else:
            if kind == "name" and not _named(word, names, member=after_dot):
                return None
            may_call = after_dot and (word in _METHODS or _GETTER.fullmatch(word) is not None)
            after_value = kind != "name" or after_dot or word not in _WORDS or word in _VALUES
            after_dot = False
    return None if after_dot else tuple(names)


def _fits(sign: str, text: str, at: int, after_value: bool, may_call: bool) -> bool:
    if sign == "(":
        return may_call or not after_value
    if sign == "/":
        return after_value and text[at : at + 1] not in ("/", "*", "=")
    return not (sign in "+-" and text[at : at + 1] == sign)


def _named(word: str, names: dict[str, None], *, member: bool) -> bool:
    """Note a name that is read; whether it may be."""
    if member:
        return word not in _HIDDEN and not word.startswith("__")
    if word in _RESERVED:
        return False
    if word not in _WORDS:
        names[word] = None
    return True
