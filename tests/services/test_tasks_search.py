"""Looking for tasks: criteria, union, statuses, visibility, paging."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.errors import Invalid
from procession.services.paging import PageRequest
from procession.services.tasks import TaskCriteria

from .task_house import House, house


@pytest.fixture
def home() -> Iterator[House]:
    with house() as made:
        yield made


def ids(page):
    return [task.id for task in page.items]


def search(home: House, by: str = "", **criteria):
    actor = home.actor(by) if by else home.admin
    return ids(home.tasks.query(actor, TaskCriteria(**criteria)))


def test_values_of_one_criterion_are_alternatives_and_criteria_intersect(home):
    a, b = home.offer(), home.offer("review")

    assert search(home, work_item_ids=(a.work_item_id, b.work_item_id)) == [a.id, b.id]
    assert search(home, work_item_ids=(a.work_item_id,), task_ids=(b.id,)) == []
    assert search(home, work_item_ids=(a.work_item_id,), task_ids=(b.id,), union=True) == [
        a.id,
        b.id,
    ]
    assert search(home, process_instance_ids=(b.process_instance_id,)) == [b.id]


def test_users_are_found_through_their_groups(home):
    group, personal = home.offer(), home.offer("review")

    assert search(home, potential_owners=("ann",)) == [group.id, personal.id]
    assert search(home, potential_owners=("bob",)) == [group.id]
    assert search(home, potential_owners=("sales",)) == [group.id]
    assert search(home, potential_owners=("mary",)) == []
    assert search(home, task_owners=("ann",)) == [personal.id]
    assert search(home, business_administrators=("Administrators",)) == [group.id, personal.id]
    assert search(home, business_administrators=("ann",)) == []


def test_statuses_are_read_in_any_case_and_none_is_the_default(home):
    ready, reserved, gone = home.offer(), home.offer("review"), home.offer()
    home.tasks.exit(home.admin, gone.id)

    assert search(home, statuses=("READY",)) == [ready.id]
    assert search(home, statuses=("ready", "ReServed")) == [ready.id, reserved.id]
    assert search(home) == [ready.id, reserved.id, gone.id]
    with pytest.raises(Invalid, match="known are Created, Ready"):
        search(home, statuses=("open",))


def test_statuses_are_intersected_with_a_union_unless_the_profile_unites_them(home):
    ready, reserved, other = home.offer(), home.offer("review"), home.offer("review")
    united = {"statuses": ("Ready",), "task_ids": (ready.id, reserved.id), "union": True}

    assert search(home, **united) == [ready.id]
    assert search(home, **united, status_in_union=True) == [ready.id, reserved.id]
    assert search(home, status_in_union=True, statuses=("Reserved",), task_ids=(other.id,)) == [
        other.id
    ]


def test_profile_m_unites_statuses_by_itself():
    with house(jbpm_dialect="M") as home:
        ready, reserved = home.offer(), home.offer("review")

        found = search(home, statuses=("Ready",), task_ids=(reserved.id,), union=True)

        assert found == [ready.id, reserved.id]


def test_one_sees_own_group_and_started_tasks_only(home):
    theirs = home.offer("review", by="mary")
    shared = home.offer(by="bob")

    assert search(home, "ann") == [theirs.id, shared.id]
    assert search(home, "mary") == [theirs.id]
    assert search(home, "bob") == [shared.id]
    assert search(home, "carl") == []
    assert search(home, "sue") == [theirs.id, shared.id]
    for criteria in ({"task_ids": (theirs.id, shared.id)}, {"statuses": ("Ready", "Reserved")}):
        assert search(home, "bob", **criteria) == [shared.id]
        assert search(home, "mary", **criteria) == [theirs.id]


def test_who_works_in_an_instance_sees_its_other_tasks(home):
    ann = home.actor("ann")
    first = home.offer("review", by="carl")
    home.tasks.start(ann, first.id)
    home.tasks.complete(ann, first.id)
    second = home.task_of(first.process_instance_id)

    assert search(home, "ann") == [first.id, second.id]
    assert search(home, "bob", task_ids=(first.id,)) == [first.id]
    assert search(home, "bob") == [first.id, second.id]
    assert search(home, "carl") == [first.id, second.id]


def test_in_compat_mode_everybody_finds_everything_unless_restricted():
    with house(access_mode="compat") as home:
        a, b = home.offer(by="carl"), home.offer("review", by="carl")

        assert search(home, "mary") == [a.id, b.id]
        assert search(home, "mary", restricted=True) == []
        assert search(home, "bob", restricted=True) == [a.id]
        # a criterion that names the caller restricts enough
        assert search(home, "bob", restricted=True, potential_owners=("ann", "bob")) == [a.id, b.id]


def test_lists_are_cut_by_the_page(home):
    made = [home.offer().id for _ in range(12)]

    def page(number, size):
        return ids(home.tasks.query(home.admin, TaskCriteria(), PageRequest(number, size)))

    assert page(None, None) == made
    assert page(2, 5) == made[5:10]
    assert page(0, 5) == page(1, 5) == page(None, 5) == made[:5]
    assert page(2, None) == made[10:]
    assert page(9, 5) == []
    assert page(3, 0) == made
    newest = home.tasks.query(home.admin, TaskCriteria(descending=True), PageRequest(1, 3))
    assert ids(newest) == made[:-4:-1]
    with pytest.raises(Invalid):
        PageRequest(-1, 5)


def test_a_list_without_pages_is_cut_at_a_thousand(home, monkeypatch):
    monkeypatch.setattr("procession.services.tasks.service.UNPAGED_LIMIT", 2)
    made = [home.offer().id for _ in range(3)]

    assert search(home) == made[:2]


def test_views_carry_both_halves_of_the_ids(home):
    task = home.offer()
    instance = home.engine.processes.get(home.admin, task.process_instance_id)

    (found,) = home.tasks.query(home.admin, TaskCriteria(task_ids=(task.id,))).items

    assert found.process_instance_uuid == instance.uuid
    assert found == home.tasks.get(home.admin, task.id) == task


@pytest.mark.parametrize("by", ["", "ann", "bob", "carl", "mary", "sue"])
def test_picking_by_ids_and_searching_find_the_same(home, monkeypatch, by):
    tasks = [
        home.offer(name, by=starter)
        for name in ("offer", "review", "open", "booking")
        for starter in ("mary", "carl")
    ]
    home.tasks.start(home.actor("ann"), tasks[2].id)
    home.tasks.complete(home.actor("ann"), tasks[2].id)
    home.tasks.claim(home.actor("bob"), tasks[0].id)
    numbers = tuple(task.id for task in tasks)
    criteria = [
        {"task_ids": numbers},
        {"process_instance_ids": tuple(task.process_instance_id for task in tasks)},
        {"work_item_ids": tuple(task.work_item_id for task in tasks), "descending": True},
        {"task_ids": numbers, "statuses": ("ready", "Completed")},
        {"task_ids": numbers, "potential_owners": ("bob", "carl")},
        {"task_ids": numbers, "business_administrators": ("Administrators",)},
        {"task_ids": numbers, "task_owners": ("ann", "bob")},
        {"task_ids": numbers[:3], "process_instance_ids": (tasks[1].process_instance_id,)},
    ]

    picked = [search(home, by, **one) for one in criteria]
    monkeypatch.setattr("procession.services.tasks.picking.MOST", -1)
    searched = [search(home, by, **one) for one in criteria]

    assert picked == searched


def test_starting_from_a_list_and_walking_through_find_the_same(home, monkeypatch):
    for name in ("offer", "review", "booking", "open"):
        home.offer(name, by="carl")
    ann = home.actor("ann")
    asked = [
        {"potential_owners": ("ann",)},
        {"statuses": ("ready",)},
        {"task_owners": ("ann",), "potential_owners": ("bob",), "union": True},
    ]

    listed = [search(home, "ann", **one) for one in asked]
    inbox = [task.id for task in home.tasks.work_list(ann).items]
    monkeypatch.setattr("procession.store.repositories.task_sizes.START", 0)

    assert [search(home, "ann", **one) for one in asked] == listed
    assert [task.id for task in home.tasks.work_list(ann).items] == inbox


def test_a_list_checked_in_portions_gives_the_same_pages(home, monkeypatch):
    for number in range(12):
        home.offer(("offer", "review", "booking")[number % 3], by="carl")
    asked = [
        {"task_owners": ("ann",), "potential_owners": ("ann",)},
        {"task_owners": ("ann",), "statuses": ("Reserved",), "descending": True},
        {"business_administrators": ("Administrators",), "statuses": ("Ready",)},
        {"potential_owners": ("sales", "ann"), "with_texts_in": "en-UK"},
    ]

    def pages() -> list[list[int]]:
        parts = [PageRequest(number, 3) for number in (1, 2, 3)]
        actors = (home.admin, home.actor("bob"))
        criteria = [TaskCriteria(**one) for one in asked]
        return [ids(home.tasks.query(a, c, p)) for a in actors for c in criteria for p in parts]

    whole = pages()
    for name, value in {"FEW": -1, "PAGES": 0, "PORTION": 1}.items():
        monkeypatch.setattr(f"procession.store.repositories.task_sizes.{name}", value)
    monkeypatch.setattr("procession.store.repositories.task_sizes.steps", lambda *_: 1e9)

    assert any(whole)
    assert pages() == whole
