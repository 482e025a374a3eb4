"""Inboxes: every question alone and together, every order, page after page, on every database."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from procession.engine import Engine
from procession.errors import Invalid, Unauthenticated
from procession.services.access import NOBODY
from procession.services.tasks.inbox import FIRST, InboxPart, InboxQuery
from procession.store.repositories import task_sizes
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.values import Map

from .task_house import House

UNIT = "acme:tasks:1.0"
SORTS = ("oldest", "newest", "urgency", "due")


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with Engine.open(database_url, threads=False) as engine:
        yield House(engine)


def made(home: House, name: str, **fields) -> int:
    priority, due = fields.pop("priority", 0), fields.pop("due", None)
    owners = tuple(Candidate(*one) for one in fields.pop("owners", (("GROUP", "sales"),)))
    new = NewTask(name=name, potential_owners=owners, priority=priority, expires_at=due)
    return home.tasks.add(home.admin, new, Map(fields)).id


def found(home: House, by: str = "", part: InboxPart = FIRST, **wanted) -> list[int]:
    actor = home.actor(by) if by else home.admin
    return [task.id for task in home.tasks.inbox(actor, InboxQuery(**wanted), part).items]


def paged(home: House, sort: str, size: int, by: str = "", **wanted) -> list[int]:
    """All pages, one after the other."""
    actor = home.actor(by) if by else home.admin
    ids, after = [], ""
    while True:
        page = home.tasks.inbox(actor, InboxQuery(**wanted), InboxPart(sort, size, after))
        ids += [task.id for task in page.items]
        if page.next is None:
            return ids
        assert len(page.items) == size
        after = page.next


def test_an_inbox_is_what_one_has_claimed_or_may_claim(home: House) -> None:
    shared, taken = made(home, "shared"), made(home, "taken")
    mine = made(home, "mine", owners=(("USER", "ann"),))
    made(home, "leads", owners=(("GROUP", "leads"),))
    home.tasks.claim(home.actor("bob"), taken)

    assert found(home, "ann", inbox_of=("ann",)) == [shared, mine]
    assert found(home, "bob", inbox_of=("bob",)) == [shared, taken]
    assert found(home, "ann", owners=("ann",)) == [mine]
    assert found(home, "ann", potential_owners=("ann",)) == [shared, taken, mine]
    assert found(home, "mary", inbox_of=("ann",)) == []


def test_questions_intersect_and_values_are_alternatives(home: House) -> None:
    ann = home.actor("ann")
    review, offer = home.offer("review", by="mary"), home.offer(by="carl")
    home.engine.processes.set_variables(
        home.actor("mary"), review.process_instance_id, Map(paper="blue")
    )
    plain = made(home, "plain", amount=7, colour="red")

    assert found(home, process_instance_ids=(review.process_instance_id,)) == [review.id]
    assert found(home, work_item_ids=(offer.work_item_id,), task_ids=(offer.id, plain)) == [
        offer.id
    ]
    assert found(home, deployment_ids=(UNIT,)) == [review.id, offer.id]
    assert found(home, process_ids=("offer",)) == [offer.id]
    assert found(home, created_by=("ann",)) == [review.id]
    assert found(home, variables=(("paper", "blue"),)) == [review.id]
    assert found(home, variables=(("paper", "red"),)) == []
    assert found(home, task_variables=(("amount", "7"),)) == [plain]
    assert found(home, task_variables=(("amount", "7"), ("colour", "blue"))) == []
    assert found(home, "ann", statuses=("ready",), potential_owners=("ann",)) == [offer.id, plain]
    assert found(home, statuses=("Reserved", "Ready")) == [review.id, offer.id, plain]
    home.tasks.claim(ann, plain)
    home.tasks.start(ann, plain)
    home.tasks.complete(ann, plain, Map(verdict="fine"))
    assert found(home, statuses=("Completed",), task_variables=(("verdict", "fine"),)) == [plain]
    assert found(home) == [review.id, offer.id]


def test_a_variable_is_looked_for_as_it_stands_now(home: House) -> None:
    task, mary = home.offer("review", by="mary"), home.actor("mary")
    for value in ("blue", "red"):
        home.engine.processes.set_variables(mary, task.process_instance_id, Map(paper=value))

    assert found(home, variables=(("paper", "blue"),)) == []
    assert found(home, variables=(("paper", "red"),)) == [task.id]


@pytest.mark.parametrize("start", [0, 4_000], ids=["walking", "listing"])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other_by_key_in_every_order(
    home: House, monkeypatch: pytest.MonkeyPatch, sort: str, start: int
) -> None:
    monkeypatch.setattr(task_sizes, "START", start)
    monkeypatch.setattr(task_sizes, "BOUNDS", (start, start, start))
    now = home.engine.room.clock.now()
    ids = [
        made(home, f"t{n}", priority=n % 3, due=now.replace(year=2030 + n % 4) if n % 2 else None)
        for n in range(11)
    ]
    views = {task: home.tasks.get(home.admin, task) for task in ids}
    expected = {
        "oldest": ids,
        "newest": ids[::-1],
        "urgency": sorted(ids, key=lambda i: (-views[i].priority, i)),
        "due": sorted(
            ids, key=lambda i: (views[i].expires_at is None, str(views[i].expires_at), i)
        ),
    }[sort]

    assert paged(home, sort, 4) == expected
    assert paged(home, sort, 3, "ann", potential_owners=("ann",)) == expected
    assert paged(home, sort, 5, "bob", inbox_of=("bob",)) == expected
    counted = home.tasks.inbox(
        home.actor("ann"), InboxQuery(potential_owners=("ann",)), InboxPart(sort, 2, total=True)
    )
    assert (counted.total, [task.id for task in counted.items]) == (11, expected[:2])


def test_what_is_done_meanwhile_does_not_shift_the_next_page(home: House) -> None:
    ids = [made(home, f"t{n}") for n in range(6)]
    first = home.tasks.inbox(home.admin, InboxQuery(), InboxPart(size=3))
    home.tasks.exit(home.admin, ids[0])

    rest = home.tasks.inbox(home.admin, InboxQuery(), InboxPart(size=3, after=first.next or ""))

    assert [task.id for task in rest.items] == ids[3:]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (InboxQuery(statuses=("odd",)), InboxPart()),
        (InboxQuery(), InboxPart(size=0)),
        (InboxQuery(), InboxPart(size=501)),
        (InboxQuery(), InboxPart(after="newest:3")),
        (InboxQuery(), InboxPart(after="oldest:x")),
        (InboxQuery(), InboxPart(after=f"oldest:{2**63}")),
        (InboxQuery(statuses=("Completed",)), InboxPart("urgency")),
    ],
)
def test_what_makes_no_sense_is_refused(home: House, wanted: InboxQuery, part: InboxPart) -> None:
    with pytest.raises(Invalid):
        home.tasks.inbox(home.admin, wanted, part)


def test_nobody_at_all_has_no_inbox(home: House) -> None:
    with pytest.raises(Unauthenticated):
        home.tasks.inbox(NOBODY)


QUESTIONS = {
    "inbox": {"inbox_of": ("ann",)},
    "potential owner": {"potential_owners": ("ann",)},
    "potential owner, status": {"potential_owners": ("ann",), "statuses": ("Ready",)},
    "potential owner, deployment": {"potential_owners": ("ann",), "deployment_ids": (UNIT,)},
    "potential owner, instance": {"potential_owners": ("ann",), "process_instance_ids": (1,)},
    "potential owner, variable": {"potential_owners": ("ann",), "variables": (("a", "b"),)},
    "potential owner, task variable": {
        "potential_owners": ("ann",),
        "task_variables": (("a", "b"),),
    },
    "owner": {"owners": ("ann",)},
    "owner, status": {"owners": ("ann",), "statuses": ("Reserved",)},
    "owner, deployment": {"owners": ("ann",), "deployment_ids": (UNIT,)},
    "owner, variable": {"owners": ("ann",), "variables": (("a", "b"),)},
}


@pytest.mark.parametrize("start", [0, 4_000], ids=["walking", "listing"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_an_inbox_scans_or_sorts_all_tasks(
    question: str, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite tells its plan: tables are searched by indexes, and walks follow theirs."""
    monkeypatch.setattr(task_sizes, "START", start)
    monkeypatch.setattr(task_sizes, "BOUNDS", (start, start, start))
    with Engine.open("sqlite://", threads=False) as engine:
        home = House(engine)
        with engine.room.store.read() as reader:
            asked = []
            ask = type(reader).ask

            def heard(self, text, parameters):
                asked.append((text, parameters))
                return ask(self, text, parameters)

            monkeypatch.setattr(type(reader), "ask", heard)
            for sort in SORTS:
                found(home, "ann", InboxPart(sort, total=sort == "oldest"), **QUESTIONS[question])
            plans = [
                (text, row[3])
                for text, parameters in asked
                for row in ask(reader, f"explain query plan {text}", parameters)
            ]

    assert plans
    for text, step in plans:
        if step == "SCAN task" and ") as task where" in text:
            continue  # what an inner select has found
        scan = re.match(r"SCAN (task|person|offer|v|later|log|other)\b(.*)", step)
        assert scan is None or "ix_task_" in scan[2], f"{step} in {text}"
