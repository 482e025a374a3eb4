"""Output set: the results that an activity gives together when it is done.

BPMN 2.0.2, 10.4.2 and 13.3.2. Of several sets the first whose results that are not optional are
there is moved, and no other result; if none is available, the activity cannot complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.input_set import references
from procession.bpmn.reader import Reader


@element("outputSet")
@dataclass(frozen=True, kw_only=True)
class OutputSet:
    """Ids of outputs: those that must be there, and all.

    ``follows`` are the input sets of which one has to have been used; none: any.
    """

    id: str = ""
    required: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the references."""
        members = references(xml, "dataOutputRefs")
        optional = references(xml, "optionalOutputRefs")
        required = tuple(id for id in members if id not in optional)
        return cls(
            id=xml.id,
            required=required,
            members=(*members, *optional),
            follows=references(xml, "inputSetRefs"),
        )
