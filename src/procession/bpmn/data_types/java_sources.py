"""Java sources: fields, constructors, enum constants and the names of methods; bodies are not run.

A reading of what declares data, not of the language: what is in the bodies of methods is skipped,
but for ``this.name = argument`` in constructors, which tells what an argument is for.
"""

from __future__ import annotations

import re
from typing import Final

from procession.bpmn.data_types.faults import Unreadable
from procession.core.data_types import DataType
from procession.values import Map

MOST_CHARACTERS: Final = 1_000_000
MOST_NESTING: Final = 20
_TOKEN: Final = re.compile(
    r"\s+|//[^\n]*|/\*.*?\*/|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<name>[^\W\d][\w$]*)|(?P<other>.)",
    re.DOTALL,
)
_MODIFIERS: Final = frozenset(
    (
        *("public", "protected", "private", "static", "final", "transient", "volatile"),
        *("abstract", "synchronized", "native", "strictfp", "default", "sealed"),
    )
)
_KINDS: Final = frozenset({"class", "interface", "enum", "record"})
_LANG: Final = frozenset(
    (
        *("String", "Object", "Integer", "Long", "Short", "Byte", "Double", "Float", "Boolean"),
        *("Character", "Number"),
    )
)
_UTIL: Final = frozenset(
    (
        *("List", "Map", "Set", "Collection", "ArrayList", "LinkedList", "HashMap"),
        *("LinkedHashMap", "TreeMap", "HashSet", "LinkedHashSet", "TreeSet", "Date", "Calendar"),
        *("UUID", "Optional", "Locale", "Currency", "Queue", "Deque", "Iterator", "Properties"),
        *("Vector", "SortedMap"),
    )
)


class _Source:
    """The words and signs of a source, and what its names mean."""

    def __init__(self, text: str, origin: str) -> None:
        self.tokens: list[tuple[str, int]] = []
        line = 1
        for found in _TOKEN.finditer(text):
            if found.lastgroup is not None:
                self.tokens.append((found.group(), line))
            line += found.group().count("\n")
        self.at = 0
        self.origin = origin
        self.package = ""
        self.imports: dict[str, str] = {}
        self.imports_util = False
        self.types: list[DataType] = []

    @property
    def word(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def ahead(self, by: int = 1) -> str:
        at = self.at + by
        return self.tokens[at][0] if at < len(self.tokens) else ""

    def next(self) -> str:
        word = self.word
        if not word:
            raise Unreadable("the source ends too early", self.tokens[-1][1] if self.tokens else 1)
        self.at += 1
        return word

    def skip(self, word: str) -> bool:
        if self.word == word:
            self.at += 1
            return True
        return False

    def balanced(self, begin: str, end: str) -> list[str]:
        """What stands between two signs, the first of which comes next."""
        depth, found = 0, []
        while True:
            word = self.next()
            depth += (word == begin) - (word == end)
            found.append(word)
            if not depth:
                return found[1:-1]

    def dotted(self) -> str:
        parts = [self.next()]
        while self.word == "." and (self.ahead() == "*" or self.ahead()[:1].isidentifier()):
            self.at += 1
            parts.append(self.next())
        return ".".join(parts)

    def full(self, name: str) -> str:
        """The full name of a type as written."""
        base, brackets = name.rstrip("[]"), name[len(name.rstrip("[]")) :]
        first, dot, rest = base.partition(".")
        if first in self.imports:
            base = self.imports[first] + dot + rest
        elif self.imports_util and base in _UTIL:
            base = f"java.util.{base}"
        elif "." not in base and base[:1].isupper() and base not in _LANG and self.package:
            base = f"{self.package}.{base}"
        return base + brackets


def read_source(content: bytes, origin: str) -> list[DataType]:
    """The classes that a source declares. Raises :class:`Unreadable`."""
    text = content.decode("utf-8", "replace")
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"a Java source may have {MOST_CHARACTERS} characters")
    source = _Source(text, origin)
    while source.word:
        if source.skip("package"):
            source.package = source.dotted()
        elif source.skip("import"):
            source.skip("static")
            name = source.dotted()
            source.imports_util = source.imports_util or name == "java.util.*"
            source.imports[name.rpartition(".")[2]] = name
        elif source.word in _KINDS and source.ahead()[:1].isidentifier():
            _declaration(source, source.package, 0)
        else:
            source.next()
    return source.types


