"""Global task: a task outside all processes, which call activities call like a process.

BPMN 2.0.2, 10.3.7. It becomes a definition with that one task in it: what its input/output
specification names are the variables it is called with and gives back, and the parameters and
results of the task go by the same names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.task import Task
from procession.bpmn.elements.data.data_input_association import DataInputAssociation
from procession.bpmn.elements.data.data_output_association import DataOutputAssociation
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.reader import Reader

AnyTask = TypeVar("AnyTask", bound=Activity)


@element("globalTask")
class GlobalTask:
    """A task of no particular kind; with a ``taskName`` it is a work item."""

    @classmethod
    def read(cls, xml: Reader) -> Task:
        """Read it as the task it is when it is called."""
        return with_interface(Task.read(xml), xml)


def with_interface(task: AnyTask, xml: Reader) -> AnyTask:
    """The task with the names of its interface as its parameters and results."""
    io = IoSpecification.of(xml)
    names = [item.name for item in io.inputs.values()]
    results = [item.name for item in io.outputs.values()]
    return replace(
        task,
        inputs=tuple(DataInputAssociation(target=name, source=name) for name in names),
        outputs=tuple(DataOutputAssociation(target=name, source=name) for name in results),
    )
