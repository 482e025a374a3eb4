"""Multi-instance loop: an activity done for every item of a collection, or so many times.

BPMN 2.0.2, 10.3.8 and 13.3.7; ``reference/jbpm-engine.md`` 4.7. Rounds are made all at once, or one
after the other if it ``isSequential``, which jBPM does not read. The collection is that of the
beginning; what rounds give is put together when the loop ends: in the order of the items, in jBPM's
files in that of completion and after what the collection held already. ``loopCounter`` counts
rounds from 1. When a round is done its behaviour throws events, and then the completion condition
is asked, with the numbers that include the round and its variables; if it holds, the others are
cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.data_input_association import DataInputAssociation
from procession.bpmn.elements.data.data_output_association import DataOutputAssociation
from procession.bpmn.elements.data.property import Property
from procession.bpmn.elements.events.implicit_throw_event import ImplicitThrowEvent
from procession.bpmn.elements.loop_characteristics import loop_data
from procession.bpmn.elements.loop_characteristics.complex_behavior_definition import (
    ComplexBehaviorDefinition,
)
from procession.bpmn.elements.loop_characteristics.loop_characteristics import (
    LoopCharacteristics,
    expression,
    names,
)
from procession.bpmn.reader import Reader
from procession.core import evaluation, looping
from procession.core import records as r
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance, InstanceState
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Set, Value

COUNTER: Final = "loopCounter"
ITEMS: Final = looping.OWN + "items"


@element("multiInstanceLoopCharacteristics")
@dataclass(frozen=True, kw_only=True)
class MultiInstanceLoopCharacteristics(LoopCharacteristics):
    """The memo of the loop: rounds there will be, those made, completed, and cancelled.

    ``collection`` gives the items, ``item`` is the variable of one; ``result`` is the variable of a
    round that is gathered, ``results`` where it goes; ``every`` round or the ``first`` throws.
    """

    is_sequential: bool = False
    counts_from: int = 1
    cardinality: int | Script | None = None
    collection: DataInputAssociation | None = None
    item: str = ""
    result: str = ""
    results: DataOutputAssociation | None = None
    condition: Script | None = None
    behaviors: tuple[ComplexBehaviorDefinition, ...] = ()
    every: ImplicitThrowEvent | None = None
    first: ImplicitThrowEvent | None = None

    @classmethod
    def read(cls, xml: Reader, activity: Reader) -> Self:
        """Read the loop of an activity."""
        semantics = xml.document.semantics
        collection = loop_data.collection(xml, activity)
        results = loop_data.results(xml, activity)
        gathered = (results.source, results.target) if results else ()
        numbers = loop_data.numbers(xml)
        xml = names(xml, COUNTER, *numbers, *gathered)
        given = {tag: item.variable.name for tag, item in loop_data.items(xml)}
        return cls(
            activity=activity.id,
            attributes=frozenset() if semantics.loops_tell_no_numbers else frozenset(numbers),
            counts_from=1 if numbers == loop_data.NUMBERS else 0,
            is_sequential=xml.flag("isSequential", False) and not semantics.loops_are_parallel,
            cardinality=loop_data.cardinality(xml, collection),
            collection=collection,
            item=given.get("inputDataItem", ""),
            result=given.get("outputDataItem", ""),
            results=results,
            condition=expression(xml, "completionCondition", Purpose.CONDITION),
            **loop_data.behaviors(xml),
        )

    @property
    def takes(self) -> str:
        """The collection."""
        return self.collection.target if self.collection else ""

    @property
    def gives(self) -> str:
        """The results."""
        return self.results.source if self.results else ""

    @classmethod
    def declares(cls, xml: Reader) -> Iterator[Property]:
        """The variables that every round has of its own."""
        return (item for _, item in loop_data.items(xml))

    def begin(self, t: Transition, me: ElementInstance) -> None:
        """Make the rounds, or the first; none at all if there is nothing to do."""
        items: tuple[Value, ...] | None = None
        if self.collection is None:
            total = self.count(t, me, self.cardinality or 0, "loopCardinality")
        else:
            value = self.collection.value(t, me)
            if value is not None and not isinstance(value, tuple | Set):
                self.fail(t, f"Unexpected collection type: {type(value).__name__}")
            total = len(items := tuple(value or ()))
        looping.need_bounded(t, me, total)
        me = t.note(me, (total, 0 if self.is_sequential else total, 0, 0))
        if total == 0:
            self._end(t, me)
        elif self.is_sequential:
            if items is not None:
                t.append(r.VariableSet(me.id, ITEMS, items))
            self._next(t, me)
        else:
            numbers = [self._make(t, me, place, items) for place in range(total)]
            t.enter_each(numbers[0], numbers[-1])

    def round_done(self, t: Transition, me: ElementInstance, one: ElementInstance) -> None:
        """Gather what it gave, throw what is to be thrown, ask whether that was enough."""
        total, made, done, stopped = me.memo
        me = t.note(me, (total, made, done + 1, stopped))
        if self.results is not None and self.result:
            by_end = t.definition.semantics.loop_results_as_completed
            place = done + 1 if by_end else one.id
            looping.gather(t, me, place, t.variable(one.id, self.result))
        so_far = loop_data.so_far(self.results, t, me)
        enough = self.condition if self._throws(t, me, one, so_far) else None
        if enough is not None and evaluation.holds(t, enough, one.id, self.node(t), so_far):
            t.cancel_children(me, but=one.id)
            t.note(me, (total, total, done + 1, total - done - 1))

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Make the next round, or end when none is left."""
        total, made, done, _ = me.memo
        stopped = made - done - len(t.state.children.get(me.id, ()))
        if stopped != me.memo[3]:
            me = t.note(me, (total, made, done, stopped))
        if made < total:
            self._next(t, me)
        elif made == done + stopped:
            self._end(t, me)

    def attribute(self, state: InstanceState, me: ElementInstance, name: str) -> Value:
        """How many rounds there are, of each kind."""
        total, made, done, stopped = me.memo
        return (total, made - done - stopped, done, stopped)[loop_data.place_of(name)]

    def take_results(
        self, t: Transition, one: ElementInstance, results: Mapping[str, Value]
    ) -> None:
        """A result that is called like what a round gives is what it gives."""
        if self.result in results:
            t.set_variable(one.id, self.result, results[self.result])

    def _next(self, t: Transition, me: ElementInstance) -> None:
        total, made, done, stopped = me.memo
        me = t.note(me, (total, made + 1, done, stopped))
        items = t.state.variables.get(me.id, EMPTY).get(ITEMS)
        number = self._make(t, me, made, items)
        t.enter_each(number, number)

    def _make(
        self, t: Transition, me: ElementInstance, place: int, items: tuple[Value, ...] | None
    ) -> int:
        given: dict[str, Value] = {}
        if not t.definition.semantics.loops_tell_no_numbers:
            given[COUNTER] = place + self.counts_from
        if items is not None and self.item:
            given[self.item] = items[place]
        return looping.make_round(t, me, given)

    def _throws(
        self, t: Transition, me: ElementInstance, one: ElementInstance, so_far: Mapping[str, Value]
    ) -> bool:
        """Throw what the behaviour says; whether the round, and so the loop, goes on."""
        events = [self.every, self.first if me.memo[2] == 1 else None]
        for behavior in self.behaviors:
            if evaluation.holds(t, behavior.condition, one.id, self.node(t), so_far):
                events.append(behavior.event)
        return all(event is None or event.throw(t, one) for event in events)

    def _end(self, t: Transition, me: ElementInstance) -> None:
        """Hand on what the rounds gave."""
        appends = t.definition.semantics.loop_results_appended
        if self.results is not None and self.result and (me.memo[0] or not appends):
            gathered: Value = looping.gathered(t.state, me)
            if appends:
                gathered = loop_data.appended(t.variable(me.id, self.results.target), gathered)
            self.results.apply(t, me, Map({self.results.source: gathered}))
        self.finish(t, me)
