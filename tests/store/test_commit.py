"""A batch of turns is durable together; a turn that cannot be written falls out alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from select import select as select_files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from procession.errors import (
    Conflict,
    InvalidValue,
    Occupied,
    Rejected,
    StoreFault,
    StoreUnavailable,
)
from procession.store.hot import load_instances, load_tasks
from procession.store.opening import open_store
from procession.store.rows import IncidentRow, TaskPersonRow
from procession.store.store import Store, UnitOfWork
from procession.store.tables import (
    incident,
    job,
    node_log,
    node_page,
    process_instance,
    process_log,
    setting,
    task,
    task_person,
    wait,
)

from . import rows


def sent(store: Store, batch: Sequence[UnitOfWork]) -> list[BaseException | None] | None:
    """What came of a batch that was written as an event loop does it; ``None``: do it again."""
    try:
        under_way = store.set_out(batch)
    except (Exception, Occupied):
        return None
    while not under_way.advance():
        select_files([under_way.file], [], [], 1)
    return under_way.outcomes


@pytest.fixture(params=["waiting", "sending"])
def store(
    database_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A batch is written by a thread that waits, or sent by an event loop that is told."""
    opened = open_store(database_url)
    if request.param == "sending":
        commit: Any = opened.commit
        monkeypatch.setattr(opened, "commit", lambda batch: sent(opened, batch) or commit(batch))
        opened.commit([turn(opened)])
    yield opened
    opened.close()


def turn(store: Store, *writes: Any) -> UnitOfWork:
    unit = store.unit_of_work()
    for write in writes:
        write(unit)
    return unit


def all_of(store: Store, statement: Any) -> list[Any]:
    with store.read() as reader:
        return [tuple(row) for row in reader.execute(statement)]


def saved(id: int, version: int = 1, read: int | None = None, **given: Any) -> Any:
    return lambda unit: unit.save_instance(rows.instance(id, version, **given), read)


def ended(id: int, read: int) -> Any:
    return lambda unit: unit.end_instance(id, read)


def inserted(row: Any) -> Any:
    return lambda unit: unit.insert(row)


NEXT = count(100)
INSTANCES = select(process_instance.c.id, process_instance.c.version).order_by(
    process_instance.c.id
)


def test_what_is_committed_is_read(store: Store) -> None:
    answer = store.commit([turn(store, saved(1), inserted(rows.wait(1, 5)))])

    assert answer == [None]
    with store.read() as reader:
        assert reader.hot("instances", ([1],)) == [
            (1, "u", 1, 1, "d", "p", 1, 1, None, None, "ann", 0, b"state")
        ]
        assert len(reader.hot("waits_of_instances", ([1],))) == 1


def test_an_empty_batch_and_an_empty_turn_are_fine(store: Store) -> None:
    assert store.commit([]) == []
    assert store.unit_of_work().is_empty()
    assert store.commit([store.unit_of_work()]) == [None]


def test_a_turn_that_lost_a_race_falls_out_and_the_others_stay(store: Store) -> None:
    store.commit([turn(store, saved(1))])

    answer = store.commit(
        [
            turn(store, saved(2)),
            turn(store, saved(1, 9, read=8), inserted(rows.node(1))),
            turn(store, saved(3)),
        ]
    )

    assert answer[0] is None
    assert isinstance(answer[1], Conflict)
    assert answer[2] is None
    assert all_of(store, INSTANCES) == [(1, 1), (2, 1), (3, 1)]
    assert all_of(store, select(node_log)) == []


def test_turns_of_one_batch_may_build_on_each_other(store: Store) -> None:
    store.commit([turn(store, saved(1)), turn(store, saved(2))])

    answer = store.commit(
        [
            turn(store, saved(1, 2, read=1)),
            turn(store, saved(1, 3, read=2)),
            turn(store, saved(2, 2, read=1)),
            turn(store, ended(2, 2)),
            turn(store, saved(3)),
            turn(store, saved(3, 2, read=1)),
            turn(store, saved(4)),
            turn(store, ended(4, 1)),
        ]
    )

    assert answer == [None] * 8
    assert all_of(store, INSTANCES) == [(1, 3), (3, 2)]


def test_a_turn_that_builds_on_one_that_fell_out_falls_out_too(store: Store) -> None:
    store.commit([turn(store, saved(1))])

    answer = store.commit(
        [turn(store, saved(1, 3, read=2)), turn(store, saved(1, 4, read=3)), turn(store, saved(2))]
    )

    assert isinstance(answer[0], Conflict)
    assert isinstance(answer[1], Conflict)
    assert answer[2] is None
    assert all_of(store, INSTANCES) == [(1, 1), (2, 1)]


