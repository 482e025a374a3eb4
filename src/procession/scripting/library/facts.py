"""The working memory as scripts of a process reach it: by value, through the session of the unit.

Scripts of rules reach theirs by :class:`procession.core.live.FactHost`, which this follows. What a
script puts in is a copy: to tell of a change it updates the fact by its handle.
"""

from __future__ import annotations

from typing import Any, Final, Never

from procession.core.ports import RuleEvaluator
from procession.scripting.frame import Frame
from procession.scripting.freezing import freeze, thaw
from procession.scripting.library.table import JavaClass
from procession.scripting.throwables import throw
from procession.values import Bean, Long, Map, Value

INSTANCE_FACT: Final = "org.kie.api.runtime.process.WorkflowProcessInstance"


class Handle:
    """A fact handle."""

    __slots__ = ("number",)
    type_name = "org.kie.api.runtime.rule.FactHandle"

    def __init__(self, number: int) -> None:
        self.number = number

    def shown(self) -> str:
        """As handles are written."""
        return f"[fact 0:{self.number}]"


class ScriptFacts:
    """What ``insert(…)``, ``update(…)``, ``kcontext.getKieRuntime()`` … do in a process' script."""

    def __init__(self, f: Frame, rules: RuleEvaluator) -> None:
        self._f = f
        self._rules = rules

    def insert(self, fact: Any, entry_point: str = "", logical: bool = False) -> Handle:
        """Put a copy of a value in."""
        if logical:
            raise throw("IllegalStateException", "insertLogical: only a rule justifies a fact")
        return Handle(self._rules.insert(self._value(fact)))

    def update(self, target: Any, fact: Any = None) -> None:
        """Give the fact of a handle another value, or look again at one that is equal."""
        number = self._number(target)
        self._rules.update(number, self._value(fact if isinstance(target, Handle) else target))

    def delete(self, target: Any) -> None:
        """Take out the fact of a handle, or one that is equal."""
        self._rules.delete(self._number(target))

    def objects(self, entry_point: str | None = None) -> list[Any]:
        """All facts, as copies."""
        return [thaw(value, self._f) for _, value in self._rules.facts()]

    def control(self, what: str, *args: Any) -> Any:
        """``fire``; the rest is for rules alone."""
        if what != "fire":
            return self._no(what)
        run = self._rules.fire_all(self._f.context, int(args[0]) if args else -1)
        for line in run.printed:
            self._f.add_line(line)
        for wish in run.wishes:
            self._f.wish(wish.kind, wish.name, wish.value, wish.instance)
        return len(run.fired)

    def _value(self, fact: Any) -> Value:
        if getattr(fact, "type_name", "").endswith("RuleFlowProcessInstance"):
            context = self._f.context
            return Bean(
                INSTANCE_FACT,
                Map(
                    id=Long(context.instance),
                    processId=context.process,
                    processName=context.process_name,
                    state=context.status,
                    variables=Map(context.process_variables()),
                ),
            )
        return freeze(fact, self._f)

    def _number(self, target: Any) -> int:
        if isinstance(target, Handle):
            return target.number
        value = self._value(target)
        for number, known in self._rules.facts():
            if known == value:
                return number
        raise throw("IllegalArgumentException", "there is no such fact in the working memory")

    def _no(self, what: str) -> Never:
        raise throw("UnsupportedOperationException", f"{what}: only the script of a rule may do it")


HANDLE: Final = JavaClass(Handle.type_name, Handle, doc="what insert gives")
HANDLE.all({"String toExternalForm()": lambda f, o: f"0:{o.number}"})
