"""What other engines' extensions say and this one does not do: a warning names each.

Only vendors we know are looked at, because theirs may mean something for the run; what any other
tool adds to a file is its own affair (BPMN 2.0.2, 8.2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from procession.bpmn.reader import Reader, local_name
from procession.bpmn.vendor import (
    ATTRIBUTES,
    ELEMENTS,
    JUEL,
    PLACES,
    WITHOUT_MEANING,
    ZEEBE,
    Spelling,
)

_EVENTS: Final = {"start": "on_entry", "end": "on_exit"}
_LISTENERS: Final = ("userTask", "serviceTask", "sendTask", "receiveTask", "task", "manualTask")
_SCOPES: Final = ("subProcess", "callActivity", "adHocSubProcess", "transaction")


def hears(listener: Reader) -> str:
    """When the script of a listener runs, ``on_entry`` or ``on_exit``; ``""`` if it does not."""
    holder = listener.xml.getparent()
    owner = None if holder is None else holder.getparent()
    can = owner is not None and local_name(owner) in (*_LISTENERS, *_SCOPES)
    has_text = bool(listener.attribute("expression")) or listener.any_child("script") is not None
    return _EVENTS.get(listener.attribute("event") or "", "") if can and has_text else ""


def note_vendors(xml: Reader) -> None:
    """Warn of every extension of a known vendor that has no effect on this element."""
    document = xml.document
    if document.is_jbpm or document.namespaces.isdisjoint({*JUEL, ZEEBE}):
        return
    if xml.tag == "message" and (xml.attribute("name") or "").startswith(("$", "#{", "=")):
        _warn(xml, "names of messages are not computed, so this one is taken as it is written")
    for name, value in xml.xml.attrib.items():
        full = etree.QName(str(name))
        if full.namespace in (*JUEL, ZEEBE) and not _is_read(xml, full, str(value)):
            _warn(xml, f"{full.localname} has no effect")
    for holder in xml.children("extensionElements"):
        for child in holder.xml.iterchildren(etree.Element):
            _element(xml, Reader(child, document, xml.place))


def _element(xml: Reader, child: Reader) -> None:
    full = etree.QName(child.xml)
    if full.namespace not in (*JUEL, ZEEBE) or full.localname in WITHOUT_MEANING:
        return
    named = child.attribute("name") or child.attribute("event")
    text = f"{full.localname} {named or ''}".strip()
    meanings = [m for m, spelled in ELEMENTS.items() if _spells(spelled, full)]
    if "listener" in meanings and not hears(child):
        _warn(child, f"{text} has no effect: listeners are scripts at the start and end of work")
    elif meanings:
        if not any(xml.tag in PLACES.get(meaning, (xml.tag,)) for meaning in meanings):
            _warn(child, f"{text} has no effect here")
    else:
        read = set(_within(full))
        if not read:
            _warn(child, f"{text} has no effect")
        for name in child.xml.attrib:
            if read and str(name) not in read:
                _warn(child, f"{name} of {full.localname} has no effect")


def _is_read(xml: Reader, full: etree.QName, value: str) -> bool:
    if full.localname in WITHOUT_MEANING:
        return True
    if full.localname == "type" and value == "external":
        return True
    meanings = [m for m, spelled in ATTRIBUTES.items() if _spells(spelled, full)]
    return any(xml.tag in PLACES.get(meaning, (xml.tag,)) for meaning in meanings)


def _spells(spelled: tuple[Spelling, ...], full: etree.QName) -> bool:
    return any(
        not one.within and one.name == full.localname and one.namespace in ("*", full.namespace)
        for one in spelled
    )


def _within(full: etree.QName) -> Iterator[str]:
    """The attributes that are read of an extension element."""
    for spelled in ATTRIBUTES.values():
        for one in spelled:
            if one.within == full.localname and one.namespace == full.namespace:
                yield one.name


def _warn(xml: Reader, text: str) -> None:
    xml.problem("warning", text, rule="vendor")
