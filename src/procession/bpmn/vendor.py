"""Extension attributes and elements we understand: one table, and no other file names a vendor.

Sources: ``reference/jbpm-engine.md`` 1.1, 1.8 and 1.11, ``reference/oneweb-rest-api.md`` 3.3 to
3.5. A property is neutral (``task_name``); a row says how a vendor spells it. jBPM looks nearly
all of its attributes up by local name alone, whatever their namespace; four must carry it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DROOLS: Final = "http://www.jboss.org/drools"
ONEWEB: Final = "urn:procession:oneweb:1"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
OPERATON: Final = "http://operaton.org/schema/1.0/bpmn"
ACTIVITI: Final = "http://activiti.org/bpmn"
FLOWABLE: Final = "http://flowable.org/bpmn"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


class Spelling(NamedTuple):
    """How one vendor spells a property; ``namespace`` ``*`` means any, none included.

    With ``within`` it is a plain attribute of the extension element of that name.
    """

    namespace: str
    name: str
    within: str = ""


_VERSIONED: Final = (CAMUNDA, OPERATON)
JUEL: Final = (CAMUNDA, OPERATON, ACTIVITI, FLOWABLE)
"""Vendors whose expressions stand in ``${...}`` or ``#{...}``, whatever language the file names."""
_ASSIGNMENT: Final = "assignmentDefinition"
_LOOP: Final = "loopCharacteristics"


def _by(vendors: tuple[str, ...], *names: str) -> tuple[Spelling, ...]:
    return tuple(Spelling(vendor, name) for vendor in vendors for name in names)


ATTRIBUTES: Final[dict[str, tuple[Spelling, ...]]] = {
    "package": (Spelling(DROOLS, "packageName"),),
    "version": (
        Spelling(DROOLS, "version"),
        *(Spelling(v, "versionTag") for v in _VERSIONED),
        Spelling(ZEEBE, "value", "versionTag"),
    ),
    "ad_hoc": (Spelling(DROOLS, "adHoc"),),
    "flow_priority": (Spelling(DROOLS, "priority"),),
    "task_name": (Spelling("*", "taskName"),),
    "rule_flow_group": (Spelling("*", "ruleFlowGroup"),),
    "wait_for_completion": (Spelling("*", "waitForCompletion"),),
    "independent": (Spelling("*", "independent"),),
    "called_by_name": (Spelling("*", "calledElementByName"),),
    "called_binding": tuple(
        Spelling(vendor, "calledElementBinding") for vendor in (CAMUNDA, OPERATON)
    ),
    "called_version": tuple(
        Spelling(vendor, name)
        for vendor in (CAMUNDA, OPERATON)
        for name in ("calledElementVersion", "calledElementVersionTag")
    ),
    "called_in_deployment": (Spelling(FLOWABLE, "sameDeployment"),),
    "terminate_scope": (Spelling("*", "scope"),),
    "async": (
        *(Spelling(vendor, "asyncBefore") for vendor in (CAMUNDA, OPERATON)),
        *(Spelling(vendor, "async") for vendor in (ACTIVITI, FLOWABLE, CAMUNDA)),
    ),
    "unique_id": (Spelling(ONEWEB, "uniqueId"),),
    "priority": (
        Spelling(ONEWEB, "priority"),
        *_by(JUEL, "priority"),
        Spelling(ZEEBE, "priority", "priorityDefinition"),
    ),
    "due_date": (
        Spelling(ONEWEB, "dueDate"),
        *_by(JUEL, "dueDate"),
        Spelling(ZEEBE, "dueDate", "taskSchedule"),
    ),
    "form_key": (
        Spelling(ONEWEB, "formKey"),
        *_by(JUEL, "formKey", "formRef"),
        *(Spelling(ZEEBE, n, "formDefinition") for n in ("formKey", "formId", "externalReference")),
    ),
    "assignee": (*_by(JUEL, "assignee"), Spelling(ZEEBE, "assignee", _ASSIGNMENT)),
    "candidate_users": (
        *_by(JUEL, "candidateUsers"),
        Spelling(ZEEBE, "candidateUsers", _ASSIGNMENT),
    ),
    "candidate_groups": (
        *_by(JUEL, "candidateGroups"),
        Spelling(ZEEBE, "candidateGroups", _ASSIGNMENT),
    ),
    "topic": (*_by(JUEL, "topic"), Spelling(ZEEBE, "type", "taskDefinition")),
    "class": _by(JUEL, "class"),
    "delegate": _by(JUEL, "delegateExpression"),
    "expression": _by(JUEL, "expression"),
    "decision": (
        *_by(JUEL, "decisionRef", "decisionTableReferenceKey"),
        Spelling(ZEEBE, "decisionId", "calledDecision"),
    ),
    "decision_result": _by(JUEL, "mapDecisionResult"),
    "result_variable": (
        *_by(JUEL, "resultVariable", "resultVariableName"),
        Spelling(ZEEBE, "resultVariable", "script"),
        Spelling(ZEEBE, "resultVariable", "calledDecision"),
    ),
    "script_expression": (Spelling(ZEEBE, "expression", "script"),),
    "collection": (*_by(JUEL, "collection"), Spelling(ZEEBE, "inputCollection", _LOOP)),
    "element_variable": (*_by(JUEL, "elementVariable"), Spelling(ZEEBE, "inputElement", _LOOP)),
    "gathered_in": (Spelling(ZEEBE, "outputCollection", _LOOP),),
    "gathered": (Spelling(ZEEBE, "outputElement", _LOOP),),
    "allocation": (Spelling(ONEWEB, "allocation"),),
}
"""Extension attributes by the property they mean."""

