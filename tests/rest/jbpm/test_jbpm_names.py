"""Names and values of any character: in paths, in queries, in bodies, and back out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from procession.engine import Engine
from tests.golden.models import UNIT
from tests.golden.talk import FORM, PASSWORD, REST, Answer, Server, serving

ODD = (
    "with space", "Größe-é", "a/b", "a/b/c/", "a+b", "100%", "%2F", "a;b", "q?x=1&y=2", "#part",
    "名前", "emoji 😀", "back\\slash", "'one' \"two\"", "<tag>&amp;", "tab\there", "two\nlines",
    "a:b,c", "..", "a..b", "{x}", "null", "-1", "é\u0301", "instances", "x/instances",
)  # fmt: skip
DOTS = {".."}
"""A segment of dots is no name in a path, however it is spelled."""
LINES = {"two\nlines"}
"""A line break in a path is taken in values, not in names."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(jbpm_dialect="6.5") as one:
        yield one


def get(server: Server, path: str, user: str = "ann") -> Answer:
    return server.call(user, "GET", REST + path, accept="application/json")


def post(
    server: Server, path: str, body: bytes = b"", user: str = "ann", kind: str = FORM
) -> Answer:
    return server.call(
        user, "POST", REST + path, body, accept="application/json", content_type=kind
    )


def seg(text: str) -> str:
    return quote(text, safe="")


def started(server: Server, name: str, value: str) -> int:
    """An instance whose variable came by form body."""
    body = urlencode({f"map_{name}": f'"{value}"'}).encode()
    answer = post(server, f"/runtime/{UNIT}/process/acme.waiting/start", body)
    assert answer.status == 200, answer.text
    return int(answer.json()["id"])


@pytest.mark.parametrize("odd", ODD)
def test_a_variable_of_any_name(server: Server, odd: str) -> None:
    number = started(server, odd, "x")
    at = f"/runtime/{UNIT}/process/instance/{number}/variable/{seg(odd)}"
    logs = [f"/history/instance/{number}/variable/{seg(odd)}", f"/history/variable/{seg(odd)}"]

    assert get(server, f"/runtime/{UNIT}/process/instance/{number}/variables").json()[
        "variables"
    ] == {odd: "x"}
    if odd in DOTS | LINES:
        assert {get(server, path).status for path in (at, *logs)} == {404}
        return
    assert get(server, at).json() == "x"
    for path in logs:
        (item,) = get(server, path).json()["historyLogList"]
        (log,) = item.values()
        assert (log["variableId"], log["value"]) == (odd, "x")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("way", ["query", "form", "json"])
def test_a_value_of_any_text(server: Server, odd: str, way: str) -> None:
    start = f"/runtime/{UNIT}/process/acme.waiting/start"
    pair = urlencode({"map_name": f'"{odd}"'})
    if way == "query":
        answer = post(server, f"{start}?{pair}")
    elif way == "form":
        answer = post(server, start, pair.encode())
    else:
        from json import dumps

        answer = post(server, start, dumps({"name": odd}).encode(), kind="application/json")
    number = answer.json()["id"]
    value = f"/history/variable/name/value/{seg(odd)}"

    assert get(server, f"/runtime/{UNIT}/process/instance/{number}/variable/name").json() == odd
    assert get(
        server, f"/query/runtime/process?piid={number}&{urlencode({'var_name': odd})}"
    ).json()["processInstanceInfoList"]
    for path in (value, f"{value}/instances"):
        answer = get(server, path)
        if odd in DOTS:
            assert answer.status == 404
        else:
            numbers = {
                log["processInstanceId"]
                for item in answer.json()["historyLogList"]
                for log in item.values()
            }
            assert number in numbers, path


def test_a_value_with_slashes_may_stand_as_it_is(server: Server) -> None:
    number = started(server, "name", "2026/11/22 10+20")

    for spelled in ("2026/11/22%2010+20", "2026%2F11%2F22%2010%2B20", "2026/11/22%2010%2b20/"):
        found = get(server, f"/history/variable/name/value/{spelled}").json()["historyLogList"]
        assert [log["processInstanceId"] for item in found for log in item.values()] == [number]