def test_ending_an_instance_is_guarded(store: Store) -> None:
    store.commit([turn(store, saved(1, 4))])

    assert isinstance(store.commit([turn(store, ended(1, 3))])[0], Conflict)
    assert store.commit([turn(store, ended(1, 4))]) == [None]
    assert all_of(store, INSTANCES) == []


def test_a_correlation_key_that_is_taken_is_named(store: Store) -> None:
    answer = store.commit(
        [
            turn(store, saved(1, correlation_key="order-7")),
            turn(store, saved(2, correlation_key="order-7")),
        ]
    )

    assert answer[0] is None
    assert isinstance(answer[1], Rejected)
    assert "order-7" in str(answer[1])
    assert answer[1].reason == "correlation_key"


def test_a_correlation_key_is_free_again_in_the_batch_that_ends_its_owner(store: Store) -> None:
    store.commit([turn(store, saved(1, correlation_key="order-7"))])

    answer = store.commit(
        [turn(store, ended(1, 1)), turn(store, saved(2, correlation_key="order-7"))]
    )

    assert answer == [None, None]
    assert all_of(store, INSTANCES) == [(2, 1)]


def test_closing_a_wait_takes_its_jobs_and_their_incidents(store: Store) -> None:
    trouble = IncidentRow(None, 7, 1, 1, "d", "timer", None, None, "oh", 0)
    store.commit(
        [
            turn(
                store,
                inserted(rows.wait(1, 5)),
                inserted(rows.wait(1, 6)),
                inserted(rows.job(7, instance_id=1, wait_id=5)),
                inserted(rows.job(8, instance_id=1, wait_id=6)),
                inserted(trouble),
            )
        ]
    )

    assert store.commit([turn(store, lambda unit: unit.delete_wait(1, 5))]) == [None]

    assert all_of(store, select(wait.c.wait_id)) == [(6,)]
    assert all_of(store, select(job.c.id)) == [(8,)]
    assert all_of(store, select(incident.c.id)) == []


def test_a_wait_that_opens_and_closes_in_one_batch_leaves_nothing(store: Store) -> None:
    answer = store.commit(
        [
            turn(
                store,
                inserted(rows.wait(1, 5)),
                inserted(rows.wait(1, 6)),
                inserted(rows.job(7, instance_id=1, wait_id=5)),
                inserted(rows.job(8, instance_id=1, wait_id=6)),
            ),
            turn(store, lambda unit: unit.delete_wait(1, 5)),
        ]
    )

    assert answer == [None, None]
    assert all_of(store, select(wait.c.wait_id)) == [(6,)]
    assert all_of(store, select(job.c.id)) == [(8,)]


def test_a_timer_turn_finishes_its_job_and_closes_its_wait(store: Store) -> None:
    store.commit(
        [turn(store, inserted(rows.wait(1, 5)), inserted(rows.job(7, instance_id=1, wait_id=5)))]
    )
    store.lease_jobs("me", 0, 100, 10)

    finish = turn(store, lambda u: u.delete_wait(1, 5), lambda u: u.finish_job(7, "me"))

    assert store.commit([finish]) == [None]
    assert all_of(store, select(job.c.id)) == []


def test_finishing_a_job_is_guarded_by_the_lease(store: Store) -> None:
    store.commit([turn(store, inserted(rows.job(7)))])
    store.lease_jobs("me", 0, 100, 10)

    answer = store.commit([turn(store, saved(1), lambda unit: unit.finish_job(7, "you"))])

    assert isinstance(answer[0], Conflict)
    assert all_of(store, select(job.c.id)) == [(7,)]
    assert all_of(store, INSTANCES) == []


def test_a_task_is_saved_with_its_people(store: Store) -> None:
    def people(*names: str) -> list[TaskPersonRow]:
        return [TaskPersonRow(3, "potential_owner", "USER", name) for name in names]

    first = turn(store, inserted(rows.task(3)), *map(inserted, people("ann", "bob")))
    assert store.commit([first]) == [None]
    claimed = rows.task(3, 2, status="Reserved", actual_owner="ann")
    second = turn(
        store,
        lambda unit: unit.save_task(claimed, 1),
        lambda unit: unit.set_people(3, people("ann", "cid")),
    )
    late = turn(store, lambda unit: unit.save_task(rows.task(3, 2), 1))

    answer = store.commit([second])

    assert answer == [None]
    assert isinstance(store.commit([late])[0], Conflict)
    assert all_of(store, select(task.c.status, task.c.actual_owner)) == [("Reserved", "ann")]
    assert all_of(store, select(task_person.c.name).order_by(task_person.c.name)) == [
        ("ann",),
        ("cid",),
    ]


