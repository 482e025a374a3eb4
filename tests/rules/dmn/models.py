"""Small DMN documents for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from procession.core.ports import UNDEFINED, Limits, ScriptContext
from procession.rules.dmn.compiler import compile_unit
from procession.rules.dmn.model import Outcome, Unit
from procession.rules.dmn.source import Problem
from procession.scripting.languages.feel_formulas import FeelFormulas
from procession.values import freeze_all

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FEEL = FeelFormulas()
LIMITS = Limits()


def document(*elements: str, name: str = "m", namespace: str = "urn:m", more: str = "") -> str:
    """A document of DMN 1.5 with these elements."""
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="_{name}" '
        f'name="{name}" namespace="{namespace}" {more}>\n'
        + "\n".join(elements)
        + "\n</definitions>"
    )


def given(*names: str, kind: str = "") -> str:
    """Input data."""
    typed = f' typeRef="{kind}"' if kind else ""
    return "\n".join(
        f'<inputData id="in_{n}" name="{n}"><variable name="{n}"{typed}/></inputData>'
        for n in names
    )


def decision(name: str, logic: str, *needs: str, kind: str = "", knows: Sequence[str] = ()) -> str:
    """A decision; ``needs`` are ids of input data or decisions, ``knows`` of knowledge models."""
    typed = f' typeRef="{kind}"' if kind else ""
    required = "".join(
        f"<informationRequirement><required{'Input' if n.startswith('in_') else 'Decision'} "
        f'href="#{n}"/></informationRequirement>'
        for n in needs
    ) + "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{n}"/></knowledgeRequirement>'
        for n in knows
    )
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"{typed}/>'
        f"{required}{logic}</decision>"
    )


def literal(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    aggregation: str = "",
    values: Mapping[str, str] = {},
    defaults: Mapping[str, str] = {},
) -> str:
    """A decision table."""

    def text(tag: str, content: str) -> str:
        return f"<{tag}><text>{escape(content)}</text></{tag}>"

    def output(name: str) -> str:
        inside = text("outputValues", values[name]) if name in values else ""
        if name in defaults:
            inside += text("defaultOutputEntry", defaults[name])
        return f'<output name="{name}">{inside}</output>'

    made = "".join(f"<input>{text('inputExpression', one)}</input>" for one in inputs)
    made += "".join(output(name) for name in outputs)
    for tests, results in rows:
        made += "<rule>" + "".join(text("inputEntry", one) for one in tests)
        made += "".join(text("outputEntry", one) for one in results) + "</rule>"
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{extra}>{made}</decisionTable>'


def compiled(*documents: str) -> tuple[Unit, list[Problem]]:
    """A unit of these documents, and what is wrong with them."""
    files = {f"{n}.dmn": content.encode() for n, content in enumerate(documents)}
    return compile_unit(files, FEEL)


def decide(
    unit: Unit, name: str, limits: Limits = LIMITS, model: str = "", **inputs: object
) -> Outcome:
    """Make a decision."""
    context = ScriptContext(lambda name: UNDEFINED, NOW, 0, 0, "")
    found = unit.model(model)
    return unit.decide(found, name, freeze_all(inputs), context, limits)
