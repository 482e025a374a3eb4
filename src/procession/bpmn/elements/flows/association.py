"""Association: ties a note or data to an element, or a compensation event to what it has done.

BPMN 2.0.2, 8.4.1 and 10.7.1. Only the last means anything for the run: the activity at the other
end of a compensation event at a boundary undoes what the event is attached to. It counts whatever
its direction, and wherever in the file it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("association")
@dataclass(frozen=True, kw_only=True)
class Association:
    """A dotted line."""

    id: str
    source: str
    target: str

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the line."""
        return cls(
            id=xml.id,
            source=xml.root_element(xml.attribute("sourceRef")),
            target=xml.root_element(xml.attribute("targetRef")),
        )

    @classmethod
    def all_of(cls, xml: Reader) -> tuple[tuple[str, str], ...]:
        """The ends of every line of the file that ``xml`` stands in, in document order."""
        lines = xml.xml.getroottree().getroot().iter("{*}association")
        read = [cls.read(Reader(line, xml.document, xml.place)) for line in lines]
        return tuple([(line.source, line.target) for line in read if line.source and line.target])
