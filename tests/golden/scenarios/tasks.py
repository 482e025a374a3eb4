"""Human tasks: T03 to T22."""

from __future__ import annotations

from procession.services.tasks import TaskCriteria
from tests.golden.models import UNIT
from tests.golden.talk import FORM, Talk


class _Tasks:
    """Fresh tasks, brought to a status."""

    def __init__(self, say: Talk) -> None:
        self.engine = say.engine
        self.ann = say.engine.people.actor("ann")

    def fresh(self, process: str = "acme.hiring", **variables: object) -> int:
        view = self.engine.processes.start(self.ann, process, variables or {"name": "Ann"})
        return self.engine.tasks.of_instance(self.engine.admin, view.id).items[0].id

    def alarm(self) -> int:
        """A task for ann alone, which a signal brings about."""
        self.engine.processes.signal(self.ann, "fire", None, deployment=UNIT)
        actor, number = self.engine.admin, 0
        for view in self.engine.tasks.query(actor, TaskCriteria(task_owners=("ann",))).items:
            number = max(number, view.id) if view.process_id == "acme.alarm" else number
        return number

    def claimed(self) -> int:
        number = self.fresh()
        self.engine.tasks.claim(self.ann, number)
        return number

    def started(self) -> int:
        number = self.claimed()
        self.engine.tasks.start(self.ann, number)
        return number

    def suspended(self) -> int:
        number = self.claimed()
        self.engine.tasks.suspend(self.ann, number)
        return number


def tasks(say: Talk) -> None:
    """A task, its documents, and every operation, good and bad."""
    some = _Tasks(say)
    _looks(say, some)
    _operations(say, some)
    _people(say, some)
    _ends(say, some)
    _refusals(say, some)


def _looks(say: Talk, some: _Tasks) -> None:
    ready, mine = some.fresh(name="Zoë"), some.started()
    say("T03", "a ready task", f"GET /task/{ready}")
    say("T03", "one in progress", f"GET /task/{mine}")
    say("T03", "under the name of the 6.0 guide", f"GET /tasks/{mine}")
    some.engine.tasks.add_comment(some.ann, mine, "hello")
    say("T03", "one with a comment", f"GET /task/{mine}")
    say("T03", "one that never was", "GET /task/99999")
    say("T03", "a negative number", "GET /task/-1")
    say("T03", "somebody without a part", f"GET /task/{ready}", "carl")
    say("T03", "nobody asks", f"GET /task/{ready}", None)
    say("T19", "what a task was given", f"GET /task/{ready}/content")
    say("T19", "of a task that never was", "GET /task/99999/content")
    say("T19", "posted", f"POST /task/{ready}/content")
    document = some.engine.tasks.get(some.ann, mine).input_content_id
    say("T20", "a document by its number", f"GET /task/content/{document}")
    say("T20", "one that is not there", "GET /task/content/99999")
    say("T20", "a negative number", "GET /task/content/-1")
    say("T20", "of a task that is not mine", f"GET /task/content/{document}", "carl")
    say("T21", "where the form is shown", f"GET /task/{ready}/showTaskForm")
    say("T21", "of a task that never was", "GET /task/99999/showTaskForm")
    say("T22", "somebody who may not", "POST /task/history/bam/clear")
    say("T22", "an administrator", "POST /task/history/bam/clear", "boss")


def _operations(say: Talk, some: _Tasks) -> None:
    idle = some.fresh("acme.nobodys")
    say("T04", "somebody who may not", f"POST /task/{idle}/activate")
    say("T04", "an administrator", f"POST /task/{idle}/activate", "boss")
    say("T04", "a task that never was", "POST /task/99999/activate")
    ready = some.fresh()
    say("T05", "a ready task", f"POST /task/{ready}/claim")
    say("T05", "the same again", f"POST /task/{ready}/claim", "bob")
    say("T05", "a task that never was", "POST /task/99999/claim")
    say("T05", "somebody without a part", f"POST /task/{ready}/claim", "carl")
    say("T05", "in any case", f"POST /task/{some.fresh()}/CLAIM")
    say("T06", "the next one", "POST /task/1/claimnextavailable?language=en-UK")
    say("T06", "none for me", "POST /task/1/claimnextavailable", "carl")
    say("T06", "nobody claims", "POST /task/1/claimnextavailable", None)
    say("T15", "a ready task", f"POST /task/{some.fresh()}/start")
    say("T15", "my own", f"POST /task/{some.claimed()}/start")
    say("T15", "somebody else's", f"POST /task/{some.claimed()}/start", "bob")
    say("T15", "a task that never was", "POST /task/99999/start")
    say("T16", "one in progress", f"POST /task/{some.started()}/stop")
    say("T16", "one that is not", f"POST /task/{some.claimed()}/stop")
    say("T12", "one in progress", f"POST /task/{some.started()}/release")
    say("T12", "a ready one", f"POST /task/{some.fresh()}/release")
    say("T17", "a reserved one", f"POST /task/{some.claimed()}/suspend")
    say("T17", "a suspended one", f"POST /task/{some.suspended()}/suspend")
    say("T13", "a suspended one", f"POST /task/{some.suspended()}/resume")
    say("T13", "one that is not", f"POST /task/{some.fresh()}/resume")


