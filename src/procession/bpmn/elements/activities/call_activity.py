"""Call activity: runs another process and, unless told otherwise, waits for its end.

BPMN 2.0.2, 10.3.6; ``reference/jbpm-engine.md`` 4.5. The results are mapped however the other
process ended; if it was aborted with an outcome, that is then an error here. ``#{...}`` in the
name of the process is resolved when it is called. Which revision runs is what the binding says: of
the caller's own deployment, the latest there is, or one by its version; without one, the caller's
own if it has such a process, else the latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.handing import NOTHING, Handed, read_handed
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.expression_languages import as_template
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import recalling
from procession.core import records as r
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance, InstanceStatus, Role, Wait, WaitKind
from procession.core.throwing import find_catcher, throw_escalation
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value

Binding = Literal["", "deployment", "latest", "version"]
_BINDINGS: Final[dict[str, Binding]] = {
    "": "",
    "deployment": "deployment",
    "latest": "latest",
    "version": "version",
    "versionTag": "version",
}


@element("callActivity")
@dataclass(frozen=True, kw_only=True)
class CallActivity(Activity):
    """A call of another process, by id or by name."""

    hides_rounds: ClassVar[bool] = True
    called_element: str = ""
    by_name: bool = False
    wait_for_completion: bool = True
    independent: bool = True
    binding: Binding = ""
    version: str = ""
    handed_in: Handed = NOTHING
    handed_back: Handed = NOTHING

    @property
    def audit_type(self) -> str:
        """What jBPM calls a sub-process is a called one."""
        return "SubProcessNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read whom to call and how."""
        called = xml.root_element(xml.attribute("calledElement"))
        name = xml.vendor("called_by_name") or ""
        element = next(xml.extensions("called"), None)
        called = called or (element.attribute("processId") if element else "") or ""
        binding, version = _binding(xml, element)
        lives_on = xml.document.semantics.called_processes_live_on
        return cls(
            **activity_fields(xml),
            called_element=as_template(xml, called or name, "calledElement"),
            by_name=not called and bool(name),
            wait_for_completion=xml.vendor_flag("wait_for_completion", True),
            independent=xml.vendor_flag("independent", lives_on),
            binding=binding,
            version=version,
            handed_in=read_handed(xml, "called_input", element, "propagateAllParentVariables"),
            handed_back=read_handed(xml, "called_output", element, "propagateAllChildVariables"),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Have the process started with the parameters as its variables."""
        called = str(t.resolve(self.called_element, me.id, me) or "")
        values = Map({**self.handed_in.values(t, me), **self.parameters(t, me)})
        wait = None
        if self.wait_for_completion:
            wait = t.wait(me, self, WaitKind.CALLED_PROCESS, name=called)
        number = wait.id if wait else 0
        version = str(t.resolve(self.version, me.id, me) or "")
        t.append(
            r.ProcessCalled(
                number,
                called,
                values,
                self.by_name,
                self.independent,
                me.id,
                self.binding,
                version,
            )
        )
        if wait is None:
            self.depart(t, me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """The other process ended: ``payload`` has its ``status``, ``outcome``, ``variables``.

        With an ``escalation`` it goes on, and tells what it did not catch itself.
        """
        if isinstance(payload, dict) and "escalation" in payload:
            throw_escalation(t, str(payload["escalation"]), owner, payload.get("value"))
            return
        if wait is not None:
            t.stop_waiting(wait)
        ending = payload if isinstance(payload, dict) else EMPTY
        if owner.role is Role.COMPENSATION:
            recalling.ended(t, owner, Map(ending))
            return
        recalling.receive(t, owner, ending.get("kept"))
        results = ending.get("variables") or EMPTY
        for name, value in self.handed_back.values(t, owner, results).items():
            t.set_variable(owner.id, name, value)
        self.map_results(t, owner, results)
        if ending.get("status") == InstanceStatus.ABORTED:
            self._aborted(t, owner, ending)
        else:
            self.depart(t, owner)

    def _aborted(self, t: Transition, owner: ElementInstance, ending: Mapping[str, Value]) -> None:
        """An outcome is an error; one that nobody catches ends a process that depends on it.

        One that was thrown as an escalation may be caught as such.
        """
        outcome, value = ending.get("outcome"), ending.get("value")
        codes = (str(outcome),)
        if ending.get("kind") == "escalation" and find_catcher(t, owner, "escalation", codes):
            throw_escalation(t, str(outcome), owner, value)
            if owner.id in t.state.elements:
                self.depart(t, owner)
            return
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
        if graph.semantics.jbpm_checks and not self.independent and not self.wait_for_completion:
            yield error(self, "independent and waitForCompletion cannot both be false")


def _binding(xml: Reader, element: Reader | None) -> tuple[Binding, str]:
    """Which revision is meant, as vendors say it."""
    given = xml.vendor("called_binding") or ""
    version = xml.vendor("called_version") or ""
    if element is not None:
        given = given or element.attribute("bindingType") or ""
        version = version or element.attribute("versionTag") or ""
    if xml.vendor_flag("called_in_deployment", False):
        given = given or "deployment"
    if given not in _BINDINGS:
        xml.problem("error", f"the binding {given!r} is unknown", rule="unsupported")
    binding = _BINDINGS.get(given, "")
    if binding == "version" and not version:
        xml.problem("error", "the call is bound to a version, and none is given")
    return binding, version if binding == "version" else ""
