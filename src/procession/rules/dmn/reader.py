"""Reads a DMN document: every problem at once, with element and line.

All namespaces of DMN 1.1 to 1.5 are one; elements of others (diagrams, vendors' extensions) are
passed over. Texts are not looked into here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from procession.rules.dmn import source
from procession.rules.dmn.source import Problem
from procession.rules.dmn.tables_reader import read_table
from procession.xml_documents import Unreadable, parse

NAMESPACES: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_PASSED_OVER: Final = frozenset(
    [
        *("description", "extensionElements", "knowledgeSource", "elementCollection", "group"),
        *("association", "textAnnotation", "performanceIndicator", "organizationUnit"),
        *("businessContextElement", "artifact"),
    ]
)


class Reader:
    """One document while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.namespace = ""
        self.prefix = ""

    # -- what elements are made of -----------------------------------------------------------

    def problem(self, xml: etree._Element, text: str, severity: str = "error") -> None:
        """Note that something is wrong with an element."""
        name = str(xml.get("id") or xml.get("name") or _tag(xml))
        self.problems.append(Problem(severity, name, xml.sourceline or 0, text, self.file))

    def children(self, xml: etree._Element, *tags: str) -> Iterator[etree._Element]:
        """The DMN elements inside an element."""
        for child in xml.iterchildren(etree.Element):
            if str(child.tag).startswith(self.prefix) and (not tags or _tag(child) in tags):
                yield child

    def child(self, xml: etree._Element, tag: str) -> etree._Element | None:
        """The first DMN element of that name inside an element."""
        return next(self.children(xml, tag), None)

    def text(self, xml: etree._Element | None) -> str:
        """The text of the element ``text`` inside an element; its lines are counted from there."""
        found = None if xml is None else self.child(xml, "text")
        return "" if found is None else "".join(found.itertext()).rstrip()

    def text_line(self, xml: etree._Element) -> int:
        """The line on which the text inside an element begins."""
        found = self.child(xml, "text")
        return (xml if found is None else found).sourceline or 0

    def type_ref(self, xml: etree._Element) -> str:
        """The name of a type: an attribute, or in DMN 1.1 an element."""
        inner = self.child(xml, "typeRef")
        text = str(xml.get("typeRef") or (inner.text if inner is not None else "") or "").strip()
        prefix, mark, rest = text.partition(":")
        if not mark or prefix not in xml.nsmap:
            return text if not text.startswith("{") else text.partition("}")[2]
        namespace = str(xml.nsmap[prefix])
        if "/FEEL/" in namespace or spaced(namespace) == self.namespace:
            return rest
        return f"{{{spaced(namespace)}}}{rest}"

    def href(self, xml: etree._Element) -> str:
        """A reference as ``namespace#id``."""
        text = str(xml.get("href") or "").strip()
        namespace, _, name = text.rpartition("#")
        if not name:
            self.problem(xml, "it refers to nothing: href is missing")
        return f"{spaced(namespace) or self.namespace}#{name}"

    def hrefs(self, xml: etree._Element, tag: str, *inner: str) -> tuple[str, ...]:
        """References in elements of that name, or in some elements inside of them."""
        found = list(self.children(xml, tag))
        if inner:
            found = [child for one in found for child in self.children(one, *inner)]
        return tuple([self.href(one) for one in found])

    # -- expressions -------------------------------------------------------------------------

    def inside(self, xml: etree._Element | None) -> source.Expression | None:
        """The expression inside an element."""
        if xml is None:
            return None
        for child in self.children(xml):
            if _tag(child) in _EXPRESSIONS:
                return self.expression(child)
        return None

    def expression(self, xml: etree._Element) -> source.Expression | None:
        """An expression."""
        return _EXPRESSIONS[_tag(xml)](self, xml)


def spaced(namespace: str) -> str:
    """A namespace of models as we compare it: tools differ in the slash at its end."""
    return namespace.rstrip("/")


def _tag(xml: etree._Element) -> str:
    tag = str(xml.tag)
    return tag[tag.rfind("}") + 1 :]


def _id(xml: etree._Element) -> str:
    return str(xml.get("id") or "")


def _name(xml: etree._Element | None) -> str:
    return "" if xml is None else " ".join(str(xml.get("name") or "").split())


def _literal(reader: Reader, xml: etree._Element) -> source.Literal:
    if reader.child(xml, "importedValues") is not None:
        reader.problem(xml, "imported values are not supported; write the expression")
    return source.Literal(
        line=reader.text_line(xml),
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        text=reader.text(xml),
        language=str(xml.get("expressionLanguage") or ""),
    )


