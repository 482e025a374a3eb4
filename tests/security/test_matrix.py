"""Every route, called by every kind of person, in both access modes, for three states of a task.

Made from the route tables; what is expected stands in :mod:`tests.security.permissions`.
"""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from procession.web.http import Route
from tests.security import permissions as expected
from tests.security.house import EVERYBODY, SECRET, STATES, House, address, house, key_of

QUERY = {"targetEntityId": "carl", "user": "carl", "signal": "go", "role": "", "group": ""}
CHANGES_WHAT_IS_THERE = {"undeploy", "deactivate", "clear"}


def about(prefix: str, route: Route) -> str:
    key = key_of(prefix, route)
    assert key in expected.ABOUT, f"nobody has said who may call {key}"
    return expected.ABOUT[key]


def answer(opened: House, user: str | None, prefix: str, route: Route, path: str) -> Any:
    query = dict(QUERY)
    if prefix.startswith("/BPMREST") and not path.endswith("/assign"):
        query["user"] = user or ""
    if route.method in {"PATCH", "PUT"} and "/process/instance/" in path:
        query |= {"value": "1", "map_more": "1"}
    content = b"{}" if prefix in {"/api", "/eaf-rest"} and route.method != "GET" else None
    return opened.call(user, route.method, path, params=query, content=content)


def test_every_route_is_in_the_table(guarded: House) -> None:
    keys = {key_of(prefix, route) for prefix, route in guarded.routes()}

    assert keys == set(expected.ABOUT)


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_nobody_gets_anywhere(request: pytest.FixtureRequest, mode: str) -> None:
    opened: House = request.getfixturevalue(mode)
    things = opened.fresh()
    before = opened.state(things), opened.people()

    for prefix, route in opened.routes():
        got = answer(opened, None, prefix, route, address(prefix, route, things))

        if about(prefix, route) == expected.PUBLIC:
            assert got.status_code in {200, 400}, route
        else:
            assert got.status_code == 401, (route, got.text)
            assert got.headers["www-authenticate"]
        assert SECRET not in got.text.replace(f"value/{SECRET}", "")

    assert (opened.state(things), opened.people()) == before


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_what_is_for_some_roles_only(request: pytest.FixtureRequest, mode: str) -> None:
    opened: House = request.getfixturevalue(mode)
    holders = {
        expected.ANYBODY: frozenset(EVERYBODY),
        expected.LIST: frozenset(EVERYBODY),
        expected.ADMINISTRATORS: expected.ADMIN,
        expected.OPERATORS: expected.OPERATOR | expected.ADMIN,
        expected.WORKERS: expected.WORKER | expected.ADMIN,
        expected.SEERS: expected.SEER | expected.ADMIN,
        expected.TRIERS: expected.OPERATOR | expected.MANAGER | expected.ADMIN,
    }
    before = opened.people()

    for user in EVERYBODY:  # the administrator last: changes of people cost everybody a hash
        for prefix, route in opened.routes():
            allowed = holders.get(about(prefix, route))
            if allowed is None:
                continue
            path = address(prefix, route, None)
            if user in allowed and CHANGES_WHAT_IS_THERE & set(path.split("/")):
                continue
            got = answer(opened, user, prefix, route, path)

            if user not in allowed:
                assert got.status_code == 403, (user, route, got.text)
            else:
                assert got.status_code not in {401, 403}, (user, route, got.text)
            assert got.status_code < 500, (user, route, got.text)

    assert opened.people() == before


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_lists_hold_only_what_one_may_see(request: pytest.FixtureRequest, mode: str) -> None:
    opened: House = request.getfixturevalue(mode)
    things = opened.fresh()
    marks = (things.view.uuid, f'"id":{things.task.id},', f"<id>{things.task.id}</id>")

    for prefix, route in opened.routes():
        if about(prefix, route) != expected.LIST or route.method != "GET":
            continue
        path = address(prefix, route, things).replace("/variable/ghost", "/variable/secret")
        for user in EVERYBODY:
            got = answer(opened, user, prefix, route, path)
            text = got.text.replace(f"value/{SECRET}", "")

            if mode == "guarded" and user not in expected.SEES_INSTANCE:
                assert SECRET not in text, (user, path)
                assert not any(mark in text for mark in marks), (user, path, text)
            elif "/history/variable/" in path and mode == "guarded":
                assert f">{things.view.id}<" in text, (user, path, text[:500])


