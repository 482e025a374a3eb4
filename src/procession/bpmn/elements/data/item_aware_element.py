"""Item-aware elements: whatever an association may name, read and written in one way.

BPMN 2.0.2, 10.4.1. A variable, a data store, or in jBPM's manner an expression that names a part of
a variable. A part of an object is written by making a new object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from procession.bpmn.elements.data.data_store import DataStore
from procession.bpmn.reader import Reader
from procession.core import scopes
from procession.core.conversion import convert
from procession.core.ports import UNDEFINED, Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import EMPTY, Bean, Map, Value

NAME: Final = re.compile(r"[^\W\d][\w$]*")
_PATH: Final = re.compile(r"[\w$-]+(?:[./][\w$-]+)*")


@dataclass(frozen=True, kw_only=True)
class ItemAwareElement:
    """One end of an association: ``id`` as it is written, ``name`` of the variable it means.

    ``path`` leads to a part of the value.
    """

    id: str = ""
    name: str = ""
    store: DataStore | None = None
    expression: Script | None = None
    path: tuple[str, ...] = ()

    @classmethod
    def source(cls, xml: Reader, reference: str) -> Self:
        """What a ``sourceRef`` names outside of the element the association belongs to."""
        store = xml.document.root_elements.store_references.get(reference)
        name = xml.place.names.get(reference, reference)
        expression = None
        known = name in xml.place.types or name in xml.document.ids
        if name and not known and not NAME.fullmatch(name):
            expression = xml.compile("", name, Purpose.EXPRESSION, severity="warning")
        return cls(id=reference, name=name, store=store, expression=expression)

    @classmethod
    def target(cls, xml: Reader, reference: str) -> Self:
        """What a ``targetRef`` names: also a part, as ``person.name`` or ``#{person.name}``."""
        store = xml.document.root_elements.store_references.get(reference)
        bare = reference.removeprefix("#{").removesuffix("}") if "#{" in reference else reference
        head, *path = bare.split(".")
        known = reference in xml.place.names or reference in xml.place.types
        if known or not path or not _PATH.fullmatch(bare):
            head, path = (reference if bare == reference else bare), []
        return cls(
            id=reference, name=xml.place.names.get(head, head), store=store, path=tuple(path)
        )

    def value(self, t: Transition, me: ElementInstance) -> Value:
        """What it holds, seen from ``me``."""
        if self.store is not None:
            return self.store.value(t)
        if self.expression is not None:
            return t.evaluate(self.expression, me.id, me)
        value = t.variable(me.id, self.name) if self.name else None
        return None if value is UNDEFINED else value

    def put(self, t: Transition, me: ElementInstance, value: Value) -> None:
        """Have it hold a value of its type. What is no variable is skipped."""
        if self.path:
            value = with_part(self._whole(t, me), self.path, value)
        if self.store is not None:
            self.store.put(t, value)
            return
        if not scopes.holder(t.definition, t.state, me.id, self.name):
            return
        declared = scopes.item_type(t.definition, t.state, me.id, self.name)
        if declared is not None and not self.path:
            value = convert(declared, value)
        t.set_variable(me.id, self.name, value)

    def _whole(self, t: Transition, me: ElementInstance) -> Value:
        return ItemAwareElement(name=self.name, store=self.store).value(t, me)


def path_of(text: str) -> tuple[str, ...] | None:
    """The parts of a path written with dots, or slashes as in XPath; ``None`` if it is none."""
    bare = text.strip()
    if bare.startswith("#{") and bare.endswith("}"):
        bare = bare[2:-1]
    bare = bare.removeprefix("/").replace("@", "")
    return tuple(re.split(r"[./]", bare)) if _PATH.fullmatch(bare) else None


def with_part(whole: Value, path: tuple[str, ...], value: Value) -> Value:
    """An object in which the part at the end of a path is another one."""
    if not path:
        return value
    fields = whole.fields if isinstance(whole, Bean) else whole
    held = fields if isinstance(fields, Map) else EMPTY
    changed = held.with_items({path[0]: with_part(held.get(path[0]), path[1:], value)})
    return Bean(whole.type_name, changed) if isinstance(whole, Bean) else changed
