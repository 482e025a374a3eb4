"""Business objects as a process declares them: whether what is written there can be checked.

``reference/oneweb-rest-api.md`` 3.4. A field whose type nobody knows would let everything pass, and
of two fields of one name one would be forgotten; both are refused, with the line.
"""

from __future__ import annotations

from lxml import etree

from procession.bpmn.reader import Reader, local_name
from procession.core.item_types import is_known
from procession.values import EMPTY, Map, Value


def check_business_objects(xml: Reader) -> None:
    """Report what is wrong with the business objects of a process."""
    objects = list(xml.extensions("business_object"))
    _names(xml, [one.xml for one in objects], "the process")
    for one in objects:
        _inside(xml, one.xml, one.attribute("name") or "")


def _inside(xml: Reader, declared: etree._Element, name: str) -> None:
    children = list(declared.iterchildren(etree.Element))
    _names(xml, children, f"business object {name!r}")
    for child in children:
        field, kind = f"{name}.{child.get('name') or ''}", local_name(child)
        if kind == "businessObject":
            _inside(xml, child, field)
        elif kind != "field":
            _report(xml, child, f"{kind} is no part of a business object: use field")
        elif not is_known(child.get("type") or "String"):
            known = "String, Integer, Decimal, Date, Time, Boolean"
            _report(xml, child, f"field {field!r} has the type {child.get('type')!r}, not {known}")


def _names(xml: Reader, declared: list[etree._Element], where: str) -> None:
    seen: set[str] = set()
    for one in declared:
        name = one.get("name") or ""
        if not name:
            _report(xml, one, f"{local_name(one)} in {where} has no name")
        elif name in seen:
            _report(xml, one, f"{name!r} is declared twice in {where}")
        seen.add(name)


def _report(xml: Reader, at: etree._Element, text: str) -> None:
    line: int = at.sourceline or xml.line
    xml.problem("error", text, rule="business-object", line=line)


def attributes_of(xml: Reader) -> Map:
    """What is said of a process beside the standard: unique id and business objects.

    The classes that its deployment brings are business objects by their full names; what the
    process itself declares goes before them.
    """
    found: dict[str, Value] = {}
    unique = xml.vendor("unique_id")
    if unique:
        found["unique_id"] = unique
    types = xml.document.data_types
    objects = {name: Map(one.fields) for name, one in types.items() if one.fields}
    objects |= {o.attribute("name") or "": _fields(o) for o in xml.extensions("business_object")}
    if objects:
        found["business_objects"] = Map(objects)
    return Map(found) if found else EMPTY


def _fields(xml: Reader) -> Map:
    """Fields of a business object: a type by name, or a map for an object inside."""
    found: dict[str, Value] = {}
    for child in xml.xml.iterchildren(etree.Element):
        name = child.get("name") or ""
        inner = Reader(child, xml.document, xml.place)
        is_object = local_name(child) == "businessObject"
        found[name] = _fields(inner) if is_object else child.get("type") or "String"
    return Map(found)
