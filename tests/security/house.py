"""A house full of people with something to hide, and a walk over all its doors.

``ann`` starts a process that keeps a secret; ``olga`` has its task, ``carl`` could take it,
``boss`` administers it. ``dave`` has nothing to do with any of it. The others hold one role each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import msgspec

from procession.engine import Engine
from procession.identity.credentials import Hasher
from procession.services.views import ProcessInstanceView, TaskView
from procession.settings import Settings
from procession.testing.models import model, parameters, signal
from procession.values import Map
from procession.web.http import Route
from serving import Served, put_people, serving

SECRET = "orchid-in-the-safe"
UNIT = "org.test:Vault:1.0"
STATES = ("Ready", "Reserved", "InProgress")
NOWHERE = 987_654_321
"""A number that nothing has."""
NO_UUID = "00000000-0000-4000-8000-000000000000"

PEOPLE: dict[str, tuple[str, ...]] = {
    "ann": ("starters",),
    "olga": ("clerks",),
    "carl": ("clerks",),
    "boss": (),
    "dave": ("others",),
    "sam": (),
    "pam": (),
    "oscar": (),
    "walt": (),
    "ada": (),
}
ROLES = {
    "see-all": "sam",
    "process-manager": "pam",
    "operator": "oscar",
    "worker": "walt",
    "act-for-others": "ada",
}
EVERYBODY = (*PEOPLE, "admin")


def vault() -> bytes:
    """A task for clerks, a delivery, a signal and a called process, all at once."""
    io = parameters(
        inputs={"secret": "secret"},
        constants={
            "GroupId": "clerks",
            "BusinessAdministratorId": "boss",
            "Skippable": "true",
            "TaskName": "approve",
        },
        outputs={"verdict": "verdict"},
    )
    ship = parameters(inputs={"secret": "secret"}).replace("in_", "ship_in_")
    made = model("vault", jbpm=True).variable("secret", "String").variable("verdict", "String")
    made.root('<signal id="go" name="go"/>')
    made.start().parallel("fork").user("approve", io, name="Approve").end()
    made.back_to("fork").task("ship", ship, taskName="Ship").end()
    made.back_to("fork").catch("wait", signal("go")).end()
    made.back_to("fork").call("inner", "inside").end()
    return made.xml()


def inside() -> bytes:
    """What the vault calls; it waits for a signal that nobody sends."""
    made = model("inside", jbpm=True).root('<signal id="never" name="never"/>')
    return made.start().catch("rest", signal("never")).end().xml()


class Things(msgspec.Struct):
    """What ann's instance consists of."""

    view: ProcessInstanceView
    task: TaskView
    ship: int
    child: int
    comment: int
    attachment: int


