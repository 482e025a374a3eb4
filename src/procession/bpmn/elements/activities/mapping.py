"""What vendors' extensions hand to a piece of work and back, beside the data associations.

Camunda's ``inputOutput``, Zeebe's ``ioMapping`` and ``resultVariable``. In the files of these
vendors work sees all variables and all its results become variables, unless the model maps them
itself; variables need no declaration. The spellings stand in ``bpmn/vendor.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from procession.bpmn.elements.data.data_output_association import DataOutputAssociation
from procession.bpmn.reader import Reader, local_name
from procession.bpmn.vendor import JUEL, ZEEBE
from procession.core import scopes
from procession.core.ports import Limits, Purpose, Script, ScriptContext, ScriptResult
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value

_PATH: Final = re.compile(r"=\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*")
_TAGS: Final = {"inputParameter": "in", "input": "in", "outputParameter": "out", "output": "out"}
_PRIVATE: Final = frozenset({"ActorId"})
"""Results that say who did it, and are not the model's."""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Expressions by the variable they fill; ``everything`` says that all results are kept."""

    inputs: tuple[tuple[str, Script], ...] = ()
    outputs: tuple[tuple[str, Script], ...] = ()
    everything: bool = False
    result: str = ""

    def parameters(self, t: Transition, me: ElementInstance, *, seen: bool) -> dict[str, Value]:
        """What the work is given; with ``seen`` also all variables."""
        given = dict(scopes.visible(t.definition, t.state, me.id)) if seen else {}
        for name, script in self.inputs:
            given[name] = t.evaluate(script, me.id, me)
        return given

    def hand_back(self, t: Transition, me: ElementInstance, results: Mapping[str, Value]) -> None:
        """Set variables around the activity from its results."""
        if self.result:
            t.set_variable(me.id, self.result, results.get("Result"))
        elif self.everything:
            whole = results.get("Result", results.get("Message"))
            spread = whole if isinstance(whole, Map) and len(results) == 1 else results
            for name, value in spread.items():
                if name not in _PRIVATE:
                    t.set_variable(me.id, name, value)
        if self.outputs:
            names = Map({**self.parameters(t, me, seen=False), **results})
            for name, script in self.outputs:
                t.set_variable(me.id, name, t.evaluate(script, me.id, me, names))


UNMAPPED: Final = Mapped()


@dataclass(frozen=True, kw_only=True)
class ToAnyVariable(DataOutputAssociation):
    """A result that goes to a variable, declared or not."""

    def store(self, t: Transition, me: ElementInstance, value: Value) -> None:
        """Set the variable."""
        t.set_variable(me.id, self.target, value)


def read_mapped(xml: Reader) -> Mapped:
    """What the extensions of an activity map."""
    document = xml.document
    if document.is_jbpm or document.namespaces.isdisjoint({*JUEL, ZEEBE}):
        return UNMAPPED
    found: dict[str, list[tuple[str, Script]]] = {"in": [], "out": []}
    for holder in xml.extensions("mapping"):
        for way, name, script in _parameters(holder):
            found[way].append((name, script))
    by_zeebe = ZEEBE in document.namespaces and document.namespaces.isdisjoint(JUEL)
    is_mapped = xml.child("dataOutputAssociation") or (by_zeebe and found["out"])
    return Mapped(
        inputs=tuple(found["in"]),
        outputs=tuple(found["out"]),
        everything=not (is_mapped or xml.tag == "callActivity"),
        result=xml.vendor("result_variable") or "",
    )


def _parameters(holder: Reader) -> Iterator[tuple[str, str, Script]]:
    for child in holder.xml.iterchildren(etree.Element):
        at = Reader(child, holder.document, holder.place)
        way = _TAGS.get(local_name(child))
        name = at.attribute("target") or at.attribute("name") or ""
        if way is None or not name:
            at.problem("warning", f"{local_name(child)} has no effect", rule="ignored")
            continue
        script = _script(at)
        if script is not None:
            yield way, name, script


def _script(at: Reader) -> Script | None:
    """The expression of a parameter: a source, a text, or a script inside."""
    source = at.attribute("source")
    if source is None:
        inner = next(iter(at.xml.iterchildren(etree.Element)), None)
        if inner is not None:
            return _made(Reader(inner, at.document, at.place))
        return at.compile("juel", at.text(), Purpose.EXPRESSION)
    return feel(at, source)


def _made(at: Reader) -> Script | None:
    """What stands in a parameter as an element: a script, a list, or a map."""
    if at.tag == "script":
        language = at.xml.get("scriptFormat") or ""
        return at.compile(language, "".join(at.xml.itertext()), Purpose.EXPRESSION)
    if at.tag not in ("list", "map"):
        at.problem("warning", f"{at.tag} has no effect", rule="ignored")
        return None
    parts = [Reader(part, at.document, at.place) for part in at.xml.iterchildren(etree.Element)]
    scripts = [_made(part) if part.tag == "script" else _script(part) for part in parts]
    if None in scripts:
        return None
    found = tuple([script for script in scripts if script is not None])
    keys = tuple([part.attribute("key") or "" for part in parts]) if at.tag == "map" else None
    return Collected(parts=found, keys=keys)


@dataclass(eq=False, kw_only=True)
class Collected:
    """Expressions that stand together as a list, or by ``keys`` as a map."""

    parts: tuple[Script, ...]
    keys: tuple[str, ...] | None = None
    language: str = "juel"
    source: str = "a collection"
    warnings: tuple[str, ...] = ()

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Each is evaluated in its turn."""
        values = tuple([part.run(context, limits).value for part in self.parts])
        if self.keys is None:
            return ScriptResult(values)
        return ScriptResult(Map(zip(self.keys, values, strict=True)))


def feel(at: Reader, text: str) -> Script | None:
    """An expression of Zeebe: a path is one in any language, the rest is FEEL."""
    path = _PATH.fullmatch(text)
    if path:
        return at.compile("juel", f"${{{path[1]}}}", Purpose.EXPRESSION)
    if text.startswith("="):
        return at.compile("feel", text[1:], Purpose.EXPRESSION)
    return at.compile("juel", text, Purpose.EXPRESSION)
