"""Every script and condition of the conformance corpus is read, but for those listed here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from procession.core.ports import Purpose, ScriptSyntax
from procession.scripting.evaluator import Evaluator
from tests.conformance import corpus

UNREAD = frozenset({"rule conditions", "is unknown", "is not supported"})
"""Parts of the reasons for which a text is refused as a language, not as a text."""
BROKEN = 12
"""How many texts at most no compiler takes; ``docs/reference/languages/java.md`` says why."""
_TEXTS = {
    "script": "scriptFormat",
    "conditionExpression": "language",
    "completionCondition": "language",
}


def texts(folder: Path) -> Iterator[tuple[str, str, str, Purpose]]:
    """File, language, text and purpose of every script and condition."""
    for path in sorted([*folder.rglob("*.bpmn"), *folder.rglob("*.bpmn2")]):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            continue
        for parent in root.iter():
            for child in parent:
                name = child.tag.rpartition("}")[2]
                text = (child.text or "").strip()
                if name not in _TEXTS or not text:
                    continue
                own = child.get(_TEXTS[name])
                language = own if own is not None else parent.get(_TEXTS[name], "")
                purpose = Purpose.SCRIPT if name == "script" else Purpose.CONDITION
                yield path.name, language, text, purpose


def test_every_script_and_condition_of_the_corpus_is_read():
    folder = corpus.folder()
    if folder is None:
        pytest.skip(corpus.MISSING)
    evaluator, refused, count = Evaluator(capacity=100_000), set[str](), 0
    for file, language, text, purpose in texts(folder):
        count += 1
        try:
            evaluator.compile(language, text, purpose)
        except ScriptSyntax as syntax:
            if not any(part in str(syntax) for part in UNREAD):
                refused.add(f"{file}: {language or 'MVEL'}: {text[:80]!r}: {syntax}")

    assert count > 100
    assert len(refused) <= BROKEN, "\n".join(sorted(refused))
