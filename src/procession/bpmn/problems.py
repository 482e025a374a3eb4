"""What is wrong with a model: all of it at once, each with element and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from procession.core.graph import FlowNode, SequenceFlow

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of a model. An ``error`` keeps it from being deployed.

    ``rule`` is a short word for the kind of fault, such as ``unsupported``, ``script``,
    ``reference``, ``structure``, or the number of a constraint of the specification. ``file`` is
    named where several files are deployed together.
    """

    severity: Severity
    element: str
    line: int
    text: str
    rule: str = "structure"
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.file else f"line {self.line}"
        return f"{place}: {self.element or 'document'}: {self.text}"


def error(at: FlowNode | SequenceFlow, text: str, rule: str = "structure") -> Problem:
    """A fault that keeps the model from being deployed."""
    return Problem(severity="error", element=at.id, line=at.line, text=text, rule=rule)


def warning(at: FlowNode | SequenceFlow, text: str, rule: str = "structure") -> Problem:
    """Something that probably is not meant, but can be run."""
    return Problem(severity="warning", element=at.id, line=at.line, text=text, rule=rule)
