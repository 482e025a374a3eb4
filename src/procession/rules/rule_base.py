"""Rules as they are written and as they are compiled: sources in, an immutable rule base out.

A :class:`RuleBase` is made once per deployment, shared by every session and every thread, and
holds nothing that changes. What stands in memory while rules run is in
:mod:`procession.rules.working_memory`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from procession.core.ports import ScriptEvaluator
from procession.values import EMPTY

if TYPE_CHECKING:
    from procession.rules.matcher.network import Network

Kind = Literal["drl", "xls", "xlsx", "csv", "condition"]
Severity = Literal["error", "warning"]
PROCESS_INSTANCE: Final = "org.kie.api.runtime.process.WorkflowProcessInstance"
"""The type name of a bean that stands for a process instance in the working memory.

Fields: ``id`` (a Long), ``processId``, ``processName``, ``state`` and ``variables`` (a Map). Rules
match it by this name, by ``ProcessInstance`` and by ``RuleFlowProcessInstance``, read
``getVariable("x")`` in constraints and consequences, and what consequences ask of it
(``setVariable``, ``signalEvent``) comes back as wishes with its id.
"""


class RuleSource(msgspec.Struct, frozen=True):
    """One text with rules.

    ``kind`` is ``drl``, a spreadsheet (``xls`` and ``xlsx`` take bytes, ``csv`` text), or
    ``condition``: the text is then only the conditions of a rule, written on a sequence flow or a
    conditional event. Such a rule has ``path`` as its name and no consequence; ask
    :meth:`~procession.rules.working_memory.WorkingMemory.matches` whether it holds. ``imports`` and
    ``globals`` (name to type) are those that the process declares around a condition.
    """

    path: str
    text: str | bytes
    kind: Kind = "drl"
    imports: tuple[str, ...] = ()
    globals: Mapping[str, str] = EMPTY


class RuleProblem(msgspec.Struct, frozen=True, order=True):
    """Something wrong with a source. Lines and columns count from 1; in a spreadsheet a line is a
    row and a column a column."""

    path: str
    line: int
    column: int
    text: str
    rule: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        rule = f' in rule "{self.rule}"' if self.rule else ""
        return f"{self.path}, line {self.line}, column {self.column}{rule}: {self.text}"


class RuleInfo(msgspec.Struct, frozen=True):
    """What is known of one rule without running it."""

    name: str
    package: str
    path: str
    line: int
    agenda_group: str = "MAIN"
    ruleflow_group: str = ""
    metadata: Mapping[str, str] = EMPTY


class QueryInfo(msgspec.Struct, frozen=True):
    """A query and the names of its arguments."""

    name: str
    package: str
    parameters: tuple[str, ...] = ()


class RuleBase:
    """Compiled rules: immutable, without a problem of severity ``error`` ready to be run.

    ``fingerprint`` is the same for the same sources and this version of the compiler; state that
    was stored under another one is rebuilt from its facts instead of being taken as it is.
    """

    __slots__ = (
        "fingerprint",
        "globals",
        "network",
        "problems",
        "queries",
        "rules",
        "scripts",
        "types",
    )

    def __init__(
        self,
        *,
        network: Network,
        scripts: ScriptEvaluator,
        rules: tuple[RuleInfo, ...],
        queries: tuple[QueryInfo, ...],
        globals: Mapping[str, str],
        types: Mapping[str, Any],
        problems: tuple[RuleProblem, ...],
        fingerprint: str,
    ) -> None:
        self.network = network
        self.scripts = scripts
        self.rules = rules
        self.queries = queries
        self.globals = globals
        self.types = types
        self.problems = problems
        self.fingerprint = fingerprint

    @property
    def errors(self) -> tuple[RuleProblem, ...]:
        """The problems for which a deployment is refused."""
        return tuple(one for one in self.problems if one.severity == "error")

    @property
    def ruleflow_groups(self) -> frozenset[str]:
        """The names of the groups that a business rule task may activate."""
        return frozenset(rule.ruleflow_group for rule in self.rules if rule.ruleflow_group)


def compile_rules(
    sources: Sequence[RuleSource],
    scripts: ScriptEvaluator,
    types: Mapping[str, Mapping[str, str]] = EMPTY,
) -> RuleBase:
    """Compile all sources of a deployment into one rule base, with every problem at once.

    ``types`` are data types known from elsewhere (item definitions): full name to field names to
    type names. A class that is in neither is taken as it comes: its fields are not checked. Never
    raises for what is wrong with a source: look at :attr:`RuleBase.errors`.
    """
    from procession.rules.drl.building import build

    return build(sources, scripts, types)
