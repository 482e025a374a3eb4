"""Java: the body of a method (2.2, 2.11).

Statements, locals, ``if``, loops, ``switch``, ``try``, casts, arrays, anything the library of
:mod:`procession.scripting.library` offers, lambdas and method references. Generics are read and
forgotten. Labels, ``try`` with resources and classes are refused. The last semicolon may be
missing. ``==`` compares values, as people who write ``status == "done"`` expect.
"""

from __future__ import annotations

from typing import Final

from procession.scripting.languages.cursor import PRIMITIVES, Grammar
from procession.scripting.languages.expressions import RELATIONAL
from procession.scripting.languages.statements import Statements
from procession.scripting.lexer import tokens
from procession.scripting.tree import Dialect, Stmt

DIALECT: Final = Dialect("Java")
OPERATORS: Final = {
    "||": 1,
    "&&": 2,
    "|": 3,
    "^": 4,
    "&": 5,
    "==": 6,
    "!=": 6,
    **dict.fromkeys(("<", ">", "<=", ">=", "instanceof"), RELATIONAL),
    **dict.fromkeys(("<<", ">>", ">>>"), 8),
    "+": 9,
    "-": 9,
    **dict.fromkeys(("*", "/", "%"), 10),
}
KEYWORDS: Final = PRIMITIVES | frozenset(
    [
        "abstract",
        "assert",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "do",
        "else",
        "enum",
        "extends",
        "final",
        "finally",
        "for",
        "goto",
        "if",
        "implements",
        "import",
        "instanceof",
        "interface",
        "native",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "strictfp",
        "switch",
        "synchronized",
        "throw",
        "throws",
        "transient",
        "true",
        "false",
        "try",
        "volatile",
        "while",
    ]
)
GRAMMAR: Final = Grammar(OPERATORS, {}, False, False, KEYWORDS)


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The statements of a text, and what it imports. Raises ``ScriptSyntax``."""
    parser = Statements(tokens(source, single_quoted_text=False), GRAMMAR)
    return parser.program(), parser.imports
