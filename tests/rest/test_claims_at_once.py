"""Of two people who claim at once one gets the task, and the other is told whose it is.

On one server over each database, on two servers over one PostgreSQL, and by both dialects mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import httpx2
import pytest

from procession.engine import Engine
from procession.settings import Settings
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from serving import Served, put_people, serving

TASKS = 8
Claim = Callable[[httpx2.Client, int, str], httpx2.Response]


def by_jbpm(client: httpx2.Client, task: int, uuid: str) -> httpx2.Response:
    return client.post(f"/rest/task/{task}/claim", headers={"Accept": "application/json"})


def by_oneweb(client: httpx2.Client, task: int, uuid: str) -> httpx2.Response:
    return client.post(f"/BPMREST/service/runtime/tasks/{task}-{uuid}/claim")


@pytest.fixture
def doors(database_url: str, database_kind: str) -> Iterator[tuple[Served, Served]]:
    """Two servers on PostgreSQL; on SQLite the same one twice."""
    with ExitStack() as stack:
        given = Settings(database=database_url)
        servers = 2 if database_kind == "postgresql" else 1
        engines = [
            stack.enter_context(Engine.open(database_url, settings=given)) for _ in range(servers)
        ]
        put_people(engines[0], {"ann": ("clerks",), "bob": ("clerks",), "carl": ()})
        served = [stack.enter_context(serving(engine)) for engine in engines]
        yield served[0], served[-1]


@pytest.mark.parametrize(
    "ways",
    [(by_jbpm, by_jbpm), (by_oneweb, by_oneweb), (by_jbpm, by_oneweb)],
    ids=["jbpm", "oneweb", "mixed"],
)
def test_of_two_who_claim_at_once_one_wins_and_the_other_learns_the_owner(
    doors: tuple[Served, Served], ways: tuple[Claim, Claim]
) -> None:
    engine = doors[0].engine
    clients = {"ann": doors[0].client("ann"), "bob": doors[1].client("bob")}
    for client in clients.values():
        assert client.get("/api/me").status_code == 200
    winners = []
    offered = NewTask(name="Rush", potential_owners=(Candidate("GROUP", "clerks"),))
    for _ in range(TASKS):
        task = engine.tasks.add(engine.admin, offered)
        together = Barrier(2)

        def claim(name: str, way: Claim, task=task, together=together) -> httpx2.Response:  # type: ignore[no-untyped-def]
            together.wait(10)
            return way(clients[name], task.id, task.uuid)

        with ThreadPoolExecutor(2) as both:
            answers = dict(zip(clients, both.map(claim, clients, ways), strict=True))

        owner = engine.tasks.get(engine.admin, task.id).actual_owner
        assert owner in clients
        (other,) = clients.keys() - {owner}
        assert answers[owner].status_code == 200, answers[owner].text
        assert answers[other].status_code == 409, answers[other].text
        message = answers[other].json()["message"]
        assert f"{owner}'s" in message or f"claimed by {owner}" in message
        told = [event.type for event in engine.tasks.events(engine.admin, task.id).items]
        assert told == ["ADDED", "CLAIMED"]
        stranger = doors[1].client("carl")
        for way in ways:
            refused = way(stranger, task.id, task.uuid)
            assert refused.status_code == 404
            assert owner not in refused.text
        winners.append(owner)
    assert len(winners) == TASKS
