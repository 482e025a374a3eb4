"""Script task: runs a script and goes on.

BPMN 2.0.2, 10.3.3.5. It is over before anything could happen at its boundary, so only errors are
caught there. Entry and exit scripts are not read on it (``reference/jbpm-engine.md`` 1.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.mapping import feel
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.reader import Reader
from procession.core import evaluation
from procession.core.ports import Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("scriptTask")
@dataclass(frozen=True, kw_only=True)
class ScriptTask(Activity):
    """A script; one without a text does nothing."""

    script: Script | None = None

    @property
    def audit_type(self) -> str:
        """A script is an action."""
        return "ActionNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and compile its script."""
        computed = xml.vendor("script_expression")
        script = feel(xml, computed) if computed else xml.script()
        return cls(**activity_fields(xml, scripts=False), script=script)

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Run the script; what it throws may be caught at the boundary."""
        result = self.mapped.result
        if self.script is None or evaluation.run_script(t, self.script, me.id, me, result):
            t.complete(me)
