"""Every route of every dialect, called by nobody, a stranger, and an administrator.

Made from the route tables, so that a new route cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from procession import demo
from procession.engine import Engine
from procession.services.access import TABLE, Who
from procession.web.http import Route
from serving import Served, put_people, serving

SECRET = "orchid-in-the-safe"


class Scene:
    """A process that ann started, with a task and a secret; dave has no part in it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        engine = self.engine = served.engine
        ann = engine.people.actor("ann")
        self.view = engine.processes.start(ann, "evaluation", {"employee": "ann", "x": SECRET})
        (self.task,) = engine.tasks.of_instance(ann, self.view.id).items
        self.ann = ann

    def state(self) -> Any:
        """What must not change by strangers' hands."""
        engine, admin = self.engine, self.engine.admin
        return (
            engine.tasks.get(admin, self.task.id),
            engine.processes.get(admin, self.view.id),
            engine.people.list_users(admin),
            engine.people.list_groups(admin),
            [unit.status for unit in engine.deployments.list(admin).items],
        )

    def values(self) -> dict[str, str]:
        """What stands for the parameters of paths."""
        task, view = self.task, self.view
        return {
            "dep": view.deployment_id,
            "deployment_id": view.deployment_id,
            "process_id": view.process_id,
            "process_name": "No Such",
            "instance_id": f"{view.id}-{view.uuid}",
            "task_id": f"{task.id}-{task.uuid}",
            "job_id": "1",
            "name": "x",
            "member": "ann",
            "value": SECRET,
            "oper": "anything",
            "which": "input",
        }

    def number_for(self, path: str) -> str:
        if "/content/{" in path:
            return str(self.task.input_content_id)
        if "/workitem/" in path:
            return str(self.task.work_item_id)
        return str(self.task.id if path.startswith("/task") else self.view.id)


def walk(served: Served) -> Iterator[tuple[str, Route]]:
    for mount in served.app.mounts:
        for route in mount.dialect.routes.routes:
            yield mount.prefix.replace("*", ""), route


def fill(path: str, values: dict[str, str], number: str) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name == "id" or "[0-9]" in found[0]:
            return number
        return values[name]

    return re.sub(r"\{([a-z_]+)(?::(?:[^{}]|\{[^}]*\})*)?\}", value, path)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with Engine.open("sqlite://") as engine:
        put_people(engine, {"ann": ("clerks",), "dave": ("others",)})
        for unit in demo.UNITS:
            engine.deployments.deploy(engine.admin, unit.deployment_id, unit.read())
        with serving(engine) as served:
            yield Scene(served)


def call(scene: Scene, user: str | None, prefix: str, route: Route) -> httpx2.Response:
    path = prefix + fill(route.path, scene.values(), scene.number_for(route.path))
    content = b"{}" if route.method in {"POST", "PUT"} and "oneweb" not in path else None
    return scene.served.client(user).request(route.method, path, content=content)


def test_nobody_gets_in_without_saying_who_they_are(scene: Scene) -> None:
    before = scene.state()

    for prefix, route in walk(scene.served):
        answer = call(scene, None, prefix, route)

        if route.permission == "public":
            assert answer.status_code in {200, 400}, route
        else:
            assert answer.status_code == 401, route
            assert answer.headers["www-authenticate"], route

    assert scene.state() == before


def test_a_stranger_sees_and_moves_nothing_of_anothers(scene: Scene) -> None:
    before = scene.state()

    for prefix, route in walk(scene.served):
        answer = call(scene, "dave", prefix, route)

        rule = TABLE[route.permission]
        if rule.who in {Who.ROLES, Who.ADMINISTRATORS}:
            assert answer.status_code == 403, (route, answer.text)
        if rule.who is Who.PARTICIPANTS:
            text = answer.text.replace(f"value/{SECRET}", "")
            assert SECRET not in text, (route, answer.text)
        assert answer.status_code < 500, (route, answer.text)

    assert scene.state() == before


def test_an_administrator_is_refused_nothing(scene: Scene) -> None:
    nowhere = dict.fromkeys(scene.values(), "ghost")

    for prefix, route in walk(scene.served):
        path = prefix + fill(route.path, nowhere, "99999999")
        answer = scene.served.client("admin").request(route.method, path)

        assert answer.status_code not in {401, 403}, (route, answer.text)
        assert answer.status_code < 500, (route, answer.text)