def test_people_set_in_the_batch_that_creates_the_task_are_its_only_ones(store: Store) -> None:
    first = turn(
        store,
        inserted(rows.task(3)),
        inserted(TaskPersonRow(3, "potential_owner", "USER", "ann")),
    )
    second = turn(
        store,
        lambda unit: unit.save_task(rows.task(3, 2), 1),
        lambda unit: unit.set_people(3, [TaskPersonRow(3, "potential_owner", "USER", "bob")]),
    )

    assert store.commit([first, second]) == [None, None]
    assert all_of(store, select(task_person.c.name)) == [("bob",)]
    assert all_of(store, select(task.c.version)) == [(2,)]


@pytest.mark.parametrize("together", [True, False])
def test_an_audit_row_is_completed(store: Store, together: bool) -> None:
    begin = turn(store, inserted(rows.log(1)))
    end = turn(store, lambda unit: unit.end_process_log(1, 50, 3, "oops", 50))

    if together:
        assert store.commit([begin, end]) == [None, None]
    else:
        assert store.commit([begin]) + store.commit([end]) == [None, None]

    columns = process_log.c
    assert all_of(store, select(columns.ended_at, columns.status, columns.outcome)) == [
        (50, 3, "oops")
    ]


def test_a_failed_batch_does_not_change_the_rows_that_are_tried_again(store: Store) -> None:
    begin = turn(store, inserted(rows.log(1)))
    end = turn(store, lambda unit: unit.end_process_log(1, 50, 3, "oops", 50), saved(9, 2, read=1))

    answer = store.commit([begin, end])

    assert answer[0] is None
    assert isinstance(answer[1], Conflict)
    assert all_of(store, select(process_log.c.ended_at)) == [(None,)]


def test_free_form_statements_run_with_the_rest_and_may_be_guarded(store: Store) -> None:
    first = turn(
        store, saved(1), lambda unit: unit.execute(insert(setting).values(name="a", value="1"))
    )
    absent = update(setting).where(setting.c.name == "b").values(value="2")
    second = turn(store, saved(2), lambda unit: unit.execute(absent, guard=1))
    third = turn(store, saved(3), lambda unit: unit.execute(absent))

    answer = store.commit([first, second, third])

    assert [type(error) for error in answer] == [type(None), Conflict, type(None)]
    assert all_of(store, INSTANCES) == [(1, 1), (3, 1)]
    assert all_of(store, select(setting.c.value)) == [("1",)]


def test_a_statement_that_is_wrong_is_our_error_and_harms_nobody(store: Store) -> None:
    twice = insert(setting).values(name=None, value="1")

    answer = store.commit(
        [turn(store, saved(1)), turn(store, saved(2), lambda unit: unit.execute(twice))]
    )

    assert answer[0] is None
    assert isinstance(answer[1], StoreFault)
    assert store.commit([turn(store, saved(2))]) == [None]


def test_a_statement_about_nothing_is_our_error_and_harms_nobody(store: Store) -> None:
    answer = store.commit(
        [
            turn(store, saved(1)),
            turn(store, saved(2), lambda unit: unit.execute(text("delete from nonsense"))),
            turn(store, saved(3)),
        ]
    )

    assert [answer[0], answer[2]] == [None, None]
    assert type(answer[1]) is StoreFault


def test_text_that_no_database_holds_is_refused(store: Store) -> None:
    answer = store.commit([turn(store, inserted(rows.node(1, "\ud800")))])

    assert isinstance(answer[0], InvalidValue)
    assert store.commit([turn(store, saved(2))]) == [None]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64, 2**70])
def test_a_number_that_no_database_holds_is_refused(store: Store, number: int) -> None:
    answer = store.commit(
        [turn(store, saved(1)), turn(store, inserted(rows.task(1, created_at=number)))]
    )

    assert answer[0] is None
    assert isinstance(answer[1], InvalidValue)
    assert store.commit([turn(store, saved(2))]) == [None]


def test_a_text_with_nul_is_kept_or_refused(store: Store, database_url: str) -> None:
    answer = store.commit([turn(store, saved(1)), turn(store, inserted(rows.task(1, name="a\0b")))])

    assert answer[0] is None
    if database_url.startswith("postgresql"):
        assert isinstance(answer[1], InvalidValue)
    else:
        assert all_of(store, select(task.c.name)) == [("a\0b",)]
    assert store.commit([turn(store, saved(2))]) == [None]


