"""What may be asked of ``/history``, and by whom it is cleared, in every version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.golden.records import PROFILES
from tests.golden.talk import PASSWORD, REST, Server, serving

OLD = ("6.0", "6.1")
CLEARS = ("/history/clear", "/runtime/a:b:1/history/clear")


def logs(server: Server, path: str, user: str = "boss") -> list[dict[str, Any]]:
    answer = server.call(user, "GET", REST + path, accept="application/json")
    assert answer.status == 200, answer.text
    return [log for item in answer.json()["historyLogList"] for log in item.values()]


def started(server: Server) -> tuple[int, int]:
    """An instance that runs and one that has ended."""
    ann = server.engine.people.actor("ann")
    running = server.engine.processes.start(ann, "acme.waiting", {"name": "Ann"}).id
    return running, server.engine.processes.start(ann, "acme.quick", {"name": "Ann"}).id


@pytest.mark.parametrize("path", CLEARS)
@pytest.mark.parametrize("profile", PROFILES)
def test_clearing_takes_all_logs_in_old_versions_and_those_of_ended_instances_in_new_ones(
    profile: str, path: str
) -> None:
    with serving(jbpm_dialect=profile) as server:
        running, ended = started(server)

        assert server.call("ann", "POST", REST + path).status == 403
        assert len(logs(server, "/history/instances")) == 2
        assert server.call("boss", "POST", REST + path).status == 200

        left = [] if profile in OLD else [running]
        for question in (
            "/history/instances",
            "/history/variable/name",
            "/history/process/acme.waiting",
        ):
            assert [log["processInstanceId"] for log in logs(server, question)] == left
        assert bool(logs(server, f"/history/instance/{running}/node")) is bool(left)
        assert logs(server, f"/history/instance/{ended}/node") == []
        at = f"/runtime/com.acme:hr:1.0/process/instance/{running}"
        assert server.call("ann", "GET", REST + at).status == 200
        assert server.call("ann", "POST", f"{REST}{at}/signal?signal=mySignal").status == 200


def test_the_roles_of_later_versions_open_no_door_that_is_closed() -> None:
    with serving(jbpm_dialect="6.3", needs_rest_roles=True) as server:
        engine = server.engine
        for name in ("rest-process", "rest-process-read-only", "rest-all"):
            engine.people.add_role(engine.admin, name)
            engine.people.add_user(engine.admin, name, PASSWORD)
            engine.people.grant_role(engine.admin, name, name)
        engine.people.add_role(engine.admin, "rest-task")
        engine.people.grant_role(engine.admin, "rest-task", "bob")
        engine.processes.start(engine.admin, "acme.quick")

        for user, may in (
            ("rest-process", 200), ("rest-process-read-only", 200), ("rest-all", 200), ("bob", 403),
        ):  # fmt: skip
            assert server.call(user, "GET", f"{REST}/history/instances").status == may, user
        for user in ("rest-process", "rest-process-read-only", "rest-all", "bob"):
            assert server.call(user, "POST", f"{REST}/history/clear").status == 403, user
        assert server.call("boss", "POST", f"{REST}/history/clear").status == 200


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {p: stack.enter_context(serving(jbpm_dialect=p)) for p in PROFILES}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_change_is_told_with_what_was_before(
    servers: dict[str, Server], profile: str
) -> None:
    server = servers[profile]
    ann = server.engine.people.actor("ann")
    number = server.engine.processes.start(ann, "acme.waiting", {"name": "a", "none": None}).id
    for value in ("b", "", "c"):
        server.engine.processes.set_variables(ann, number, {"name": value})

    told = logs(server, f"/history/instance/{number}/variable/name")

    assert [(log["oldValue"], log["value"]) for log in told] == [
        ("", "a"), ("a", "b"), ("b", ""), ("", "c"),
    ]  # fmt: skip
    instances = logs(server, "/history/variable/name/instances")
    assert [log["processInstanceId"] for log in instances].count(number) == 4
    assert {log["variableInstanceId"] for log in told} == {"name"}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("word", ["true", "TRUE", "True", "false", "1", "yes", ""])
def test_active_means_without_an_end(servers: dict[str, Server], profile: str, word: str) -> None:
    server = servers[profile]
    running, ended = started(server)
    is_active = word.lower() == "true"

    for path in (
        "/history/instances", "/history/variable/name", "/history/variable/name/value/Ann",
        "/history/variable/name/instances", "/history/variable/name/value/Ann/instances",
    ):  # fmt: skip
        found = {log["processInstanceId"] for log in logs(server, f"{path}?activeProcesses={word}")}
        assert running in found
        assert (ended in found) is not is_active, path


@pytest.mark.parametrize("profile", PROFILES)
def test_lists_are_sorted_by_unit_process_instance_and_log(
    servers: dict[str, Server], profile: str
) -> None:
    server = servers[profile]
    started(server)
    started(server)
    keys = ("externalId", "processId", "processInstanceId", "id")

    for path in ("/history/instances", "/history/variable/name", "/history/process/acme.quick"):
        found = [tuple(log[key] for key in keys) for log in logs(server, path)]
        assert found == sorted(found), path
        pages = [
            tuple(log[key] for key in keys)
            for page in range(1, len(found) // 2 + 2)
            for log in logs(server, f"{path}?page={page}&pageSize=2")
        ]
        assert pages == found


@pytest.mark.parametrize("profile", PROFILES)
def test_states_are_numbers_and_any_other_number_finds_nothing(
    servers: dict[str, Server], profile: str
) -> None:
    server = servers[profile]
    running, ended = started(server)
    aborted, _ = started(server)
    server.engine.processes.abort(server.engine.people.actor("ann"), aborted)

    def found(status: str) -> set[int]:
        paths = ("/history/process/acme.waiting", "/history/process/acme.quick")
        return {
            log["processInstanceId"]
            for path in paths
            for log in logs(server, f"{path}?status={status}")
        }

    assert {running} <= found("1")
    assert {ended} <= found("2")
    assert {aborted} <= found("3")
    assert not {aborted, ended} & found("1")
    assert found("0") == found("4") == found("99") == set()
    bad = server.call("ann", "GET", f"{REST}/history/process/acme.quick?status=-1")
    assert bad.status == 400
