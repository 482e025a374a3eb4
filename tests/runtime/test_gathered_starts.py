"""Processes that several events start together: what has come is kept, with its key."""

from __future__ import annotations

import pytest

from procession.engine import Engine
from procession.testing import Model, model
from procession.testing.models import conditional, message, signal, timer
from tests.runtime.rooms import deploy, is_over, variables, visited

ROOTS = ("A", "B"), ("M", "N")


def base(id: str) -> Model:
    process = model(id)
    for name in ROOTS[0]:
        process.root(f'<signal id="_{name}" name="{name}"/>')
    for name in ROOTS[1]:
        process.root(f'<message id="_{name}" name="{name}"/>')
    return process


def start_event(first: str, second: str) -> Model:
    process = base("together").node("startEvent", "s", first + second, parallelMultiple="true")
    return process.end()


def gateway(first: str, second: str) -> Model:
    attributes = {"instantiate": "true", "eventGatewayType": "Parallel"}
    process = base("together").node("eventBasedGateway", "g", **attributes)
    process.catch("one", first).end()
    return process.back_to("g").catch("two", second).end("end2")


def instances(engine: Engine) -> list[int]:
    found = engine.history.by_process(engine.admin, "together").items
    return sorted(log.process_instance_id for log in found)


@pytest.mark.parametrize("kind", [start_event, gateway])
@pytest.mark.parametrize("order", ["AB", "BA"])
def test_the_second_signal_completes_the_instance_that_the_first_began(opening, kind, order):
    engine = opening(threads=False)
    deploy(engine, kind(signal("_A"), signal("_B")))

    assert engine.processes.signal(engine.admin, order[0]) == 1
    [one] = instances(engine)
    assert not is_over(engine, one)

    assert engine.processes.signal(engine.admin, order[1]) == 1
    assert instances(engine) == [one]
    assert is_over(engine, one)


@pytest.mark.parametrize("kind", [start_event, gateway])
def test_messages_come_together_by_their_key(opening, kind):
    engine = opening(threads=False)
    deploy(engine, kind(message("_M"), message("_N")))

    engine.processes.message(engine.admin, "M", "red")
    engine.processes.message(engine.admin, "M", "blue")
    engine.processes.message(engine.admin, "N", "blue")

    red, blue = instances(engine)
    assert not is_over(engine, red)
    assert is_over(engine, blue)

    engine.processes.message(engine.admin, "N", "red")
    assert is_over(engine, red)
    assert instances(engine) == [red, blue]


def test_the_same_event_twice_begins_two_instances(opening):
    engine = opening(threads=False)
    deploy(engine, start_event(signal("_A"), message("_M")))

    engine.processes.signal(engine.admin, "A")
    engine.processes.signal(engine.admin, "A")

    assert len(instances(engine)) == 2


@pytest.mark.sqlite_only
def test_what_has_come_outlives_the_engine(opening, database_url):
    with opening(threads=False) as engine:
        deploy(engine, start_event(signal("_A"), signal("_B")))
        engine.processes.signal(engine.admin, "A")

    engine = opening(threads=False)
    engine.processes.signal(engine.admin, "B")

    [one] = instances(engine)
    assert is_over(engine, one)


def test_any_of_several_starts_an_instance_with_its_own_data(opening):
    engine = opening(threads=False)
    data = "".join(
        f'<dataOutput id="o_{n}" name="{n}"/><dataOutputAssociation><sourceRef>o_{n}</sourceRef>'
        f"<targetRef>{n}</targetRef></dataOutputAssociation>"
        for n in ("one", "two")
    )
    process = base("together").variable("one").variable("two")
    process.start("s", data + signal("_A") + message("_M")).user("u").end()
    deploy(engine, process)

    engine.processes.signal(engine.admin, "A", 1)
    engine.processes.message(engine.admin, "M", None, 2)

    first, second = instances(engine)
    assert variables(engine, first) == {"one": "1"}
    assert variables(engine, second) == {"two": "2"}


def test_each_event_behind_a_gateway_starts_an_instance(opening):
    engine = opening(threads=False)
    process = base("together").node("eventBasedGateway", "g", instantiate="true")
    process.catch("one", message("_M")).end()
    process.back_to("g").catch("two", signal("_A")).end("end2")
    process.back_to("g").catch("three", timer("R1/PT0S", "timeCycle")).end("end3")
    deploy(engine, process)

    engine.processes.message(engine.admin, "M")
    engine.processes.signal(engine.admin, "A")
    engine.run_due_jobs()

    assert [
        [visited(engine, one, node) for node in ("one", "two", "three")]
        for one in instances(engine)
    ] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_condition_behind_a_gateway_starts_an_instance(opening):
    engine = opening(threads=False)
    process = base("together").variable("v").node("eventBasedGateway", "g", instantiate="true")
    process.catch("one", message("_M")).end()
    process.back_to("g").catch("two", conditional("v > 1")).end("end2")
    deploy(engine, process)

    engine.processes.evaluate_conditions(engine.admin, {"v": 2})

    [one] = instances(engine)
    assert visited(engine, one, "two") == 1
    assert is_over(engine, one)
