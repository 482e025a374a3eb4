"""What the tests of scripts share: a context over plain variables, and one evaluator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from procession.core.ports import (
    UNDEFINED,
    Limits,
    Purpose,
    ScriptContext,
    ScriptResult,
    ScriptScope,
)
from procession.scripting.evaluator import Evaluator
from procession.values import Map, freeze

NOW = datetime(2024, 1, 5, 3, 4, 5, 678000, tzinfo=UTC)
EVALUATOR = Evaluator()


def context(variables: Mapping[str, Any] | None = None, **more: Any) -> ScriptContext:
    """A context that offers these variables."""
    known = {name: freeze(value) for name, value in (variables or {}).items()}
    settings: dict[str, Any] = {
        "seed": 42,
        "instance": 7,
        "process": "order",
        "process_name": "Order",
        "process_version": "1.0",
        "node": "_3",
        "node_name": "Check",
        "node_instance": 2,
        "process_variables": lambda: Map(known),
    }
    settings.update(more)
    return ScriptContext(lambda name: known.get(name, UNDEFINED), NOW, **settings)


def execute(
    language: str,
    source: str,
    variables: Mapping[str, Any] | None = None,
    *,
    purpose: Purpose = Purpose.SCRIPT,
    scope: ScriptScope | None = None,
    limits: Limits | None = None,
    **more: Any,
) -> ScriptResult:
    """Compile and run."""
    script = EVALUATOR.compile(language, source, purpose, scope or ScriptScope())
    return script.run(context(variables, **more), limits or Limits())


def java(source: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Any:
    """The value a Java text returns."""
    return execute("java", source, variables, purpose=Purpose.EXPRESSION, **more).value


def mvel(source: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Any:
    """The value of an MVEL text."""
    return execute("", source, variables, purpose=Purpose.EXPRESSION, **more).value


def printed(source: str, variables: Mapping[str, Any] | None = None, **more: Any) -> list[str]:
    """The lines a Java script prints."""
    return list(execute("java", source, variables, **more).printed)
