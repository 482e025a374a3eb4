"""Several servers on one PostgreSQL: races, what they remember of instances, definitions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from procession.errors import Busy, NotFound, Rejected
from procession.store.tables import job as job_table
from tests.runtime.rooms import (
    UNIT,
    deploy,
    is_over,
    jobs,
    only_item,
    script,
    straight,
    until,
    variables,
    visited,
    work_item,
)

SIGNAL = '<signalEventDefinition signalRef="S"/>'


def counter():
    return straight(
        "counter",
        lambda m: m.exclusive("again").catch("c", SIGNAL),
        script("s", 'kcontext.setVariable("n", n + 1);'),
        lambda m: m.exclusive("which").flow("return n < 100000;").to("again").back_to("which"),
        variables="n",
    )


def test_two_nodes_on_one_instance_repeat_what_lost_a_race(nodes):
    """Every signal that was answered took effect, once; who was refused changed nothing."""
    one = nodes[0]
    deploy(one, counter())
    view = one.processes.start(one.admin, "counter", {"n": 0})

    def signal(number):
        node = nodes[number % 2]
        try:
            return node.processes.signal(node.admin, "S", number, instance=view.id)
        except Busy:
            return 0

    with ThreadPoolExecutor(8) as pool:
        heard = sum(pool.map(signal, range(120)))

    assert heard > 100
    for node in nodes:
        assert node.processes.variable(node.admin, view.id, "n") == heard
    assert visited(one, view.id, "s") == heard


def test_of_two_nodes_that_complete_one_item_one_succeeds(nodes):
    one = nodes[0]
    deploy(one, straight("p", work_item("w", "Wait"), work_item("v", "Wait")))

    for _ in range(10):
        view = one.processes.start(one.admin, "p")
        item = only_item(one, view.id)

        def complete(node, item=item):
            try:
                node.work_items.complete(node.admin, item, missing_ok=False)
            except (NotFound, Rejected, Busy):
                return 0
            return 1

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(complete, nodes)) == 1
        assert visited(one, view.id, "v") == 1


def test_what_one_node_did_the_other_knows_at_once(nodes):
    """Each node remembers the instance; what it remembers must not decide anything."""
    one, other = nodes
    items = [work_item(f"w{n}", "Wait") for n in range(6)]
    deploy(one, straight("p", *items, lambda m: m.catch("c", SIGNAL), work_item("z", "Wait")))
    view = one.processes.start(one.admin, "p")

    for number in range(6):
        node = nodes[number % 2]
        node.work_items.complete(node.admin, only_item(one, view.id), missing_ok=False)
    assert one.processes.signal(one.admin, "S", instance=view.id) == 1
    assert other.processes.signal(other.admin, "S", instance=view.id) == 0
    other.work_items.complete(other.admin, only_item(one, view.id), missing_ok=False)

    assert is_over(one, view.id)
    with pytest.raises(NotFound):
        one.processes.abort(one.admin, view.id)


def test_a_signal_finds_who_began_to_listen_on_another_node(nodes):
    one, other = nodes
    deploy(one, straight("p", work_item("w", "Wait"), lambda m: m.catch("c", SIGNAL)))
    view = one.processes.start(one.admin, "p")
    other.work_items.complete(other.admin, only_item(one, view.id), missing_ok=False)

    assert one.processes.signal(one.admin, "S") == 1

    assert is_over(other, view.id)


def test_a_deployment_on_one_node_is_used_by_the_other(nodes):
    one, other = nodes
    hears = straight("p").__class__("hears").start("start", SIGNAL).task("t").end()
    assert other.processes.signal(other.admin, "S") == 0

    deploy(one, straight("p", work_item("w", "One")), hears)
    first = other.processes.start(other.admin, "p")
    until(lambda: other.processes.signal(other.admin, "S"), 5)
    one.processes.abort(one.admin, first.id)
    assert one.deployments.undeploy(one.admin, UNIT).success
    deploy(one, straight("p", work_item("v", "Two")))

    def on_the_new_one():
        view = other.processes.start(other.admin, "p")
        return visited(other, view.id, "v")

    until(on_the_new_one, 5)


def test_jobs_of_a_node_that_is_gone_are_taken_over(nodes, opening):
    one, other = nodes
    deploy(one, straight("p", work_item("w", "Post", n="n"), variables="n"))
    for node in nodes:
        node.handler("Post", mode="job")(lambda item: {"n": 1})
    view = one.processes.start(one.admin, "p")
    now = int(one.room.clock.now().timestamp() * 1000)
    [leased] = one.room.store.lease_jobs("one-that-died", now, now + 600, 10)
    assert leased.kind == "work_item"

    other.worker().start()

    until(lambda: is_over(other, view.id), 6)
    assert variables(other, view.id) == {"n": "1"}


def test_a_job_that_was_taken_over_has_no_effect_any_more(opening, database_kind):
    engine = opening()
    deploy(engine, straight("p", work_item("w", "Post")))
    taken = []

    @engine.handler("Post", mode="job")
    def post(item):
        grab = update(job_table).values(lease_owner="another")
        engine.executive.run(lambda: engine.executive.turn.uow.execute(grab), actor="system")
        taken.append(item.id)

    view = engine.processes.start(engine.admin, "p")
    engine.run_due_jobs()

    assert len(taken) == 1
    assert not is_over(engine, view.id)
    assert jobs(engine)[0].locked_by == "another"