def _declaration(source: _Source, outside: str, depth: int) -> None:
    """``class Name … { … }`` with everything in it."""
    if depth > MOST_NESTING:
        raise Unreadable(f"classes nest more than {MOST_NESTING} deep", source.tokens[source.at][1])
    kind, name = source.next(), source.next()
    full = f"{outside}.{name}" if outside else name
    parent, fields = "", dict[str, str]()
    if source.word == "<":
        source.balanced("<", ">")
    constructors: list[tuple[str, ...]] = []
    if kind == "record":
        for one, of_type in _parameters(source, source.balanced("(", ")")):
            fields[one] = of_type
        constructors.append(tuple(fields))
    while source.word != "{":
        if source.skip("extends") and kind == "class":
            parent = source.full(source.dotted())
        else:
            source.next()
    source.next()
    constants = _constants(source) if kind == "enum" else ()
    methods = _members(source, name, full, fields, constructors, depth)
    if kind != "interface":
        source.types.append(
            DataType(
                full,
                Map(fields),
                parent,
                tuple(dict.fromkeys(constructors)) or ((),),
                tuple(dict.fromkeys(methods)),
                constants,
                "",
                source.origin,
            )
        )


def _constants(source: _Source) -> tuple[str, ...]:
    found = []
    while source.word not in (";", "}"):
        word = source.next()
        if word == "@":
            source.dotted()
        elif word[:1].isidentifier():
            found.append(word)
        if source.word == "(":
            source.balanced("(", ")")
        if source.word == "{":
            source.balanced("{", "}")
    source.skip(";")
    return tuple(found)


def _members(
    source: _Source,
    name: str,
    full: str,
    fields: dict[str, str],
    constructors: list[tuple[str, ...]],
    depth: int,
) -> list[tuple[str, int]]:
    methods: list[tuple[str, int]] = []
    while not source.skip("}"):
        flags = _modifiers(source)
        if source.skip(";"):
            continue
        if source.word == "{":
            source.balanced("{", "}")
        elif source.word in _KINDS and source.ahead()[:1].isidentifier():
            _declaration(source, full, depth + 1)
        elif source.word == name and source.ahead() == "(":
            source.next()
            constructors.append(_constructor(source, fields))
        else:
            _member(source, flags, fields, methods)
    return methods


def _modifiers(source: _Source) -> set[str]:
    found = set()
    while True:
        if source.word in _MODIFIERS:
            found.add(source.next())
        elif source.word == "@" and source.ahead() != "interface":
            source.next()
            source.dotted()
            if source.word == "(":
                source.balanced("(", ")")
        elif source.word == "<":
            source.balanced("<", ">")
        else:
            return found


def _type(source: _Source) -> str:
    written = source.dotted()
    if source.word == "<":
        source.balanced("<", ">")
    while source.word == "[" and source.ahead() == "]":
        source.at += 2
        written += "[]"
    return source.full(written)


def _member(
    source: _Source, flags: set[str], fields: dict[str, str], methods: list[tuple[str, int]]
) -> None:
    of_type, name = _type(source), source.next()
    if source.word == "(":
        count = len(_parameters(source, source.balanced("(", ")")))
        while source.word not in ("{", ";"):
            source.next()
        if source.word == "{":
            source.balanced("{", "}")
        if "private" not in flags:
            methods.append((name, count))
        return
    while True:
        dims = 0
        while source.word == "[":
            source.balanced("[", "]")
            dims += 1
        if "static" not in flags:
            fields[name] = of_type + "[]" * dims
        while source.word not in (",", ";"):
            if source.word in "{([" and source.word:
                source.balanced(source.word, {"{": "}", "(": ")", "[": "]"}[source.word])
            else:
                source.next()
        if source.next() == ";":
            return
        name = source.next()


def _parameters(source: _Source, words: list[str]) -> list[tuple[str, str]]:
    """Names and types of parameters, from the words between their parentheses."""
    inner = _Source("", source.origin)
    inner.tokens = [(word, 0) for word in words]
    inner.package, inner.imports = source.package, source.imports
    inner.imports_util = source.imports_util
    found = []
    while inner.word:
        _modifiers(inner)
        of_type = _type(inner)
        while inner.word == "." and inner.word:
            inner.next()
        found.append((inner.next(), of_type))
        while inner.word and not inner.skip(","):
            inner.next()
    return found


def _constructor(source: _Source, fields: dict[str, str]) -> tuple[str, ...]:
    """The fields that the arguments of a constructor are put into."""
    parameters = _parameters(source, source.balanced("(", ")"))
    while source.word != "{":
        source.next()
    body = source.balanced("{", "}")
    sets: dict[str, str] = {}
    for at in range(len(body) - 5):
        if body[at] == "this" and body[at + 1] == "." and body[at + 3] == "=":
            sets.setdefault(body[at + 4], body[at + 2])
    return tuple([sets.get(name, name) for name, _ in parameters])
