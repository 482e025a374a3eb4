"""Whose file it is: jBPM's, if it declares the drools namespace (``reference/rulings.md`` 1)."""

from __future__ import annotations

from lxml import etree

from procession.bpmn.reader import is_bpmn, local_name
from procession.bpmn.vendor import BPMN, DROOLS


def is_jbpm_file(root: etree._Element) -> bool:
    """Whether the file is jBPM's; what it has in no namespace is made BPMN then."""
    if not _uses_namespace(root, DROOLS):
        return False
    _adopt(root)
    return True


def _uses_namespace(root: etree._Element, namespace: str) -> bool:
    """Whether the namespace is declared anywhere in the document."""
    if namespace in root.nsmap.values():
        return True
    inner = "{" + namespace + "}"
    for at in root.iter(etree.Element):
        if at.tag.startswith(inner) or any(str(name).startswith(inner) for name in at.attrib):
            return True
    return False


def in_no_namespace(root: etree._Element) -> list[etree._Element]:
    """Elements in BPMN ones that were written without a prefix where none is declared."""
    found = []
    for at in root.iter("{}*"):
        parent = at.getparent()
        inside = parent is not None and is_bpmn(parent)
        if inside and local_name(parent) != "extensionElements":
            found.append(at)
    return found


def _adopt(root: etree._Element) -> None:
    """Read what stands in no namespace as BPMN, as jBPM does (``jbpm-engine.md`` 1.1)."""
    while found := in_no_namespace(root):
        for at in found:
            at.tag = "{" + BPMN + "}" + at.tag