def _people(say: Talk, some: _Tasks) -> None:
    say("T08", "to bob", f"POST /task/{some.claimed()}/delegate?targetEntityId=bob")
    say("T08", "as the 6.0 guide spells it", f"POST /task/{some.claimed()}/delegate?targetId=bob")
    say("T08", "to nobody", f"POST /task/{some.claimed()}/delegate")
    say("T08", "to somebody unknown", f"POST /task/{some.claimed()}/delegate?targetEntityId=zoe")
    say(
        "T08",
        "somebody else's task",
        f"POST /task/{some.claimed()}/delegate?targetEntityId=bob",
        "carl",
    )
    say("T11", "by one of a group", f"POST /task/{some.claimed()}/forward?targetEntityId=bob")
    alarm = f"POST /task/{some.alarm()}/forward"
    say(
        "T11",
        "to a group, in a form body",
        alarm,
        body="targetEntityId=Administrators",
        content_type=FORM,
    )
    say("T11", "to nobody", f"POST /task/{some.claimed()}/forward")
    say("T11", "a task that never was", "POST /task/99999/forward?targetEntityId=bob")
    say("T18", "nobody is named", f"POST /task/{some.fresh('acme.nobodys')}/nominate", "boss")
    say("T18", "one user", f"POST /task/{some.fresh('acme.nobodys')}/nominate?user=bob", "boss")
    say(
        "T18",
        "users and a group",
        f"POST /task/{some.fresh('acme.nobodys')}/nominate?user=bob&user=ann&group=HR",
        "boss",
    )
    say("T18", "not an administrator", f"POST /task/{some.fresh('acme.nobodys')}/nominate?user=bob")
    say("T18", "not a created task", f"POST /task/{some.claimed()}/nominate?user=bob", "boss")


def _ends(say: Talk, some: _Tasks) -> None:
    done = some.started()
    say("T07", "with results", f"POST /task/{done}/complete?map_age=31i&map_note=%22ok%22")
    say("T07", "the same again", f"POST /task/{done}/complete")
    say("T03", "a completed task", f"GET /task/{done}")
    output = some.engine.tasks.get(some.ann, done).output_content_id
    say("T20", "what a task gave", f"GET /task/content/{output}")
    say(
        "T07",
        "results of a form body",
        f"POST /task/{some.started()}/complete",
        body="map_age=32i",
        content_type=FORM,
    )
    say(
        "T07",
        "results as JSON",
        f"POST /task/{some.started()}/complete",
        body='{"age": 33}',
        content_type="application/json",
    )
    say("T07", "a ready task", f"POST /task/{some.fresh()}/complete")
    say("T07", "a task that never was", "POST /task/99999/complete")
    say(
        "T07",
        "an Integer that is too long",
        f"POST /task/{some.started()}/complete?map_age=12345678901i",
    )
    say("T07", "somebody else's", f"POST /task/{some.started()}/complete", "bob")
    say("T10", "with a fault", f"POST /task/{some.started()}/fail?map_why=broken")
    say("T10", "a reserved task", f"POST /task/{some.claimed()}/fail")
    say("T10", "a task that never was", "POST /task/99999/fail")
    say("T14", "a task that may be skipped", f"POST /task/{some.fresh()}/skip")
    say("T14", "one that may not", f"POST /task/{some.fresh('acme.nobodys')}/skip")
    say("T14", "a task that never was", "POST /task/99999/skip")
    say("T09", "an administrator", f"POST /task/{some.claimed()}/exit", "boss")
    say("T09", "not an administrator", f"POST /task/{some.claimed()}/exit")
    say("T09", "a task that never was", "POST /task/99999/exit", "boss")


def _refusals(say: Talk, some: _Tasks) -> None:
    task = some.fresh()
    say("T05", "another word", f"POST /task/{task}/walk")
    say("T05", "by the wrong method", f"GET /task/{task}/claim")
    say("T05", "no number", "POST /task/seven/claim")
    say(
        "T05",
        "a body that nobody needs",
        f"POST /task/{task}/claim",
        body="text",
        content_type="text/plain",
    )
