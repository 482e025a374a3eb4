"""A stranger walks through all doors with every id of somebody else's (CVE-2026-110118's shape).

Nothing is seen, nothing is moved, and what is not theirs answers exactly like what does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from procession.values import Map
from tests.security.house import (
    NO_UUID,
    NOWHERE,
    SECRET,
    STATES,
    House,
    Things,
    address,
    house,
    key_of,
)

STRANGERS = ("dave", "walt", "oscar")
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"targetEntityId": "dave", "signal": "go", "event": "1", "map_verdict": "yes", "group": "x"},
    {"targetEntityId": "nobody-such", "signal": "nothing", "user": "nobody-such"},
    {"targetEntityId": "dave", "user": "dave", "strict": "true", "children": "true", "page": "1"},
)
NOTHING = (f"{NOWHERE}-{NO_UUID}", NOWHERE, NO_UUID)
_TIME = re.compile(r'"timestamp":\d+')


def plain(got: httpx2.Response, *own: object) -> tuple[int, str, str]:
    """An answer without the numbers that were asked for, and without the time."""
    text = _TIME.sub("", got.text)
    for number in sorted(map(str, own), key=len, reverse=True):
        text = re.sub(rf"(?<=[/' \"]){number}(?=[/?'<\" -]|$)", "N", text)
    return got.status_code, got.headers["content-type"], text


def own(things: Things) -> tuple[object, ...]:
    view, task = things.view, things.task
    long = (f"{view.id}-{view.uuid}", f"{task.id}-{task.uuid}")
    papers = (task.input_content_id, things.comment, things.attachment)
    return (*long, view.id, view.uuid, task.id, task.uuid, *papers, things.ship)


def walk(opened: House, things: Things) -> Iterator[tuple[str, str, str, str]]:
    """Key, method, address of the thing, the same address of nothing."""
    for prefix, route in opened.routes():
        there, nowhere = address(prefix, route, things), address(prefix, route, None)
        if there != nowhere:
            yield key_of(prefix, route), route.method, there, nowhere


def content_for(method: str, key: str) -> bytes | None:
    return b"{}" if method != "GET" and ("/api/" in key or "BPMREST" in key) else None


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house() as one:
        one.fresh()  # numbers of tasks and instances drift apart
        one.fresh()
        yield one


@pytest.mark.parametrize("user", STRANGERS)
@pytest.mark.parametrize("state", STATES)
def test_what_is_not_theirs_answers_like_what_does_not_exist(
    opened: House, state: str, user: str
) -> None:
    things = opened.fresh(state)
    before = opened.state(things), opened.people()
    count = 0

    for key, method, there, nowhere in walk(opened, things):
        if user == "walt" and "workitem" in key:
            continue  # external work is what workers are for
        for query in QUERIES if state != "Reserved" else QUERIES[:1]:
            more: dict[str, Any] = {"params": query, "content": content_for(method, key)}
            got = opened.call(user, method, there, **more)
            other = opened.call(user, method, nowhere, **more)

            assert SECRET not in got.text, key
            assert plain(got, *own(things)) == plain(other, *NOTHING), (key, query)
            assert got.status_code < 500, key
            count += 1

    assert count > 100 or state == "Reserved"
    assert (opened.state(things), opened.people()) == before


@pytest.mark.parametrize("accept", ["application/xml", "application/json", "text/html"])
def test_the_answers_are_alike_in_every_representation(opened: House, accept: str) -> None:
    things = opened.fresh("InProgress")

    for key, method, there, nowhere in walk(opened, things):
        if key.partition(" ")[2].startswith("/rest"):
            headers = {"Accept": accept}
            got = opened.call("dave", method, there, headers=headers)
            other = opened.call("dave", method, nowhere, headers=headers)

            assert plain(got, *own(things)) == plain(other, *NOTHING), key


def test_a_stranger_completing_a_task_is_told_it_is_unknown(opened: House) -> None:
    things = opened.fresh("InProgress")

    got = opened.call("dave", "POST", f"/rest/task/{things.task.id}/complete")

    assert got.status_code == 404
    assert "InProgress" not in got.text
    assert "olga" not in got.text


def test_half_an_id_is_no_id(opened: House) -> None:
    """A right number with a wrong UUID answers as a wrong number, to everybody."""
    things = opened.fresh()
    one, other = f"{things.task.id}-{NO_UUID}", f"{NOWHERE}-{NO_UUID}"
    view, no_view = f"{things.view.id}-{NO_UUID}", other
    root = "/BPMREST/service/runtime"
    before = opened.state(things)

    for user in ("dave", "carl", "ann"):
        for method, path in (
            ("POST", "/tasks/{}/claim"),
            ("POST", "/tasks/{}/unclaim"),
            ("POST", "/tasks/{}/complete"),
            ("GET", "/tasks/{}/variables"),
            ("POST", "/tasks/{}/variables"),
            ("POST", "/tasks/{}/assign?user=carl"),
            ("GET", "/instance/{}/tasks"),
            ("POST", "/instance/{}/tasks/assign?user=carl"),
        ):
            is_task = "/tasks/{}" in path
            got = opened.call(user, method, root + path.format(one if is_task else view))
            none = opened.call(user, method, root + path.format(other if is_task else no_view))

            if user == "dave" or is_task is False:
                assert got.status_code == 404
                half = (f"{things.task.id}-{NO_UUID}", f"{things.view.id}-{NO_UUID}")
                assert plain(got, *half, *own(things)) == plain(none, *NOTHING), path
            else:
                assert got.status_code in {403, 404, 409}, (user, path)

    assert opened.state(things) == before


def test_what_an_instance_called_is_hidden_too(opened: House) -> None:
    things = opened.fresh()
    places = (
        f"/rest/runtime/{things.view.deployment_id}/process/instance/{{}}",
        "/rest/history/instance/{}",
        "/rest/history/instance/{}/variable",
        "/api/process-instances/{}/diagram.svg",
    )

    for place in places:
        got = opened.call("dave", "GET", place.format(things.child))
        other = opened.call("dave", "GET", place.format(NOWHERE))
        assert plain(got, things.child) == plain(other, NOWHERE)
        assert opened.call("ann", "GET", place.format(things.child)).status_code == 200


def test_ended_instances_and_finished_tasks_stay_hidden(opened: House) -> None:
    things = opened.fresh("InProgress")
    engine = opened.engine
    engine.tasks.complete(engine.people.actor("olga"), things.task.id, Map(verdict=SECRET))
    engine.processes.abort(opened.admin, things.view.id)
    finished = engine.tasks.get(opened.admin, things.task.id)

    for key, method, there, nowhere in walk(opened, things):
        got, other = (opened.call("dave", method, path) for path in (there, nowhere))
        assert plain(got, *own(things)) == plain(other, *NOTHING), key
    output = opened.call("dave", "GET", f"/rest/task/content/{finished.output_content_id}")
    assert output.status_code == 404
    assert opened.call("olga", "GET", f"/rest/task/{things.task.id}").status_code == 200


@pytest.mark.parametrize("asked", ["potentialOwner", "taskOwner", "businessAdministrator"])
def test_asking_in_anothers_name_shows_nothing(opened: House, asked: str) -> None:
    things = opened.fresh("InProgress")
    by_id = {
        "taskId": things.task.id,
        "workItemId": things.task.work_item_id or 0,
        "processInstanceId": things.view.id,
    }

    for query in (
        {asked: "olga"},
        {asked: "ann"},
        {asked: "Administrator"},
        {asked: "boss"},
        *({name: str(number)} for name, number in by_id.items()),
        {asked: "olga", "taskId": str(things.task.id), "union": "true"},
        {"status": "InProgress"},
    ):
        got = opened.call("dave", "GET", "/rest/task/query", params=query)
        assert got.status_code == 200
        assert "<task-summary>" not in got.text, query


IDS = {
    "process_instance": lambda t: t.view.id,
    "processInstanceId": lambda t: t.view.id,
    "processinstanceid": lambda t: t.view.id,
    "task": lambda t: t.task.id,
    "taskId": lambda t: t.task.id,
    "taskid": lambda t: t.task.id,
    "workItemId": lambda t: t.task.work_item_id,
    "work_item": lambda t: t.task.work_item_id,
}
"""Parameters that name a thing by its number."""
NAMES = {
    "inbox_of", "owner", "potential_owner", "business_administrator", "stakeholder", "created_by",
    "actor", "user", "businessAdministrator", "potentialOwner", "taskOwner", "initiator",
    "potentialowner", "taskowner", "businessadmin",
}  # fmt: skip
"""Parameters that name somebody; what they show of others is asked above and by the inbox."""
OTHERS = {
    "state", "kind", "page", "size", "process", "since", "until", "type", "status", "deployment",
    "sort", "after", "count", "role", "group", "pageSize", "p", "s", "map_*", "corrProp", "signal",
    "event", "value", "targetEntityId", "language", "union", "activeProcesses", "processid",
    "processid_re", "deploymentid", "deploymentid_re", "taskstatus", "processinstancestatus",
    "processversion", "processversion_re", "startdate", "enddate", "varid", "varid_re", "varvalue",
    "varvalue_re", "var_*", "taskvar_*", "varregex_*", "all", "strategy", "mergemode", "strict",
    "base", "semantics", "initiator_re", "stakeholder_re", "potentialowner_re", "taskowner_re",
    "businessadmin_re",
}  # fmt: skip


def test_numbers_in_parameters_answer_like_what_does_not_exist(opened: House) -> None:
    """Every parameter of every route is known here: a new one must be thought about."""
    things, asked = opened.fresh("InProgress"), 0
    before = opened.state(things)
    for prefix, route in opened.routes():
        for name in route.query:
            plain_name = name.removesuffix("_min").removesuffix("_max")
            if plain_name not in IDS:
                assert plain_name in NAMES | OTHERS, (name, key_of(prefix, route))
                continue
            path, number = address(prefix, route, None), IDS[plain_name](things)
            for user in ("dave", "walt"):
                got = opened.call(user, route.method, path, params={name: str(number)})
                other = opened.call(user, route.method, path, params={name: NOWHERE})

                assert SECRET not in got.text
                if not name.endswith(("_min", "_max")):
                    said = plain(got, number)[2].replace(f"={number}", f"={NOWHERE}")
                    assert (got.status_code, said) == (
                        other.status_code,
                        plain(other, NOWHERE)[2],
                    ), (name, path)
                assert str(things.task.uuid) not in got.text
                assert "olga" not in got.text
                asked += 1
    assert asked > 20
    assert opened.state(things) == before


@pytest.mark.parametrize("name", ["parent_id", "process_instance_id"])
def test_numbers_in_bodies_answer_like_what_does_not_exist(opened: House, name: str) -> None:
    things = opened.fresh("InProgress")
    number = things.task.id if name == "parent_id" else things.view.id

    def add(value: int) -> httpx2.Response:
        return opened.call("dave", "POST", "/api/tasks", json={"name": "x", name: value})

    got, other = add(number), add(NOWHERE)

    assert got.status_code == 404
    assert plain(got, number) == plain(other, NOWHERE)


def test_work_lists_of_others_are_refused_alike(opened: House) -> None:
    """A name that exists and one that does not are refused in the same words."""
    opened.fresh("InProgress")
    path = "/BPMREST/service/runtime/tasks"

    for kind, known in (("user", "olga"), ("group", "clerks"), ("role", "worker")):
        got = opened.call("dave", "GET", path, params={kind: known})
        other = opened.call("dave", "GET", path, params={kind: "no-such"})

        assert got.status_code == other.status_code == 403
        assert plain(got)[2].replace(known, "X") == plain(other)[2].replace("no-such", "X")
