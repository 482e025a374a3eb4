"""XPath 1.0 over process variables."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.errors import LimitExceeded
from procession.values import Map
from tests.scripting.scripts import EVALUATOR, execute

XPATH = "http://www.w3.org/1999/XPath"
KNOWN: dict[str, Any] = {
    "approved": True,
    "amount": 120,
    "share": 1.5,
    "word": "yes",
    "digits": "5",
    "nothing": None,
    "numbers": [1, 2, 3],
    "order": {
        "customer": {"name": "Ann"},
        "item": [{"price": 10, "name": "pen"}, {"price": 20, "name": "ink"}],
    },
    "letter": '<letter to="Bob"><line>2</line><line>3</line></letter>',
}


def holds(source: str, **more: Any) -> Any:
    return execute(XPATH, source, KNOWN, purpose=Purpose.CONDITION, **more).value


def value(source: str, **more: Any) -> Any:
    return execute(XPATH, source, KNOWN, purpose=Purpose.EXPRESSION, **more).value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$approved", True),
        ("not($approved)", False),
        ("$amount > 100 and $word = 'yes'", True),
        ("$digits = 5", True),
        ("$digits > 4", True),
        ("$word > 4", False),
        ("$nothing", False),
        ("$nothing = ''", False),
        ("count($numbers) = 3", True),
        ("$numbers[. > 2]", True),
        ("$numbers = 4", False),
        ("$order/item/price > 15", True),
        ("$order/item[price > 15]/name = 'ink'", True),
        ("$order//name = 'Ann'", True),
        ("$letter/@to = 'Bob'", True),
        ("sum($letter/line) = 5", True),
        ("getDataObject('approved')", True),
        ("bpmn:getDataObject('word') = 'bpmn:getDataObject'", False),
        ("bpmn2:getVariable('letter')//line = 3", True),
        ("getProcessProperty(concat('am', 'ount')) = 120", True),
    ],
)
def test_conditions(source: str, expected: bool):
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$amount + 1", 121),
        ("7 div 2", 3.5),
        ("$share", 1.5),
        ("concat($word, '!')", "yes!"),
        ("$order/item[2]/name", "ink"),
        ("$order/item[last()]/price", "20"),
        ("$order/customer", Map(name="Ann")),
        ("$order/item/name", ("pen", "ink")),
        ("$order/none", None),
        ("$word = 'yes'", True),
        ("string($amount)", "120"),
    ],
)
def test_expressions(source: str, expected: Any):
    assert value(source) == expected


def test_an_unknown_variable_is_a_failure_that_says_so():
    with pytest.raises(ScriptThrow, match="no variable is called nobody"):
        holds("$nobody")


def test_a_prefix_of_the_file_may_be_used_in_a_path():
    scope = ScriptScope(namespaces=Map(x="urn:x"))
    letter = '<a xmlns="urn:x"><b>1</b></a>'

    found = execute(
        XPATH, "$letter/x:b", {"letter": letter}, purpose=Purpose.CONDITION, scope=scope
    )

    assert found.value is True


@pytest.mark.parametrize("source", ["Service Level == 'Premium'", "(", "$", "1 +", "unknown(1)"])
def test_what_is_no_xpath_is_refused(source: str):
    with pytest.raises(ScriptSyntax):
        EVALUATOR.compile(XPATH, source, Purpose.CONDITION)


def test_the_library_is_loaded_by_the_first_xpath_only():
    code = (
        "import sys; from procession.scripting.evaluator import Evaluator;"
        "from procession.core.ports import Purpose;"
        "evaluator = Evaluator(); evaluator.compile('', '1', Purpose.CONDITION);"
        "assert 'elementpath' not in sys.modules;"
        "evaluator.compile('xpath', '1', Purpose.CONDITION);"
        "assert 'elementpath' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_script_cannot_be_an_xpath():
    with pytest.raises(ScriptSyntax, match="expressions only"):
        EVALUATOR.compile(XPATH, "$amount", Purpose.SCRIPT)


def test_what_is_most_likely_not_meant_is_told():
    scope = ScriptScope(types=Map(amount="Integer"))

    def doubts(source: str) -> tuple[str, ...]:
        return EVALUATOR.compile(XPATH, source, Purpose.CONDITION, scope).warnings

    assert doubts("true") == ("true is a path in XPath, which finds nothing; write true()",)
    assert doubts("$amuont > 1") == ("no variable is called amuont",)
    assert doubts("getDataObject('x')") == ("no variable is called x",)
    assert not doubts("$amount > 1")


@pytest.mark.parametrize(
    "source",
    [
        "count($big[count($big[. > 3]) > 0])",
        "count($big[. = $big])",
        "count($tree/n[count(preceding-sibling::*) > 1])",
        "count($tree/n[count(following::*) > 1])",
        "$big = $other",
        "$big > $other",
    ],
)
def test_an_expression_ends_within_its_limits(source: str):
    with pytest.raises(LimitExceeded):
        execute(
            XPATH,
            source,
            {
                "big": list(range(300)),
                "other": list(range(1000, 1300)),
                "tree": {"n": list(range(300))},
            },
            purpose=Purpose.CONDITION,
            limits=Limits(script_steps=5_000),
        )


def test_a_text_is_not_made_longer_than_the_limits_allow():
    many = ", ".join(["$x"] * 2_000)

    with pytest.raises(LimitExceeded):
        execute(XPATH, f"concat({many})", {"x": "a" * 100_000}, purpose=Purpose.EXPRESSION)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a><b></a>",
        "<3",
    ],
)
def test_a_text_that_is_no_plain_document_stays_text(text: str):
    found = execute(XPATH, "string-length($x)", {"x": text}, purpose=Purpose.EXPRESSION)

    assert found.value == len(text)
