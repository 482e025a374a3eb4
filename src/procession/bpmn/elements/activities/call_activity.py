"""Call activity: runs another process and, unless told otherwise, waits for its end.

BPMN 2.0.2, 10.3.6; ``reference/jbpm-engine.md`` 4.5. The results are mapped however the other
process ended; if it was aborted with an outcome, that is then an error here. ``#{...}`` in the
name of the process is resolved when it is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity, activity_fields
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance, InstanceStatus, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value


@element("callActivity")
@dataclass(frozen=True, kw_only=True)
class CallActivity(Activity):
    """A call of another process, by id or by name."""

    called_element: str = ""
    by_name: bool = False
    wait_for_completion: bool = True
    independent: bool = True

    @property
    def audit_type(self) -> str:
        """What jBPM calls a sub-process is a called one."""
        return "SubProcessNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read whom to call and how."""
        called = xml.root_element(xml.attribute("calledElement"))
        name = xml.vendor("called_by_name") or ""
        return cls(
            **activity_fields(xml),
            called_element=called or name,
            by_name=not called and bool(name),
            wait_for_completion=xml.vendor_flag("wait_for_completion", True),
            independent=xml.vendor_flag("independent", xml.document.is_jbpm),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Have the process started with the parameters as its variables."""
        called = str(t.resolve(self.called_element, me.id, me) or "")
        values = Map(self.parameters(t, me))
        wait = None
        if self.wait_for_completion:
            wait = t.wait(me, self, WaitKind.CALLED_PROCESS, name=called)
        t.call_process(
            wait,
            called,
            values,
            by_name=self.by_name,
            independent=self.independent,
            element=me.id,
        )
        if wait is None:
            self.depart(t, me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """The other process ended: ``payload`` has its ``status``, ``outcome``, ``variables``."""
        if wait is not None:
            t.stop_waiting(wait)
        ending = payload if isinstance(payload, dict) else EMPTY
        for association in self.outputs:
            association.apply(t, owner, ending.get("variables") or EMPTY)
        if ending.get("status") == InstanceStatus.ABORTED:
            self._aborted(t, owner, ending.get("outcome"), ending.get("value"))
        else:
            self.depart(t, owner)

    def _aborted(
        self, t: Transition, owner: ElementInstance, outcome: str | None, value: Value
    ) -> None:
        """An outcome is an error; one that nobody catches ends a process that depends on it."""
        is_caught = outcome is not None and t.catches_error(outcome, owner)
        if is_caught or not self.independent:
            if outcome is None:
                t.end(InstanceStatus.ABORTED)
            else:
                t.throw_error(outcome, owner, value)
        else:
            self.depart(t, owner)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Somebody must be called, and a process nobody waits for cannot depend on us."""
        yield from super().check(graph)
        if not self.called_element:
            yield error(self, "the call activity names no process to call")
        if graph.is_jbpm and not self.independent and not self.wait_for_completion:
            yield error(self, "independent and waitForCompletion cannot both be false")