# -- one object, one route, one person -------------------------------------------------------


def sees(mode: str, people: frozenset[str]) -> frozenset[str]:
    return frozenset(EVERYBODY) if mode == "compat" else people


def verdict(kind: str, mode: str, user: str, word: str, state: str) -> str:
    """``yes``, ``hidden`` (as if it did not exist) or ``refused`` (it is there, but no)."""
    seen = expected.SEES_INSTANCE
    match kind:
        case expected.INSTANCE | expected.HISTORY | expected.TASK:
            return "yes" if user in sees(mode, seen) else "hidden"
        case expected.CHILDREN:
            return "yes" if user in sees(mode, expected.SEES_CHILD) else "hidden"
        case expected.SHIP:
            return "yes" if user in sees(mode, expected.SEES_SHIP) else "hidden"
        case expected.MOVE | expected.SIGNAL:
            return "yes" if user in expected.MOVES_INSTANCE else "hidden"
        case expected.SHIP_MOVE:
            return "yes" if user in expected.MOVES_SHIP else "hidden"
        case expected.OPERATION:
            allowed = expected.OPERATIONS[word].get(state, frozenset())
        case expected.ONEWEB_OPERATION:
            allowed = expected.ONEWEB_OPERATIONS[word].get(state, frozenset())
        case _:
            allowed = expected.ASSIGNERS[state]
    if user in allowed:
        return "yes"
    return "refused" if user in sees(mode, seen) else "hidden"


def judged(kind: str, got: httpx2.Response) -> str:
    """What an answer says, in the words of :func:`verdict`."""
    if got.status_code in {403, 409}:
        return "refused"
    if got.status_code == 404:
        return "hidden"
    assert got.status_code == 200, got.text
    if kind in {expected.HISTORY, expected.CHILDREN}:
        is_empty = got.text.endswith(
            ("<log-instance-list/>", "<variables/>", "<variables/></variables>")
        )
        return "hidden" if is_empty else "yes"
    return "yes"


