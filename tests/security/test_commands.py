"""Commands as a way in: nobody does by ``execute`` what they may not do by address."""

from __future__ import annotations

import pytest

from tests.security.house import EVERYBODY, SECRET, UNIT, House, Things
from tests.security.permissions import MOVES_INSTANCE, SEES_INSTANCE

OLD, NEW = "6.0.3.1", "6.5.0.1"


def send(opened: House, user: str | None, commands: str, ver: str = NEW) -> str:
    body = (
        f"<command-request><deployment-id>{UNIT}</deployment-id><ver>{ver}</ver>{commands}"
        "</command-request>"
    )
    headers = {"Content-Type": "application/xml"}
    got = opened.call(user, "POST", "/rest/execute", content=body.encode(), headers=headers)
    assert got.status_code in {200, 401, 409}, got.text
    return got.text


def looking(things: Things, user: str) -> str:
    """Every command that reads something of an instance."""
    instance, task, item = things.view.id, things.task.id, things.ship
    me = f"<user-id>{user}</user-id>"
    place = f'process-instance-id="{instance}"'
    return (
        f'<get-process-instance processInstanceId="{instance}"/><get-process-instances/>'
        f'<get-workitem workItemId="{item}"/><find-node-instances {place}/>'
        f"<find-process-instance {place}/><find-process-instances/>"
        f"<find-subprocess-instances {place}/>"
        f'<find-active-process-instances processId="vault"/><find-variable-instances {place}/>'
        f'<find-variable-instances-by-name variableId="secret"/>'
        f"<get-task><task-id>{task}</task-id>{me}</get-task>"
        f"<get-task-by-workitemid><workItemId>{things.task.work_item_id}</workItemId>{me}"
        "</get-task-by-workitemid>"
        f"<get-tasks-by-processinstanceid>{me}<process-instance-id>{instance}</process-instance-id>"
        "</get-tasks-by-processinstanceid>"
        f"<get-task-content><task-id>{task}</task-id>{me}</get-task-content>"
        f"<get-content><contentId>{things.task.input_content_id}</contentId>{me}</get-content>"
        f"<get-tasks-by-group-command>{me}<group-id>clerks</group-id></get-tasks-by-group-command>"
        f"<get-task-as-potential-owner>{me}<group-id>clerks</group-id></get-task-as-potential-owner>"
        f"<get-tasks-by-various>{me}<potentialOwners>carl</potentialOwners></get-tasks-by-various>"
        f"<task-query-where>{me}<queryWhere/></task-query-where>"
        f"<get-all-comments><task-id>{task}</task-id>{me}</get-all-comments>"
    )


@pytest.mark.parametrize("user", EVERYBODY)
def test_commands_show_what_one_may_see(guarded: House, user: str) -> None:
    things = guarded.fresh()

    told = send(guarded, user, looking(things, user))

    mark = f"<value>{SECRET}</value>"
    assert (mark in told) == (user in SEES_INSTANCE), told
    if user not in SEES_INSTANCE and user != "walt":
        for number in (things.view.id, things.task.id):
            assert f">{number}<" not in told, told


@pytest.mark.parametrize("user", EVERYBODY)
def test_commands_move_what_one_may_move(guarded: House, user: str) -> None:
    things = guarded.fresh()
    number = things.view.id
    before = guarded.state(things)
    changing = (
        f'<set-process-instance-vars processInstanceId="{number}"><variables><item key="verdict">'
        "<value>no</value></item></variables></set-process-instance-vars>"
        f'<abort-process-instance processInstanceId="{number}"/>'
    )

    told = send(guarded, user, changing)

    if user in MOVES_INSTANCE:
        assert "<exception" not in told
    else:
        assert told.count("<exception ") == 2
        assert guarded.state(things) == before


def test_strangers_execute_nothing(guarded: House) -> None:
    assert "command-response" not in send(guarded, None, "<find-process-instances/>")


@pytest.mark.parametrize("ver", [OLD, NEW])
@pytest.mark.parametrize("user", ["ann", "dave", "carl", "walt", "sam", "pam"])
def test_nobody_borrows_the_name_of_another(guarded: House, user: str, ver: str) -> None:
    things = guarded.fresh("Reserved")
    before = guarded.state(things)
    words = ("start", "release", "suspend", "complete", "exit", "skip", "claim")
    commands = "".join(
        f"<{word}-task><task-id>{things.task.id}</task-id><user-id>olga</user-id></{word}-task>"
        for word in words
    )

    told = send(guarded, user, commands, ver)

    assert told.count("PERMISSIONS_CONFLICT") == (1 if ver == NEW else len(words)), told
    assert guarded.state(things) == before


def test_globals_are_set_by_who_manages_processes(guarded: House) -> None:
    command = '<set-global identifier="g"><object>x</object></set-global>'
    able = [user for user in EVERYBODY if "<exception" not in send(guarded, user, command)]

    assert able == ["pam", "admin"]