def _context(reader: Reader, xml: etree._Element) -> source.Context:
    entries = []
    for entry in reader.children(xml, "contextEntry"):
        variable = reader.child(entry, "variable")
        kind = "" if variable is None else reader.type_ref(variable)
        entries.append((_name(variable), kind, reader.inside(entry)))
    return source.Context(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        entries=tuple(entries),
    )


def _relation(reader: Reader, xml: etree._Element) -> source.Relation:
    columns = tuple([_name(column) for column in reader.children(xml, "column")])
    rows = []
    for row in reader.children(xml, "row"):
        cells = [c for c in reader.children(row) if _tag(c) in _EXPRESSIONS]
        if len(cells) != len(columns):
            reader.problem(row, f"the row has {len(cells)} cells for {len(columns)} columns")
            continue
        rows.append(tuple([reader.expression(cell) for cell in cells]))
    return source.Relation(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        columns=columns,
        rows=tuple(rows),
    )


def _list(reader: Reader, xml: etree._Element) -> source.ListOf:
    items = [reader.expression(c) for c in reader.children(xml) if _tag(c) in _EXPRESSIONS]
    return source.ListOf(
        line=xml.sourceline or 0, id=_id(xml), type_ref=reader.type_ref(xml), items=tuple(items)
    )


def _invocation(reader: Reader, xml: etree._Element) -> source.Invocation:
    bindings = []
    for binding in reader.children(xml, "binding"):
        bindings.append((_name(reader.child(binding, "parameter")), reader.inside(binding)))
    return source.Invocation(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        callee=reader.inside(xml),
        bindings=tuple(bindings),
    )


def read_function(reader: Reader, xml: etree._Element) -> source.Function:
    """A function definition."""
    parameters = [
        (_name(one), reader.type_ref(one)) for one in reader.children(xml, "formalParameter")
    ]
    return source.Function(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        parameters=tuple(parameters),
        body=reader.inside(xml),
        kind=str(xml.get("kind") or "FEEL"),
    )


def _conditional(reader: Reader, xml: etree._Element) -> source.Conditional:
    return source.Conditional(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        test=reader.inside(reader.child(xml, "if")),
        yes=reader.inside(reader.child(xml, "then")),
        no=reader.inside(reader.child(xml, "else")),
    )


def _filter(reader: Reader, xml: etree._Element) -> source.Filter:
    return source.Filter(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        items=reader.inside(reader.child(xml, "in")),
        match=reader.inside(reader.child(xml, "match")),
    )


def _iteration(reader: Reader, xml: etree._Element) -> source.Iteration:
    kind = _tag(xml)
    return source.Iteration(
        line=xml.sourceline or 0,
        id=_id(xml),
        type_ref=reader.type_ref(xml),
        kind=kind,
        variable=str(xml.get("iteratorVariable") or ""),
        items=reader.inside(reader.child(xml, "in")),
        body=reader.inside(reader.child(xml, "return" if kind == "for" else "satisfies")),
    )


def _table(reader: Reader, xml: etree._Element) -> source.Table:
    return read_table(reader, xml)


_EXPRESSIONS: Final[dict[str, Callable[[Reader, etree._Element], source.Expression | None]]] = {
    "literalExpression": _literal,
    "context": _context,
    "relation": _relation,
    "list": _list,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
    "decisionTable": _table,
}


# -- the document ------------------------------------------------------------------------------


def read(content: bytes, file: str) -> tuple[source.Definitions | None, list[Problem]]:
    """A document and what is wrong with it; None for one that is not DMN at all."""
    try:
        root = parse(content)
    except Unreadable as fault:
        return None, [Problem("error", "", fault.line, str(fault), file)]
    reader = Reader(file)
    space = str(etree.QName(root).namespace or "")
    if _tag(root) != "definitions" or space not in NAMESPACES:
        reader.problem(root, "the root is not 'definitions' of DMN 1.1 to 1.5")
        return None, reader.problems
    from procession.rules.dmn.graph_reader import read_elements, read_imports, read_items

    reader.prefix = "{" + space + "}"
    reader.namespace = spaced(str(root.get("namespace") or ""))
    found = source.Definitions(
        file=file,
        id=_id(root),
        name=_name(root),
        namespace=reader.namespace,
        version=NAMESPACES[space],
        language=str(root.get("expressionLanguage") or ""),
        imports=read_imports(reader, root),
        items=read_items(reader, root),
        elements=read_elements(reader, root),
    )
    for child in reader.children(root):
        known = _tag(child) in ("import", "itemDefinition", "DMNDI", "artifact")
        if not known and _tag(child) not in _PASSED_OVER and _tag(child) not in GRAPH:
            reader.problem(child, f"'{_tag(child)}' is no element of DMN", "warning")
    return found, reader.problems


GRAPH: Final = frozenset(["inputData", "decision", "businessKnowledgeModel", "decisionService"])
