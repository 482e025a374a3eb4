"""Conditional: happens when an expression over the variables becomes true.

BPMN 2.0.2, 10.5.1 and 13.5.4. It is looked at when listening begins, and whenever a variable was
set that it sees (``core/settling.py``); true at the beginning, it happens at once. One that does
not interrupt happens again only after it was false in between. While a variable it needs has no
value, it does not hold. One that starts a process is looked at for the deployment, over data given
from outside and the data stores it names (``runtime/conditions.py``). In jBPM's files the text is a
rule pattern whatever its language says (``reference/jbpm-engine.md`` 1.5), and is looked at when
rules fire too; one that is only an expression, bare or as ``eval(...)``, is read as that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, Start
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import IGNORED_LANGUAGES, RULES
from procession.core.evaluation import holds_yet
from procession.core.graph import FlowNode
from procession.core.ports import RULE_CONDITION, Purpose, Script
from procession.core.state import ElementInstance, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map

_PATTERN: Final = re.compile(
    r"\s*(?:(?:not|exists|forall)\b|(?:\$?\w+\s*:\s*)?(?:[\w.]+\.)?[A-Z]\w*\s*\()"
)
_EVAL: Final = re.compile(r"\beval\s*\(")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_HELD: Final = Map(held=True)


@element("conditionalEventDefinition")
@dataclass(frozen=True, kw_only=True)
class ConditionalEventDefinition(EventDefinition):
    """The condition that is waited for."""

    positions: ClassVar[frozenset[str]] = frozenset({"start", "event start", "catch", "boundary"})
    kind: ClassVar[str] = "conditional"
    caught_as: ClassVar[str] = "StateNode"
    condition: Script | None = None
    stores: tuple[tuple[str, str], ...] = ()
    """Names in the condition that may mean a data store, each with the store's name."""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the expression."""
        inner = xml.child("condition")
        text = inner.text() if inner else ""
        if inner is None or not text:
            xml.problem("error", "the event has no condition")
            return cls(id=xml.id, line=xml.line)
        condition = _condition(inner, text)
        return cls(id=xml.id, line=xml.line, condition=condition, stores=_stores(xml, text))

    @property
    def wait_name(self) -> str | None:
        """What a wait goes by that is looked at when rules fire."""
        is_pattern = self.condition is not None and self.condition.language == "rule"
        return RULE_CONDITION if is_pattern else None

    @property
    def starts(self) -> tuple[Start, ...]:
        """The condition; it goes by no name."""
        return (Start("conditional", "", self),)

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Wait for it, unless it holds already."""
        wait = t.wait(owner, handler, WaitKind.CONDITION, name=self.wait_name)
        if self._holds(t, owner, handler):
            handler.triggered(t, owner, wait, None)

    def look(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> None:
        """Happen if it has become true; one that held before has to become false first."""
        holds, held = self._holds(t, owner, handler), bool(wait.parameters)
        if holds and not held:
            handler.triggered(t, owner, wait, None)
        elif held and not holds:
            t.stop_waiting(wait)
            t.wait(owner, handler, WaitKind.CONDITION, name=self.wait_name, parameters=EMPTY)

    def goes_on(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> bool:
        """Wait on, knowing that it holds."""
        t.stop_waiting(wait)
        t.wait(owner, handler, WaitKind.CONDITION, name=self.wait_name, parameters=_HELD)
        return True

    def _holds(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> bool:
        return self.condition is not None and holds_yet(t, self.condition, owner.id, handler)


def _condition(xml: Reader, text: str) -> Script | None:
    language = xml.attribute("language")
    if xml.document.is_jbpm:
        if _PATTERN.match(text):
            return xml.compile(RULES, text, Purpose.CONDITION)
        language = "" if (language or "") in IGNORED_LANGUAGES else language
        text = _EVAL.sub("(", text)
    elif language is None:
        language = xml.document.expression_language
    return xml.compile(language or "", text, Purpose.CONDITION)


def _stores(xml: Reader, text: str) -> tuple[tuple[str, str], ...]:
    """In jBPM's files data stores are drawn only."""
    if xml.document.semantics.data_stores_ignored:
        return ()
    known = xml.document.root_elements
    stores = {store.name: store for store in known.data_stores.values()}
    stores |= known.data_stores | known.store_references
    names = dict.fromkeys(_NAME.findall(text))
    return tuple((name, stores[name].name) for name in names if name in stores)
