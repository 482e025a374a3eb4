"""What scripts see of their process, member by member, in Java, MVEL and JavaScript alike."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import Purpose, ScriptThrow, Wish
from procession.values import Map
from tests.scripting.scripts import execute

K, P, N, R = (
    "kcontext",
    "kcontext.getProcessInstance()",
    "kcontext.getNodeInstance()",
    "kcontext.getKieRuntime()",
)
W = f"{R}.getWorkItemManager()"
KNOWN: dict[str, Any] = {"x": 3, "name": "Ann", "caseFile_id": "C1"}
SURROUNDINGS: dict[str, Any] = {
    "parent_instance": 6,
    "deployment": "org:unit:1",
    "correlation_key": "K-1",
    "metadata": Map(owner="me"),
    "node_metadata": Map(colour="red"),
    "globals": Map(limit=10),
}
VALUES: list[tuple[str, Any]] = [
    (f'{K}.getVariable("x")', 3),
    (f'{K}.getVariable("unknown")', None),
    (f'{K}.getVariable("limit")', 10),
    ('context.getVariable("x")', 3),
    (f"{P}.getId()", 7),
    (f"{P}.getProcessId()", "order"),
    (f"{P}.getProcessName()", "Order"),
    (f"{P}.getState()", 1),
    (f"{P}.getParentProcessInstanceId()", 6),
    (f"{P}.getOutcome()", None),
    (f"{P}.getDeploymentId()", "org:unit:1"),
    (f"{P}.getCorrelationKey()", "K-1"),
    (f'{P}.getVariable("name")', "Ann"),
    (f'{P}.getVariables().get("name")', "Ann"),
    (f'{P}.getMetaData().get("owner")', "me"),
    (f'{P}.getMetaData().get("ParentProcessInstanceId")', 6),
    (f"{P}.getNodeInstances().size()", 1),
    (f"{P}.getNodeInstances().get(0).getNodeName()", "Check"),
    (f"{P}.getProcess().getId()", "order"),
    (f"{P}.getProcess().getName()", "Order"),
    (f"{P}.getProcess().getVersion()", "1.0"),
    (f'{P}.getProcess().getMetaData().get("owner")', "me"),
    (f"{N}.getId()", 2),
    (f"{N}.getNodeId()", "_3"),
    (f"{N}.getNodeName()", "Check"),
    (f"{N}.getNodeDefinitionId()", "_3"),
    (f'{N}.getMetaData().get("UniqueId")', "_3"),
    (f'{N}.getVariable("x")', 3),
    (f"{N}.getProcessInstance().getId()", 7),
    (f"{N}.getNodeInstanceContainer().getId()", 7),
    (f"{N}.getNode().getId()", "_3"),
    (f"{N}.getNode().getName()", "Check"),
    (f'{N}.getNode().getMetaData().get("UniqueId")', "_3"),
    (f'{N}.getNode().getMetaData().get("colour")', "red"),
    (f"{R}.getProcessInstance(7).getProcessId()", "order"),
    ("kcontext.getKnowledgeRuntime().getId()", 1),
    (f"{R}.getIdentifier()", 1),
    (f'{R}.getGlobal("limit")', 10),
    (f'{R}.getGlobal("unknown")', None),
    (f'{R}.getGlobals().get("limit")', 10),
    (f'{R}.getEnvironment().get("anything")', None),
    (f'{R}.startProcess("p").getProcessId()', "p"),
    (f'{K}.getCaseData("id")', "C1"),
    (f'{K}.getCaseData().getData("id")', "C1"),
    (f'{K}.getCaseData().getData().get("id")', "C1"),
    ("processInstanceId", 7),
    ("parentProcessInstanceId", 6),
    ("KieFunctions.isNull(null)", True),
    ("KieFunctions.isNull(x)", False),
    ('KieFunctions.isEmpty("")', True),
    ("KieFunctions.isEmpty(null)", True),
    ("KieFunctions.isEmpty(name)", False),
    ("KieFunctions.isTrue(true)", True),
    ("KieFunctions.isTrue(null)", False),
    ("KieFunctions.isFalse(false)", True),
    ("KieFunctions.isFalse(null)", False),
    ('KieFunctions.equalsTo(x, "3")', True),
    ('KieFunctions.equalsTo(name, "Ann")', True),
    ("KieFunctions.equalsTo(null, null)", True),
    ('KieFunctions.equalsTo(null, "3")', False),
    ('KieFunctions.lessThan(x, "4")', True),
    ('KieFunctions.lessThan(null, "4")', False),
    ('KieFunctions.lessOrEqualThan(x, "3")', True),
    ('KieFunctions.greaterThan(x, "3")', False),
    ('KieFunctions.greaterOrEqualThan(x, "3")', True),
    ('KieFunctions.between(x, "3", "5")', True),
    ('KieFunctions.between(x, "4", "5")', False),
    ('KieFunctions.contains(name, "nn")', True),
    ('KieFunctions.contains(null, "nn")', False),
    ("KieFunctions.contains(null, null)", True),
    ('KieFunctions.startsWith(name, "A")', True),
    ('KieFunctions.endsWith(name, "n")', True),
    ("KieFunctions.endsWith(name, null)", False),
]
LANGUAGES = ["java", "mvel", "javascript"]


def _run(language: str, source: str) -> Any:
    text = f"return {source};" if language == "java" else source
    return execute(language, text, KNOWN, purpose=Purpose.EXPRESSION, **SURROUNDINGS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("source", "expected"), VALUES)
def test_what_is_answered(language: str, source: str, expected: Any):
    assert _run(language, source).value == expected


DONE: list[tuple[str, Any, tuple[Wish, ...]]] = [
    (f'{K}.setVariable("v", 1)', {"v": 1}, ()),
    (f'{P}.setVariable("v", "a")', {"v": "a"}, ()),
    (f'{N}.setVariable("v", null)', {"v": None}, ()),
    (f'{K}.setCaseData("k", 1)', {"caseFile_k": 1}, ()),
    (f'{K}.getCaseData().add("k", 2)', {"caseFile_k": 2}, ()),
    (f'{K}.getCaseData().remove("id")', {"caseFile_id": None}, ()),
    (f'{P}.signalEvent("go", 5)', {}, (Wish("signal", "go", 5, -1),)),
    (f"{P}.setState(3)", {}, (Wish("abort", "", None, -1),)),
    (f'{R}.signalEvent("go", 5)', {}, (Wish("signal", "go", 5, 0),)),
    (f'{R}.signalEvent("go", 5, 9)', {}, (Wish("signal", "go", 5, 9),)),
    (f'{R}.signalEvent("go", 5, 7)', {}, (Wish("signal", "go", 5, -1),)),
    (f'{R}.startProcess("p")', {}, (Wish("start", "p", Map(), 0),)),
    (f"{R}.abortProcessInstance(9)", {}, (Wish("abort", "", None, 9),)),
    (f"{R}.abortProcessInstance(7)", {}, (Wish("abort", "", None, -1),)),
    (f'{R}.setGlobal("limit", 2)', {}, (Wish("set_global", "limit", 2, 0),)),
    (f'{R}.getGlobals().set("limit", 2)', {}, (Wish("set_global", "limit", 2, 0),)),
    (f"{W}.completeWorkItem(4, null)", {}, (Wish("complete_work_item", "", Map(), 4),)),
    (f"{W}.abortWorkItem(4)", {}, (Wish("abort_work_item", "", None, 4),)),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("source", "changes", "wishes"), DONE)
def test_what_is_done_is_recorded_for_the_turn(
    language: str, source: str, changes: dict[str, Any], wishes: tuple[Wish, ...]
):
    result = execute(language, f"{source};", KNOWN, **SURROUNDINGS)

    assert dict(result.changes) == changes
    assert result.wishes == wishes


REFUSED = [
    f"{R}.getProcessInstance(99)",
    f"{P}.setState(1)",
    f'{R}.startProcess("p").getId()',
    f"{K}.getCaseAssignment()",
    "insert(1)",
    f"{R}.insert(1)",
    f"{R}.fireAllRules()",
    'KieFunctions.lessThan(x, "a")',
    "KieFunctions.lessThan(x, null)",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", REFUSED)
def test_what_cannot_be_done_says_so(language: str, source: str):
    with pytest.raises(ScriptThrow):
        _run(language, source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_set_is_seen_at_once(language: str):
    source = f'{K}.setVariable("x", 9); {R}.setGlobal("limit", 1); {K}.setCaseData("id", "C2");'
    asked = f'{K}.getVariable("x") + "/" + {R}.getGlobal("limit") + "/" + {K}.getCaseData("id")'
    last = "return " if language == "java" else ""
    result = execute(
        language, f"{source} {last}{asked};", KNOWN, purpose=Purpose.EXPRESSION, **SURROUNDINGS
    )

    assert result.value == "9/1/C2"


@pytest.mark.parametrize("language", ["java", "mvel"])
def test_context_data_lasts_as_long_as_the_script(language: str):
    source = f'{K}.getContextData().put("a", 1); return {K}.getContextData().get("a");'

    assert execute(language, source, purpose=Purpose.EXPRESSION).value == 1
