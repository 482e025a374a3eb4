"""What ended long ago goes, with its tasks and files; what runs stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from procession.errors import Denied, Invalid, NotFound, NotPermitted, StoreUnavailable
from procession.services import housekeeping
from procession.tasks.ad_hoc import NewTask
from procession.testing import ManualClock
from procession.values import Map

from .task_house import House, house

DAY = 86_400


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    clock = ManualClock()
    with house(clock, attachment_dir=str(tmp_path / "papers"), history_days=30) as made:
        made.clock = clock
        made.papers = tmp_path / "papers"
        yield made


def over(home: House):
    """An instance that has ended, with a document on its task."""
    task, ann = home.offer(), home.actor("ann")
    home.tasks.attach(ann, task.id, "plan.pdf", b"%PDF", "application/pdf")
    home.tasks.claim(ann, task.id)
    home.tasks.start(ann, task.id)
    home.tasks.complete(ann, task.id, Map(verdict="fine"))
    return task


def files(home: House) -> list[str]:
    return sorted(path.name for path in home.papers.iterdir())


def age(home: House) -> None:
    for path in home.papers.iterdir():
        os.utime(path, (time.time() - 2 * housekeeping.SOON.seconds - 7_200,) * 2)


def test_a_document_lies_in_a_file_that_nobody_else_can_read_or_guess(home: House) -> None:
    task = home.offer()
    made = home.tasks.attach(home.actor("ann"), task.id, "../../etc/passwd", b"secret")

    (name,) = files(home)
    assert name.startswith(f"{task.id}-")
    assert (home.papers / name).stat().st_mode & 0o777 == 0o600
    found, value = home.tasks.attachment(home.actor("bob"), made.id)
    assert (found.name, found.size, value) == ("../../etc/passwd", 6, b"secret")
    assert home.tasks.content_by_id(home.actor("ann"), made.content_id).value == b"secret"


def test_who_may_not_attach_leaves_no_file(home: House) -> None:
    task = home.offer()

    with pytest.raises(NotFound):
        home.tasks.attach(home.actor("robot"), task.id, "x", b"y")
    home.tasks.exit(home.admin, task.id)
    with pytest.raises(NotPermitted):
        home.tasks.attach(home.actor("ann"), task.id, "x", b"y")

    assert not home.papers.exists() or files(home) == []


def test_a_document_taken_away_takes_its_file_along(home: House) -> None:
    task, ann = home.offer(), home.actor("ann")
    made = home.tasks.attach(ann, task.id, "x", b"y")

    home.tasks.delete_attachment(ann, made.id)

    assert files(home) == []


def test_a_file_that_was_changed_is_not_given_out(home: House) -> None:
    task, ann = home.offer(), home.actor("ann")
    made = home.tasks.attach(ann, task.id, "x", b"y")
    (home.papers / files(home)[0]).write_bytes(b"z")

    with pytest.raises(StoreUnavailable, match="not what was attached"):
        home.tasks.attachment(ann, made.id)


def test_old_files_of_nobody_are_swept_up_and_others_stay(home: House) -> None:
    task = home.offer()
    home.tasks.attach(home.actor("ann"), task.id, "x", b"y")
    (kept,) = files(home)
    (home.papers / f"{task.id}-{'0' * 32}").write_bytes(b"lost in a crash")
    (home.papers / f"{task.id}-{'1' * 32}.part").write_bytes(b"half writt")
    (home.papers / "notes.txt").write_bytes(b"not ours")

    assert home.engine.housekeeping.sweep(home.admin) == 0
    age(home)
    assert home.engine.housekeeping.sweep(home.admin) == 2

    assert files(home) == sorted([kept, "notes.txt"])


def test_what_ended_long_ago_goes_with_its_tasks_and_files(home: House) -> None:
    task, running = over(home), home.offer()
    alone = home.tasks.add(home.admin, NewTask(name="Alone"))
    home.tasks.exit(home.admin, alone.id)
    keeping = home.engine.housekeeping

    assert keeping.purge(home.admin, 30) == housekeeping.Forgotten(0, 0)
    home.clock.advance(31 * DAY)
    assert keeping.preview(home.admin, 30) == housekeeping.Forgotten(1, 2)
    assert keeping.purge(home.admin, 30) == housekeeping.Forgotten(1, 2)

    for gone in (task.id, alone.id):
        with pytest.raises(NotFound):
            home.tasks.get(home.admin, gone)
    assert files(home) == []
    assert home.tasks.get(home.admin, running.id).status == "Ready"
    instances = home.engine.history.instances(home.admin).items
    assert [one.process_instance_id for one in instances] == [running.process_instance_id]


def test_the_worker_does_it_every_day_in_portions(home: House, monkeypatch) -> None:
    monkeypatch.setattr(housekeeping, "PORTION", 2)
    for _ in range(5):
        over(home)
    keeping = home.engine.housekeeping
    keeping.plan()
    keeping.plan()
    home.engine.run_due_jobs()
    assert keeping.preview(home.admin, 1).instances == 0

    for days in (31, 1):
        home.clock.advance(days * DAY)
        for _ in range(5):
            home.engine.run_due_jobs()
            home.clock.advance(2)

    assert home.engine.history.instances(home.admin).items == ()
    jobs = home.engine.jobs.list(home.admin, kind=housekeeping.JOB)
    assert len(jobs.items) == 1


def test_only_administrators_forget_and_only_whole_days(home: House) -> None:
    for act in (home.engine.housekeeping.purge, home.engine.housekeeping.preview):
        with pytest.raises(Denied):
            act(home.actor("ann"), 30)
        with pytest.raises(Invalid):
            act(home.admin, 0)
