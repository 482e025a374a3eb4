"""What a version did by accident: done on request only, each accident by its own flag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import msgspec
import pytest

from procession.rest.jbpm.accidents import EXACT, FIXED
from procession.rest.jbpm.profiles import PROFILES, named
from procession.settings import Settings
from tests.rest.jbpm.commands import PASSWORD, REST, Door, opened
from tests.rest.jbpm.test_jbpm_exchanges import HR, RUNTIME

VERSIONS = ("6.0", "6.1", "6.2", "6.3", "6.4", "6.5")
OLD, NEW, ALL = VERSIONS[:2], VERSIONS[2:], VERSIONS
Doors = dict[str, Door]


@pytest.fixture(scope="module")
def exact() -> Iterator[Doors]:
    """A server in each wire form that does what the originals did; 6.3 and 6.4 are as 6.5."""
    with ExitStack() as stack:
        yield {
            version: stack.enter_context(opened(jbpm_dialect=version, jbpm_accidents="exact"))
            for version in ("6.0", "6.1", "6.5")
        }


@pytest.fixture(scope="module")
def fixed() -> Iterator[Door]:
    with opened(jbpm_dialect="6.5") as door:
        yield door


def ask(door: Door, method: str, address: str, accept: str = "application/xml") -> Any:
    headers = {"accept": accept}
    return door.client.request(method, REST + address, headers=headers, auth=("ann", PASSWORD))


def start(door: Door) -> tuple[int, int]:
    number = door.start()
    return number, door.task_of(number)


def test_a_server_does_what_was_meant_unless_told_otherwise() -> None:
    assert all(profile.accidents is FIXED for profile in PROFILES.values())
    assert named("6.5", Settings()).accidents is FIXED
    assert named("L", Settings(jbpm_accidents="exact")).accidents is EXACT["6.0"]


@pytest.mark.parametrize(
    ("flag", "versions"),
    [
        ("conflicts_fail", NEW), ("missing_tasks", ALL), ("missing_logs_fail", ALL),
        ("says_nothing", NEW), ("errors_are_xml", ALL), ("texts_only", OLD),
        ("forgets_variables", NEW), ("lone_page", ALL), ("hides_ids", ("6.0",)),
    ],
)  # fmt: skip
def test_which_versions_had_an_accident(flag: str, versions: tuple[str, ...]) -> None:
    assert tuple(v for v in VERSIONS if getattr(EXACT[v], flag)) == versions


def test_every_flag_is_in_the_table_above() -> None:
    mark = test_which_versions_had_an_accident.pytestmark[0]  # type: ignore[attr-defined]
    assert {row[0] for row in mark.args[1]} == {
        field.name for field in msgspec.structs.fields(FIXED)
    }


def test_a_refused_operation(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        _, task = start(door)
        codes.append(ask(door, "POST", f"/task/{task}/complete").status_code)

    assert codes == [409, 409, 500, 409]


def test_an_operation_on_no_task(exact: Doors, fixed: Door) -> None:
    doors = (*exact.values(), fixed)

    claims = [ask(door, "POST", "/task/999/claim").status_code for door in doors]
    skips = [ask(door, "POST", "/task/999/Skip").status_code for door in doors]
    looks = [ask(door, "GET", "/task/999").status_code for door in doors]

    assert claims == [409, 409, 500, 404]
    assert skips == [500, 500, 500, 404]
    assert looks == [404] * 4


def test_the_history_of_no_instance(exact: Doors, fixed: Door) -> None:
    found = [ask(d, "GET", "/history/instance/999").status_code for d in (*exact.values(), fixed)]

    assert found == [500, 500, 500, 404]


def test_errors_without_words(exact: Doors, fixed: Door) -> None:
    texts = [ask(d, "GET", "/task/999").text for d in (*exact.values(), fixed)]

    assert ["<message>" in text for text in texts] == [True, True, False, True]


def test_errors_in_xml_that_are_called_json(exact: Doors, fixed: Door) -> None:
    for door in exact.values():
        reply = ask(door, "GET", "/task/999", "application/json")
        assert reply.headers["content-type"] == "application/json"
        assert reply.text.startswith("<?xml")
    assert ask(fixed, "GET", "/task/999", "application/json").json()["status"] == "NOT_FOUND"


def test_a_variable_that_is_no_text(exact: Doors, fixed: Door) -> None:
    codes = []
    for door in (*exact.values(), fixed):
        reply = ask(door, "POST", f"{RUNTIME}/process/acme.hiring/start?map_name=Ann&map_age=5i")
        number = reply.text.partition("<id>")[2].partition("<")[0]
        for name in ("name", "age"):
            look = ask(door, "GET", f"{RUNTIME}/process/instance/{number}/variable/{name}")
            codes.append(look.status_code)

    assert codes == [200, 500, 200, 500, 200, 200, 200, 200]


def test_a_start_with_a_key_and_variables(exact: Doors, fixed: Door) -> None:
    path = f"{RUNTIME}/withvars/process/acme.hiring/start?corrProp=k&map_name=Ann"
    found = ["Ann" in ask(d, "POST", path).text for d in (*exact.values(), fixed)]

    assert found == [True, True, False, True]


def test_a_page_without_a_size(exact: Doors, fixed: Door) -> None:
    sizes = []
    for door in (*exact.values(), fixed):
        for _ in range(12):
            door.start()
        sizes.append(ask(door, "GET", "/history/instances?page=1").text.count("<external-id>"))

    assert sizes[:2] == [0, 0]
    assert sizes[2] >= 12
    assert sizes[3] == 10


def test_the_ids_of_processes(exact: Doors, fixed: Door) -> None:
    (hidden,) = exact["6.0"].do("<get-process-ids/>", ver="6.0.3.1", deployment=HR)
    shown = exact["6.0"].one("<get-process-ids/>", ver="6.5.0.1", deployment=HR)

    assert hidden.tag == "exception"
    assert shown.findtext("string") == "acme.hiring"
    assert fixed.one("<get-process-ids/>", ver="6.0.3.1").findtext("string") == "acme.hiring"
