"""Which language an expression is in, where the file says something else or nothing.

Editors write XPath as the language of every file, because it is the specification's default
(BPMN 2.0.2, 8.1 table 8.1), and their users write what they like. ``${...}`` is JUEL; in files of
the vendors that use it ``#{...}`` is too. ``= ...`` in files of Zeebe is FEEL. What is left and no
XPath is taken for natural language, which the specification allows: the process can be deployed
with a warning, and fails where the expression is asked. Files of jBPM are read as jBPM reads them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Never

from procession.bpmn.vendor import JUEL, ZEEBE
from procession.core.ports import Limits, Purpose, ScriptContext, ScriptThrow

if TYPE_CHECKING:
    from procession.bpmn.reader import Reader


_QUOTED: Final = re.compile(r"('[^']*'|\"[^\"]*\")")
_PATH: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_WORDS: Final = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "not": "!",
    "div": "/",
    "mod": "%",
    "execution": "kcontext",
}
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")


def meant(xml: Reader, language: str, source: str, purpose: Purpose) -> tuple[str, str]:
    """The language and the text that are meant by those that are given."""
    document, text = xml.document, source.strip()
    said = bool(xml.attribute("language") or xml.attribute("scriptFormat"))
    if document.is_jbpm or said or purpose in (Purpose.SCRIPT, Purpose.TEMPLATE):
        return language, source
    if "${" in text or ("#{" in text and not document.namespaces.isdisjoint(JUEL)):
        return "juel", source
    if text.startswith("=") and ZEEBE in document.namespaces:
        return "feel", text[1:]
    return language, source


def is_informal(xml: Reader, language: str, purpose: Purpose) -> bool:
    """Whether a text that cannot be read may be natural language."""
    document = xml.document
    is_default = not xml.attribute("language") and language == document.expression_language
    return (
        is_default
        and purpose is Purpose.CONDITION
        and language.rpartition("/")[2].lower() == "xpath"
        and not (document.is_jbpm or document.strict)
    )


class Informal:
    """A condition in natural language: nobody can tell whether it holds."""

    language = "natural language"

    def __init__(self, xml: Reader, source: str, fault: str) -> None:
        self.source = source
        self.warnings: tuple[str, ...] = ()
        text = (
            f"condition: {fault}; read as natural language, so the process stops where it is asked"
        )
        xml.problem("warning", text, rule="script")

    def run(self, context: ScriptContext, limits: Limits) -> Never:
        """Say that it cannot be told."""
        raise ScriptThrow(
            "java.lang.IllegalStateException",
            f"the condition {self.source.strip()!r} is natural language and cannot be evaluated",
        )


def as_template(xml: Reader, text: str, what: str) -> str:
    """A text with ``${...}``, or one of Zeebe's, as one with ``#{...}``; ``what`` is its name.

    What is computed when it is needed is kept as such a text.
    """
    text, document = text.strip(), xml.document
    if document.is_jbpm:
        return text
    if text.startswith("=") and ZEEBE in document.namespaces:
        return _of_feel(xml, text[1:].strip(), what)
    if "${" not in text:
        return text
    if re.search(r"\bempty\b", text):
        xml.refuse(f"empty in {what}")
    parts = _QUOTED.split(text.replace("${", "#{"))
    parts[::2] = [_WORD.sub(lambda m: _WORDS[m.group()], part) for part in parts[::2]]
    return "".join(parts)


def _of_feel(xml: Reader, text: str, what: str) -> str:
    """A name, a text or a list of texts, which need no FEEL."""
    if _PATH.fullmatch(text):
        return f"#{{{text}}}"
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    if isinstance(names, str):
        return names
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return ",".join(names)
    xml.refuse(f"{what} computed in FEEL")
    return ""
