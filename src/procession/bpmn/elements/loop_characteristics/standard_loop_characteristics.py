"""Standard loop: an activity done again and again while a condition holds.

BPMN 2.0.2, 10.3.8 and 13.3.6. The condition is asked after each round, where it sees what the round
has set, or with ``testBefore`` before each; ``loopMaximum`` ends the loop whatever it says.
``loopCounter`` is the number of the round, from 1. jBPM does not know these loops: in its files the
activity is done once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.loop_characteristics.loop_characteristics import (
    LoopCharacteristics,
    counted,
    expression,
    names,
)
from procession.bpmn.reader import Reader
from procession.core import evaluation, looping
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance, InstanceState
from procession.core.transition import Transition
from procession.values import Map, Value

COUNTER: Final = "loopCounter"


@element("standardLoopCharacteristics")
@dataclass(frozen=True, kw_only=True)
class StandardLoopCharacteristics(LoopCharacteristics):
    """The memo of the loop: the most rounds it may have, those begun, and whether it goes on."""

    attributes: frozenset[str] = frozenset({COUNTER})
    test_before: bool = False
    maximum: int | Script | None = None
    condition: Script | None = None

    @classmethod
    def read(cls, xml: Reader, activity: Reader) -> Self | None:
        """Read the loop of an activity; ``None`` if there is none to do."""
        if xml.document.semantics.standard_loops_ignored:
            xml.problem("warning", "a standard loop has no effect in files of jBPM", rule="ignored")
            return None
        xml = names(xml, COUNTER)
        text = (xml.attribute("loopMaximum") or "").strip()
        maximum = counted(xml, text, None, "loopMaximum") if text else None
        condition = expression(xml, "loopCondition", Purpose.CONDITION)
        if maximum is None and condition is None:
            text = "a loop without condition and maximum is not a formal one: it is done once"
            xml.problem("warning", text, rule="loop")
            return None
        return cls(
            activity=activity.id,
            test_before=xml.flag("testBefore", False),
            maximum=maximum,
            condition=condition,
        )

    def begin(self, t: Transition, me: ElementInstance) -> None:
        """Begin the first round, unless the condition is asked before and does not hold."""
        maximum = None
        if self.maximum is not None:
            maximum = self.count(t, me, self.maximum, "loopMaximum")
        me = t.note(me, (maximum, 0, None))
        if self.test_before or maximum == 0:
            self._go_on(t, me, self._again(t, me, me.id))
        else:
            self._go_on(t, me, True)

    def round_done(self, t: Transition, me: ElementInstance, one: ElementInstance) -> None:
        """Ask the condition while the variables of the round are there."""
        again = self._again(t, me, one.id)
        maximum, rounds, _ = me.memo
        t.note(me, (maximum, rounds, again))

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Go on, or end; a round that was stopped has not been asked yet."""
        again = me.memo[2]
        self._go_on(t, me, self._again(t, me, me.id) if again is None else again)

    def attribute(self, state: InstanceState, me: ElementInstance, name: str) -> Value:
        """Rounds begun so far."""
        return me.memo[1]

    def _again(self, t: Transition, me: ElementInstance, scope: int) -> bool:
        maximum, rounds, _ = me.memo
        if maximum is not None and rounds >= maximum:
            return False
        return self.condition is None or evaluation.holds(t, self.condition, scope, self.node(t))

    def _go_on(self, t: Transition, me: ElementInstance, again: bool) -> None:
        if not again:
            self.finish(t, me)
            return
        maximum, rounds, _ = me.memo
        looping.need_bounded(t, me, 1)
        t.note(me, (maximum, rounds + 1, None))
        number = looping.make_round(t, me, Map({COUNTER: rounds + 1}))
        t.enter_each(number, number)
