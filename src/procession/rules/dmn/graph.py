"""The requirements graph, compiled: what each element needs and how it is computed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from procession.core.formulas import Held
from procession.rules.dmn.run import Run
from procession.rules.dmn.types import ANY, Type, coerced

Code: TypeAlias = Callable[[Run, list[Held]], Held]


class Node(ABC):
    """Anything in the graph. ``names`` are what its logic sees, ``getters`` where that is from."""

    kind = ""

    def __init__(self, key: str, id: str, name: str, variable: str, model: str) -> None:
        self.key = key
        self.id = id
        self.name = name
        self.variable = variable
        self.model = model
        self.type: Type = ANY
        self.names: tuple[str, ...] = ()
        self.getters: tuple[Callable[[Run], Held], ...] = ()
        self.requires: tuple[Node, ...] = ()
        self.result: Type = ANY
        self.code: Code = nothing

    @abstractmethod
    def compute(self, run: Run) -> Held:
        """Its value."""

    def seen(self, run: Run) -> list[Held]:
        """The values of the names that its logic sees."""
        return [get(run) for get in self.getters]


def nothing(run: Run, values: Sequence[Held]) -> Held:
    """The logic of what has none."""
    return None


class InputNode(Node):
    """Input data."""

    kind = "inputData"

    def compute(self, run: Run) -> Held:
        """What was given."""
        return run.input(self)


class DecisionNode(Node):
    """A decision."""

    kind = "decision"

    def compute(self, run: Run) -> Held:
        """Decide."""
        return run.decided(self, self.seen(run))


class KnowledgeNode(Node):
    """A business knowledge model: its value is a function."""

    kind = "businessKnowledgeModel"

    def compute(self, run: Run) -> Held:
        """The function, which sees what the model requires when it is called."""
        memo: list[Held] = []

        def function() -> Held:
            if not memo:
                memo.append(self.code(run, self.seen(run)))
            return memo[0]

        parameters = self.parameters
        if parameters is None:
            return None
        session = run.session

        def call(f: object, *args: Held) -> Held:
            return _as_result(run, session.call(function(), args), self)

        return session.function(parameters, call)

    parameters: tuple[str, ...] | None = None


class ServiceNode(Node):
    """A decision service: its value is a function of what it takes from outside."""

    kind = "decisionService"

    def __init__(self, key: str, id: str, name: str, variable: str, model: str) -> None:
        super().__init__(key, id, name, variable, model)
        self.outputs: tuple[Node, ...] = ()
        self.taken: tuple[Node, ...] = ()

    def compute(self, run: Run) -> Held:
        """The function."""
        names = [node.variable for node in self.taken]

        def call(f: object, *args: Held) -> Held:
            for node, arg in zip(self.taken, args, strict=True):
                if run.fitted(arg, node) is None and arg is not None:
                    return None
            return self.called(run, dict(zip(names, args, strict=True)))

        return run.session.function(names, call)

    def called(self, run: Run, args: Mapping[str, Held]) -> Held:
        """What the output decisions give."""
        inner = run.within()
        for node in self.taken:
            inner.given[node.key] = inner.fitted(args.get(node.variable), node)
        if len(self.outputs) == 1:
            return _as_result(inner, inner.value(self.outputs[0]), self)
        made = {node.variable: inner.value(node) for node in self.outputs}
        return _as_result(inner, run.session.context_of(made), self)


def _as_result(run: Run, value: Held, node: Node) -> Held:
    """What a function gives, as one of the type of its results."""
    has, made = coerced(run.session, value, node.result)
    if not has:
        run.session.note(f"the result of {node.name} is not of the type {node.result.name}")
    return made
