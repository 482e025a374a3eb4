"""Conditions that are rule patterns: what the rule session is asked, not what is computed here.

``reference/jbpm-engine.md`` 2.10: the text is the left side of a rule, in the package and with the
imports of the process. It is true when facts of the session meet it, and, where it binds a process
instance, when that is the one that asks. The patterns themselves are read by ``procession.rules``.
"""

from __future__ import annotations

from hashlib import sha256

from procession.core.ports import Limits, ScriptContext, ScriptResult, ScriptScope, ScriptThrow

LANGUAGE = "http://www.jboss.org/drools/rule"


class RulePattern:
    """A condition that the session answers; see :class:`procession.core.ports.RuleCondition`."""

    language = "rule"
    warnings: tuple[str, ...] = ()

    def __init__(self, source: str, scope: ScriptScope) -> None:
        self.source = source
        self.imports = scope.imports
        self.globals = tuple(scope.globals.items())
        said = "\n".join((source, *self.imports, *(f"{n} {t}" for n, t in self.globals)))
        self.name = "condition " + sha256(said.encode()).hexdigest()[:16]

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Ask the session."""
        if context.rules is None:
            text = f"the rule condition {self.source.strip()!r} needs a rule session"
            raise ScriptThrow("java.lang.IllegalStateException", text)
        return ScriptResult(context.rules.holds(self.name, context.instance))
