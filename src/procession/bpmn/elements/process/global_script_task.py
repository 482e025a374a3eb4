"""Global script task: a script that call activities of any process run.

BPMN 2.0.2, 10.3.7. Here the language is called ``scriptLanguage``. The script sees and sets the
variables of the call, never those of the caller.
"""

from __future__ import annotations

from procession.bpmn.element import element
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.activities.script_task import ScriptTask
from procession.bpmn.reader import Reader


@element("globalScriptTask")
class GlobalScriptTask:
    """A script task that is called."""

    @classmethod
    def read(cls, xml: Reader) -> ScriptTask:
        """Read it as the task it is when it is called."""
        script = xml.script(attribute="scriptLanguage")
        return ScriptTask(**activity_fields(xml, scripts=False), script=script)
