"""The evaluator: which language a text is in, and compiled texts by source.

Names and URIs are those of ``reference/jbpm-engine.md`` 2.1; no language means MVEL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any, Final, TypeAlias

from msgspec import structs

from procession.core.live import LiveScripts
from procession.core.ports import Purpose, Script, ScriptScope, ScriptSyntax
from procession.scripting.languages import feel, java, juel, mvel, mvel_templates, python_statements
from procession.scripting.languages.rules import RulePattern
from procession.scripting.languages.templates import Template
from procession.scripting.machine.program import Program, compile_program
from procession.scripting.tree import Return, Stmt, valued

SUPPORTED: Final = "Java, MVEL (the default), JavaScript, Python, FEEL, XPath or JUEL"
_JAVA: Final = frozenset({"http://www.java.com/java", "java"})
_OTHERS: Final = {
    "http://www.javascript.com/javascript": "JavaScript",
    "http://www.java.com/javascript": "JavaScript",
    "javascript": "JavaScript",
    "ecmascript": "JavaScript",
    "text/javascript": "JavaScript",
    "application/javascript": "JavaScript",
    "http://www.omg.org/spec/feel/20140401": "FEEL",
    "http://www.omg.org/spec/dmn/20151101/feel/": "FEEL",
    "http://www.omg.org/spec/dmn/20180521/feel/": "FEEL",
    "https://www.omg.org/spec/dmn/20191111/feel/": "FEEL",
    "https://www.omg.org/spec/dmn/20211108/feel/": "FEEL",
    "https://www.omg.org/spec/dmn/20230324/feel/": "FEEL",
    "feel": "FEEL",
    "python": "Python",
    "python3": "Python",
    "text/x-python": "Python",
    "application/x-python": "Python",
    "http://www.python.org": "Python",
    "https://www.python.org": "Python",
}
_REFUSED: Final = {"groovy": "Groovy", "application/groovy": "Groovy", "ruby": "Ruby"}
_MVEL: Final = frozenset({"", "mvel", "http://www.mvel.org/2.0", "http://www.mvel.org"})
_XPATH: Final = frozenset({"http://www.w3.org/1999/xpath", "xpath"})
_JUEL: Final = frozenset({"juel", "http://java.sun.com/products/jsp"})
_RULES: Final = frozenset({"http://www.jboss.org/drools/rule", "drools", "rule"})
_TEMPLATE: Final = frozenset({"mvel-template", "http://www.mvel.org/2.0/template"})
_GRAMMARS: Final = {"Java": java, "MVEL": mvel, "JUEL": juel, "MVEL template": mvel_templates}
_READERS: Final = {
    "Python": (python_statements.parse, python_statements.DIALECT),
    "FEEL": (feel.parse, feel.DIALECT),
}
_NO_SCOPE: Final = ScriptScope()
_Key: TypeAlias = tuple[str, str, Purpose, tuple[object, ...]]


def language_name(language: str, purpose: Purpose) -> str:
    """The language's name, such as ``MVEL``; refuses the languages that are not served.

    A script without a known language is MVEL, as is a script that names the rule language; a
    condition in it is a rule pattern; one in a language nobody knows is refused.
    """
    word = language.strip().lower()
    if word in _JAVA:
        return "Java"
    if word in _XPATH:
        return "XPath"
    if word in _JUEL:
        return "JUEL"
    if word in _TEMPLATE:
        return "MVEL template"
    if word in _OTHERS:
        return _OTHERS[word]
    if word in _REFUSED:
        raise ScriptSyntax(f"language {_REFUSED[word]} is not supported; write {SUPPORTED}")
    if word in _RULES and purpose is not Purpose.SCRIPT:
        return "rules"
    if word not in _MVEL and purpose is not Purpose.SCRIPT:
        raise ScriptSyntax(f"language {language.strip()} is unknown; write {SUPPORTED}")
    return "MVEL"


class Evaluator:
    """Compiles texts of every language we know, and keeps the compiled ones.

    ``strict`` refuses unknown names even where no variable is declared; ``zone`` is the time zone
    in which dates are written; ``capacity`` bounds what is kept.
    """

    def __init__(self, *, zone: tzinfo = UTC, strict: bool = False, capacity: int = 4096) -> None:
        self._zone = zone
        self._strict = strict
        self._capacity = capacity
        self._kept: dict[_Key, Script] = {}
        self.bodies: dict[str, Callable[..., Any]] = {}
        """Methods of classes from elsewhere that the operator gave, by full name."""

    @property
    def live(self) -> LiveScripts:
        """Texts over live objects."""
        from procession.scripting.live import Live

        return Live(self._zone)

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = _NO_SCOPE
    ) -> Script:
        """Compile a text, or find it compiled. Raises ``ScriptSyntax``."""
        if self.bodies:
            scope = structs.replace(scope, bodies=self.bodies)
        key = (language, source, purpose, _fingerprint(scope))
        found = self._kept.get(key)
        if found is None:
            if purpose is Purpose.TEMPLATE:
                found = self._template(source, scope)
            else:
                found = self._program(language, source, purpose, scope)
            if len(self._kept) >= self._capacity:
                for old in list(self._kept)[: self._capacity // 2]:
                    self._kept.pop(old, None)
            self._kept[key] = found
        return found

    def _program(self, language: str, source: str, purpose: Purpose, scope: ScriptScope) -> Script:
        name = language_name(language, purpose)
        if name == "rules":
            return RulePattern(source, scope)
        if name == "XPath":
            from procession.scripting.languages.xpath import compile_xpath

            return compile_xpath(source, purpose, scope, self._zone)
        if name == "JavaScript":
            from procession.scripting.languages.javascript import compile_javascript

            return compile_javascript(source, purpose, scope, self._zone)
        if name in _READERS:
            try:
                reader, dialect = _READERS[name]
                body, imports = reader(source, purpose, frozenset({*scope.types, *scope.globals}))
            except RecursionError:
                raise ScriptSyntax("the script is nested too deeply") from None
            return compile_program(
                name, source, body, dialect, purpose, scope, imports, self._strict, self._zone
            )
        grammar = _GRAMMARS[name]
        try:
            body, imports = grammar.parse(source)
        except RecursionError:
            raise ScriptSyntax("the script is nested too deeply") from None
        if name != "Java" or purpose is not Purpose.SCRIPT:
            if name == "Java" and purpose is Purpose.CONDITION and not _returns(body):
                text = "a Java condition must return a value: begin it with 'return'"
                raise ScriptSyntax(text)
            body = valued(body)
        program = compile_program(
            name,
            source,
            body,
            grammar.DIALECT,
            Purpose.EXPRESSION if name == "JUEL" else purpose,
            scope,
            imports,
            self._strict,
            self._zone,
        )
        if name == "MVEL" and language.strip().lower() not in _MVEL:
            doubt = f"language {language.strip()} is unknown; the script is read as MVEL"
            program.warnings = (*program.warnings, doubt)
        return program

    def _template(self, source: str, scope: ScriptScope) -> Template:
        def part(text: str) -> Program:
            body, imports = mvel.parse(text)
            return compile_program(
                "MVEL",
                text,
                valued(body),
                mvel.DIALECT,
                Purpose.TEMPLATE,
                scope,
                imports,
                False,
                self._zone,
            )

        return Template(source, part, self._zone)


def _returns(body: tuple[Stmt, ...]) -> bool:
    """Whether the end of a method body is not a bare expression."""
    return not body or isinstance(body[-1], Return) or type(body[-1]).__name__ != "Expression"


def _fingerprint(scope: ScriptScope) -> tuple[object, ...]:
    return (
        tuple(scope.types.items()),
        scope.imports,
        tuple(scope.globals.items()),
        tuple(scope.namespaces.items()),
        scope.data_types.fingerprint,
    )