ABOUT_ONE = frozenset(
    {
        expected.INSTANCE,
        expected.HISTORY,
        expected.CHILDREN,
        expected.TASK,
        expected.SHIP,
        expected.MOVE,
        expected.OPERATION,
        expected.ONEWEB_OPERATION,
        expected.ASSIGN,
    }
)
READING = frozenset(
    {expected.INSTANCE, expected.HISTORY, expected.CHILDREN, expected.TASK, expected.SHIP}
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_who_may_do_what_to_one_thing(
    request: pytest.FixtureRequest, mode: str, state: str
) -> None:
    opened: House = request.getfixturevalue(mode)
    things, wrong = opened.fresh(state), []
    is_used = False

    for prefix, route in opened.routes():
        kind = about(prefix, route)
        if kind not in ABOUT_ONE or (kind in READING and state != "Ready"):
            continue
        if kind == expected.MOVE and state != "Ready":
            continue
        for user in EVERYBODY:
            if user == "ada" and kind in {expected.ASSIGN, expected.ONEWEB_OPERATION}:
                continue  # acting for others has its own tests
            if is_used:
                things = opened.fresh(state)
            path = address(prefix, route, things).replace("/ghost", "/secret")
            told = judged(kind, answer(opened, user, prefix, route, path))
            is_used = kind not in READING and told == "yes"
            word = path.rpartition("/")[2]
            if told != (wanted := verdict(kind, mode, user, word, state)):
                wrong.append(f"{user} {state} {path}: {told} instead of {wanted}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_signals_and_work_items_move_for_those_who_may(
    request: pytest.FixtureRequest, mode: str
) -> None:
    """Both answer 200 whatever happens, so the instance itself must tell."""
    opened: House = request.getfixturevalue(mode)
    kinds = {expected.SIGNAL, expected.SHIP_MOVE}

    for prefix, route in opened.routes():
        kind = about(prefix, route)
        if kind not in kinds:
            continue
        things, is_used = opened.fresh(), False
        for user in EVERYBODY:
            if is_used:
                things = opened.fresh()
            before = opened.engine.history.nodes(opened.admin, things.view.id)
            got = answer(opened, user, prefix, route, address(prefix, route, things))
            after = opened.engine.history.nodes(opened.admin, things.view.id)
            is_used = before != after

            assert got.status_code in {200, 404}, (user, route, got.text)
            assert is_used == (verdict(kind, mode, user, "", "") == "yes"), (user, route)


@pytest.mark.parametrize("mode", ["guarded", "compat"])
def test_who_lets_an_instance_rest_and_go_on(request: pytest.FixtureRequest, mode: str) -> None:
    """In the order suspend, resume, activate: the last finds no ad hoc scope in it."""
    opened: House = request.getfixturevalue(mode)
    things = opened.fresh()
    steering = [
        (prefix, route)
        for prefix, route in opened.routes()
        if about(prefix, route) == expected.STEER
    ]

    for user in EVERYBODY:
        for prefix, route in steering:
            path = address(prefix, route, things)
            got = opened.call(user, route.method, path, content=b'{"name": "ghost"}')

            fits = 409 if path.endswith("activate") else 204
            wanted = fits if user in expected.MOVES_INSTANCE else 404
            assert got.status_code == wanted, (user, path, got.text)


def test_a_broadcast_reaches_only_instances_one_has_a_part_in(guarded: House) -> None:
    things = guarded.fresh()
    path = f"/rest/runtime/{things.view.deployment_id}/signal"
    before = guarded.state(things)

    for user in ("dave", "sam", "oscar", "walt", "ada"):
        assert guarded.call(user, "POST", path, params={"signal": "go"}).status_code == 200

    assert guarded.state(things) == before


def test_a_human_task_is_not_done_by_its_work_item() -> None:
    """Whoever started a process does not approve in it by another door."""
    with house() as opened:
        things = opened.fresh("InProgress")
        item = things.task.work_item_id
        before = opened.state(things)
        for user in ("ann", "carl", "olga", "walt", "dave"):
            for word in ("complete", "abort"):
                path = f"/rest/runtime/{things.view.deployment_id}/workitem/{item}/{word}"
                got = opened.call(user, "POST", path, params={"map_verdict": "yes"})

                assert got.status_code == (200 if user in {"walt", "dave"} else 409), user
        assert opened.state(things) == before

        path = f"/rest/runtime/{things.view.deployment_id}/workitem/{item}/complete"
        assert opened.call("pam", "POST", path).status_code == 200
        assert opened.engine.tasks.get(opened.admin, things.task.id).status == "Exited"


def test_acting_for_others_takes_the_role_and_is_kept_in_the_audit(guarded: House) -> None:
    things = guarded.fresh()
    path = f"/BPMREST/service/runtime/tasks/{things.task.id}-{things.task.uuid}/claim"

    for user in ("dave", "carl", "ann", "sam", "walt", "oscar", "pam"):
        got = guarded.call(user, "POST", path, params={"user": "olga"})
        assert got.status_code == 403, (user, got.text)
    assert guarded.call("ada", "POST", path, params={"user": "admin"}).status_code == 403
    assert guarded.call("ada", "POST", path, params={"user": "dave"}).status_code == 404
    assert guarded.call("ada", "POST", path, params={"user": "olga"}).status_code == 200

    assert guarded.engine.tasks.get(guarded.admin, things.task.id).actual_owner == "olga"


def test_who_asks_is_who_is_told(guarded: House) -> None:
    """Two people one after the other on one connection each see their own name."""
    for user in EVERYBODY:
        got = guarded.served.client().get("/api/me", auth=(user, "correct horse"))
        assert json.loads(got.text)["name"] == user
