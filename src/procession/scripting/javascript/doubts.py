"""What a JavaScript text names that is not there: Java classes, and members of ``kcontext``.

Only what is certain without running it (``reference/rulings.md`` 7).
"""

from __future__ import annotations

import re
from typing import Final

_CLASSES: Final = re.compile(
    r"\b(?:Packages\.)?((?:java|javax|org|com)\.(?:[a-z]\w*\.)*[A-Z]\w*)"
    r"|\bJava\.type\(\s*(?:'([\w.$]+)'|\"([\w.$]+)\")\s*\)"
)
_MEMBERS: Final = re.compile(r"\b(?:kcontext|context)\.(\w+)")
_HIDDEN: Final = re.compile(
    r"/\*.*?\*/|//[^\n]*|(?P<text>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`)",
    re.DOTALL,
)
KNOWN: Final = frozenset(
    (
        *(f"java.lang.{name}" for name in ("System", "Math", "Integer", "Long", "Double")),
        *(f"java.lang.{name}" for name in ("Float", "Boolean", "String", "Exception")),
        *(f"java.lang.{name}Exception" for name in ("Runtime", "IllegalArgument", "IllegalState")),
        *(f"java.util.{name}" for name in ("ArrayList", "LinkedList", "Vector", "HashMap")),
        *(f"java.util.{name}" for name in ("TreeMap", "LinkedHashMap", "HashSet", "Date")),
        *(f"java.util.{name}" for name in ("LinkedHashSet", "Arrays", "Collections")),
    )
)
"""The Java classes that scripts in JavaScript have."""
CONTEXT: Final = frozenset(
    (
        *("getVariable", "setVariable", "getProcessInstance", "getNodeInstance", "getKieRuntime"),
        *("getKnowledgeRuntime", "getContextData", "getCaseData", "setCaseData"),
        *("getCaseAssignment", "processInstance", "nodeInstance", "kieRuntime"),
        *("knowledgeRuntime", "contextData"),
    )
)
"""The members of ``kcontext``."""


def doubts_of(source: str, names: frozenset[str]) -> tuple[str, ...]:
    """Warnings, with the line inside the text; ``names`` are what the process itself declares."""
    plain = _HIDDEN.sub(_blank, source)
    found: list[tuple[int, str]] = []
    for match in _CLASSES.finditer(plain):
        name = next(one for one in match.groups() if one)
        if name not in KNOWN and name.partition(".")[0] not in names:
            found.append((match.start(), f"{name}: the class is not available in scripts"))
    for match in _MEMBERS.finditer(plain):
        owner = match[0].partition(".")[0]
        if match[1] not in CONTEXT and owner not in names:
            found.append((match.start(), f"{match[0]}: kcontext has no such member"))
    told = [f"line {plain.count(chr(10), 0, at) + 1}: {text}" for at, text in sorted(found)]
    return tuple(dict.fromkeys(told))


def _blank(match: re.Match[str]) -> str:
    """Comments and texts as blanks, but for the short names that ``Java.type`` is given."""
    text = match["text"]
    if text is not None and len(text) < 200 and re.fullmatch(r"['\"][\w.$]+['\"]", text):
        before = match.string[max(0, match.start() - 12) : match.start()]
        if before.rstrip().endswith("Java.type("):
            return text
    return re.sub(r"[^\n]", " ", match[0])
