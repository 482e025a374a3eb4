"""Random people do random things to random tasks; whatever they try, the tasks stay in order.

What must hold after every step: one state, and none leads out of a final one; the owner is who was
allowed to become it at that moment; the process moves once and only when its task is over; the
audit tells every change, by whom and for whom, and nothing else. ``make soak`` walks further.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from procession.engine import Engine
from procession.errors import Invalid, NotFound, NotPermitted, Rejected
from procession.identity.model import ADMINISTRATOR
from procession.services.views import TaskView
from procession.store.digests import place, who
from procession.store.hot import task_row
from procession.store.standing import standing
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import FINAL, OPEN, Candidate
from procession.values import Map

from .task_house import House, house

WALKS = int(os.environ.get("PROCESSION_TASK_WALKS", "6"))
STEPS = 60
LONG = 200
"""Steps of the walk that every database takes."""
PEOPLE = ("ann", "bob", "carl", "mary", "sue", "robot")
TARGETS = ("ann", "bob", "carl", "mary", "sales", "leads", "nobody-such")
OWNED = ("Reserved", "InProgress")
COPIED = (
    "relation, kind, name, is_open, who, instance_id, place, is_shared, standing, priority,"
    " created_at, expires_at"
)
MOVES = ("Completed", "Failed", "Obsolete")
"""Ends of a task with which its process goes on."""


class Walk:
    """One walk through one engine."""

    def __init__(self, home: House, seed: int) -> None:
        self.home = home
        self.dice = random.Random(seed)
        self.tasks = [self.made() for _ in range(4)]
        self.told = {task.id: self.events(task.id) for task in self.tasks}
        self.trail: list[str] = []

    def made(self) -> TaskView:
        home, kind = self.home, self.dice.choice(("offer", "review", "open", "alone"))
        if kind != "alone":
            return home.offer(kind, by=self.dice.choice(PEOPLE))
        some = tuple(Candidate("USER", name) for name in self.dice.sample(PEOPLE, 2))
        new = NewTask(name="Alone", potential_owners=some)
        return home.tasks.add(home.actor(self.dice.choice(PEOPLE)), new)

    def add(self, task: TaskView) -> None:
        """One more task to act on."""
        self.tasks.append(task)
        self.told[task.id] = self.events(task.id)

    def step(self) -> None:
        """Somebody does something; then everything must hold."""
        dice, task = self.dice, self.dice.choice(self.tasks)
        name, target = dice.choice((*PEOPLE, ADMINISTRATOR)), dice.choice(TARGETS)
        actor = self.home.admin if name == ADMINISTRATOR else self.home.actor(name)
        if name == "robot" and dice.random() < 0.7:
            name = dice.choice(PEOPLE[:4])
            actor = self.home.engine.access.acting_for(actor, name)
        word = dice.choice(list(OPERATIONS))
        self.trail.append(f"{actor.name} for {name}: {word} {task.id} {target}")
        before = self.now(task.id)
        try:
            OPERATIONS[word](self.home, actor, task.id, target)
        except (NotPermitted, NotFound, Rejected, Invalid) as refusal:
            self.check_nothing(before, refusal)
        else:
            self.check_change(before, actor, name, word, target)
        self.check_order(self.now(task.id))

    def now(self, task_id: int) -> TaskView:
        return self.home.tasks.get(self.home.admin, task_id)

    def events(self, task_id: int) -> tuple[Any, ...]:
        return self.home.tasks.events(self.home.admin, task_id).items

    def check_nothing(self, before: TaskView, refusal: Exception) -> None:
        assert self.now(before.id) == before, f"refused, yet changed: {refusal}"
        assert self.events(before.id) == self.told[before.id]

    def check_change(self, before: TaskView, actor: Any, name: str, word: str, target: str) -> None:
        after, known = self.now(before.id), self.told[before.id]
        events = self.told[before.id] = self.events(before.id)
        new = events[len(known) :]
        assert events[: len(known)] == known, "what was told stays"
        if not new:
            assert after == before, "a change that nobody told of"
            return
        assert before.status in OPEN, "nothing leads out of a final state"
        statuses = [before.status]
        for event in new:
            assert event.actor == actor.name
            assert event.on_behalf_of == (name if actor.name != name else None)
            assert event.old_status == statuses[-1]
            statuses.append(event.new_status)
        assert statuses[-1] == after.status
        if after.actual_owner != before.actual_owner and after.actual_owner is not None:
            taker = target if word == "delegate" else name
            listed = {person.name for person in before.potential_owners}
            chosen = word == "nominate" and after.actual_owner == target
            assert chosen or after.actual_owner == taker
            if taker == name and word in ("claim", "start", "take"):
                assert self.is_offered(name, listed) or name == ADMINISTRATOR or not listed

    def is_offered(self, name: str, listed: set[str]) -> bool:
        return name in listed or not listed.isdisjoint(self.home.engine.directory.groups_of(name))

    def check_order(self, task: TaskView) -> None:
        assert task.status in (*OPEN, *FINAL)
        assert (task.actual_owner is not None) or task.status not in OWNED
        if task.status in ("Created", "Ready"):
            assert task.actual_owner is None
        self.check_people(task)
        number = task.process_instance_id
        if number is None:
            return
        with self.home.engine.room.store.read() as reader:
            waiting = reader.hot("wait_by_public_id", (task.work_item_id,))
        assert bool(waiting) == (task.status not in MOVES), "the process moved once, with its task"

    def check_people(self, task: TaskView) -> None:
        """What the task's people know of it is what it says itself, or that it is over."""
        with self.home.engine.room.store.read() as reader:
            (row,) = reader.hot("tasks", ((task.id,),))
            told = reader.ask(f"select {COPIED} from task_person where task_id = ?", (task.id,))
        kept = task_row(row)
        where = None if kept.deployment_id is None else place(kept.deployment_id)
        offers = sum(row[0] == "potential_owner" for row in told)
        for relation, kind, name, is_open, number, instance, near, is_shared, *changing in told:
            assert bool(is_open) == (task.status in OPEN)
            assert (number, instance, near) == (who(relation, kind, name), kept.instance_id, where)
            assert is_shared == (offers > 1 if relation == "potential_owner" else None)
            if relation == "potential_owner" and is_open:
                expected = [standing(kept), kept.priority, kept.created_at, kept.expires_at]
                assert changing == expected
                assert is_open == (1 if kept.actual_owner is None else 2)


