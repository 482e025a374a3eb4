"""What variables are now, beside the log of what they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.services.processes import ProcessRef
from procession.store.digests import digest
from procession.values import Map

UNIT = "acme:now:1.0"
MODEL = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    b'<process id="waits" isExecutable="true"><property id="a"/><property id="b"/>'
    b'<startEvent id="s"/><userTask id="u"/><endEvent id="e"/>'
    b'<sequenceFlow id="f" sourceRef="s" targetRef="u"/>'
    b'<sequenceFlow id="g" sourceRef="u" targetRef="e"/></process>'
    b'<process id="goes" isExecutable="true"><property id="a"/>'
    b'<startEvent id="s2"/><endEvent id="e2"/>'
    b'<sequenceFlow id="f2" sourceRef="s2" targetRef="e2"/></process></definitions>'
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with Engine.open(database_url, threads=False) as found:
        found.deployments.deploy(found.admin, UNIT, {"m.bpmn2": MODEL})
        yield found


def now(engine: Engine) -> set[tuple[int, int]]:
    with engine.room.store.read() as reader:
        return set(reader.ask("select instance_id, digest from variable_now", ()))


def start(engine: Engine, process: str, **values: str) -> int:
    return engine.processes.start(engine.admin, ProcessRef(UNIT, process), Map(values)).id


def test_the_last_value_of_every_variable_is_known_and_no_other(engine: Engine) -> None:
    first = start(engine, "waits", a="red", b="x")
    second = start(engine, "waits", a="red")

    engine.processes.set_variables(engine.admin, first, Map(a="green"))
    engine.processes.set_variables(engine.admin, first, Map(a="blue"))

    assert now(engine) == {
        (first, digest("a", "blue")), (first, digest("b", "x")), (second, digest("a", "red")),
    }  # fmt: skip


def test_an_instance_that_comes_and_goes_without_a_task_is_not_looked_for(engine: Engine) -> None:
    start(engine, "goes", a="red")

    assert now(engine) == set()


def test_a_number_is_the_same_everywhere_and_fits_the_column() -> None:
    assert digest("category", "a") == 5074175420644742748
    assert digest("a", "b") != digest("ab", "")
    assert -(2**63) <= digest("x" * 300, "\ud800\U0001f600") < 2**63
