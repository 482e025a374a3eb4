"""Assignment: one value of an association, from an expression, to the target or a part of it.

BPMN 2.0.2, 10.4.2. Beside a source ``from`` is an expression in the language it says or the file
does; a path into a source needs none. Without a source and a language it stands for itself.
``to`` names the target, or a path in it; XPath's slashes are read like dots.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.item_aware_element import path_of
from procession.bpmn.reader import Reader
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import EMPTY, Value

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@element("assignment")
@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A value and the path in the target where it goes; an empty path is the whole."""

    path: tuple[str, ...] = ()
    source: str = ""
    expression: Script | None = None
    constant: str = ""
    template: Script | None = None

    @classmethod
    def read(cls, xml: Reader, target: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> Self:
        """Read one; ``target`` and ``sources`` are what the ends of the association are called."""
        path = cls._path(xml, target)
        at = xml.child("from")
        text = at.text() if at else ""
        if text.strip() in sources:
            return cls(path=path, source=text.strip())
        language = at.attribute("language") if at else None
        if language is None and sources and not text.strip().startswith(('"', "'")):
            language = xml.document.expression_language or None
        inner = path_of(text) if sources else None
        if inner and inner[0] in sources and (language or "").lower().endswith("xpath"):
            language, text = "", ".".join(inner)
        elif language is None and inner and inner[0] in sources:
            language = xml.document.default_language
            text = ".".join(inner)
        if at and language is not None:
            types = {**xml.place.types, **dict.fromkeys(sources, "")}
            script = at.moved(types=types).compile(language, text, Purpose.EXPRESSION)
            return cls(path=path, expression=script)
        if len(text) >= 2 and text[0] == text[-1] == '"':
            text = text[1:-1]
        elif sources and not _NUMBER.fullmatch(text.strip()):
            xml.refuse("an assignment beside a source, in a language that is not named,")
        return cls(path=path, constant=text, template=xml.template(text))

    @classmethod
    def _path(cls, xml: Reader, target: tuple[str, ...]) -> tuple[str, ...]:
        text = xml.text("to")
        if not text:
            return ()
        path = path_of(text)
        if path is None:
            if not xml.document.semantics.first_assignment_only:
                xml.refuse("an assignment to something that is no path")
            return ()
        if path[0] in target:
            return path[1:]
        if not xml.document.semantics.first_assignment_only:
            name = target[-1] if target else "nothing"
            xml.problem("warning", f"the value goes to {name}, not to {text!r}", rule="ignored")
        return ()

    def value(
        self, t: Transition, me: ElementInstance, names: Mapping[str, Value] = EMPTY
    ) -> Value:
        """The value; ``names`` are the sources'."""
        if self.source:
            return names.get(self.source)
        if self.expression is not None:
            return t.evaluate(self.expression, me.id, me, names)
        if self.template is not None:
            return t.evaluate(self.template, me.id, me, names)
        return self.constant or None
