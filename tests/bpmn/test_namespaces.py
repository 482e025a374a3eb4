"""Elements that were written without a prefix where no default namespace is declared."""

from __future__ import annotations

from procession.core.state import WaitKind
from procession.testing import model, start
from procession.testing.models import timer
from python_scripts import compiled, definition


def prefixed(*, jbpm: bool) -> str:
    """A model whose timer alone stands in no namespace."""
    xml = model(jbpm=jbpm).start().catch("wait", timer("PT5S")).end().xml().decode()
    xml = xml.replace("xmlns=", "xmlns:b=").replace("</", "</b:").replace("<", "<b:")
    xml = xml.replace("<b:/b:", "</b:")
    for name in ("timerEventDefinition", "timeDuration"):
        xml = xml.replace(f"b:{name}", name)
    return xml


def test_in_jbpm_files_they_are_read_by_their_local_names():
    run = start(definition(prefixed(jbpm=True)))

    assert [wait.kind for wait in run.waits()] == [WaitKind.TIMER]


def test_elsewhere_they_are_no_bpmn_and_named_as_such():
    problems = {(p.element, p.text) for p in compiled(prefixed(jbpm=False)).problems}

    text = "timerEventDefinition stands in no namespace, so it is no BPMN and has no effect"
    assert ("wait", text) in problems
