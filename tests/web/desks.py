"""An engine that is asked as its server asks it, with requests that arrive together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from procession.engine import Engine
from procession.identity.model import Actor
from procession.rest.jbpm import task as jbpm_task
from procession.rest.oneweb import instance, tasks
from procession.web.http import Reply, Request, Route
from procession.web.lanes import Lanes
from tests.rest.oneweb import models

UNIT = "com.acme:Shop:v1"
BOOKED = models.process(
    "booked",
    "Booked",
    models.START,
    models.user_task("work", "Do the work", groups="clerks"),
    '<task id="book" name="Book" xmlns:d="http://www.jboss.org/drools" d:taskName="Book"/>',
    models.END,
    models.sequence("start", "work", "book", "end"),
)
CLAIM = next(route for route in tasks.routes.routes if route.id == "3")
COMPLETE = next(route for route in tasks.routes.routes if route.id == "4")
TASKS = next(route for route in instance.routes.routes if route.id == "5")
QUERY = next(route for route in jbpm_task.routes.routes if route.id == "T02")
Outcome = Reply | BaseException


class Desk:
    """Asks an engine as its server does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ann = engine.room.actor("ann")
        self.lanes = Lanes(engine, readers=2, pool=2)

    def start(self, process: str = "one-task") -> tuple[str, str]:
        """The long ids of a new instance and of its task, which is not in memory."""
        begun = self.engine.processes.start(self.engine.admin, process)
        (task,) = self.engine.tasks.of_instance(self.ann, begun.id).items
        self.engine.room.executive.loaded.tasks.clear()
        return f"{begun.id}-{begun.uuid}", f"{task.id}-{task.uuid}"

    def status(self, task: str) -> str:
        return self.engine.tasks.get(self.engine.admin, int(task.split("-")[0])).status

    def tasks(self, instance: str) -> tuple[Route, Request]:
        return TASKS, Request("GET", "/", "", {}, b"", self.ann, {"instance_id": instance})

    def query(self, words: str, actor: Actor | None = None) -> tuple[Route, Request]:
        return QUERY, Request("GET", "/", words, {}, b"", actor or self.ann)

    def complete(self, task: str) -> tuple[Route, Request]:
        return COMPLETE, Request("POST", "/", "", {}, b"", self.ann, {"task_id": task})

    def claim(self, task: str) -> tuple[Route, Request]:
        return CLAIM, Request("POST", "/", "", {}, b"", self.ann, {"task_id": task})

    def at_once(self, *asked: tuple[Route, Request]) -> list[Outcome]:
        """What comes of requests that arrive together."""

        async def together() -> list[Outcome]:
            each = [self.lanes.run(route, request) for route, request in asked]
            return await asyncio.gather(*each, return_exceptions=True)

        return asyncio.run(together())

    def one_behind(self, *asked: tuple[Route, Request]) -> list[Outcome]:
        """What comes of requests of which the last arrives when the first are being served."""

        async def behind(route: Route, request: Request) -> Outcome:
            await asyncio.sleep(0)
            return await self.lanes.run(route, request)

        async def together() -> list[Outcome]:
            each = [self.lanes.run(route, request) for route, request in asked[:-1]]
            return await asyncio.wait_for(asyncio.gather(*each, behind(*asked[-1])), 20)

        return asyncio.run(together())

    def close(self) -> None:
        self.lanes.close()


def is_asked_together(engine: Engine) -> bool:
    return engine.room.store.is_asked_by_trips


def answered(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(type(each).__name__ for each in outcomes)
