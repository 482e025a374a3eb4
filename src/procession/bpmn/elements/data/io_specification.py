"""Input/output specification: the parameters of an activity, by id and by name, and their sets.

BPMN 2.0.2, 10.4.2 and 13.3.2. Associations refer to the ids; the world outside sees the names. An
activity begins when one of its input sets is available, the first in order; until then it waits,
and looks again whenever a variable it sees is set. Editors list all inputs in one set without
meaning that none may be null: such a set demands nothing of an activity, only one of several, or
one that tells what is optional, does. Sets may say which of the others they go with (IORules): then
the activity keeps in mind which inputs it began with, and fails if what it gives does not fit. jBPM
takes all sets together, so in its files there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.input_set import InputSet
from procession.bpmn.elements.data.output_set import OutputSet
from procession.bpmn.elements.data.property import declared
from procession.bpmn.reader import Reader, local_name
from procession.core.graph import FlowNode
from procession.core.item_types import ItemType
from procession.core.state import ROOT, ElementInstance, WaitKind
from procession.core.transition import Transition
from procession.errors import ExecutionFailure, InvalidValue
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.data.data_input_association import DataInputAssociation
    from procession.bpmn.elements.data.data_output_association import DataOutputAssociation

WAITS: Final = "@input"
"""Name of the wait of an activity whose data are not there."""
_USED: Final = "@input set"
"""Where an activity keeps the id of the input set that it began with."""


@element("ioSpecification")
@dataclass(frozen=True, kw_only=True)
class IoSpecification:
    """Declared inputs and outputs by id, and those sets that say anything."""

    inputs: Mapping[str, ItemType] = EMPTY
    outputs: Mapping[str, ItemType] = EMPTY
    input_sets: tuple[InputSet, ...] = ()
    output_sets: tuple[OutputSet, ...] = ()
    has_rules: bool = False

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the declarations; on events they stand in the event itself."""
        inputs = tuple(InputSet.read(each) for each in xml.children("inputSet"))
        outputs = tuple(OutputSet.read(each) for each in xml.children("outputSet"))
        chooses = not xml.document.semantics.data_sets_ignored and xml.tag == "ioSpecification"
        rules = chooses and any((*(i.leads_to for i in inputs), *(o.follows for o in outputs)))
        return cls(
            inputs=_declarations(xml, "dataInput"),
            outputs=_declarations(xml, "dataOutput"),
            input_sets=inputs if rules or (chooses and _chooses(xml, inputs)) else (),
            output_sets=outputs if rules or (chooses and len(outputs) > 1) else (),
            has_rules=rules,
        )

    @classmethod
    def of(cls, xml: Reader) -> Self:
        """The specification of an activity or event; an empty one if it has none."""
        inner = xml.child("ioSpecification")
        return cls.read(inner or xml)

    def is_ready(
        self, t: Transition, me: ElementInstance, filled: tuple[DataInputAssociation, ...]
    ) -> bool:
        """Whether the data of an activity are there."""
        return not self.input_sets or self._available(t, me, filled) is not None

    def await_data(self, t: Transition, me: ElementInstance, node: FlowNode) -> None:
        """Wait for the data: ``node`` looks again when a variable is set."""
        t.wait(me, node, WaitKind.CONDITION, name=WAITS)

    def begun(
        self, t: Transition, me: ElementInstance, filled: tuple[DataInputAssociation, ...]
    ) -> ElementInstance:
        """Keep in mind which input set is used, if what comes of it depends on that."""
        used = self._available(t, me, filled) if self.has_rules else None
        if used is None:
            return me
        memo = me.memo if isinstance(me.memo, Map) else EMPTY
        return t.note(me, memo.with_items({_USED: used.id}))

    def moved(
        self, t: Transition, me: ElementInstance, filled: tuple[DataInputAssociation, ...]
    ) -> tuple[DataInputAssociation, ...]:
        """Of several input sets, what fills the one that is used."""
        if len(self.input_sets) < 2:
            return filled
        chosen = self._available(t, me, filled)
        others = {id for each in self.input_sets if each is not chosen for id in each.members}
        taken = chosen.members if chosen else ()
        return tuple(each for each in filled if each.input in taken or each.input not in others)

    def given(
        self,
        t: Transition,
        me: ElementInstance,
        results: Mapping[str, Value],
        emptied: tuple[DataOutputAssociation, ...],
    ) -> tuple[DataOutputAssociation, ...]:
        """Of several output sets, what empties the one that is available."""
        if not self.output_sets or not results:
            return emptied
        names = {id: item.name for id, item in self.outputs.items()}
        for each in self.output_sets:
            if all(results.get(names.get(id, id)) is not None for id in each.required):
                self._check_rules(t, me, each)
                others = {id for one in self.output_sets for id in one.members} - {*each.members}
                return tuple(one for one in emptied if one.output not in others)
        sets = " or ".join(", ".join(each.required) for each in self.output_sets)
        raise _failure(t, me, f"it must give {sets}")

    def _check_rules(self, t: Transition, me: ElementInstance, given: OutputSet) -> None:
        """What is given has to go with what the activity began with (10.4.2, 13.3.2)."""
        memo = t.state.elements[me.id].memo
        used = memo.get(_USED) if isinstance(memo, Map) else None
        begun = next((each for each in self.input_sets if each.id == used), None)
        if begun is None:
            return
        fits = not begun.leads_to or given.id in begun.leads_to
        if not fits or (given.follows and begun.id not in given.follows):
            text = f"output set {given.id} does not go with input set {begun.id}, which it used"
            raise _failure(t, me, text)

    def need_all(self, t: Transition) -> None:
        """Refuse to start a process without its data. Raises :class:`InvalidValue`."""
        held = t.state.variables.get(ROOT, EMPTY)
        missing: list[list[str]] = []
        for each in self.input_sets:
            names = [self.inputs[id].name for id in each.required if id in self.inputs]
            missing.append([name for name in names if held.get(name) is None])
        if missing and all(missing):
            sets = " or ".join(", ".join(names) for names in missing)
            raise InvalidValue(f"process {t.definition.id} cannot start without {sets}")

    def _available(
        self, t: Transition, me: ElementInstance, filled: tuple[DataInputAssociation, ...]
    ) -> InputSet | None:
        values: dict[str, bool] = {}
        by_input = {each.input: each for each in filled}
        for each in self.input_sets:
            for id in each.required:
                if id in by_input and id not in values:
                    values[id] = by_input[id].value(t, me) is not None
            if all(values.get(id, True) for id in each.required):
                return each
        return None


def _failure(t: Transition, me: ElementInstance, text: str) -> ExecutionFailure:
    return ExecutionFailure(
        f"{me.node} cannot complete: {text}",
        instance=t.state.id,
        element=me.node,
        process=t.definition.id,
    )


def _chooses(xml: Reader, sets: tuple[InputSet, ...]) -> bool:
    """Whether sets of inputs say more than which inputs there are."""
    parent = xml.xml.getparent()
    of_process = parent is not None and local_name(parent) == "process"
    is_meant = of_process or len(sets) > 1 or any(each.optional for each in sets)
    return is_meant and any(each.required for each in sets)


def _declarations(xml: Reader, tag: str) -> dict[str, ItemType]:
    return {d.id: declared(d, d.attribute("name") or d.id) for d in xml.children(tag)}


NO_DATA: Final = IoSpecification()
"""Of what says nothing of its data."""
