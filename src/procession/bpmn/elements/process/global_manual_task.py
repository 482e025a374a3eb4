"""Global manual task: work that nobody follows, to be called; it is over at once.

BPMN 2.0.2, 10.3.7.
"""

from __future__ import annotations

from procession.bpmn.element import element
from procession.bpmn.elements.activities.manual_task import ManualTask
from procession.bpmn.reader import Reader


@element("globalManualTask")
class GlobalManualTask:
    """A manual task that is called."""

    @classmethod
    def read(cls, xml: Reader) -> ManualTask:
        """Read it as the task it is when it is called."""
        return ManualTask.read(xml)
