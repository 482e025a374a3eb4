"""MVEL: Java with fewer ceremonies (2.3).

Beyond :mod:`~procession.scripting.languages.java`: statements end with their line, ``and`` ``or``,
``contains`` ``is`` ``strsim`` ``soundslike`` ``convertable_to`` ``~=``, ``isdef``, ``empty``,
``nil``, texts in single quotes, inline lists and maps, projections ``(name in people if age > 3)``,
``foreach``, null-safe ``a.?b``, numbers ``1B`` and ``1I``. The value of the last expression is the
value of the whole. Texts compare with numbers (``"1" == 1``). ``def f(x) { … }`` makes a function,
``with (x) { a = 1, b = 2 }`` sets properties.
"""

from __future__ import annotations

from typing import Final

from procession.scripting.languages import java
from procession.scripting.languages.cursor import Grammar
from procession.scripting.languages.expressions import RELATIONAL
from procession.scripting.languages.statements import Statements
from procession.scripting.lexer import tokens
from procession.scripting.tree import Dialect, Stmt

DIALECT: Final = Dialect("MVEL", coerces=True)
_WORDS: Final = ("contains", "strsim", "soundslike", "convertable_to", "~=")
OPERATORS: Final = {**java.OPERATORS, **dict.fromkeys(_WORDS, RELATIONAL)}
_SAME: Final = {"and": "&&", "or": "||", "is": "instanceof"}
_OWN: Final = frozenset(
    [
        "and",
        "or",
        "is",
        "contains",
        "strsim",
        "soundslike",
        "convertable_to",
        "foreach",
        "until",
        "isdef",
        "empty",
        "nil",
        "in",
        "with",
        "function",
    ]
)
_FREE: Final = frozenset({"default", "native", "const", "abstract", "package", "private", "public"})
GRAMMAR: Final = Grammar(OPERATORS, _SAME, True, True, (java.KEYWORDS - _FREE) | _OWN | {"default"})


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The statements of a text, and what it imports. Raises ``ScriptSyntax``."""
    parser = Statements(tokens(source, single_quoted_text=True), GRAMMAR)
    return parser.program(), parser.imports
