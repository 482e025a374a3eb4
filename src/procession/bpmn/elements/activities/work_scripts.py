"""Entry and exit scripts of an activity: jBPM's, and what vendors' listeners do as scripts.

``reference/jbpm-engine.md`` 1.8. The spellings stand in ``bpmn/vendor.py``.
"""

from __future__ import annotations

from procession.bpmn.reader import Reader
from procession.bpmn.vendor_notes import hears
from procession.core.ports import Purpose, Script


def work_scripts(xml: Reader, meaning: str) -> tuple[Script, ...]:
    """The scripts of one end of the work, ``on_entry`` or ``on_exit``, in document order."""
    found = [extension.script() for extension in xml.extensions(meaning)]
    found += [_listening(each) for each in xml.extensions("listener") if hears(each) == meaning]
    return tuple(script for script in found if script is not None)


def _listening(xml: Reader) -> Script | None:
    """The script of a vendor's listener: a text, or an expression for what it does."""
    child = xml.any_child("script")
    if child is not None:
        language = child.attribute("scriptFormat") or ""
        return child.compile(language, child.text(), Purpose.SCRIPT)
    return xml.compile("juel", xml.attribute("expression") or "", Purpose.EXPRESSION)
