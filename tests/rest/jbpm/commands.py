"""A served engine that takes commands, and how to send some and read what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

from starlette.testclient import TestClient

from procession.engine import Engine
from procession.server import create_app
from procession.settings import Settings
from tests.rest.jbpm.test_jbpm_exchanges import HR, MODEL, PASSWORD, REST

XS = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
NEW, OLD = "6.5.0.1", "6.0.3.1"


def typed(kind: str, text: str, name: str = "value") -> str:
    """A typed value."""
    return f'<{name} xsi:type="{kind}" {XS}>{text}</{name}>'


def item(key: str, value: str) -> str:
    """An item of a map."""
    return f'<item key="{key}">{value}</item>'


def on_task(name: str, task: int, user: str = "ann", more: str = "") -> str:
    """A task command."""
    return f"<{name}><task-id>{task}</task-id><user-id>{user}</user-id>{more}</{name}>"


class Door:
    """Sends commands to one server."""

    def __init__(self, engine: Engine, client: TestClient) -> None:
        self.engine = engine
        self.client = client

    def post(
        self,
        commands: str,
        *,
        ver: str | None = NEW,
        user: str = "ann",
        path: str = "/execute",
        deployment: str | None = HR,
        more: str = "",
    ) -> Any:
        """The whole reply."""
        head = f"<deployment-id>{deployment}</deployment-id>" if deployment else ""
        head += f"<ver>{ver}</ver>" if ver else ""
        body = f"<command-request>{head}{more}{commands}</command-request>"
        return self.raw(body.encode(), user=user, path=path)

    def raw(self, body: bytes, *, user: str = "ann", path: str = "/execute", **headers: str) -> Any:
        """The reply to a body as it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            REST + path,
            content=body,
            headers={"content-type": "application/xml", **named},
            auth=(user, PASSWORD),
        )

    def do(self, commands: str, **more: Any) -> list[ElementTree.Element]:
        """The answers to commands; the reply is a good one."""
        reply = self.post(commands, **more)
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"] == "application/xml"
        root = ElementTree.fromstring(reply.content)
        assert root.tag == "command-response"
        head = {"deployment-id", "process-instance-id", "ver"}
        return [child for child in root if child.tag not in head]

    def one(self, command: str, **more: Any) -> ElementTree.Element:
        """The only answer, which is no exception."""
        (found,) = self.do(command, **more)
        assert found.tag != "exception", ElementTree.tostring(found)
        return found

    def start(self, variables: str = "") -> int:
        """A new instance; its number."""
        found = self.one(
            f'<start-process processId="acme.hiring"><parameter>{variables}</parameter>'
            "</start-process>"
        )
        return int(found.findtext("id") or 0)

    def task_of(self, instance: int) -> int:
        """The number of its first task."""
        return self.engine.tasks.of_instance(self.engine.admin, instance).items[0].id


@contextmanager
def opened(**settings: Any) -> Iterator[Door]:
    """A server with ann and bob of HR, and boss the administrator."""
    with Engine.open("sqlite://", settings=Settings(**settings)) as engine:
        people, admin = engine.people, engine.admin
        for group in ("HR", "Administrators"):
            people.add_group(admin, group)
        people.add_user(admin, "ann", PASSWORD, groups=("HR",))
        people.add_user(admin, "bob", PASSWORD, groups=("HR",))
        people.add_user(admin, "eve", PASSWORD)
        people.add_user(admin, "boss", PASSWORD, groups=("Administrators",))
        engine.deployments.deploy(admin, HR, {"hiring.bpmn2": MODEL})
        app = create_app(engine)
        yield Door(engine, TestClient(app, base_url="http://localhost:8080"))
        app.close()
