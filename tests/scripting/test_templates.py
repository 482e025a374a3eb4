"""Texts with ``#{…}``."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import Purpose
from procession.values import Bean, Map
from tests.scripting.scripts import execute

TEMPLATES: list[tuple[str, dict[str, Any], Any]] = [
    ("plain", {}, "plain"),
    ("", {}, ""),
    ("#{name}", {"name": "Ann"}, "Ann"),
    ("#{amount}", {"amount": 5}, 5),
    ("#{nothing}", {"nothing": None}, None),
    ("Hello #{name}!", {"name": "Ann"}, "Hello Ann!"),
    ("#{a}#{b}", {"a": 1, "b": 2.0}, "12.0"),
    ("x#{nothing}y", {"nothing": None}, "xy"),
    ("#{person.name}", {"person": Bean("P", Map(name="Ann"))}, "Ann"),
    ("R3/#{start}/PT3S", {"start": "2024-01-01"}, "R3/2024-01-01/PT3S"),
    ("#{timeout}s", {"timeout": 5}, "5s"),
    ("#{unknown} stays", {}, "#{unknown} stays"),
    ("#{unknown}", {}, "#{unknown}"),
    ("#{1 +}", {}, "#{1 +}"),
    ("#{1 % 0}", {}, "#{1 % 0}"),
    ("#{}", {}, "#{}"),
    ("#{processInstanceId}-#{nodeInstance.nodeName}", {}, "7-Check"),
    ("#{processInstance.processId}", {}, "order"),
    ("#{a + b}", {"a": 1, "b": 2}, 3),
    ("${a} #{a}", {"a": 1}, "${a} 1"),
]


@pytest.mark.parametrize(("text", "variables", "expected"), TEMPLATES)
def test_templates(text: str, variables: dict[str, Any], expected: Any):
    result = execute("", text, variables, purpose=Purpose.TEMPLATE)

    assert result.value == expected
    assert type(result.value) is type(expected)
