"""Compiled models, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from procession.core.formulas import Formulas, Held, Session
from procession.core.ports import Limits, ScriptContext
from procession.errors import NotFound
from procession.rules.dmn.graph import DecisionNode, InputNode, KnowledgeNode, Node, ServiceNode
from procession.rules.dmn.run import Run, Step
from procession.rules.dmn.types import Type, received
from procession.values import Map, Value


class Outcome(msgspec.Struct, frozen=True):
    """What came of an evaluation: values of a process, and the decisions made, in order."""

    value: Value
    steps: tuple[Map, ...] = ()
    notes: tuple[str, ...] = ()


class Model:
    """One compiled model. Immutable; any number of runs may use it at once."""

    def __init__(
        self,
        name: str,
        id: str,
        namespace: str,
        file: str,
        nodes: tuple[Node, ...],
    ) -> None:
        self.name = name
        self.id = id
        self.namespace = namespace
        self.file = file
        self.nodes = nodes

    def find(self, wanted: str) -> Node:
        """A decision, service or knowledge model by id or name. Raises :class:`NotFound`."""
        kinds = (DecisionNode, ServiceNode, KnowledgeNode)
        able = [node for node in self.nodes if isinstance(node, kinds)]
        for node in able:
            if node.id == wanted:
                return node
        for kind in kinds:
            for node in able:
                if isinstance(node, kind) and node.name == wanted:
                    return node
        raise NotFound(f"model {self.name} has no decision {wanted}", reason="decision")

    def has(self, wanted: str) -> bool:
        """Whether there is a decision, service or knowledge model of that id or name."""
        try:
            return bool(self.find(wanted))
        except NotFound:
            return False

    @property
    def decisions(self) -> tuple[Node, ...]:
        """The decisions of the model, in the order of the document."""
        return tuple([node for node in self.nodes if isinstance(node, DecisionNode)])

    @property
    def inputs(self) -> tuple[Node, ...]:
        """What is to be given."""
        return tuple([node for node in self.nodes if isinstance(node, InputNode)])

    @property
    def services(self) -> tuple[Node, ...]:
        """The decision services of the model."""
        return tuple([node for node in self.nodes if isinstance(node, ServiceNode)])


class Unit:
    """The models of a deployment."""

    def __init__(self, models: tuple[Model, ...], formulas: Formulas) -> None:
        self.models = models
        self._formulas = formulas

    def model(self, wanted: str = "", namespace: str = "", resource: str = "") -> Model:
        """A model by name or id, namespace and file; what is empty fits all.

        Raises :class:`NotFound` if there is none, or several.
        """
        placed = self._placed(namespace, resource)
        found = [one for one in placed if wanted in ("", one.name, one.id)]
        if len(found) == 1:
            return found[0]
        said = wanted or resource or namespace or "any"
        if not found:
            raise NotFound(f"the unit has no decision model {said}", reason="model")
        told = ", ".join(sorted(f"{one.name} ({one.file})" for one in found))
        raise NotFound(f"several decision models fit; say which: {told}", reason="model")

    def holding(self, decision: str, namespace: str = "", resource: str = "") -> Model:
        """The one model that has a decision of that id or name. Raises :class:`NotFound`."""
        found = [one for one in self._placed(namespace, resource) if one.has(decision)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise NotFound(f"the unit has no decision {decision}", reason="decision")
        told = ", ".join(sorted(one.name for one in found))
        text = f"several models have a decision {decision}; say which: {told}"
        raise NotFound(text, reason="model")

    def _placed(self, namespace: str, resource: str) -> list[Model]:
        """The models of a namespace and a file; a file may be named without its folders."""
        wanted = namespace.rstrip("/")
        return [
            one
            for one in self.models
            if wanted in ("", one.namespace)
            and (not resource or one.file == resource or one.file.endswith("/" + resource))
        ]

    def session(self, context: ScriptContext, limits: Limits) -> Session:
        """Begin an evaluation by hand, with values held by the session."""
        return self._formulas.session(context, limits)

    def held(self, session: Session, model: Model, decision: str, inputs: Held) -> Held:
        """Evaluate with values that a session holds; those of decisions are taken as decided."""
        run = Run(session, inputs, [])
        node = model.find(decision)
        _take_decided(run, model, [node])
        return _made(run, model, node)

    def decide(
        self,
        model: Model,
        decision: str,
        inputs: Mapping[str, Value],
        context: ScriptContext,
        limits: Limits,
        *,
        traced: bool = True,
        decided: bool = False,
    ) -> Outcome:
        """Evaluate a decision, a service or a knowledge model; ``""`` for all decisions.

        With ``decided`` an input of the name of a decision that is needed stands for it.
        Raises :class:`NotFound` and :class:`procession.errors.LimitExceeded`.
        """
        wanted = [model.find(decision)] if decision else list(model.decisions)
        session = self._formulas.session(context, limits)
        trace: list[Step] = []
        given = {name: session.take(value) for name, value in inputs.items()}
        run = Run(session, given, trace)
        if decided:
            _take_decided(run, model, wanted)
        made = {node.name: _made(run, model, node) for node in wanted}
        value = session.give(made[wanted[0].name] if decision else session.context_of(made))
        steps = tuple([_told(session, step) for step in trace]) if traced else ()
        notes = [note for step in trace for note in step.notes]
        return Outcome(value, steps, tuple(dict.fromkeys([*notes, *session.notes])))


def _take_decided(run: Run, model: Model, wanted: Sequence[Node]) -> None:
    """What was given under the names of decisions is not decided."""
    for node in model.decisions:
        if node.variable in run.inputs and node not in wanted:
            value = received(run.session, run.inputs[node.variable], node.type)
            run.given[node.key] = run.fitted(value, node)


def _made(run: Run, model: Model, node: Node) -> Held:
    if isinstance(node, ServiceNode):
        args: dict[str, Held] = {}
        for one in node.taken:
            if isinstance(one, InputNode):
                args[one.variable] = run.value(one)
            elif one.variable in run.inputs:
                kind: Type = one.type
                args[one.variable] = received(run.session, run.inputs[one.variable], kind)
        return node.called(run, args)
    if isinstance(node, KnowledgeNode):
        function = run.value(node)
        if node.parameters is None:
            return None
        return run.session.call(function, [run.inputs.get(name) for name in node.parameters])
    return run.value(node)


def _told(session: Session, step: Step) -> Map:
    """A step as values of a process."""
    tables: list[Any] = []
    for table in step.tables:
        inputs = Map({name: session.give(value) for name, value in table.inputs})
        tables.append(
            Map(
                table=table.table,
                inputs=inputs,
                rules=table.rules,
                annotations=tuple([row for row in table.annotations if any(row)]),
            )
        )
    return Map(
        model=step.model,
        id=step.id,
        decision=step.name,
        inputs=Map({name: session.give(value) for name, value in step.inputs.items()}),
        result=session.give(step.value),
        tables=tuple(tables),
        notes=tuple(step.notes),
    )
