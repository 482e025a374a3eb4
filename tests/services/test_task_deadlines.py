"""Deadlines of tasks: handed on, told of, called off, and kept over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import msgspec
import pytest
from aiosmtpd.controller import Controller

from procession.engine import Engine
from procession.settings import Settings
from procession.store.repositories import tasks as repository
from procession.testing import ManualClock
from procession.values import EMPTY, Map
from tests.runtime.handlers.house import HttpServer

from .task_house import House, house, human_task, process

UNIT = "acme:late:1.0"
HOUR = timedelta(hours=1)


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails = []
        self.refusals = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


class OnAnyPort(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = OnAnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@contextmanager
def late(clock, **settings) -> Iterator[House]:
    """A house whose clock is moved by hand."""
    with house(clock, **settings) as home:
        for name in ("ann", "bob", "carl"):
            home.engine.people.change_user(home.admin, name, email=f"{name}@example.com")
        yield home


@pytest.fixture
def home(clock):
    with late(clock) as home:
        yield home


def begin(home, inputs, variables=EMPTY, **more):
    """The task of a process with these inputs."""
    declared = tuple(variables)
    task = human_task("late", {"GroupId": "sales", **inputs}, **more)
    file = process("late", task, variables=declared)
    home.engine.deployments.deploy(home.admin, UNIT, {"late.bpmn2": file})
    from procession.services.processes import ProcessRef

    made = home.engine.processes.start(home.actor("mary"), ProcessRef(UNIT, "late"), variables)
    return home.task_of(made.id)


def wait(home, clock, by):
    """Let time pass, and what is due be done."""
    clock.advance(by)
    home.engine.run_due_jobs()


def now(home, task):
    return home.tasks.get(home.admin, task.id)


def owners(task):
    return {(one.kind, one.name) for one in task.potential_owners}


def messages(home, task):
    with home.engine.room.store.read() as reader:
        return [row.message for row in repository.events_of(reader, task.id) if row.message]


def pending(home):
    return home.engine.jobs.list(home.admin, kind="task_deadline").items


def test_who_does_not_start_in_time_loses_the_task(home, clock):
    task = begin(home, {"NotStartedReassign": "[users:carl|groups:leads]@[4h]"})
    home.tasks.claim(home.actor("ann"), task.id)
    wait(home, clock, 3 * HOUR)
    assert now(home, task).actual_owner == "ann"

    wait(home, clock, HOUR)

    found = now(home, task)
    assert (found.status, found.actual_owner) == ("Ready", None)
    assert owners(found) == {("USER", "carl"), ("GROUP", "leads")}
    assert messages(home, task) == ["NotStartedReassign: offered to carl, leads"]
    assert pending(home) == ()


def test_starting_calls_off_what_waits_for_the_start_alone(home, clock):
    task = begin(
        home,
        {
            "NotStartedReassign": "[users:carl]@[4h]",
            "NotCompletedReassign": "[users:bob]@[PT8H]",
        },
    )
    assert len(pending(home)) == 2

    home.tasks.start(home.actor("ann"), task.id)

    (left,) = pending(home)
    assert left.process_instance_id == task.process_instance_id
    wait(home, clock, 5 * HOUR)
    assert now(home, task).status == "InProgress"
    wait(home, clock, 3 * HOUR)
    found = now(home, task)
    assert (found.status, owners(found)) == ("Ready", {("USER", "bob")})


@pytest.mark.parametrize("way", ["complete", "fail", "skip", "exit", "abort"])
def test_whatever_ends_a_task_calls_its_deadlines_off(home, clock, way):
    task = begin(home, {"NotCompletedReassign": "[users:bob]@[1h]^[users:carl]@[2h,1d]"})
    assert len(pending(home)) == 3
    if way == "abort":
        home.engine.processes.abort(home.admin, task.process_instance_id)
    else:
        home.tasks.start(home.actor("ann"), task.id)
        by = home.admin if way == "exit" else home.actor("ann")
        getattr(home.tasks, way)(by, task.id)

    assert pending(home) == ()


def test_a_task_that_was_taken_from_a_lane_keeps_its_deadlines(home, clock):
    task = begin(home, {"NotCompletedReassign": "[users:bob]@[1h]"})
    home.tasks.claim(home.actor("ann"), task.id)
    home.tasks.suspend(home.actor("ann"), task.id)

    wait(home, clock, HOUR)

    assert now(home, task).status == "Ready"


def test_unknown_people_get_nothing_and_it_is_said(home, clock):
    task = begin(home, {"NotStartedReassign": "[users:nobody]@[1h]"})

    wait(home, clock, HOUR)

    assert owners(now(home, task)) == {("GROUP", "sales")}
    assert messages(home, task) == ["NotStartedReassign: offered to nobody new; there is no nobody"]


def test_what_comes_from_a_variable_and_cannot_be_read_is_told_in_the_story(home, clock):
    task = begin(
        home,
        {},
        Map(rule="tomorrow"),
        sources={"NotStartedReassign": "rule"},
    )

    (said,) = messages(home, task)
    assert said.startswith("no deadline: NotStartedReassign: 'tomorrow' is not written as")


def test_a_deadline_comes_from_variables(home, clock):
    begun = begin(home, {}, Map(rule="[users:carl]@[30m]"), sources={"NotStartedReassign": "rule"})

    wait(home, clock, HOUR / 2)

    assert owners(now(home, begun)) == {("USER", "carl")}


def test_mail_goes_to_users_groups_and_addresses(clock, mailbox):
    text = (
        "[from:boss@example.com|tousers:carl,x@example.com|togroups:sales|replyTo:desk@example.com"
        "|subject:Late: ${task.name}|body:Task ${taskId} of ${processInstanceId} "
        "for $foreach{o : owners}${o.id} $end{}on ${doc.GroupId}, ${unknown}]@[2h]"
    )
    with late(clock, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none") as home:
        task = begin(home, {"NotStartedNotify": text})
        wait(home, clock, 2 * HOUR)

        (mail,) = mailbox.mails
        assert mail["To"] == "carl@example.com, x@example.com, ann@example.com, bob@example.com"
        assert (mail["From"], mail["Reply-To"]) == ("boss@example.com", "desk@example.com")
        assert mail["Subject"] == "Late: Late"
        assert mail.get_content().strip() == (
            f"Task {task.id} of {task.process_instance_id} for sales on sales, ${{unknown}}"
        )
        assert now(home, task).status == "Ready"
        assert "told carl@example.com" in messages(home, task)[0]


def test_reminders_repeat_until_the_task_is_started(clock, mailbox):
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"}
    with late(clock, mail_from="desk@example.com", **mail) as home:
        task = begin(home, {"NotStartedNotify": "[tousers:ann|subject:Hurry]@[R/PT1H]"})
        wait(home, clock, HOUR)
        wait(home, clock, HOUR)
        assert len(mailbox.mails) == 2
        assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2

        home.tasks.start(home.actor("ann"), task.id)
        wait(home, clock, HOUR)
        assert len(mailbox.mails) == 2


def test_a_mail_that_is_refused_for_now_is_tried_again_and_sent_once(clock, mailbox):
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"}
    with late(clock, mail_from="desk@example.com", **mail) as home:
        begin(home, {"NotStartedNotify": "[tousers:ann|subject:Hurry]@[1h]"})
        mailbox.refusals = 2
        wait(home, clock, HOUR)
        assert mailbox.mails == []

        for _ in range(3):
            wait(home, clock, HOUR)

        assert [mail["Subject"] for mail in mailbox.mails] == ["Hurry"]
        assert home.engine.jobs.incidents(home.admin).items == ()


def test_variables_stand_within_what_is_written_in_the_model(home, clock):
    task = begin(
        home,
        {"NotStartedReassign": "[users:#{who}]@[#{soon}]^[groups:leads]@[PT3H]"},
        Map(who="carl", soon="1h"),
    )

    wait(home, clock, HOUR)
    assert owners(now(home, task)) == {("USER", "carl")}
    wait(home, clock, 2 * HOUR)
    assert owners(now(home, task)) == {("GROUP", "leads")}


def test_with_a_business_calendar_only_working_hours_count(tmp_path):
    file = tmp_path / "calendar.properties"
    file.write_text("business.start.hour=9\nbusiness.end.hour=17\n")
    clock = ManualClock(datetime(2031, 5, 2, 16, 0, tzinfo=UTC))  # a Friday
    with late(clock, business_calendar=str(file)) as home:
        task = begin(home, {"NotStartedReassign": "[users:carl]@[2h]"})

        wait(home, clock, timedelta(days=2, hours=17))  # Monday at nine
        assert owners(now(home, task)) == {("GROUP", "sales")}
        wait(home, clock, HOUR)
        assert owners(now(home, task)) == {("USER", "carl")}


def test_a_value_cannot_make_a_mail_html(clock, mailbox):
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"}
    with late(clock, mail_from="desk@example.com", **mail) as home:
        begin(
            home,
            {"NotStartedNotify": "[tousers:ann|subject:Hi|body:See ${doc.paper}]@[1h]"},
            Map(paper="<a href='http://bad'>this</a>"),
            sources={"paper": "paper"},
        )
        wait(home, clock, HOUR)

        (mail,) = mailbox.mails
        html = mail.get_body(("html",)).get_content()
        assert "&lt;a href=" in html
        assert "<a href" not in html


def test_a_webhook_is_told_by_the_model_and_by_the_settings(clock):
    with HttpServer().running() as server:
        server.routes = {path: lambda request: (200, {}, b"") for path in ("/mine", "/all")}
        hook = f"http://{server.host}"
        with late(clock, allowed_hosts=(server.host,), task_webhook=f"{hook}/all") as home:
            task = begin(home, {"NotCompletedNotify": f"[webhook:{hook}/mine|subject:Late]@[1d]"})
            wait(home, clock, 24 * HOUR)

        assert [request.path for request in server.asked] == ["/mine", "/all"]
        told = msgspec.json.decode(server.asked[0].body)
        assert told["event"] == "task.deadline"
        assert told["payload"]["task"] == task.id
        assert told["payload"]["deadline"] == "NotCompletedNotify"


def test_without_a_mail_server_a_notification_is_an_incident(home, clock):
    begin(home, {"NotStartedNotify": "[tousers:ann|body:Hurry]@[1h]"})

    wait(home, clock, HOUR)

    (found,) = home.engine.jobs.incidents(home.admin).items
    assert "smtp_host" in found.message


def test_a_suspended_instance_holds_its_deadlines_back(home, clock):
    task = begin(home, {"NotStartedReassign": "[users:carl]@[1h]"})
    home.engine.processes.suspend(home.admin, task.process_instance_id)
    home.engine.processes.resume(home.admin, task.process_instance_id)
    home.engine.run_due_jobs()
    assert owners(now(home, task)) == {("GROUP", "sales")}

    home.engine.processes.suspend(home.admin, task.process_instance_id)
    wait(home, clock, HOUR)
    assert owners(now(home, task)) == {("GROUP", "sales")}

    home.engine.processes.resume(home.admin, task.process_instance_id)
    wait(home, clock, timedelta(minutes=2))
    assert owners(now(home, task)) == {("USER", "carl")}


def test_a_deadline_outlives_a_restart(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/late.db"
    with Engine.open(url, settings=Settings(database=url), clock=clock, threads=False) as engine:
        task = begin(House(engine), {"NotStartedReassign": "[users:carl]@[1h]"})
    clock.advance(2 * HOUR)
    with Engine.open(url, settings=Settings(database=url), clock=clock, threads=False) as engine:
        engine.run_due_jobs()

        found = engine.tasks.get(engine.admin, task.id)
        assert {one.name for one in found.potential_owners} == {"carl"}
