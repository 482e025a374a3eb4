"""Reads what a DMN document declares: imports, types, and the elements of the graph."""

from __future__ import annotations

from lxml import etree

from procession.rules.dmn import source
from procession.rules.dmn.reader import GRAPH, Reader, read_function, spaced


def _name(xml: etree._Element) -> str:
    return " ".join(str(xml.get("name") or "").split())


def read_imports(reader: Reader, root: etree._Element) -> tuple[source.Import, ...]:
    """The models that are imported; anything else that can be imported is refused."""
    made = []
    for xml in reader.children(root, "import"):
        kind = str(xml.get("importType") or "")
        if "/DMN/" not in kind:
            reader.problem(xml, f"only DMN models can be imported, not {kind or 'nothing'}")
            continue
        namespace = spaced(str(xml.get("namespace") or ""))
        made.append(source.Import(_name(xml), namespace, kind, xml.sourceline or 0))
    return tuple(made)


def read_items(reader: Reader, root: etree._Element) -> tuple[source.ItemDefinition, ...]:
    """The item definitions."""
    return tuple([_item(reader, xml) for xml in reader.children(root, "itemDefinition")])


def _item(reader: Reader, xml: etree._Element) -> source.ItemDefinition:
    function = None
    holder = reader.child(xml, "functionItem")
    if holder is not None:
        given = [(_name(p), reader.type_ref(p)) for p in reader.children(holder, "parameters")]
        function = (tuple(given), str(holder.get("outputTypeRef") or ""))
    return source.ItemDefinition(
        name=_name(xml),
        line=xml.sourceline or 0,
        id=str(xml.get("id") or ""),
        type_ref=reader.type_ref(xml),
        is_collection=xml.get("isCollection") in ("true", "1"),
        allowed=reader.text(reader.child(xml, "allowedValues")),
        constraint=reader.text(reader.child(xml, "typeConstraint")),
        components=tuple([_item(reader, one) for one in reader.children(xml, "itemComponent")]),
        function=function,
    )


def read_elements(reader: Reader, root: etree._Element) -> tuple[source.Element, ...]:
    """Input data, decisions, knowledge models and services, in the order of the document."""
    made: list[source.Element] = []
    ids: set[str] = set()
    for xml in reader.children(root, *GRAPH):
        element = _element(reader, xml)
        if element.id in ids:
            reader.problem(xml, f"the id {element.id} is used twice")
        ids.add(element.id)
        if not element.name:
            reader.problem(xml, "a name is missing")
        made.append(element)
    return tuple(made)


def _element(reader: Reader, xml: etree._Element) -> source.Element:
    variable = reader.child(xml, "variable")
    known = {
        "id": str(xml.get("id") or xml.get("name") or ""),
        "name": _name(xml),
        "variable": (_name(variable) if variable is not None else "") or _name(xml),
        "type_ref": "" if variable is None else reader.type_ref(variable),
    }
    line = xml.sourceline or 0
    tag = str(etree.QName(xml).localname)
    if tag == "inputData":
        return source.InputData(line=line, **known)
    if tag == "decisionService":
        return source.Service(
            line=line,
            **known,
            outputs=reader.hrefs(xml, "outputDecision"),
            encapsulated=reader.hrefs(xml, "encapsulatedDecision"),
            input_decisions=reader.hrefs(xml, "inputDecision"),
            input_data=reader.hrefs(xml, "inputData"),
        )
    knowledge = reader.hrefs(xml, "knowledgeRequirement", "requiredKnowledge")
    if tag == "businessKnowledgeModel":
        logic = reader.child(xml, "encapsulatedLogic")
        function = None if logic is None else read_function(reader, logic)
        return source.Knowledge(line=line, **known, knowledge=knowledge, logic=function)
    requires = reader.hrefs(xml, "informationRequirement", "requiredDecision", "requiredInput")
    return source.Decision(
        line=line, **known, requires=requires, knowledge=knowledge, logic=reader.inside(xml)
    )
