"""Who may do what to a task in which state, over both dialects: every cell, by HTTP.

The same cells as ``tests/services/test_task_matrix.py`` asks of the service, which takes them from
the table of ``reference/jbpm-engine.md`` 5.2; here a real server answers, and what counts is what a
client sees: the status, the words, and that a refusal leaves the task as it was. ONEWEB's four
operations have a table of their own (``reference/oneweb-rest-api.md`` 2.3, 2.4, 2.8 and 2.12).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx2
import pytest

from procession.engine import Engine
from procession.identity.credentials import Hasher
from procession.services.views import TaskView
from procession.settings import Settings
from serving import Served, put_people, serving
from tests.services.test_task_matrix import OPERATIONS, STATES, leads_to, may, task_in
from tests.tasks.test_lifecycle import ADMINISTRATORS, GROUPS, OFFERED, RELATIONS

TARGETS: dict[str, dict[str, str]] = {
    "Delegate": {"targetId": "target"},
    "Forward": {"targetEntityId": "target"},
    "Nominate": {"user": "target"},
}
OFFERS, HELD = ("Created", "Ready"), ("Reserved", "InProgress")
NOWHERE = 987_654_321


class Home:
    """A served engine with somebody in every relation to its tasks."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.engine = served.engine
        self.tasks, self.admin = served.engine.tasks, served.engine.admin
        self.actor = served.engine.people.actor

    def call(self, who: str, method: str, path: str, **query: str) -> httpx2.Response:
        client = self.served.client(who)
        return client.request(method, path, params=query, headers={"Accept": "application/json"})

    def task(self, state: str) -> TaskView:
        return self.now(task_in(self, state))

    def now(self, number: int) -> TaskView:
        return self.tasks.get(self.admin, number)


@pytest.fixture(scope="module", params=["guarded", "compat"])
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    given = Settings(access_mode=request.param)
    with Engine.open("sqlite://", settings=given) as engine:
        engine.people.directory.hasher = Hasher(memory_kib=64, passes=1)  # quick, for tests
        for group in ("workers", "bosses"):
            engine.people.add_group(engine.admin, group)
        put_people(engine, dict.fromkeys((*RELATIONS, "target"), ()))
        for name, groups in GROUPS.items():
            for group in groups:
                engine.people.add_member(engine.admin, group, name)
        with serving(engine) as served:
            yield Home(served)


def is_hidden(home: Home, relation: str, task: TaskView) -> bool:
    """Whether the task is nothing to somebody, so that they must not even learn it is there."""
    if home.engine.settings.access_mode == "compat":
        return False
    return relation == "stranger" or (relation == "owner" and not task.actual_owner)


def no_such(home: Home, relation: str, method: str, path: str, number: int, **query: str) -> str:
    """What is said of a task that does not exist, as if it had been that one."""
    return home.call(relation, method, path, **query).text.replace(str(NOWHERE), str(number))


@pytest.mark.parametrize("state", STATES)
def test_jbpm_clients_may_do_what_the_table_says(home: Home, state: str) -> None:
    task = home.task(state)
    for operation, relation in product(OPERATIONS, RELATIONS):
        cell = (state, operation, relation)
        path, query = f"/rest/task/{{}}/{operation.lower()}", TARGETS.get(operation, {})
        answer = home.call(relation, "POST", path.format(task.id), **query)

        if may(*cell):
            assert answer.status_code == 200, (cell, answer.text)
            after = home.now(task.id)
            assert after.status == leads_to(state, operation), cell
            *_, event = home.tasks.events(home.admin, task.id).items
            told = (event.actor, event.old_status, event.new_status)
            assert told == (relation, task.status, after.status), cell
            task = home.task(state)
            continue
        if is_hidden(home, relation, task):
            assert answer.status_code == 404, (cell, answer.text)
            nothing = no_such(home, relation, "POST", path.format(NOWHERE), task.id, **query)
            assert answer.text == nothing, cell
        else:
            assert answer.status_code == 409, (cell, answer.text)
            has_line = any(may(state, operation, other) for other in RELATIONS)
            has_line |= operation == "Forward" and state in HELD  # by an owner who is listed, too
            words = "does not have permissions to" if has_line else "no 'current status' match"
            assert words in answer.json()["message"], cell
        assert home.now(task.id) == task, cell


@pytest.mark.parametrize("state", STATES)
def test_who_has_a_part_in_a_task_may_look_at_it_in_any_state(home: Home, state: str) -> None:
    task = home.task(state)
    for relation, place in product(RELATIONS, ("/rest/task/{}", "/rest/task/{}/content")):
        answer = home.call(relation, "GET", place.format(task.id))

        if is_hidden(home, relation, task):
            assert answer.status_code == 404, (state, relation)
            nothing = no_such(home, relation, "GET", place.format(NOWHERE), task.id)
            assert answer.text == nothing, (state, relation)
        else:
            assert answer.status_code == 200, (state, relation, answer.text)


DONE = 0
CLAIMED_BY_ANOTHER, NOT_CLAIMED, OVER, RESTS, FORBIDDEN = 40901, 40902, 40903, 40904, 40301
ONEWEB = {"claim": {}, "unclaim": {}, "complete": {}, "assign": {"user": "target"}}


def oneweb_code(task: TaskView, operation: str, relation: str) -> int:
    """What the reference says, of somebody who may know of the task."""
    status, rules = task.status, relation in ADMINISTRATORS
    is_owner = relation == task.actual_owner
    if operation == "assign" and not (rules or is_owner):
        return FORBIDDEN
    if status not in (*OFFERS, *HELD):
        return RESTS if status == "Suspended" else OVER
    if operation == "assign":
        return DONE
    if operation == "unclaim":
        if status in OFFERS:
            return NOT_CLAIMED
        return DONE if is_owner or rules else CLAIMED_BY_ANOTHER
    if status in HELD:
        return DONE if is_owner else CLAIMED_BY_ANOTHER
    return DONE if relation in OFFERED else FORBIDDEN


def oneweb_leads_to(state: str, operation: str) -> str:
    if operation == "complete":
        return "Completed"
    if operation == "claim":
        return state if state in HELD else "Reserved"
    return "Ready"


@pytest.mark.parametrize("state", STATES)
def test_oneweb_clients_may_do_what_the_reference_says(home: Home, state: str) -> None:
    task = home.task(state)
    root = "/BPMREST/service/runtime/tasks"
    nobody = "00000000-0000-4000-8000-000000000000"
    for operation, relation in product(ONEWEB, RELATIONS):
        cell, query = (state, operation, relation), ONEWEB[operation]
        path = f"{root}/{task.id}-{task.uuid}/{operation}"
        answer = home.call(relation, "POST", path, **query)
        said: dict[str, Any] = answer.json()

        if is_hidden(home, relation, task):
            assert (answer.status_code, said["code"]) == (404, 40404), (cell, said)
            nothing = home.call(
                relation, "POST", f"{root}/{NOWHERE}-{nobody}/{operation}", **query
            ).json()
            other = said["message"].replace(str(task.id), str(NOWHERE))
            told = {**said, "message": other, "timestamp": nothing["timestamp"]}
            assert told == nothing, cell
        else:
            code = oneweb_code(task, operation, relation)
            assert said["code"] == code, (cell, said)
            assert answer.status_code == (code // 100 or 200), cell
            if code == CLAIMED_BY_ANOTHER:
                assert "claimed by owner" in said["message"]
            if code == DONE:
                after = home.now(task.id)
                assert after.status == oneweb_leads_to(state, operation), cell
                task = home.task(state)
                continue
        assert home.now(task.id) == task, cell
