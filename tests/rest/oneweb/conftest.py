"""A served engine with a few processes and people, shared by the tests of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from procession import demo
from procession.engine import Engine
from procession.settings import Settings
from serving import Served, put_people, serving

from . import models

ROOT = "/BPMREST/service/runtime"
ID = re.compile(r"[1-9][0-9]*-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PEOPLE = {
    "ann": ("clerks",),
    "bob": ("clerks",),
    "carol": (),
    "dave": (),
    "robot": (),
}
UNITS = {
    "com.acme:Shop:v1": (
        models.ONE_TASK,
        models.STRAIGHT,
        models.OPEN,
        models.NAMED,
        models.PARALLEL,
        models.BROKEN,
        models.CHOICE,
        models.CALLED,
        models.CALLING,
        models.TYPED,
        models.BRANCH,
        models.HEAD_OFFICE,
        models.DUE,
        models.MOST,
        models.LEAST,
        models.SIZES,
    ),
    "com.acme:Other:v1": (models.STRAIGHT,),
    "com.acme:Shop:v2": (models.ONE_TASK,),
}


class Oneweb:
    """What a custom application does: calls below the runtime's root, as one user."""

    def __init__(self, served: Served, user: str | None) -> None:
        self.http = served.client(user)
        self.user = user

    def post(self, path: str, body: Any = None, **query: Any) -> httpx2.Response:
        content = {} if body is None else {"json": body}
        return self.http.post(f"{ROOT}{path}", params=query, **content)

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(f"{ROOT}{path}", params=query)

    def start(self, name: str, objects: Any = None, **body: Any) -> str:
        answer = self.post("/process/start", {"processName": name, "object": objects or {}, **body})
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert isinstance(data, str)
        return data

    def tasks(self, instance: str) -> list[dict[str, Any]]:
        answer = self.get(f"/instance/{instance}/tasks")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def task(self, name: str, **body: Any) -> str:
        """Start a process and answer the id of its one task."""
        (task,) = self.tasks(self.start(name, **body))
        found: str = task["id"]
        return found

    def variables(self, task: str) -> dict[str, Any]:
        found: dict[str, Any] = self.post(f"/tasks/{task}/variables").json()["data"]
        return found


def refused(answer: httpx2.Response, code: int) -> None:
    """The failure envelope with that code, and the status that belongs to it."""
    body = answer.json()
    assert (body["code"], answer.status_code) == (code, code // 100), answer.text
    assert body["totalRecordCount"] == 0
    assert body["message"]
    assert isinstance(body["timestamp"], int)
    assert list(body)[:4] == ["data", "code", "timestamp", "totalRecordCount"]


def done(answer: httpx2.Response, count: int = 1) -> Any:
    """The success envelope; answers its data."""
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert list(body) == ["data", "code", "timestamp", "totalRecordCount"]
    assert body["code"] == 0
    assert body["totalRecordCount"] == count
    return body["data"]


def open_hotel(settings: Settings | None = None) -> Engine:
    """An engine with the processes and people of these tests."""
    engine = Engine.open("sqlite://", settings=settings)
    put_people(
        engine,
        PEOPLE,
        Booking_Clerk=("R0003", "carol"),
        act_for_others=(None, "robot"),
    )
    engine.people.add_party(engine.admin, "Front Desk", "dave")
    engine.people.add_party_member(engine.admin, "Front Desk", "bob")
    engine.people.add_party_member(engine.admin, "Front Desk", "Booking_Clerk", "ROLE")
    for unit in demo.UNITS:
        engine.deployments.deploy(engine.admin, unit.deployment_id, unit.read())
    for deployment_id, files in UNITS.items():
        named = {f"p{number}.bpmn": content for number, content in enumerate(files)}
        engine.deployments.deploy(engine.admin, deployment_id, named)
    return engine


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with open_hotel() as engine, serving(engine) as running:
        yield running


@pytest.fixture
def ann(served: Served) -> Oneweb:
    return Oneweb(served, "ann")


@pytest.fixture
def bob(served: Served) -> Oneweb:
    return Oneweb(served, "bob")


@pytest.fixture
def carol(served: Served) -> Oneweb:
    return Oneweb(served, "carol")


@pytest.fixture
def dave(served: Served) -> Oneweb:
    return Oneweb(served, "dave")


@pytest.fixture
def robot(served: Served) -> Oneweb:
    return Oneweb(served, "robot")


@pytest.fixture
def admin(served: Served) -> Oneweb:
    return Oneweb(served, "admin")