ELEMENTS: Final[dict[str, tuple[Spelling, ...]]] = {
    "on_entry": (Spelling("*", "onEntry-script"),),
    "on_exit": (Spelling("*", "onExit-script"),),
    "metadata": (Spelling("*", "metaData"),),
    "import": (Spelling(DROOLS, "import"),),
    "global": (Spelling(DROOLS, "global"),),
    "called": (Spelling(ZEEBE, "calledElement"),),
    "called_input": tuple(
        Spelling(vendor, "in") for vendor in (CAMUNDA, OPERATON, ACTIVITI, FLOWABLE)
    ),
    "called_output": tuple(
        Spelling(vendor, "out") for vendor in (CAMUNDA, OPERATON, ACTIVITI, FLOWABLE)
    ),
    "business_object": (Spelling(ONEWEB, "businessObject"),),
    "mapping": (*_by(JUEL, "inputOutput"), Spelling(ZEEBE, "ioMapping")),
    "listener": _by(JUEL, "executionListener"),
    "parameter": (Spelling(ONEWEB, "parameter"),),
    "allocation_policy": (Spelling(ONEWEB, "allocation"),),
}
"""Extension elements by the property they mean; they stand in ``extensionElements``."""

_RULES: Final = ("businessRuleTask", "globalBusinessRuleTask")
_TASKS: Final = ("serviceTask", "sendTask", *_RULES)
_NODES: Final = (
    *("task", "userTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "manualTask"),
    *("businessRuleTask", "callActivity", "subProcess", "adHocSubProcess", "transaction"),
    *("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    "complexGateway",
)
PLACES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("assignee", "candidate_users", "candidate_groups", "due_date", "form_key"),
        ("userTask", "globalUserTask"),
    ),
    "priority": ("userTask", "globalUserTask"),
    **dict.fromkeys(
        ("called_binding", "called_version", "called_in_deployment"),
        ("callActivity",),
    ),
    "async": _NODES,
    "topic": _TASKS,
    **dict.fromkeys(("class", "delegate", "expression"), ("serviceTask", *_RULES)),
    **dict.fromkeys(("decision", "decision_result"), _RULES),
    "result_variable": ("serviceTask", "scriptTask", *_RULES),
    **dict.fromkeys(("collection", "element_variable"), ("multiInstanceLoopCharacteristics",)),
    "mapping": (
        *("userTask", "serviceTask", "sendTask", "receiveTask", "callActivity"),
        *("globalUserTask", *_RULES),
    ),
    "called_input": ("callActivity",),
    "called_output": ("callActivity",),
}
"""Where alone a property is read, by tag; others are read wherever they stand."""

WITHOUT_MEANING: Final = frozenset(
    {
        *("properties", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"),
        *("historyTimeToLive", "isStartableInTasklist", "startableInTasklist", "exclusive"),
        *("diagramRelationId", "userTask", "userTaskForm", "template", "templateVersion"),
    }
)
"""Names of vendors that no engine of another kind could do anything with."""

RULES: Final = "http://www.jboss.org/drools/rule"
"""The language of rule patterns, as jBPM's files name it."""

DECISIONS: Final = "http://www.jboss.org/drools/dmn"
"""What jBPM's files name as the implementation of a rule task that makes a decision."""

IGNORED_LANGUAGES: Final = frozenset({RULES})

ALLOCATIONS: Final = frozenset(
    {"lane", "pull", "roundrobin", "loadbalance", "routing", "multiinstance", "custom"}
)
"""Assignment policies of ONEWEB's human tasks that are served (``tasks/allocation.py``)."""


def policy_name(text: str) -> str:
    """An assignment policy in one spelling: ``Round Robin`` and ``roundRobin`` are the same."""
    found = "".join(filter(str.isalnum, text)).lower()
    return "routing" if found == "routingpolicy" else found


METADATA: Final[dict[str, str]] = {
    "customSLADueDate": "service level agreements are not watched",
    "customActivationCondition": "what begins by its name begins whatever the condition says",
    "customAbortParent": "whether the caller is aborted too is what independent says",
    "customCaseRoles": "there is no case management",
    "customCaseIdPrefix": "there is no case management",
    "customCaseDataAccess": "there is no case management",
    "customTags": "variables may be read, left out and changed whatever their tags",
    "suspendUntil": "tasks are not suspended beforehand",
}
"""Metadata of jBPM that mean something there and nothing here."""
