"""Data stores over a real database: shared by instances, kept over restarts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from procession.errors import ExecutionFailure
from procession.services.processes import ProcessRef
from procession.testing import model
from procession.testing.models import parameters
from tests.runtime.rooms import UNIT, deploy, only_item


def counting():
    """Reads the counter when its task begins; its end writes what the task gives."""
    process = model("counting").root('<dataStore id="counter"/>')
    process.inside('<dataStoreReference id="ref" dataStoreRef="counter"/>')
    inside = parameters(inputs={"p": "ref"}, outputs={"r": "ref"})
    return process.start().service("a", inside)


def read(engine, unit=UNIT):
    instance = engine.processes.start(engine.admin, ProcessRef(unit, "counting")).id
    number = only_item(engine, instance)
    return engine.work_items.get(engine.admin, number).parameters.get("p")


def write(engine, value, unit=UNIT):
    instance = engine.processes.start(engine.admin, ProcessRef(unit, "counting")).id
    engine.work_items.complete(engine.admin, only_item(engine, instance), {"r": value})


def test_what_one_instance_writes_another_reads(engine):
    deploy(engine, counting().end())
    assert read(engine) is None

    write(engine, {"a": [1, 2]})
    assert read(engine) == {"a": (1, 2)}

    write(engine, 7)
    assert read(engine) == 7


def test_is_there_after_the_engine_was_opened_again(opening):
    engine = opening()
    deploy(engine, counting().end())
    write(engine, "kept")
    engine.close()

    assert read(opening()) == "kept"


def test_each_deployment_has_its_own(engine):
    deploy(engine, counting().end())
    deploy(engine, counting().end(), unit="org.test:other:1.0")

    write(engine, 1)

    assert read(engine, "org.test:other:1.0") is None


def test_a_turn_that_fails_writes_nothing(engine):
    process = counting().call("c", "nowhere").end()
    deploy(engine, process)

    with pytest.raises(ExecutionFailure, match="nowhere"):
        write(engine, 1)

    assert read(engine) is None


def test_many_writers_at_once_lose_nothing(engine):
    deploy(engine, counting().end())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write(engine, number), range(24)))

    assert read(engine) in range(24)
    with engine.room.store.read() as reader:
        ((_, version),) = reader.hot("data_store", (UNIT, "counter"))
    assert version == 24


def test_of_two_nodes_that_write_a_store_for_the_first_time_both_do(nodes):
    """Neither is refused: who was second repeats its turn with what the first has written."""
    one = nodes[0]
    units = [f"org.test:first:{number}.0" for number in range(12)]
    for unit in units:
        deploy(one, counting().end(), unit=unit)

    def first(node, unit):
        ref = ProcessRef(unit, "counting")
        instance = node.processes.start(node.admin, ref).id
        return node, only_item(node, instance)

    def complete(given):
        node, number = given
        node.work_items.complete(node.admin, number, {"r": number})

    for unit in units:
        begun = [first(node, unit) for node in nodes]
        with ThreadPoolExecutor(len(begun)) as pool:
            list(pool.map(complete, begun))

        with one.room.store.read() as reader:
            ((_, version),) = reader.hot("data_store", (unit, "counter"))
        assert version == len(begun)
