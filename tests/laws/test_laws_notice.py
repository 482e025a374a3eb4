"""The laws and the interpreter notice a broken engine, and show it with a small model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from procession.bpmn.elements.events.boundary_event import BoundaryEvent
from procession.bpmn.elements.gateways.exclusive_gateway import ExclusiveGateway
from procession.bpmn.elements.gateways.inclusive_gateway import InclusiveGateway
from procession.bpmn.elements.gateways.parallel_gateway import ParallelGateway
from procession.core import cancelling, evolve, settling
from procession.core import records as r
from tests.laws import campaigns
from tests.laws.campaigns import Finding, campaign
from tests.laws.histories import Tally

ENOUGH = 3_000


def finding() -> Finding | None:
    """The first thing that is found to be wrong."""
    return next(campaign(77, ENOUGH, Tally()), None)


def loses_a_token(real: Callable[..., None]) -> Callable[..., None]:
    def leave(self: Any, t: Any, me: Any) -> None:
        for flow in t.definition.outgoing(self)[:2]:
            t.take(flow, me.scope, me.id)

    return leave


def fires_on_the_first(real: Callable[..., None]) -> Callable[..., None]:
    def arrive(self: Any, t: Any, flow: Any, scope: int) -> None:
        t.activate(self, scope, flow=flow.id)

    return arrive


def never_waits(real: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *_: False


def takes_the_last(real: Callable[..., None]) -> Callable[..., None]:
    def leave(self: Any, t: Any, me: Any) -> None:
        true = [f for f in t.definition.outgoing(self) if t.holds(f.condition, me.scope, self)]
        for flow in true[-1:]:
            t.take(flow, me.scope, me.id)

    return leave


def forgets_to_cancel(real: Callable[..., None]) -> Callable[..., None]:
    def triggered(self: Any, t: Any, owner: Any, wait: Any, payload: Any) -> None:
        t.activate(self, owner.scope)

    return triggered


def leaves_waits_open(real: Callable[..., None]) -> Callable[..., None]:
    return lambda *_: None


def takes_the_default_too(real: Callable[..., None]) -> Callable[..., None]:
    def leave(self: Any, t: Any, me: Any) -> None:
        for flow in t.definition.outgoing(self):
            if flow.id == self.default or t.holds(flow.condition, me.scope, self):
                t.take(flow, me.scope, me.id)

    return leave


BREAKAGES = [
    (ParallelGateway, "leave", loses_a_token),
    (ParallelGateway, "arrive", fires_on_the_first),
    (settling, "can_still_arrive", never_waits),
    (ExclusiveGateway, "leave", takes_the_last),
    (InclusiveGateway, "leave", takes_the_default_too),
    (BoundaryEvent, "triggered", forgets_to_cancel),
    (cancelling, "close_waits", leaves_waits_open),
]


@pytest.mark.parametrize(
    ("where", "what", "breakage"), BREAKAGES, ids=[b.__name__ for _, _, b in BREAKAGES]
)
def test_a_broken_engine_is_noticed(
    where: Any, what: str, breakage: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "SMALLER_MODELS", 0)
    monkeypatch.setattr(where, what, breakage(getattr(where, what)))

    found = finding()

    assert found is not None


def test_a_finding_is_shown_with_a_small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "SMALLER_MODELS", 200)
    monkeypatch.setattr(ParallelGateway, "leave", loses_a_token(ParallelGateway.leave))

    found = finding()

    assert found is not None
    assert len(found.plan.nodes) <= 10, str(found)
    assert "<parallelGateway " in str(found)
    assert f"seed {found.seed}" in str(found)


def test_a_rule_of_evolve_that_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step and its replay would forget alike: the tokens tell."""
    monkeypatch.setattr(campaigns, "SMALLER_MODELS", 0)
    rules: dict[Any, Any] = evolve.RULES
    monkeypatch.setitem(rules, r.TokensJoined, lambda state, record: None)

    assert finding() is not None