NUMBERS_64 = st.one_of(st.integers(-(2**63), 2**63 - 1), st.sampled_from([2**53 + 1, -(2**63)]))
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    st.sampled_from(['"', "\\u0000", "\\", "\u2028\x7f\x01\t", "null", "true", "{}", "NULL", ""]),
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(TEXTS, st.none() | TEXTS, NUMBERS_64, st.booleans(), st.binary(max_size=40)),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_written_is_read_the_same(store: Store, values: list[Any]) -> None:
    numbers = [next(NEXT) for _ in values]
    units = [
        turn(
            store,
            saved(number, state=body),
            inserted(rows.task(number, name=name, form_name=form, created_at=at, skipable=yes)),
        )
        for number, (name, form, at, yes, body) in zip(numbers, values, strict=True)
    ]

    assert store.commit(units) == [None] * len(units)

    with store.read() as reader:
        found = load_tasks(reader, numbers)
        states = {row.id: bytes(row.state) for row in load_instances(reader, numbers)}
    assert [
        (row.name, row.form_name, row.created_at, row.skipable, states[row.id]) for row in found
    ] == values


def test_many_rows_keep_their_order(store: Store) -> None:
    names = [f"n{number}" for number in range(201)]

    assert store.commit([turn(store, *[inserted(rows.node(1, name)) for name in names])]) == [None]

    found = all_of(store, select(node_log.c.node_id).order_by(node_log.c.id))
    assert [row[0] for row in found] == names


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()

    assert isinstance(store.commit([turn(store, saved(1))])[0], StoreUnavailable)
    with pytest.raises(StoreUnavailable), store.read():
        pass
    store.close()


# What a turn does: which instance it saves, and whether it read the right version.
TURNS = st.lists(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["save", "end", "stale"])), max_size=3),
    min_size=1,
    max_size=6,
)


@given(batches=st.lists(TURNS, max_size=3))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_turn_is_written_whole_or_not_at_all(database_url: str, batches: Any) -> None:
    """Whatever turns come together, the database holds what the answers say, and nothing else."""
    store = open_store(database_url)
    try:
        _clear(store)
        known: dict[int, int] = {}
        dead: set[int] = set()
        for batch in batches:
            seen = dict(known)
            units, effects = [], []
            for number, work in enumerate(batch):
                unit = turn(store, inserted(rows.node(number, "turn")))
                effects.append([_change(unit, seen, dead, id, what) for id, what in work])
                units.append(unit)
            answers = store.commit(units)
            known = _expect(known, effects, answers)
            assert sorted(all_of(store, INSTANCES)) == sorted(known.items())
            written = [number for number, answer in enumerate(answers) if answer is None]
            logs = all_of(store, select(node_log.c.instance_id).order_by(node_log.c.id))
            assert [row[0] for row in logs] == written
            _clear(store, keep_instances=True)
    finally:
        store.close()


def _clear(store: Store, keep_instances: bool = False) -> None:
    unit = store.unit_of_work()
    unit.execute(node_page.delete())
    if not keep_instances:
        unit.execute(process_instance.delete())
    assert store.commit([unit]) == [None]


Effect = tuple[int, int | None, int | None]


def _change(
    unit: UnitOfWork, seen: dict[int, int], dead: set[int], id: int, what: str
) -> Effect | None:
    """One write, as the turn that computes it sees the instance; what was read, what it became."""
    if what == "stale":
        unit.save_instance(rows.instance(id, 100), 99)
        return (id, 99, 100)
    version = seen.get(id)
    if what == "save" and id not in dead:
        seen[id] = (version or 0) + 1
        unit.save_instance(rows.instance(id, seen[id]), version)
        return (id, version, seen[id])
    if what == "end" and version is not None:
        del seen[id]
        dead.add(id)  # numbers are never used again
        unit.end_instance(id, version)
        return (id, version, None)
    return None


def _expect(known: dict[int, int], effects: Any, answers: list[Any]) -> dict[int, int]:
    """The instances after the turns that fit, which must be those that were answered well."""
    for turn_effects, answer in zip(effects, answers, strict=True):
        after, fits = dict(known), True
        for effect in turn_effects:
            if effect is not None:
                id, read, version = effect
                fits = fits and after.get(id) == read
                after.pop(id, None)
                if version is not None:
                    after[id] = version
        assert (answer is None) == fits, (turn_effects, answer)
        assert fits or isinstance(answer, Conflict)
        known = after if fits else known
    return known
