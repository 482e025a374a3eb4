"""Manual task: done by somebody without our help, so it completes at once.

BPMN 2.0.2, 10.3.3.4; ``reference/rulings.md`` 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.reader import Reader


@element("manualTask")
@dataclass(frozen=True, kw_only=True)
class ManualTask(Activity):
    """Work that the process only mentions."""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task."""
        return cls(**activity_fields(xml))
