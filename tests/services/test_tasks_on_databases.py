"""The same life and the same searches on every database, and with people acting at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from procession.engine import Engine
from procession.errors import Rejected
from procession.services.paging import PageRequest
from procession.services.tasks import TaskCriteria
from procession.values import Map

from .task_house import House


def test_tasks_live_and_are_found_on_every_database(database_url):
    with Engine.open(database_url, threads=False) as engine:
        home = House(engine)
        ann, mary = home.actor("ann"), home.actor("mary")
        review, offer = home.offer("review", by="mary"), home.offer(by="carl")
        booking = home.offer("booking", by="carl")

        home.tasks.start(ann, review.id)
        home.tasks.complete(ann, review.id, Map(verdict="fine"))
        home.tasks.delegate(ann, offer.id, "bob")
        home.tasks.assign(home.admin, booking.id, ("ann",), ("R0003",))

        def found(actor, **criteria):
            page = home.tasks.query(actor, TaskCriteria(**criteria), PageRequest(1, 2))
            return [task.id for task in page.items]

        sign = home.task_of(review.process_instance_id)
        assert found(mary) == [review.id, sign.id]
        assert found(ann, statuses=("ready",), potential_owners=("ann",)) == [booking.id, sign.id]
        assert found(ann, descending=True) == [sign.id, booking.id]
        assert found(home.admin, task_owners=("bob",), task_ids=(sign.id,), union=True) == [
            offer.id,
            sign.id,
        ]
        page = home.tasks.work_list(ann, ("ann",), page=PageRequest(1, 1))
        assert ([task.id for task in page.items], page.total) == ([booking.id], 2)
        assert home.tasks.claim_next(ann).id == booking.id
        assert [t.id for t in home.tasks.of_instance(mary, sign.process_instance_id).items] == [
            sign.id
        ]
        home.engine.processes.abort(home.admin, sign.process_instance_id)
        assert home.tasks.get(ann, sign.id).status == "Exited"


def test_of_many_who_claim_at_once_one_gets_the_task():
    with Engine.open("sqlite://") as engine:
        home = House(engine)
        tasks = [home.offer() for _ in range(5)]
        actors = [home.actor("ann"), home.actor("bob")] * 4

        def claim(pair):
            actor, task = pair
            try:
                return home.tasks.claim(actor, task.id, True, True).actual_owner
            except Rejected as refusal:
                return refusal.reason

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(claim, [(a, t) for t in tasks for a in actors]))

        for place, task in enumerate(tasks):
            owners = set(outcomes[place * 8 : place * 8 + 8])
            assert owners == {"claimed", home.tasks.get(home.admin, task.id).actual_owner}


def test_of_many_who_finish_at_once_one_moves_the_process():
    with Engine.open("sqlite://") as engine:
        home = House(engine)
        ann = home.actor("ann")
        task = home.offer()

        def finish(_):
            try:
                return home.tasks.finish(ann, task.id).status
            except Rejected as refusal:
                return refusal.reason

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(finish, range(8)))

        assert sorted(outcomes) == ["Completed", *["inactive"] * 7]
        assert home.state(task.process_instance_id) == 2
