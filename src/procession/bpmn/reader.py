"""What an element file uses to read itself.

Elements are matched by namespace and local name, so prefixes never matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from lxml import etree
from msgspec import structs

from procession.bpmn.expression_languages import Informal, is_informal, meant
from procession.bpmn.problems import Problem, Severity
from procession.bpmn.root_elements import RootElements
from procession.bpmn.vendor import ATTRIBUTES, BPMN, ELEMENTS, Spelling
from procession.core.data_types import NO_TYPES, DataTypes
from procession.core.flags import SPECIFICATION, Semantics
from procession.core.ports import (
    Purpose,
    RuleCondition,
    Script,
    ScriptEvaluator,
    ScriptScope,
    ScriptSyntax,
)
from procession.values import EMPTY, Map


def line_of(xml: etree._Element) -> int:
    """The line an element stands on."""
    return xml.sourceline or 0


def local_name(xml: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(xml).localname)


def is_bpmn(xml: etree._Element) -> bool:
    """Whether the element belongs to the BPMN namespace."""
    return isinstance(xml.tag, str) and xml.tag.startswith("{" + BPMN + "}")


@dataclass(kw_only=True)
class Document:
    """What is known of the whole file while it is read."""

    evaluator: ScriptEvaluator
    resource: str
    is_jbpm: bool
    strict: bool
    root_elements: RootElements
    semantics: Semantics = SPECIFICATION
    data_types: DataTypes = NO_TYPES
    expression_language: str = ""
    namespaces: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    references: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    ids: frozenset[str] = frozenset()
    rule_conditions: list[tuple[str, int, RuleCondition]] = field(default_factory=list)
    count: int = 0

    @property
    def default_language(self) -> str:
        """The language of an expression that names none; an empty text is MVEL."""
        return "" if self.semantics.default_language_ignored else self.expression_language

    def next_order(self) -> int:
        """The next place in the document."""
        self.count += 1
        return self.count


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a process an element stands, and what is declared there.

    ``names_all``: the model declares its variables, so a name that is none of them is a fault.
    """

    container: str = ""
    names_all: bool = False
    types: Mapping[str, str] = EMPTY
    names: Mapping[str, str] = EMPTY
    imports: tuple[str, ...] = ()
    globals: Mapping[str, str] = EMPTY
    lanes: Mapping[str, str] = EMPTY


