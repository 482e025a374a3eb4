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
            path = retrieval.child("messagePath")
            if path is None or not path.text():
                retrieval.problem("error", "the retrieval expression has no messagePath")
                continue
            script = expression(path, *PAYLOAD, message.name)
            if script is not None:
                found[message.name] = script
        return cls(id=xml.id, paths=found)


def expression(xml: Reader, *names: str) -> Script | None:
    """A formal expression that stands here; ``names`` are known to it besides what is declared."""
    text = xml.text()
    if not text:
        return None
    types = {**xml.place.types, **dict.fromkeys(names, "")}
    language = xml.attribute("language")
    if language is None:
        language = xml.document.expression_language
    return xml.moved(types=types).compile(language, text, Purpose.EXPRESSION)
