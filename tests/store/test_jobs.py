"""Jobs: each is leased to one worker at a time, oldest first, and none is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procession.errors import Conflict
from procession.store.opening import open_store
from procession.store.repositories import jobs as repository
from procession.store.rows import JobRow
from procession.store.store import Store

from . import rows


def add(store: Store, *jobs: JobRow) -> None:
    unit = store.unit_of_work()
    for job in jobs:
        unit.insert(job)
    assert store.commit([unit]) == [None]


def leased(store: Store, worker: str, now: int, until: int, limit: int = 10, **more: Any) -> Any:
    return [job.id for job in store.lease_jobs(worker, now, until, limit, **more)]


def test_due_jobs_are_leased_oldest_first(store: Store) -> None:
    add(store, rows.job(1, 30), rows.job(2, 10), rows.job(3, 20), rows.job(4, 99))

    assert leased(store, "w", 50, 100, limit=2) == [2, 3]
    assert leased(store, "w", 50, 100, limit=2) == [1]
    assert leased(store, "w", 50, 100, limit=2) == []


def test_a_leased_job_carries_the_lease(store: Store) -> None:
    add(store, rows.job(1, 5, payload=b"x", topic="mail"))

    (job,) = store.lease_jobs("w", 50, 100, 2)

    assert job == rows.job(1, 5, payload=b"x", topic="mail", lease_owner="w", lease_until=100)


def test_a_lease_that_ran_out_frees_the_job(store: Store) -> None:
    add(store, rows.job(1))

    assert leased(store, "dead", 0, 100) == [1]
    assert leased(store, "w", 99, 200) == []
    assert leased(store, "w", 100, 200) == [1]
    unit = store.unit_of_work()
    unit.finish_job(1, "dead")
    assert isinstance(store.commit([unit])[0], Conflict)


def test_external_jobs_are_leased_by_topic(store: Store) -> None:
    add(
        store,
        rows.job(1, state="external", topic="mail"),
        rows.job(2, state="external", topic="print"),
        rows.job(3, state="external", topic="other"),
        rows.job(4, topic="mail"),
    )

    assert leased(store, "w", 0, 9, state="external", topics=["mail", "print"]) == [1, 2]
    assert leased(store, "w", 0, 9, state="external", topics=[]) == []
    assert leased(store, "w", 0, 9) == [4]
    assert leased(store, "w", 0, 9, state="external") == [3]


def test_next_due_is_the_next_due_time_or_end_of_a_lease(store: Store) -> None:
    assert store.next_due(0) is None
    add(store, rows.job(1, 40), rows.job(2, 30), rows.job(3, 5, state="failed"))
    assert store.next_due(0) == 30
    assert store.next_due(35) == 30
    store.lease_jobs("w", 30, 35, 1)
    assert store.next_due(31) == 35
    store.lease_jobs("w", 40, 90, 5)
    assert store.next_due(41) == 90


def test_workers_never_share_a_job_and_lose_none(store: Store) -> None:
    add(store, *[rows.job(number, number % 7) for number in range(1, 121)])
    done: list[list[int]] = [[] for _ in range(4)]

    def work(name: str, mine: list[int]) -> None:
        while jobs := store.lease_jobs(name, 100, 10_000, 5):
            unit = store.unit_of_work()
            for job in jobs:
                unit.finish_job(job.id, name)
                mine.append(job.id)
            assert store.commit([unit]) == [None]

    threads = [
        threading.Thread(target=work, args=(f"w{number}", mine)) for number, mine in enumerate(done)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(job for mine in done for job in mine) == list(range(1, 121))
    assert store.next_due(0) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "lease", "finish", "fail"]),
        st.sampled_from(["a", "b"]),
        st.integers(1, 30),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_job_is_leased_twice_or_lost(database_url: str, steps: Any) -> None:
    """Against a model: what may be leased is leased, once, until it is finished."""
    store = open_store(database_url)
    unit = store.unit_of_work()
    unit.execute(repository.job.delete())
    store.commit([unit])
    try:
        _walk(store, steps)
    finally:
        store.close()


def _walk(store: Store, steps: Any) -> None:
    now, number = 0, 0
    model: dict[int, list[Any]] = {}  # id -> [due, owner, until]
    held: dict[str, list[JobRow]] = {"a": [], "b": []}
    for what, worker, amount in steps:
        now += 3
        if what == "add":
            number += 1
            add(store, rows.job(number, now + amount))
            model[number] = [now + amount, None, 0]
        elif what == "lease":
            free = [(due, id) for id, (due, _, until) in model.items() if due <= now >= until]
            expected = [id for _, id in sorted(free)[:2]]
            jobs = store.lease_jobs(worker, now, now + amount, 2)
            assert [job.id for job in jobs] == expected
            for job in jobs:
                model[job.id][1:] = [worker, now + amount]
            held[worker].extend(jobs)
        elif held[worker]:
            job = held[worker].pop()
            mine = job.id in model and model[job.id][1] == worker
            unit = store.unit_of_work()
            if what == "finish":
                unit.finish_job(job.id, worker)
            else:
                repository.fail(unit, job, worker, "oh", 2, now + amount, now, None)
            assert (store.commit([unit])[0] is None) == mine
            if mine and what == "finish":
                del model[job.id]
            elif mine:
                model[job.id] = [now + amount, None, 0]
    with store.read() as reader:
        left, total = repository.jobs(reader)
    assert {job.id for job in left} == set(model)
    assert total == len(model)


# --- the repository -----------------------------------------------------------------------------


def test_a_job_without_retries_becomes_an_incident_and_can_be_retried(store: Store) -> None:
    add(store, rows.job(1, retries=1, instance_id=9, topic="mail"))
    (job,) = store.lease_jobs("w", 0, 10, 1)
    unit = store.unit_of_work()
    repository.fail(unit, job, "w", "no route", 0, 50, 5, None)
    assert store.commit([unit]) == [None]

    assert leased(store, "w", 99, 100) == []
    with store.read() as reader:
        (incident,), total = repository.incidents(reader, instance_id=9)
        job = repository.job_by_id(reader, 1)  # type: ignore[assignment]
    assert (incident.message, incident.job_id, incident.topic, total) == ("no route", 1, "mail", 1)
    assert (job.state, job.failures, job.lease_owner) == ("failed", 1, None)

    unit = store.unit_of_work()
    repository.retry(unit, job, 3, 60)
    assert store.commit([unit]) == [None]
    with store.read() as reader:
        assert repository.incidents(reader) == ([], 0)
    assert leased(store, "w", 60, 100) == [1]


def test_two_people_do_not_retry_one_incident_twice(store: Store) -> None:
    job = rows.job(1, state="failed", failures=3)
    add(store, job)
    first, second = store.unit_of_work(), store.unit_of_work()
    repository.retry(first, job, 3, 0)
    repository.retry(second, job, 3, 0)

    answers = store.commit([first, second])

    assert answers[0] is None
    assert isinstance(answers[1], Conflict)


def test_a_job_is_cancelled(store: Store) -> None:
    add(store, rows.job(1))
    unit, again = store.unit_of_work(), store.unit_of_work()
    repository.cancel(unit, 1)
    repository.cancel(again, 1)

    assert store.commit([unit]) == [None]
    assert isinstance(store.commit([again])[0], Conflict)


def test_a_lease_is_extended_only_while_it_lasts(store: Store) -> None:
    add(store, rows.job(1))
    (job,) = store.lease_jobs("w", 0, 10, 1)

    def extend(worker: str, now: int, until: int) -> bool:
        unit = store.unit_of_work()
        repository.extend(unit, job, worker, now, until)
        return store.commit([unit]) == [None]

    assert extend("w", 5, 30)
    assert not extend("x", 6, 40)
    assert not extend("w", 31, 60)
    assert leased(store, "y", 30, 50) == [1]


def test_jobs_are_listed_in_pages(store: Store) -> None:
    add(store, *[rows.job(number, 10 - number) for number in range(1, 6)])
    add(store, rows.job(9, 0, state="external", topic="mail", kind="work_item"))

    with store.read() as reader:
        page, total = repository.jobs(reader, state="ready", offset=1, limit=2)
        assert ([job.id for job in page], total) == ([4, 3], 5)
        page, total = repository.jobs(reader, topic="mail", kind="work_item")
        assert ([job.id for job in page], total) == ([9], 1)


@pytest.mark.parametrize("count", [1, 3])
def test_jobs_of_a_wait_are_found(store: Store, count: int) -> None:
    add(store, *[rows.job(number, instance_id=5, wait_id=2) for number in range(1, count + 1)])

    with store.read() as reader:
        assert len(repository.of_wait(reader, 5, 2)) == count
        assert repository.of_wait(reader, 5, 3) == []
        assert len(repository.of_ids(reader, range(1, 9))) == count
