"""Many models, many histories; and of what fails, the smallest model that still fails.

A campaign is a range of seeds. Each seed gives one structured and one unstructured model, each
walked along some histories, so that any failure is found again by its seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.laws.description import Plan
from tests.laws.generators import structured, unstructured
from tests.laws.histories import Disagreement, Refused, Tally, explore, follow
from tests.laws.rendering import xml_of

HISTORIES_PER_MODEL = 30
MAKERS: tuple[Callable[[int], Plan], ...] = (structured, unstructured)
SMALLER_MODELS = 600
"""How many are tried at most before a failure is reported as small as it has become."""


@dataclass(frozen=True)
class Finding:
    """A disagreement, and how to come to it again."""

    seed: int
    maker: str
    plan: Plan
    broken: Disagreement

    def __str__(self) -> str:
        moves = "\n".join(f"  {move}" for move in self.broken.path)
        return (
            f"seed {self.seed}, {self.maker}: {self.broken}\nmoves:\n{moves}\n"
            f"smallest model that shows it:\n{xml_of(self.plan)}"
        )


def campaign(first: int, histories: int, tally: Tally) -> Iterator[Finding]:
    """Walk until there are that many more histories; every disagreement, made small."""
    until = tally.histories + histories
    seed = first
    while tally.histories < until:
        for make in MAKERS:
            found = walked(make, seed, min(HISTORIES_PER_MODEL, until - tally.histories), tally)
            if found is not None:
                yield found
        seed += 1


def walked(make: Callable[[int], Plan], seed: int, most: int, tally: Tally) -> Finding | None:
    """The histories of one model."""
    if most <= 0:
        return None
    plan = make(seed)
    try:
        explore(plan, seed, most, tally)
    except Disagreement as broken:
        return Finding(seed, make.__name__, *shrunk(plan, broken))
    return None


# -- making it small -----------------------------------------------------------------------------


def shrunk(plan: Plan, broken: Disagreement) -> tuple[Plan, Disagreement]:
    """The same disagreement in a model from which nothing more can be dropped."""
    tried = 0
    size = len(plan.nodes) // 2
    while size:
        before = plan
        candidates = _thinner(before, size)
        for drop in candidates:
            smaller = drop(plan)
            if tried == SMALLER_MODELS:
                return plan, broken
            if smaller != plan:
                tried += 1
                found = _still(smaller, broken)
                if found is not None:
                    plan, broken = smaller, found
        if plan == before:
            size //= 2
    return plan, broken


def _thinner(plan: Plan, size: int) -> Iterator[Callable[[Plan], Plan]]:
    """Ways to drop nodes, so many at a time; and at last single flows."""
    names = [node.id for node in plan.nodes if node.kind != "start"]
    for at in range(0, len(names), size):
        yield partial(Plan.without, gone=names[at : at + size])
        if size == 1:
            yield partial(Plan.bypassing, id=names[at])
    for flow in plan.flows if size == 1 else ():
        yield partial(Plan.without_flow, id=flow.id)


def _still(plan: Plan, broken: Disagreement) -> Disagreement | None:
    """A failure of the same kind, along the same moves or others."""
    attempts: list[Callable[[], None]] = [partial(follow, plan, broken.path)]
    attempts += [partial(explore, plan, seed, 10, Tally()) for seed in range(2)]
    for attempt in attempts:
        try:
            attempt()
        except Disagreement as found:
            if kind_of(found) == kind_of(broken):
                return found
        except Refused:
            return None
        except Exception:
            return None
    return None


def kind_of(broken: Disagreement) -> str:
    """Which law was broken, without what showed it."""
    return ":".join(str(broken).split(":")[:2])
