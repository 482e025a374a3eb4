"""Checking a file: each of its processes, within bounds that are the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from procession.bpmn.compiler import compile_document
from procession.bpmn.problems import Problem
from procession.bpmn.soundness.choices import FreeEvaluator
from procession.bpmn.soundness.findings import judge
from procession.bpmn.soundness.search import Bounds
from procession.core.semantics import NO_CHOICE
from procession.values import Map

THOROUGH: Final = Bounds()
"""For ``procession check``."""

DEPLOYING: Final = Bounds(states=2_000, records=20_000, told=24)
"""For deployments, which somebody waits for."""


@dataclass(frozen=True)
class Soundness:
    """What was found in a file, and why some of its processes were not searched to the end."""

    problems: tuple[Problem, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()


def check_soundness(
    xml: bytes, *, resource: str, bounds: Bounds = THOROUGH, semantics: Map = NO_CHOICE
) -> Soundness:
    """Search every process of a file that can be deployed."""
    compiled = compile_document(xml, FreeEvaluator(), resource=resource, semantics=semantics)
    if compiled.errors:
        return Soundness()
    problems: list[Problem] = []
    undecided: list[tuple[str, str]] = []
    for definition in compiled.definitions:
        verdict = judge(definition, bounds)
        problems.extend(verdict.problems)
        if verdict.left:
            undecided.append((definition.id, verdict.left))
    return Soundness(tuple(problems), tuple(undecided))
