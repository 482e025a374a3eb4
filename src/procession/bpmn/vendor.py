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
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


class Spelling(NamedTuple):
    """How one vendor spells a property; ``namespace`` ``*`` means any, none included."""

    namespace: str
    name: str


ATTRIBUTES: Final[dict[str, tuple[Spelling, ...]]] = {
    "package": (Spelling(DROOLS, "packageName"),),
    "version": (Spelling(DROOLS, "version"),),
    "ad_hoc": (Spelling(DROOLS, "adHoc"),),
    "flow_priority": (Spelling(DROOLS, "priority"),),
    "task_name": (Spelling("*", "taskName"),),
    "rule_flow_group": (Spelling("*", "ruleFlowGroup"),),
    "wait_for_completion": (Spelling("*", "waitForCompletion"),),
    "independent": (Spelling("*", "independent"),),
    "called_by_name": (Spelling("*", "calledElementByName"),),
    "terminate_scope": (Spelling("*", "scope"),),
    "unique_id": (Spelling(ONEWEB, "uniqueId"),),
    "priority": (Spelling(ONEWEB, "priority"),),
    "due_date": (Spelling(ONEWEB, "dueDate"),),
    "form_key": (Spelling(ONEWEB, "formKey"),),
    "allocation": (Spelling(ONEWEB, "allocation"),),
}
"""Extension attributes by the property they mean."""

ELEMENTS: Final[dict[str, tuple[Spelling, ...]]] = {
    "on_entry": (Spelling("*", "onEntry-script"),),
    "on_exit": (Spelling("*", "onExit-script"),),
    "metadata": (Spelling("*", "metaData"),),
    "import": (Spelling(DROOLS, "import"),),
    "global": (Spelling(DROOLS, "global"),),
    "business_object": (Spelling(ONEWEB, "businessObject"),),
    "parameter": (Spelling(ONEWEB, "parameter"),),
    "allocation_policy": (Spelling(ONEWEB, "allocation"),),
}
"""Extension elements by the property they mean; they stand in ``extensionElements``."""

IGNORED_LANGUAGES: Final = frozenset({"http://www.jboss.org/drools/rule"})

ALLOCATIONS: Final = frozenset({"lane", "pull"})
"""Assignment policies of ONEWEB's human tasks that are served (``tasks/allocation.py``)."""

METADATA: Final[dict[str, str]] = {
    "customAsync": "the activity runs in the transaction of its caller",
    "customSLADueDate": "service level agreements are not watched",
    "customAutoStart": "there are no ad hoc activities",
    "customActivationCondition": "there are no ad hoc activities",
    "customAbortParent": "whether the caller is aborted too is what independent says",
    "customCaseRoles": "there is no case management",
    "customCaseIdPrefix": "there is no case management",
    "customCaseDataAccess": "there is no case management",
    "customTags": "variables may be read, left out and changed whatever their tags",
    "suspendUntil": "tasks are not suspended beforehand",
}
"""Metadata of jBPM that mean something there and nothing here."""
