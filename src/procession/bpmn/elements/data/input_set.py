"""Input set: the inputs that an activity or a process needs together before it can begin.

BPMN 2.0.2, 10.4.2 and 13.3.2. It is available when each of its inputs that is not optional has a
value. Inputs that no association fills are not waited for, nor are those of an only set that calls
none optional (``io_specification.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("inputSet")
@dataclass(frozen=True, kw_only=True)
class InputSet:
    """Ids of inputs: those that must be there, those that need not, and all.

    ``leads_to`` are the output sets of which one is to come when this set was used; none: any.
    """

    id: str = ""
    required: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the references."""
        members = references(xml, "dataInputRefs")
        optional = references(xml, "optionalInputRefs")
        required = tuple(id for id in members if id not in optional)
        return cls(
            id=xml.id,
            required=required,
            members=(*members, *optional),
            optional=optional,
            leads_to=references(xml, "outputSetRefs"),
        )


def references(xml: Reader, tag: str) -> tuple[str, ...]:
    """The ids that children of one tag refer to."""
    return tuple(xml.root_element(child.text()) for child in xml.children(tag))