class Reader:
    """One XML element, as the element files read it."""

    def __init__(self, xml: etree._Element, document: Document, place: Place) -> None:
        self.xml = xml
        self.document = document
        self.place = place
        self.line = line_of(xml)

    # -- what it says ------------------------------------------------------------------------

    @property
    def tag(self) -> str:
        """The tag without its namespace."""
        return local_name(self.xml)

    @property
    def id(self) -> str:
        """The id; one is made up, and reported, where it is missing but needed."""
        return self.attribute("id") or ""

    def attribute(self, name: str) -> str | None:
        """A BPMN attribute."""
        value = self.xml.get(name)
        return None if value is None else str(value)

    def flag(self, name: str, default: bool) -> bool:
        """A boolean attribute."""
        return _flag(self.attribute(name), default)

    def number(self, name: str, default: int) -> int:
        """A whole-number attribute; anything else is a problem."""
        text = self.attribute(name)
        if text is None:
            return default
        try:
            return int(text)
        except ValueError:
            self.problem("error", f"{name} is {text!r}, which is no whole number")
            return default

    def vendor(self, meaning: str) -> str | None:
        """An extension attribute by what it means (``bpmn/vendor.py``)."""
        for spelling in ATTRIBUTES[meaning]:
            if spelling.within:
                for child in self._extended(Spelling(spelling.namespace, spelling.within)):
                    if child.get(spelling.name) is not None:
                        return str(child.get(spelling.name))
                continue
            for name, value in self.xml.attrib.items():
                if _matches(spelling, str(name)):
                    return str(value)
        return None

    def vendor_flag(self, meaning: str, default: bool) -> bool:
        """A boolean extension attribute."""
        return _flag(self.vendor(meaning), default)

    def extensions(self, meaning: str) -> Iterator[Reader]:
        """Extension elements by what they mean."""
        for child in self._extended(*ELEMENTS[meaning]):
            yield self._at(child)

    def _extended(self, *spellings: Spelling) -> Iterator[etree._Element]:
        for holder in self.children("extensionElements"):
            for child in holder.xml.iterchildren(etree.Element):
                if any(_matches(s, child.tag) for s in spellings):
                    yield child

    def children(self, tag: str | None = None) -> Iterator[Reader]:
        """BPMN child elements, of one tag if it is given."""
        for child in self.xml.iterchildren(etree.Element):
            if is_bpmn(child) and (tag is None or local_name(child) == tag):
                yield self._at(child)

    def child(self, tag: str) -> Reader | None:
        """The first BPMN child of that tag."""
        return next(self.children(tag), None)

    def any_child(self, name: str) -> Reader | None:
        """The first child of that local name in whatever namespace."""
        for child in self.xml.iterchildren(etree.Element):
            if local_name(child) == name:
                return self._at(child)
        return None

    def text(self, tag: str | None = None) -> str:
        """The text of the element, or of its first child of that tag; white space alone is none."""
        at = self if tag is None else self.child(tag)
        if at is None:
            return ""
        text = "".join(at.xml.itertext())
        return text if text.strip() else ""

    def root_element(self, text: str | None) -> str:
        """A reference as the id it means: qualified names lose a prefix that is declared."""
        name = (text or "").strip()
        prefix, colon, rest = name.partition(":")
        if colon and prefix in self.xml.nsmap:
            return rest
        return name

    def reference(self, name: str, *, to: str) -> str | None:
        """An attribute that names another element, which is looked for when all is read."""
        value = self.attribute(name)
        if not value:
            return None
        value = self.root_element(value)
        self.document.references.append((self.id, self.line, name, value, to))
        return value

    # -- what every node has -----------------------------------------------------------------

    def flow_node(self) -> dict[str, Any]:
        """The fields of :class:`procession.core.graph.FlowNode`, but for its flows."""
        return {
            "id": self.id,
            "name": self.attribute("name") or "",
            "line": self.line,
            "container": self.place.container,
            "order": self.document.next_order(),
            "metadata": self.metadata(),
            "is_async": self.is_async(),
        }

    def is_async(self) -> bool:
        """Whether tokens rest before the node, and a job takes them on (``jbpm-engine.md`` 4.9)."""
        given = self.metadata().get("customAsync")
        return given.strip().lower() == "true" if given else self.vendor_flag("async", False)

    def metadata(self) -> Map:
        """Free names and values that models carry; documentation among them."""
        found: dict[str, str] = {}
        for item in self.extensions("metadata"):
            value = item.any_child("metaValue")
            found[item.attribute("name") or ""] = value.text() if value else ""
        documentation = self.text("documentation")
        if documentation:
            found["Documentation"] = documentation
        return Map(found) if found else EMPTY

    # -- scripts -----------------------------------------------------------------------------

    def script_scope(self, purpose: Purpose) -> ScriptScope:
        """What a text that stands here may refer to."""
        place = self.place
        is_open = not place.names_all and purpose in (Purpose.SCRIPT, Purpose.CONDITION)
        types = EMPTY if is_open else place.types
        return ScriptScope(types, place.imports, place.globals, data_types=self.document.data_types)

    def compile(
        self, language: str, source: str, purpose: Purpose, *, severity: Severity = "error"
    ) -> Script | None:
        """Compile a text that stands in this element; a fault in it becomes a problem."""
        language, source = meant(self, language, source, purpose)
        scope = self.script_scope(purpose)
        if language.rpartition("/")[2].lower() == "xpath":
            prefixes = {name: uri for name, uri in self.xml.nsmap.items() if name}
            scope = structs.replace(scope, namespaces=Map(prefixes))
        try:
            script = self.document.evaluator.compile(language, source, purpose, scope)
        except ScriptSyntax as fault:
            if is_informal(self, language, purpose):
                return Informal(self, source, str(fault))
            line = self.line + max(fault.line, 1) - 1
            place = f"line {max(fault.line, 1)}, column {max(fault.column, 1)}"
            text = f"{purpose.value}: {fault} ({place} of it)"
            self.problem(severity, text, rule="script", line=line)
            return None
        if script.language == "rule":
            found = (self.owner_id, self.line, cast("RuleCondition", script))
            self.document.rule_conditions.append(found)
        doubt: Severity = "error" if self.document.strict else "warning"
        for text in script.warnings:
            self.problem(doubt, f"{purpose.value}: {text}", rule="script")
        return script

    def script(self, holder: str = "script", *, attribute: str = "scriptFormat") -> Script | None:
        """The script in a child, in the language that this element's attribute names."""
        child = self.any_child(holder)
        source = child.text() if child else ""
        if child is None or not source:
            return None
        return child.at(self).compile(self.attribute(attribute) or "", source, Purpose.SCRIPT)

    def template(self, text: str) -> Script | None:
        """A text with ``#{...}`` in it, compiled; ``None`` if there is nothing in it to resolve."""
        if "#{" not in text:
            return None
        return self.compile("", text, Purpose.TEMPLATE)

    # -- problems ----------------------------------------------------------------------------

    def problem(
        self, severity: Severity, text: str, *, rule: str = "structure", line: int = 0
    ) -> None:
        """Report something wrong here."""
        self.document.problems.append(
            Problem(
                severity=severity,
                element=self.owner_id,
                line=line or self.line,
                text=text,
                rule=rule,
            )
        )

    def refuse(self, what: str) -> None:
        """Say that something is not supported, so that the model is not deployed.

        What would only follow from it is then not reported as well.
        """
        self.document.refused.add(self.owner_id)
        self.problem("error", f"{what} is not supported", rule="unsupported")

    @property
    def owner_id(self) -> str:
        """The id of this element, else of the nearest one around it that has an id."""
        at: etree._Element | None = self.xml
        while at is not None:
            if at.get("id"):
                return str(at.get("id"))
            at = at.getparent()
        return ""

    # -- inside ------------------------------------------------------------------------------

    def at(self, other: Reader) -> Reader:
        """This element, in the place of another one."""
        return Reader(self.xml, self.document, other.place)

    def moved(self, **changes: Any) -> Reader:
        """This element in a changed place."""
        return Reader(self.xml, self.document, replace(self.place, **changes))

    def _at(self, xml: etree._Element) -> Reader:
        return Reader(xml, self.document, self.place)


def _matches(spelling: Spelling, name: str) -> bool:
    if spelling.namespace == "*":
        return name.rpartition("}")[2] == spelling.name
    return name == "{" + spelling.namespace + "}" + spelling.name


def _flag(text: str | None, default: bool) -> bool:
    if text is None or not text.strip():
        return default
    return text.strip().lower() in ("true", "1")
