"""Correlation property: one value that messages carry, and where each message carries it.

BPMN 2.0.2, 8.4.2. A path sees the fields of the payload by their names, and the whole of it as
``message``, ``payload``, ``event`` or the name of the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader
from procession.core.correlation import PAYLOAD
from procession.core.ports import Purpose, Script


@element("correlationProperty")
@dataclass(frozen=True, kw_only=True)
class CorrelationProperty:
    """The paths to the value, by the word that waits for the message go by."""

    id: str
    paths: Mapping[str, Script]

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the retrieval expressions; a message is named once."""
        found: dict[str, Script] = {}
        for retrieval in xml.children("correlationPropertyRetrievalExpression"):
            reference = retrieval.root_element(retrieval.attribute("messageRef"))
            message = xml.document.root_elements.messages.get(reference)
            if message is None:
                retrieval.problem(
                    "error", f"message {reference or '(none)'} is not declared", rule="reference"
                )
                continue
            script = path_in(retrieval, "messagePath", *PAYLOAD, message.name)
            if script is not None:
                found[message.name] = script
        return cls(id=xml.id, paths=found)


def path_in(xml: Reader, tag: str, *names: str) -> Script | None:
    """The formal expression in a child, which must be there; ``names`` are known to it as well."""
    path = xml.child(tag)
    if path is None or not path.text():
        what = "binding" if xml.tag.endswith("Binding") else "retrieval expression"
        xml.problem("error", f"the {what} has no {tag}")
        return None
    language = path.attribute("language")
    if language is None:
        language = path.document.default_language
    types = {**path.place.types, **dict.fromkeys(names, "")}
    return path.moved(types=types).compile(language, path.text(), Purpose.EXPRESSION)
