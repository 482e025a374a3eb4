"""What all loops share: the activity as a whole, around its rounds.

BPMN 2.0.2, 10.3.8; ``reference/jbpm-engine.md`` 4.7. Boundary events listen while the loop runs.
Entry and exit scripts belong to each round of a task or a call, but to the loop as a whole if what
is done in rounds is a sub-process (1.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never

from procession.bpmn.element import REGISTRY
from procession.bpmn.elements.data.property import Property
from procession.bpmn.elements.events.boundary_event import listen_at
from procession.bpmn.reader import Reader
from procession.core import evaluation
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance, InstanceState
from procession.core.transition import Transition
from procession.errors import ExecutionFailure
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.activities.activity import Activity


@dataclass(frozen=True, kw_only=True)
class LoopCharacteristics:
    """A loop; ``activity`` is the id of what is done in rounds."""

    activity: str
    attributes: frozenset[str] = frozenset()

    @property
    def takes(self) -> str:
        """The input of the activity that is for the loop alone."""
        return ""

    @property
    def gives(self) -> str:
        """The output of the activity that the loop alone fills."""
        return ""

    @property
    def audit_type(self) -> str:
        """What jBPM calls a loop, however it goes."""
        return "ForEachNode"

    @classmethod
    def declares(cls, xml: Reader) -> Iterator[Property]:
        """The variables that every round has of its own."""
        return iter(())

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Listen at the boundary and begin."""
        node = self.node(t)
        if listen_at(t, me, node) and (not node.is_scope or node.run_scripts(t, me, node.on_entry)):
            self.begin(t, me)

    def begin(self, t: Transition, me: ElementInstance) -> None:
        """Make the first rounds, or end at once."""
        self.finish(t, me)

    def finish(self, t: Transition, me: ElementInstance) -> None:
        """The last round is done."""
        node = self.node(t)
        if not node.is_scope or node.run_scripts(t, me, node.on_exit):
            t.complete(me)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """As the activity does when it is done once."""
        self.node(t).leave(t, me)

    def round_done(self, t: Transition, me: ElementInstance, one: ElementInstance) -> None:
        """A round is about to end."""

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """A round has ended."""

    def take_results(
        self, t: Transition, one: ElementInstance, results: Mapping[str, Value]
    ) -> None:
        """The work of a round gave results."""

    def attribute(self, state: InstanceState, me: ElementInstance, name: str) -> Value:
        """What the loop says of itself."""
        return None

    def node(self, t: Transition) -> Activity:
        """What is done in rounds."""
        node: Any = t.definition.nodes[self.activity]
        return node  # type: ignore[no-any-return]

    def count(self, t: Transition, me: ElementInstance, given: int | Script, what: str) -> int:
        """A whole number that is not negative, from the model or an expression."""
        value = given if isinstance(given, int) else t.evaluate(given, me.id, me)
        number = _whole(value)
        if number is None or number < 0:
            self.fail(t, f"{what} must be a whole number of 0 or more, not {value!r}")
        return number

    def fail(self, t: Transition, text: str) -> Never:
        """Say that the loop cannot go on."""
        raise ExecutionFailure(
            evaluation.where(t, self.node(t), text),
            instance=t.state.id,
            element=self.activity,
            process=t.definition.id,
        )


def read_loop(xml: Reader, fields: dict[str, Any]) -> None:
    """Read the loop characteristics; what they take in and give out is not that of a round."""
    found = [child for child in xml.children() if child.tag.endswith("LoopCharacteristics")]
    if len(found) > 1:
        found[1].problem("error", "an activity has one kind of loop only", rule="loop")
    for child in found[:1]:
        known: Any = REGISTRY[child.tag]
        loop = fields["loop"] = known.read(child, xml)
        if loop is not None:
            fields["inputs"] = tuple(i for i in fields["inputs"] if i.target != loop.takes)
            fields["outputs"] = tuple(o for o in fields["outputs"] if o.source != loop.gives)


def _whole(value: Value) -> int | None:
    """A number of any kind, or its text, as a whole number."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(value)
        return number if isinstance(value, str) or number == value else None
    except (TypeError, ValueError, OverflowError):
        return None


def expression(xml: Reader, tag: str, purpose: Purpose) -> Script | None:
    """The expression in a child; without a language it is in that of the file."""
    inner = xml.child(tag)
    text = inner.text() if inner else ""
    if inner is None or not text:
        return None
    language = inner.attribute("language")
    if language is None:
        language = xml.document.default_language
    return inner.compile(language, text, purpose)


def counted(xml: Reader, text: str, at: Reader | None, what: str) -> int | Script | None:
    """A number of rounds as the model gives it: a number, or the expression in ``at``."""
    try:
        number = int(text)
    except ValueError:
        if at is not None:
            return expression(xml, at.tag, Purpose.EXPRESSION)
        language = xml.document.default_language
        return xml.compile(language, text, Purpose.EXPRESSION)
    if number < 0:
        xml.problem("error", f"{what} is {number}, which is negative", rule="loop")
    return number


def names(xml: Reader, *more: str) -> Reader:
    """The place of an expression in which the names of a loop mean something as well."""
    return xml.moved(types=Map({**xml.place.types, **dict.fromkeys(more, "")}))
