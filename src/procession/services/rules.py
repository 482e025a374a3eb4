"""Rules and decisions tried by themselves: what a unit decides, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from procession.errors import NotFound
from procession.identity.model import Actor
from procession.runtime.lanes import Service, query
from procession.services.views import (
    DecisionModelView,
    DecisionView,
    RuleRunView,
    RuleView,
)
from procession.store.repositories import deployments as repository
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.ports import Limits
    from procession.rules.dmn.model import Model, Unit
    from procession.rules.dmn.types import Type
    from procession.rules.rule_base import RuleBase

_ANY: Final = "Any"
MOST_FIRINGS: Final = 1_000
"""How many rules may fire when they are tried."""


class RuleService(Service):
    """Evaluates decisions of deployed units; nothing is changed by it."""

    @query
    def decision_models(self, actor: Actor, deployment_id: str) -> tuple[DecisionModelView, ...]:
        """The decision models of a unit. Raises :class:`NotFound` without such a unit."""
        self.room.access.check(actor, "decision.evaluate")
        return tuple([model_view(model) for model in self._unit(deployment_id).models])

    @query
    def decide(
        self,
        actor: Actor,
        deployment_id: str,
        decision: str,
        inputs: Map,
        *,
        model: str = "",
        namespace: str = "",
        resource: str = "",
    ) -> DecisionView:
        """Make a decision, by id or name (``""``: all of the model), and say how it came about.

        A decision service or a knowledge model is called the same way. An input of the name of
        another decision stands for it, which is then not made. What is wrong with the
        inputs or the logic gives null and a message. Raises :class:`NotFound` for a unit, a model
        or a decision that is not there.
        """
        self.room.access.check(actor, "decision.evaluate")
        from procession.runtime.decision_units import chosen, evaluate

        unit = self._unit(deployment_id)
        found = chosen(unit, model, decision, namespace, resource)
        now, limits = self.room.clock.now(), self.room.executive.limits
        outcome = evaluate(unit, found, decision, inputs, now=now, limits=limits, decided=True)
        return DecisionView(
            model=found.name,
            decision=decision,
            result=outcome.value,
            decisions=outcome.steps,
            messages=outcome.notes,
        )

    @query
    def rules(self, actor: Actor, deployment_id: str) -> tuple[RuleView, ...]:
        """The rules of a unit, in the order of its files. Raises :class:`NotFound`."""
        self.room.access.check(actor, "decision.evaluate")
        return tuple(
            RuleView(
                name=rule.name,
                package=rule.package,
                resource=rule.path,
                line=rule.line,
                ruleflow_group=rule.ruleflow_group,
                agenda_group=rule.agenda_group,
            )
            for rule in self._base(deployment_id).rules
            if not rule.path.startswith("condition ")
        )

    @query
    def fire(
        self,
        actor: Actor,
        deployment_id: str,
        facts: Sequence[Value],
        *,
        group: str = "",
        globals: Map = EMPTY,
        limit: int = MOST_FIRINGS,
    ) -> RuleRunView:
        """Fire the rules of a unit over these facts alone; nothing is kept, no process is touched.

        ``group`` is the ruleflow group to activate. Raises :class:`NotFound` for a unit or a group
        that is not there, and :class:`procession.errors.ScriptFailure` for what a rule throws.
        """
        self.room.access.check(actor, "decision.evaluate")
        base = self._base(deployment_id)
        return try_rules(
            base,
            facts,
            group=group,
            globals=globals,
            limit=limit,
            now=self.room.clock.now(),
            limits=self.room.executive.limits,
        )

    def _base(self, deployment_id: str) -> RuleBase:
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment_id)
        if unit is None or unit.status != "DEPLOYED":
            raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
        return self.room.executive.loaded.rule_sessions.bases.of(deployment_id, unit.revision).base

    def _unit(self, deployment_id: str) -> Unit:
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment_id)
        if unit is None or unit.status != "DEPLOYED":
            raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
        return self.room.definitions.decisions.of(deployment_id, unit.revision)


def try_rules(
    base: RuleBase,
    facts: Sequence[Value],
    *,
    group: str,
    globals: Map,
    limit: int,
    now: datetime,
    limits: Limits,
) -> RuleRunView:
    """Fire rules over facts in a working memory of their own."""
    from procession.rules.working_memory import WorkingMemory

    if group and group not in base.ruleflow_groups:
        known = ", ".join(sorted(base.ruleflow_groups)) or "none"
        raise NotFound(f"there is no ruleflow group {group}; there are: {known}", reason="group")
    memory = WorkingMemory(base)
    for name, value in globals.items():
        memory.set_global(name, value)
    handles = [memory.insert(fact) for fact in facts]
    places = {handle: place for place, handle in enumerate(handles)}
    if group:
        memory.activate_ruleflow_group(group)
    firings = memory.fire(min(limit, MOST_FIRINGS), now=now, limits=limits)
    left = {fact.handle: fact.value for fact in memory.facts()}
    return RuleRunView(
        fired=tuple(
            Map(rule=one.rule, facts=tuple(places.get(h, -1) for h in one.handles))
            for one in firings.fired
        ),
        facts=tuple(left.pop(handle, None) for handle in handles),
        more=tuple(left.values()),
        globals=Map({name: memory.get_global(name) for name in base.globals}),
        printed=firings.printed,
    )


def model_view(model: Model) -> DecisionModelView:
    """What a model takes and decides."""
    inputs: dict[str, Value] = {node.variable: type_name(node.type) for node in model.inputs}
    return DecisionModelView(
        name=model.name,
        id=model.id,
        namespace=model.namespace,
        resource=model.file,
        inputs=Map(inputs),
        decisions=Map({node.name: type_name(node.type) for node in model.decisions}),
        services=tuple([node.name for node in model.services]),
    )


def type_name(kind: Type) -> str:
    """How a type is called."""
    from procession.rules.dmn.types import Item

    return kind.name if isinstance(kind, Item) else kind.name or _ANY
