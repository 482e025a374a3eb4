"""Comments, attachments, and what a task says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from procession.errors import Invalid, NotFound, NotPermitted
from procession.tasks.lifecycle import Candidate
from procession.values import Map

from .task_house import house

SOON = datetime(2031, 5, 1, tzinfo=UTC)


@pytest.fixture
def home():
    with house(attachment_bytes=1000) as made:
        yield made


@pytest.fixture
def task(home):
    return home.offer()


def messages(home, task):
    return [e.message for e in home.tasks.events(home.admin, task.id).items if e.message]


# -- comments ------------------------------------------------------------------------------------


def test_who_may_take_a_task_may_say_something(home, task):
    said = home.tasks.add_comment(home.actor("ann"), task.id, "Who knows him?")

    assert (said.text, said.added_by) == ("Who knows him?", "ann")
    assert home.tasks.comments(home.actor("bob"), task.id) == (said,)
    assert home.tasks.comment(home.actor("bob"), said.id) == said
    assert home.tasks.get(home.actor("bob"), task.id).comments == (said,)
    assert messages(home, task) == [f"comment {said.id} added"]


def test_strangers_neither_read_nor_write_comments(home, task):
    said = home.tasks.add_comment(home.actor("ann"), task.id, "Secret")
    carl = home.actor("carl")

    for forbidden in (
        lambda: home.tasks.add_comment(carl, task.id, "Hi"),
        lambda: home.tasks.comments(carl, task.id),
        lambda: home.tasks.comment(carl, said.id),
        lambda: home.tasks.delete_comment(carl, said.id),
    ):
        with pytest.raises(NotFound):
            forbidden()
    with pytest.raises(NotFound, match="Comment '999' not found"):
        home.tasks.comment(carl, 999)


def test_who_only_sees_a_task_says_nothing(home, task):
    with pytest.raises(NotPermitted):
        home.tasks.add_comment(home.actor("sue"), task.id, "Hi")


def test_comments_are_taken_back_by_who_made_them_or_an_administrator(home, task):
    ann, bob = home.actor("ann"), home.actor("bob")
    one, two = (home.tasks.add_comment(ann, task.id, text) for text in "ab")
    with pytest.raises(NotPermitted):
        home.tasks.delete_comment(bob, one.id)

    home.tasks.delete_comment(ann, one.id)
    home.tasks.delete_comment(home.admin, two.id)

    assert home.tasks.comments(ann, task.id) == ()
    with pytest.raises(NotFound):
        home.tasks.delete_comment(ann, one.id)


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_comment_has_bounds(home, task, text):
    with pytest.raises(Invalid):
        home.tasks.add_comment(home.actor("ann"), task.id, text)


def test_a_finished_task_takes_no_comments(home, task):
    home.tasks.exit(home.admin, task.id)
    with pytest.raises(NotPermitted, match="Exited"):
        home.tasks.add_comment(home.actor("ann"), task.id, "Too late")


# -- attachments ---------------------------------------------------------------------------------


def test_a_document_is_added_read_and_taken_away(home, task):
    ann = home.actor("ann")

    added = home.tasks.attach(ann, task.id, "a.txt", b"\x00\xff", "text/plain")

    assert (added.name, added.size, added.attached_by) == ("a.txt", 2, "ann")
    assert home.tasks.attachments(home.actor("bob"), task.id) == (added,)
    assert home.tasks.attachment(home.actor("bob"), added.id) == (added, b"\x00\xff")
    assert home.tasks.content_by_id(ann, added.content_id).value == b"\x00\xff"
    with pytest.raises(NotFound):
        home.tasks.attachment(home.actor("carl"), added.id)
    with pytest.raises(NotPermitted):
        home.tasks.delete_attachment(home.actor("bob"), added.id)
    home.tasks.delete_attachment(ann, added.id)
    assert home.tasks.attachments(ann, task.id) == ()
    with pytest.raises(NotFound):
        home.tasks.content_by_id(ann, added.content_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": b"x" * 1001},
        {"content": "x" * 1001},
        {"name": ""},
        {"name": "a\nb"},
        {"content_type": "text/plain\r\nX: y"},
        {"access_type": "Somehow"},
    ],
)
def test_an_attachment_has_bounds(home, task, wrong):
    with pytest.raises(Invalid):
        home.tasks.attach(home.actor("ann"), task.id, **{"name": "a.txt", "content": b"x", **wrong})


# -- fields --------------------------------------------------------------------------------------


def test_a_task_is_changed_by_who_keeps_it_and_the_story_says_how(home, task):
    ann = home.actor("ann")
    with pytest.raises(NotPermitted):
        home.tasks.set_priority(ann, task.id, 7)
    home.tasks.claim(ann, task.id)

    assert home.tasks.set_priority(ann, task.id, 7).priority == 7
    assert home.tasks.set_expiration_date(ann, task.id, SOON).expires_at == SOON
    assert home.tasks.set_follow_up_date(ann, task.id, SOON).follow_up_at == SOON
    assert home.tasks.set_texts(ann, task.id, subject="New").subject == "New"
    with pytest.raises(NotPermitted):
        home.tasks.set_skipable(ann, task.id, False)
    assert not home.tasks.set_skipable(home.admin, task.id, False).skipable
    assert messages(home, task)[0] == "priority: 0 → 7"
    with pytest.raises(NotPermitted):
        home.tasks.skip(ann, task.id)


def test_a_date_without_an_offset_is_refused(home, task):
    with pytest.raises(Invalid):
        home.tasks.set_follow_up_date(home.admin, task.id, datetime(2031, 1, 1))


def test_output_that_was_saved_is_merged_with_what_comes_at_the_end(home):
    task, ann = home.offer("review"), home.actor("ann")
    home.tasks.save_output(ann, task.id, Map(verdict="so so", note=1))
    home.tasks.start(ann, task.id)
    with pytest.raises(NotFound):
        home.tasks.save_output(home.actor("bob"), task.id, Map(verdict="bad"))

    home.tasks.complete(ann, task.id, Map(verdict="good"))

    assert home.tasks.output(ann, task.id).value == Map(verdict="good", note=1)
    assert home.tasks.fault(ann, task.id) is None


def test_administrators_change_who_belongs_to_a_task(home, task):
    with pytest.raises(NotPermitted):
        home.tasks.relate(home.actor("ann"), task.id, "stakeholder", [Candidate("USER", "mary")])

    home.tasks.relate(home.admin, task.id, "recipient", [Candidate("USER", "carl")])
    home.tasks.relate(home.admin, task.id, "excluded_owner", [Candidate("USER", "ann")])

    with pytest.raises(NotPermitted):
        home.tasks.claim(home.actor("ann"), task.id)
    assert home.tasks.remove(home.actor("carl"), task.id).recipients == ()
    with pytest.raises(NotFound):
        home.tasks.remove(home.actor("carl"), task.id)
    with pytest.raises(Invalid, match="administrator"):
        home.tasks.relate(
            home.admin,
            task.id,
            "business_administrator",
            remove=[Candidate("USER", "Administrator"), Candidate("GROUP", "Administrators")],
        )


def test_a_reminder_goes_to_who_could_take_the_task(home, task):
    for name in ("ann", "bob"):
        home.engine.people.change_user(home.admin, name, email=f"{name}@example.com")

    home.tasks.remind(home.actor("mary") if task.created_by == "mary" else home.admin, task.id)

    (job,) = home.engine.jobs.list(home.admin, kind="work_item").items
    assert job.topic == "Email"
    assert messages(home, task) == ["Reminder: told ann@example.com, bob@example.com"]
