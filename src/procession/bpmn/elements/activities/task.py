"""Task: a work item called by its ``taskName``; without that name, tokens pass through.

BPMN 2.0.2, 10.3.3 (abstract task). In jBPM's files a task without a name is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("task")
@dataclass(frozen=True, kw_only=True)
class Task(Activity):
    """A task of no particular kind."""

    task_name: str = ""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and the name of its work item."""
        return cls(**activity_fields(xml), task_name=xml.vendor("task_name") or "")

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Open the work item, or pass on."""
        if not self.task_name:
            self.finish(t, me)
            return
        self.open_work_item(t, me, self.task_name, self.parameters(t, me))

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """jBPM needs to know whom to call."""
        yield from super().check(graph)
        if graph.semantics.jbpm_checks and not self.task_name:
            yield error(self, "the task has no taskName, so nobody would do it")
