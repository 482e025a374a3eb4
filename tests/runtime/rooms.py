"""Engines and processes for tests of the runtime."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from procession.engine import Engine
from procession.settings import Settings
from procession.store.tables import metadata
from procession.testing import Model, model
from procession.testing.models import parameters

UNIT = "org.test:unit:1.0"
JAVA = "http://www.java.com/java"


def settings(database: str, **given: Any) -> Settings:
    return Settings(database=database, **{"job_lease_seconds": 2, "job_poll_seconds": 1, **given})


def deploy(engine: Engine, *models: Model, unit: str = UNIT) -> None:
    files = {f"{one.id}.bpmn": one.xml() for one in models}
    done = engine.deployments.deploy(engine.admin, unit, files)
    assert done.success, done.explanation


def work_item(id: str, name: str, **variables: str) -> Callable[[Model], Model]:
    """A task that is a work item of that name; ``result="x"`` maps results to variables."""
    inside = parameters(outputs=variables) if variables else ""
    return lambda process: process.task(id, inside, taskName=name)


def straight(id: str, *nodes: Callable[[Model], Model], variables: str = "") -> Model:
    """Start, the nodes one after the other, end; a jBPM file with Java scripts."""
    process = model(id, jbpm=True, language=JAVA)
    for name in variables.split():
        process.variable(name)
    process.start()
    for node in nodes:
        process = node(process)
    return process.end()


def script(id: str, text: str) -> Callable[[Model], Model]:
    return lambda process: process.script(id, text)


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the counters, to compare before and after."""
    with engine.room.store.read() as reader:
        return {
            table.name: sorted((tuple(row) for row in reader.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name != "counter"
        }


def until(holds: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait for something to come true; gives what it came to."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


def state_of(engine: Engine, instance: int) -> int:
    return int(engine.processes.last_known(engine.admin, instance).state)


def is_over(engine: Engine, instance: int) -> bool:
    return state_of(engine, instance) in (2, 3)


def visited(engine: Engine, instance: int, node: str) -> int:
    """How often a node was entered, as the audit has it."""
    rows = engine.history.nodes(engine.admin, instance).items
    return sum(1 for row in rows if row.node_id == node and row.type == 0)


def variables(engine: Engine, instance: int) -> Mapping[str, Any]:
    return engine.history.last_variables(engine.admin, instance)


def jobs(engine: Engine, **wanted: Any) -> Any:
    return engine.jobs.list(engine.admin, **wanted).items


def only_item(engine: Engine, instance: int) -> int:
    """The public id of the one open work item of an instance."""
    from procession.store.tables import wait

    with engine.room.store.read() as reader:
        rows = reader.execute(
            select(wait.c.public_id).where(
                wait.c.instance_id == instance, wait.c.public_id.is_not(None)
            )
        )
    assert len(rows) == 1, rows
    return int(rows[0][0])
