"""Business rule task: gives facts to rules or inputs to a decision, and takes back what came of it.

BPMN 2.0.2, 10.3.3.6; ``reference/jbpm-engine.md`` 1.8 and 7.2. A ruleflow group is activated in the
session of the unit; a decision is named in jBPM's way (``implementation`` and the inputs
``namespace``, ``model``, ``decision``, ``fileName``) or in another vendor's. A task that names
neither, outside jBPM's files, is done by the world outside: the specification leaves open by whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.activities.vendor_call import NO_CALL, VendorCall, vendor_call
from procession.bpmn.expression_languages import as_template
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import DECISIONS
from procession.core import evaluation
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value

WORK_ITEM: Final = "Business Rule Task"
_NAMED_BY_INPUTS: Final = ("namespace", "model", "decision", "fileName")
_RESULTS: Final = ("singleEntry", "singleResult", "collectEntries", "resultList")


@element("businessRuleTask")
@dataclass(frozen=True, kw_only=True)
class BusinessRuleTask(Activity):
    """Rules, a decision, or somebody outside who decides."""

    sees_all: ClassVar[bool] = True
    group: str = ""
    is_decision: bool = False
    decision: str = ""
    result_form: str = ""
    call: VendorCall = NO_CALL

    @property
    def audit_type(self) -> str:
        """As jBPM names nodes that fire rules."""
        return "RuleSetNode" if self.group or self.is_decision else "WorkItemNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is to be decided, and by what."""
        decision = as_template(xml, xml.vendor("decision") or "", "the decision")
        implementation = (xml.attribute("implementation") or "").strip()
        form = xml.vendor("decision_result") or ""
        if form and form not in _RESULTS:
            xml.problem("error", f"{form!r} is no form of a decision's result: {_RESULTS}")
        return cls(
            **activity_fields(xml),
            group=(xml.vendor("rule_flow_group") or "").strip(),
            is_decision=bool(decision) or implementation == DECISIONS,
            decision=decision,
            result_form=form,
            call=vendor_call(xml),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Decide, and map what came of it."""
        if self.call.expression is not None:
            if evaluation.run_script(t, self.call.expression, me.id, me, self.mapped.result):
                self.depart(t, me)
            return
        given = self.parameters(t, me)
        if not (self.group or self.is_decision):
            name, values = self.call.work_item(WORK_ITEM, given)
            self.open_work_item(t, me, name, values)
            return
        results = self._decide(t, me, given) if self.is_decision else self._fire(t, me, given)
        if results is not None:
            self.finish(t, me, results)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """In jBPM's files a task without a group or a decision is refused."""
        yield from super().check(graph)
        if graph.semantics.jbpm_checks and not (self.group or self.is_decision):
            yield error(self, "the rule task names no ruleFlowGroup", rule="ruleFlowGroup")

    def _fire(self, t: Transition, me: ElementInstance, given: dict[str, Value]) -> Map | None:
        group = str(t.resolve(self.group, me.id, me))
        facts = Map({name: value for name, value in given.items() if value is not None})
        context = evaluation.context_of(t, me.id, me, self)
        if t.env.rules is None:
            return EMPTY
        run = t.env.rules.fire_group(group, facts, context)
        return run.values if evaluation.accept(t, run.printed, run.wishes) else None

    def _decide(self, t: Transition, me: ElementInstance, given: dict[str, Value]) -> Map:
        named = {name: str(given.pop(name, None) or "") for name in _NAMED_BY_INPUTS}
        decision = self.decision or named["decision"]
        if t.env.rules is None:
            return EMPTY
        decided = t.env.rules.decide(
            named["model"],
            str(t.resolve(decision, me.id, me)),
            Map(given),
            namespace=named["namespace"],
            resource=named["fileName"],
        )
        value = decided.value
        if self.decision:
            return Map(Result=_formed(value, self.result_form))
        return value if isinstance(value, Map) and not decision else Map({decision: value})


def _formed(value: Value, form: str) -> Any:
    """A result as ``mapDecisionResult`` says: rows of a table that has several outputs are maps."""
    if form == "singleEntry" and isinstance(value, Map) and len(value) == 1:
        return next(iter(value.values()))
    if form == "collectEntries" and isinstance(value, tuple):
        return tuple(
            next(iter(row.values())) if isinstance(row, Map) and len(row) == 1 else row
            for row in value
        )
    if form == "resultList" and not isinstance(value, tuple):
        return (value,)
    return value
