"""Queries: T02 with its aliases, Q01, Q02."""

from __future__ import annotations

from tests.golden.models import UNIT
from tests.golden.talk import Talk

Q = "GET /task/query"


def queries(say: Talk) -> None:
    """Three tasks of Ann's, Bob's and an ended instance; one of nobody."""
    engine, ann = say.engine, say.engine.people.actor("ann")
    first, second, third = (
        engine.processes.start(ann, "acme.hiring", {"name": name, "age": age}).id
        for name, age in (("Ann", 1), ("Bob", 2), ("Eve", 3))
    )
    alarm = engine.processes.start(engine.admin, "acme.nobodys").id
    mine = engine.tasks.of_instance(engine.admin, first).items[0]
    engine.tasks.claim(ann, mine.id)
    engine.processes.set_variables(ann, second, {"name": "Bobby"})
    engine.processes.abort(ann, third)
    _tasks(say, first, second, mine.id, mine.work_item_id or 0)
    _rich_tasks(say, first, second, mine.id)
    _rich_instances(say, first, second, third, alarm)


def _tasks(say: Talk, first: int, second: int, task: int, item: int) -> None:
    say("T02", "all", Q)
    say("T02", "everything, to an administrator", Q, "boss")
    say("T02", "to somebody without a part", Q, "carl")
    say("T02", "by work item", f"{Q}?workItemId={item}")
    say("T02", "two work items", f"{Q}?workItemId={item}&workItemId=99999")
    say("T02", "by task", f"{Q}?taskId={task}l")
    say("T02", "by process instance", f"{Q}?processInstanceId={second}")
    say("T02", "by administrator", f"{Q}?businessAdministrator=Administrators", "boss")
    say("T02", "by group", f"{Q}?potentialOwner=HR")
    say("T02", "by user of the group", f"{Q}?potentialOwner=ann&potentialOwner=bob")
    say("T02", "users have capital and small letters", f"{Q}?potentialOwner=Ann")
    say("T02", "by owner", f"{Q}?taskOwner=ann")
    say("T02", "statuses in any case", f"{Q}?status=rEsErVeD&status=inprogress")
    say("T02", "both at once", f"{Q}?taskId={task}&processInstanceId={second}")
    say("T02", "either", f"{Q}?taskId={task}&processInstanceId={second}&union=true")
    say("T02", "either, with a status", f"{Q}?taskId={task}&status=exited&union=True")
    say("T02", "union is false", f"{Q}?taskId={task}&processInstanceId={second}&union=no")
    say("T02", "a page", f"{Q}?page=2&pageSize=1")
    say("T02", "the short names", f"{Q}?p=1&s=2")
    say("T02", "as 6.2 spells it", f"{Q}?page=1&pagesize=1")
    say("T02", "a page without a size", f"{Q}?page=1")
    say("T02", "beyond the end", f"{Q}?page=99&pageSize=5")
    say("T02", "a language", f"{Q}?language=de-DE&taskId={task}")
    say("T02", "two languages", f"{Q}?language=en-UK&language=de-DE&taskId={task}")
    say("T02", "names in any case", f"{Q}?TASKID={task}&STATUS=Reserved")
    say("T02", "an unknown name", f"{Q}?color=red")
    say("T02", "an unknown status", f"{Q}?status=Done")
    say("T02", "no number", f"{Q}?taskId=x")
    say("T02", "an Integer", f"{Q}?taskId={task}i")
    say("T02", "a negative number", f"{Q}?taskId=-1")
    say("T02", "union given twice", f"{Q}?union=true&union=true")
    say("T02", "a negative page", f"{Q}?page=-1")
    say("T02", "nobody asks", Q, None)
    say("T02", "by the wrong method", "POST /task/query")
    say("T02", "under the name of the 6.0 guide", "GET /tasks/")
    say("Q03", "the same by its other name", f"GET /query/task?taskId={task}")
    say("Q03", "an unknown name", "GET /query/task?color=red")


def _rich_tasks(say: Talk, first: int, second: int, task: int) -> None:
    q = "GET /query/runtime/task"
    say("Q01", "all", q)
    say("Q01", "to somebody without a part", q, "carl")
    say("Q01", "by task", f"{q}?tid={task}")
    say("Q01", "from and to", f"{q}?taskid_min={task}&taskid_max={task}")
    say(
        "Q01",
        "by status, owner, candidate",
        f"{q}?taskstatus=reserved&taskowner=ann&potentialowner=HR",
    )
    say("Q01", "patterns", f"{q}?to_re=a*&pid_re=acme.hir.ng")
    say("Q01", "by a variable", f"{q}?var_name=Bobby")
    say("Q01", "an earlier value", f"{q}?var_name=Bob&all")
    say("Q01", "pages count instances", f"{q}?p=2&s=1")
    say("Q01", "an unknown name", f"{q}?color=red")
    say("Q01", "an unknown status", f"{q}?tst=Done")
    say("Q01", "no number", f"{q}?piid=x")
    say("Q01", "no pattern for a status", f"{q}?tst_re=R*")


def _rich_instances(say: Talk, first: int, second: int, third: int, idle: int) -> None:
    q = "GET /query/runtime/process"
    say("Q02", "all", q)
    say("Q02", "everything, to an administrator", q, "boss")
    say("Q02", "two instances", f"{q}?processinstanceid={first}&piid={third}")
    say("Q02", "from and to", f"{q}?piid_min={second}&piid_max={third}")
    say("Q02", "by definition, deployment, version", f"{q}?pid=acme.hiring&did={UNIT}&pv=1.0")
    say("Q02", "the aborted ones", f"{q}?processinstancestatus=3")
    say("Q02", "by start", f"{q}?stdt_min=20-01-01_00:00:00&startdate_max=99-12-31")
    say("Q02", "by end", f"{q}?edt_min=20-01-01")
    say("Q02", "by time of today", f"{q}?stdt_min=00:00:00.000")
    say("Q02", "by variable and value", f"{q}?varid=name&varvalue=Ann")
    say("Q02", "two variables are alternatives", f"{q}?var_name=Ann&var_age=2")
    say("Q02", "a pattern of a value", f"{q}?varregex_name=B*&vr_age=.")
    say("Q02", "earlier values too", f"{q}?var_name=Bob&all=true")
    say("Q02", "a page", f"{q}?page=2&pagesize=2")
    say("Q02", "nothing", f"{q}?piid=99999")
    say("Q02", "a parameter of tasks", f"{q}?taskid=1")
    say("Q02", "an unknown name", f"{q}?color=red")
    say("Q02", "no date", f"{q}?stdt=tomorrow")
    say("Q02", "a day that there is not", f"{q}?stdt=26-02-30")
    say("Q02", "the same variable twice", f"{q}?var_name=a&var_name=b")
    say("Q02", "a variable without a name", f"{q}?var_=a")
    say("Q02", "nobody asks", q, None)