def _nominate(home: House, actor: Any, task: int, target: str) -> None:
    home.tasks.nominate(actor, task, (target,))


def _plain(word: str) -> Any:
    return lambda home, actor, task, _: getattr(home.tasks, word)(actor, task)


PLAIN = (
    "activate", "claim", "start", "stop", "release", "suspend", "resume", "skip", "fail", "exit",
    "unclaim",
)  # fmt: skip
OPERATIONS: dict[str, Any] = {
    **{word: _plain(word) for word in PLAIN},
    "take": lambda home, actor, task, _: home.tasks.claim(actor, task, True, True),
    "complete": lambda home, actor, task, _: home.tasks.complete(actor, task, Map(verdict="x")),
    "delegate": lambda home, actor, task, target: home.tasks.delegate(actor, task, target),
    "forward": lambda home, actor, task, target: home.tasks.forward(actor, task, target),
    "nominate": _nominate,
}


def take_a_walk(home: House, seed: int, steps: int) -> None:
    walk = Walk(home, seed)
    try:
        for number in range(steps):
            walk.step()
            if number % 40 == 39:  # most tasks are over by now
                walk.add(walk.made())
    except AssertionError as wrong:
        raise AssertionError(f"seed {seed}:\n" + "\n".join(walk.trail)) from wrong


@pytest.mark.parametrize("seed", range(WALKS))
def test_however_people_act_through_the_services_tasks_stay_in_order(seed: int) -> None:
    with house() as home:
        take_a_walk(home, seed, STEPS)


def test_a_long_walk_on_every_database(database_url: str) -> None:
    with Engine.open(database_url, threads=False) as engine:
        take_a_walk(House(engine), 20260103, LONG)
