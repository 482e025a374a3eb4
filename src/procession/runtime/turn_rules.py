"""What a step is given of the rules, decisions and globals of its unit.

Light, because every step is given it: the session is looked up when something is asked of it. Until
then nothing of the rules is even imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from procession.core.ports import Decided, RuleRun, ScriptContext
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.rules.working_memory import Firings
    from procession.runtime.held import Held
    from procession.runtime.rule_sessions import RuleSession
    from procession.runtime.turn import Turn


class TurnRules:
    """What one step of an instance is given of the rules of its unit."""

    __slots__ = ("_held", "_turn")

    def __init__(self, turn: Turn, held: Held) -> None:
        self._turn = turn
        self._held = held

    def fire_group(self, group: str, facts: Map, context: ScriptContext) -> RuleRun:
        """As :class:`procession.core.ports.RuleEvaluator` says."""
        session, memory = self._session, self._session.memory
        handles = {name: memory.insert(value) for name, value in facts.items()}
        memory.activate_ruleflow_group(group)
        from procession.runtime.rule_sessions import fire

        firings = fire(self._turn, session, context=context)
        values = {}
        for name, handle in handles.items():
            fact = memory.fact(handle)
            values[name] = facts[name] if fact is None else fact.value
            if fact is not None:
                memory.delete(handle)
        return _run(firings, Map(values))

    def holds(self, condition: str, instance: int) -> bool:
        """As :class:`procession.core.ports.RuleEvaluator` says."""
        from procession.runtime.rule_sessions import is_of

        memory = self._session.memory
        return any(
            all(is_of(memory, handle, instance) for handle in match)
            for match in memory.matches(condition, now=self._turn.now, limits=self._turn.limits)
        )

    def insert(self, value: Value) -> int:
        """A fact; its handle."""
        return self._changed.memory.insert(value, now=self._turn.now)

    def update(self, handle: int, value: Value) -> None:
        """A fact has changed."""
        self._changed.memory.update(handle, value)

    def delete(self, handle: int) -> None:
        """A fact is gone."""
        self._changed.memory.delete(handle)

    def fire_all(self, context: ScriptContext, limit: int = -1) -> RuleRun:
        """Fire what is on the agenda."""
        from procession.runtime.rule_sessions import fire

        return _run(fire(self._turn, self._session, limit, context=context), EMPTY)

    def facts(self) -> tuple[tuple[int, Value], ...]:
        """All facts with their handles."""
        return tuple((fact.handle, fact.value) for fact in self._session.memory.facts())

    def decide(
        self, model: str, decision: str, inputs: Map, *, namespace: str = "", resource: str = ""
    ) -> Decided:
        """As :class:`procession.core.ports.RuleEvaluator` says."""
        from procession.runtime.decision_units import decide_in_step

        turn, key = self._turn, self._held.definition.key
        turn.need_not_be_quick()
        return decide_in_step(
            turn.executive.definitions.decisions.of(key.deployment, key.revision),
            model,
            decision,
            inputs,
            namespace=namespace,
            resource=resource,
            now=turn.now,
            limits=turn.limits,
        )

    @property
    def _session(self) -> RuleSession:
        return session_of(self._turn, self._held)

    @property
    def _changed(self) -> RuleSession:
        session = self._session
        session.has_changed = True
        return session


class TurnGlobals(Mapping[str, Any]):
    """The globals of the session that an instance belongs to."""

    __slots__ = ("_found", "_held", "_turn")

    def __init__(self, turn: Turn, held: Held) -> None:
        self._turn = turn
        self._held = held
        self._found: Map | None = None

    def __getitem__(self, name: str) -> Value:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def _all(self) -> Map:
        if self._found is None:
            held, turn = self._held, self._turn
            deployment = held.definition.key.deployment
            sessions = turn.executive.loaded.rule_sessions
            self._found = sessions.globals_of(turn, deployment, held.root_id)
        return self._found


def session_of(turn: Turn, held: Held) -> RuleSession:
    """The session that an instance belongs to, in this turn."""
    key, sessions = held.definition.key, turn.executive.loaded.rule_sessions
    return sessions.session(turn, key.deployment, key.revision, held.root_id)


def _run(firings: Firings, values: Map) -> RuleRun:
    names = tuple(fired.rule for fired in firings.fired)
    return RuleRun(names, values, firings.printed, firings.wishes)
