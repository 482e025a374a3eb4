"""JUEL: what stands in ``${...}``."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.values import Map
from tests.scripting.scripts import EVALUATOR, execute

KNOWN: dict[str, Any] = {
    "approved": True,
    "amount": 3,
    "word": "yes",
    "none": [],
    "nothing": None,
    "order": {"customer": {"name": "Ann"}},
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${approved}", True),
        ("#{!approved}", False),
        ("${not approved}", False),
        ("${word == 'yes' && amount > 2}", True),
        ("${amount gt 2 and not empty word}", True),
        ("${amount le 2 or word ne 'no'}", True),
        ("${empty none}", True),
        ("${empty nothing}", True),
        ("${amount / 2}", 1.5),
        ("${amount div 2}", 1.5),
        ("${amount mod 2}", 1),
        ("${order.customer.name}", "Ann"),
        ("${order['customer'].name}", "Ann"),
        ("${amount > 2 ? 'many}' : 'few'}", "many}"),
        ("${execution.getVariable('amount')}", 3),
        ("Dear ${order.customer.name}, you have #{amount}.", "Dear Ann, you have 3."),
        ("plain", "plain"),
    ],
)
def test_values(source: str, expected: Any):
    assert execute("juel", source, KNOWN, purpose=Purpose.EXPRESSION).value == expected


@pytest.mark.parametrize("source", ["${amount = 3}", "${amount", "${new Foo()}", "${1 2}", "${}"])
def test_what_is_no_juel_is_refused(source: str):
    with pytest.raises(ScriptSyntax):
        EVALUATOR.compile("juel", source, Purpose.CONDITION)


def test_variables_need_no_declaration_and_must_be_there():
    script = EVALUATOR.compile(
        "juel", "${amount > 1}", Purpose.CONDITION, ScriptScope(types=Map(x=""))
    )

    assert not script.warnings
    with pytest.raises(ScriptThrow, match="amount"):
        execute("juel", "${amount > 1}", {}, purpose=Purpose.CONDITION)
