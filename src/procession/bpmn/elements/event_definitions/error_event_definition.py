"""Error: thrown at an end, caught further out by an event sub-process or at a boundary.

BPMN 2.0.2, 10.5.1 and 13.5.5; ``reference/jbpm-engine.md`` 4.3. An error is known by its code, and
an exception of a script by the names of its class and ancestors, which may stand as error code or
as the error's structure. A definition without an error, or an error without a code, catches all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.reader import Reader
from procession.core.state import ElementInstance
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("errorEventDefinition")
@dataclass(frozen=True, kw_only=True)
class ErrorEventDefinition(EventDefinition):
    """The error meant: ``code`` throws, ``names`` catch, ``catches_all`` catches the rest."""

    positions: ClassVar[frozenset[str]] = frozenset({"event start", "boundary", "end"})
    always_interrupts: ClassVar[bool] = True
    kind: ClassVar[str] = "error"
    ended_as: ClassVar[str] = "FaultNode"
    code: str = ""
    names: tuple[str, ...] = ()
    catches_all: bool = True

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read which error; a reference to nothing declared is a code in jBPM's files."""
        reference = xml.root_element(xml.attribute("errorRef"))
        error = xml.document.root_elements.errors.get(reference)
        if error is None:
            if reference and not xml.document.semantics.jbpm_checks:
                xml.problem("warning", f"error {reference} is not declared", rule="reference")
            return cls(
                id=xml.id,
                line=xml.line,
                code=reference,
                names=(reference,) if reference else (),
                catches_all=not reference,
            )
        structure = error.structure if error.structure not in ("", "String", "Object") else ""
        names = tuple(name for name in (error.code or error.id, structure) if name)
        return cls(
            id=xml.id,
            line=xml.line,
            code=error.code or error.id,
            names=names,
            catches_all=not error.code,
        )

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Throw outwards; what catches it cancels this event with its scope."""
        t.throw_error(self.code, me, node.value(t, me))

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """By name best, the nearer class the better; else as one that catches all."""
        if kind != "error":
            return 0
        for distance, code in enumerate(codes):
            if code in self.names:
                return 2 + len(codes) - distance
        return 1 if self.catches_all else 0