@pytest.fixture(scope="module")
def strangers(server: Server) -> dict[str, str]:
    """Users with odd names, each with the group of the same name."""
    engine: Engine = server.engine
    names = {"": "ü ser", "slash": "a/b", "plus": "a+b", "percent": "50%", "mail": "x@y.z"}
    for name in names.values():
        engine.people.add_user(engine.admin, name, PASSWORD, groups=("HR",))
    return names


@pytest.mark.parametrize("which", ["", "slash", "plus", "percent", "mail"])
def test_a_user_of_any_name(server: Server, strangers: dict[str, str], which: str) -> None:
    name, engine = strangers[which], server.engine
    view = engine.processes.start(engine.people.actor("ann"), "acme.hiring")
    (task,) = engine.tasks.of_instance(engine.admin, view.id).items
    engine.tasks.claim(engine.people.actor("ann"), task.id)

    target = urlencode({"targetEntityId": name})
    assert post(server, f"/task/{task.id}/delegate?{target}").status == 200
    assert post(server, f"/task/{task.id}/start", user=name).status == 200
    found = get(server, f"/task/query?{urlencode({'taskOwner': name, 'taskId': task.id})}")
    assert [one["id"] for one in found.json()["taskSummaryList"]] == [task.id]
    assert found.json()["taskSummaryList"][0]["actualOwnerId"] == name
    pattern = urlencode({"to_re": name.replace("%", "."), "tid": task.id})
    assert get(server, f"/query/runtime/task?{pattern}").json()["taskInfoList"]


@pytest.mark.parametrize("odd", ODD)
def test_a_signal_and_a_key_of_any_name(server: Server, odd: str) -> None:
    ann = server.engine.people.actor("ann")
    number = server.engine.processes.start(ann, "acme.waiting").id
    pair = urlencode({"signal": odd, "event": f'"{odd}"'})

    assert post(server, f"/runtime/{UNIT}/process/instance/{number}/signal?{pair}").status == 200
    assert post(server, f"/runtime/{UNIT}/signal", pair.encode()).status == 200
    key = urlencode([("corrProp", odd), ("corrProp", str(number))])
    first = post(server, f"/runtime/{UNIT}/process/acme.waiting/start?{key}")
    assert first.status == 200, first.text
    assert post(server, f"/runtime/{UNIT}/process/acme.waiting/start?{key}").status == 409


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "path",
    [
        "/runtime/{}/process/acme.hiring", "/runtime/{}/process/instance/1", "/deployment/{}",
        "/runtime/" + UNIT + "/process/{}", "/history/process/{}", "/history/instance/1/node/{}",
        "/runtime/{}/workitem/1", "/deployment/{}/processes", "/task/{}", "/task/content/{}",
        "/history/instance/{}", "/runtime/" + UNIT + "/process/acme.hiring/instance/{}/signal",
    ],
)  # fmt: skip
def test_what_has_no_such_name_is_not_there_and_nothing_breaks(
    server: Server, path: str, odd: str
) -> None:
    answer = get(server, path.format(seg(odd)))

    assert answer.status in {200, 404, 405}, answer.text
    assert answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/history/instances", "/history/process/acme.hiring", "/history/variable/name",
        "/deployment", "/deployment/processes", f"/runtime/{UNIT}/process/acme.hiring",
    ],
)  # fmt: skip
def test_unknown_parameters_are_ignored_but_by_queries(server: Server, path: str) -> None:
    for odd in ODD:
        assert get(server, f"{path}?{urlencode({odd: odd})}").status == 200, odd
        for query in (
            "/task/query",
            "/query/task",
            "/query/runtime/task",
            "/query/runtime/process",
        ):
            assert get(server, f"{query}?{urlencode({odd: odd})}").status == 400, odd


@pytest.mark.parametrize(
    "query", ["%FF", "a=%C3", "%zz=1", "a=%", "%=1", "&&&", "=", "=&=", "a", "+"]
)
def test_broken_query_strings_break_nothing(server: Server, query: str) -> None:
    for path in ("/history/instances", "/task/query", "/query/runtime/process", "/deployment"):
        assert get(server, f"{path}?{query}").status in {200, 400}