class House:
    """A served engine with people; :meth:`fresh` makes another instance of the process."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.engine = served.engine
        self.admin = served.engine.admin

    def fresh(self, state: str = "Ready") -> Things:
        """A new instance that ann started, its task in that state and, unless ready, olga's."""
        engine = self.engine
        view = engine.processes.start(engine.people.actor("ann"), "vault", Map(secret=SECRET))
        (task,) = engine.tasks.of_instance(self.admin, view.id).items
        olga = engine.people.actor("olga")
        if state != "Ready":
            engine.tasks.claim(olga, task.id)
        if state == "InProgress":
            engine.tasks.start(olga, task.id)
        comment = engine.tasks.add_comment(self.admin, task.id, SECRET)
        paper = engine.tasks.attach(self.admin, task.id, "a.txt", SECRET)
        task = engine.tasks.get(self.admin, task.id)
        (child,) = engine.history.children(self.admin, view.id).items
        ship = self.ship_of(view.id)
        return Things(view, task, ship, child.process_instance_id, comment.id, paper.id)

    def ship_of(self, instance: int) -> int:
        """The public id of the delivery's work item."""
        nodes = self.engine.history.nodes(self.admin, instance, "ship").items
        return next(node.work_item_id for node in nodes if node.work_item_id)

    def state(self, things: Things) -> Any:
        """All there is to know of an instance: what must not change by strangers' hands."""
        engine, admin, number = self.engine, self.admin, things.view.id
        return (
            engine.processes.get(admin, number),
            engine.processes.get(admin, things.child),
            engine.tasks.get(admin, things.task.id),
            engine.work_items.get(admin, things.ship),
            engine.history.nodes(admin, number),
            engine.history.variables(admin, number),
        )

    def people(self) -> Any:
        """The directory and the deployments as they are."""
        engine, admin = self.engine, self.admin
        people = engine.people
        return (
            people.list_users(admin),
            people.list_groups(admin),
            people.list_roles(admin),
            people.list_parties(admin),
            [(unit.id, unit.status) for unit in engine.deployments.list(admin).items],
        )

    def routes(self) -> Iterator[tuple[str, Route]]:
        """Every route of every door, with the prefix of its mount."""
        for mount in self.served.app.mounts:
            for route in mount.dialect.routes.routes:
                yield mount.prefix.replace("*", ""), route

    def call(self, user: str | None, method: str, path: str, **more: Any) -> httpx2.Response:
        return self.served.client(user).request(method, path, **more)


@contextmanager
def house(**settings: Any) -> Iterator[House]:
    """Open it; ``settings`` are those of the engine."""
    with Engine.open("sqlite://", settings=Settings(**settings)) as engine:
        engine.people.directory.hasher = Hasher(memory_kib=64, passes=1)  # quick, for tests
        put_people(engine, PEOPLE)
        for role, user in ROLES.items():
            engine.people.add_role(engine.admin, role)
            engine.people.grant_role(engine.admin, role, user)
        files = {"vault.bpmn": vault(), "inside.bpmn": inside()}
        engine.deployments.deploy(engine.admin, UNIT, files)
        with serving(engine) as served:
            yield House(served)


# -- addresses -------------------------------------------------------------------------------

_PARAMETER = re.compile(r"\{([a-z_]+)(?::(?:[^{}]|\{[^}]*\})*)?\}")


def key_of(prefix: str, route: Route) -> str:
    """How the tables of the tests name a route."""
    return (
        f"{route.method} {prefix}{_PARAMETER.sub(lambda found: '{' + found[1] + '}', route.path)}"
    )


def address(prefix: str, route: Route, things: Things | None) -> str:
    """The route's path for those things, or for what does not exist."""
    numbers = _numbers(route.path, things)

    def value(found: re.Match[str]) -> str:
        return numbers[found[1]]

    return prefix + _PARAMETER.sub(value, route.path)


def _numbers(path: str, things: Things | None) -> dict[str, str]:
    if things is None:
        number, long = str(NOWHERE), f"{NOWHERE}-{NO_UUID}"
        task = instance = long
    else:
        view, one = things.view, things.task
        task, instance = f"{one.id}-{one.uuid}", f"{view.id}-{view.uuid}"
        if "/content/{" in path:
            number = str(one.input_content_id)
        elif "/workitem/" in path:
            number = str(things.ship)
        elif path.startswith("/task"):
            number = str(one.id)
        else:
            number = str(view.id)
    in_api = "/process-instances/" in path
    return {
        "id": number,
        "dep": UNIT,
        "deployment_id": UNIT,
        "process_id": "vault",
        "process_name": "No Such Name",
        "instance_id": number if in_api else instance,
        "task_id": task,
        "job_id": str(NOWHERE),
        "comment_id": str(things.comment if things else NOWHERE),
        "attachment_id": str(things.attachment if things else NOWHERE),
        "which": "input" if "input" in path else "output",
        "name": "secret" if "variable" in path else "approve" if "node" in path else "ghost",
        "member": "nemo",
        "value": SECRET,
        "oper": "anything",
    }
