"""Global user task: a person's work that call activities of any process hand out.

BPMN 2.0.2, 10.3.7. Its potential owners stand in it as in a user task; ``#{...}`` in them sees the
variables it was called with.
"""

from __future__ import annotations

from procession.bpmn.element import element
from procession.bpmn.elements.activities.user_task import UserTask
from procession.bpmn.elements.process.global_task import with_interface
from procession.bpmn.reader import Reader


@element("globalUserTask")
class GlobalUserTask:
    """A user task that is called."""

    @classmethod
    def read(cls, xml: Reader) -> UserTask:
        """Read it as the task it is when it is called."""
        return with_interface(UserTask.read(xml), xml)
