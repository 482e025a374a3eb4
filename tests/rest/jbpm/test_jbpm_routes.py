"""Every route: which service call it becomes, in which lane and under which permission."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from procession.errors import Invalid, NotFound
from procession.rest.jbpm import shapes
from procession.services.access import TABLE
from procession.services.views import DeploymentJobView, Page
from procession.settings import Settings
from procession.values import Long, Map
from procession.web.http import Matcher, NoRoute, Reply, Route
from tests.rest.jbpm.jbpm_samples import (
    CONTENT,
    HR,
    LOG,
    WORK_ITEM,
    dialect,
    instance,
    request,
    task,
    unit,
)

MATCHER = Matcher(dialect().routes.routes)
ANSWERS = {
    "start": instance(variables=Map(name="Ann", age=30, nothing=None)), "get": unit(),
    "instance": LOG, "last_variables": Map(a="1"), "variable": 5, "query": Page((task(),)),
    "undeploy": DeploymentJobView(
        id=1, operation="UNDEPLOY", unit=unit(), success=True, explanation="done"
    ),
    "children": Page((LOG,)), "content": CONTENT, "last_known": instance(state=2),
}  # fmt: skip


class Service:
    """Notes every call and answers from the table."""

    def __init__(self, name: str, calls: list[tuple[Any, ...]], answers: dict[str, Any]) -> None:
        self._name, self._calls, self._answers = name, calls, answers

    def __getattr__(self, method: str) -> Any:
        def call(actor: Any, *arguments: Any, **named: Any) -> Any:
            assert actor.name == "ann"
            shown = tuple(_shown(a) for a in arguments)
            named = {key: _shown(value) for key, value in named.items()}
            self._calls.append((f"{self._name}.{method}", *shown, *sorted(named.items())))
            answer = self._answers.get(f"{self._name}.{method}", self._answers.get(method))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def _shown(value: Any) -> Any:
    match type(value).__name__:
        case "ProcessRef":
            return value.deployment, value.process_id
        case "PageRequest":
            return "page", value.number, value.size
        case "Map":
            return dict(value)
    return value


def go(
    method: str, path: str, query: str = "", *, form: str = "L", body: bytes = b"",
    answers: dict[str, Any] | None = None, **headers: str,
) -> tuple[Reply, list[tuple[Any, ...]], Route]:  # fmt: skip
    calls: list[tuple[Any, ...]] = []
    names = ("deployments", "processes", "work_items", "tasks", "history")
    known = {**ANSWERS, **(answers or {})}
    engine: Any = SimpleNamespace(
        settings=Settings(jbpm_dialect=form),  # type: ignore[arg-type]
        **{name: Service(name, calls, known) for name in names},
    )
    route, found = MATCHER.match(method, path)
    asked = request(path, query, method=method, body=body, path=found, **headers)
    return route.handler(asked, engine), calls, route


ALL = ("page", None, None)
PROCESS = f"/runtime/{HR}/process"
IN = ("deployment", HR)
ROWS: list[tuple[str, str, str, str, list[tuple[Any, ...]]]] = [
    ("R02", "GET", f"{PROCESS}/acme.hiring/", "", [("deployments.definition", HR, "acme.hiring")]),
    (
        "R03", "POST", f"{PROCESS}/acme.hiring/start", "map_age=5i&corrProp=a&corrProp=b",
        [("processes.start", (HR, "acme.hiring"), {"age": 5}, ("correlation_key", "a:b"))],
    ),
    ("R05", "GET", f"{PROCESS}/instance/7", "", [("processes.get", 7, IN)]),
    ("R06", "POST", f"{PROCESS}/instance/7/abort", "", [("processes.abort", 7, IN)]),
    (
        "R07", "POST", f"{PROCESS}/instance/7/signal", "signal=go&event=5",
        [("processes.signal", "go", Long(5), IN, ("instance", 7))],
    ),
    (
        "R07", "POST", f"{PROCESS}/acme.hiring/instance/7/signal", "mySignal=1234i",
        [("processes.signal", "mySignal", 1234, IN, ("instance", 7))],
    ),
    (
        "R07", "POST", f"{PROCESS}/acme.hiring/instance/7/signal", "signal=go",
        [("processes.signal", "go", None, IN, ("instance", 7))],
    ),
    ("R08", "GET", f"{PROCESS}/instance/7/variables", "", [("history.last_variables", 7)]),
    ("R09", "GET", f"{PROCESS}/instance/7/variable/a.b", "", [("processes.variable", 7, "a.b")]),
    (
        "R10", "POST", f"/runtime/{HR}/signal", "signal=go&runtimeProcInstId=7",
        [("deployments.get", HR), ("processes.signal", "go", None, IN, ("instance", None))],
    ),
    ("R11", "GET", f"/runtime/{HR}/workitem/3", "", [("work_items.get", 3)]),
    (
        "R12", "POST", f"/runtime/{HR}/workitem/3/complete", "map_a=b",
        [("work_items.complete", 3, {"a": "b"})],
    ),
    ("R13", "POST", f"/runtime/{HR}/workitem/3/ABORT", "", [("work_items.abort", 3)]),
    (
        "R14", "POST", f"/runtime/{HR}/withvars/process/acme.hiring/start", "",
        [("processes.start", (HR, "acme.hiring"), {}, ("correlation_key", None))],
    ),
    (
        "R15", "GET", f"/runtime/{HR}/withvars/process/instance/7", "",
        [("processes.get", 7, IN), ("history.last_variables", 7)],
    ),
    (
        "R16", "POST", f"/runtime/{HR}/withvars/process/instance/7/signal", "signal=go",
        [
            ("processes.signal", "go", None, IN, ("instance", 7)),
            ("processes.last_known", 7), ("history.last_variables", 7),
        ],
    ),
    ("T02", "GET", "/task/query", "", []),
    ("T02", "GET", "/tasks/", "", []),
    ("T02", "GET", "/query/task", "", []),
    ("T03", "GET", "/task/5", "", [("tasks.get", 5)]),
    ("T03", "GET", "/tasks/5", "", [("tasks.get", 5)]),
    ("T04", "POST", "/task/5/activate", "", [("tasks.activate", 5)]),
    ("T05", "POST", "/task/5/claim", "", [("tasks.claim", 5)]),
    ("T06", "POST", "/task/0/claimNextAvailable", "language=en-UK",
     [("tasks.claim_next", ("personally_only", False))]),
    ("T07", "POST", "/task/5/complete", "map_a=1", [("tasks.complete", 5, {"a": 1})]),
    ("T08", "POST", "/task/5/delegate", "targetEntityId=bob", [("tasks.delegate", 5, "bob")]),
    ("T09", "POST", "/task/5/exit", "", [("tasks.exit", 5)]),
    ("T10", "POST", "/task/5/fail", "map_a=1", [("tasks.fail", 5, {"a": 1})]),
    ("T11", "POST", "/task/5/forward", "targetId=bob", [("tasks.forward", 5, "bob")]),
    ("T12", "POST", "/task/5/release", "", [("tasks.release", 5)]),
    ("T13", "POST", "/task/5/resume", "", [("tasks.resume", 5)]),
    ("T14", "POST", "/task/5/skip", "", [("tasks.skip", 5)]),
    ("T15", "POST", "/task/5/START", "", [("tasks.start", 5)]),
    ("T16", "POST", "/task/5/stop", "", [("tasks.stop", 5)]),
    ("T17", "POST", "/task/5/suspend", "", [("tasks.suspend", 5)]),
    (
        "T18", "POST", "/task/5/nominate", "user=a&user=b&group=c",
        [("tasks.nominate", 5, ("a", "b"), ("c",))],
    ),
    ("T19", "GET", "/task/5/content", "", [("tasks.content", 5)]),
    ("T20", "GET", "/task/content/4", "", [("tasks.content_by_id", 4)]),
    ("D01", "GET", "/deployment", "p=1", [("deployments.list", ("page", 1, 10))]),
    ("D02", "GET", "/deployment/processes", "", [("deployments.definitions", None, ALL)]),
    ("D03", "GET", f"/deployment/{HR}", "", [("deployments.get", HR)]),
    ("D06", "POST", f"/deployment/{HR}/undeploy", "", [("deployments.undeploy", HR)]),
    ("D07", "GET", f"/deployment/{HR}/processes", "", [("deployments.definitions", HR, ALL)]),
    ("D08", "POST", f"/deployment/{HR}/activate", "", [("deployments.activate", HR)]),
    ("D09", "POST", f"/deployment/{HR}/deactivate", "", [("deployments.deactivate", HR)]),
]  # fmt: skip
PAGE = ("page", ALL)
SECOND = ("page", ("page", 2, 10))
HISTORY: list[tuple[str, str, str, str, tuple[Any, ...]]] = [
    (
        "H02", "R18", "/instances", "activeProcesses=TRUE",
        ("instances", ("active", True), PAGE),
    ),
    ("H03", "R19", "/instance/7", "", ("instance", 7)),
    ("H04", "R20", "/instance/7/Child", "", ("children", 7, PAGE)),
    ("H05", "R20", "/instance/7/node", "", ("nodes", 7, None, PAGE)),
    ("H06", "R21", "/instance/7/node/_2", "", ("nodes", 7, "_2", PAGE)),
    ("H07", "R20", "/instance/7/variable", "p=2", ("variables", 7, None, SECOND)),
    ("H08", "R21", "/instance/7/variable/a", "", ("variables", 7, "a", PAGE)),
    ("H09", "R22", "/process/acme.x", "status=1", ("by_process", "acme.x", 1, PAGE)),
    ("H10", "R23", "/variable/a", "", ("by_variable", "a", None, ("active", False), PAGE)),
    (
        "H11", "R24", "/variable/a/value/x%2fy%20z/w", "",
        ("by_variable", "a", "x/y z/w", ("active", False), PAGE),
    ),
    (
        "H12", "R25", "/variable/a/instances", "",
        ("instances_by_variable", "a", None, ("active", False), PAGE),
    ),
    (
        "H13", "R26", "/variable/a/value/x/instances", "",
        ("instances_by_variable", "a", "x", ("active", False), PAGE),
    ),
]  # fmt: skip
for new, old, path, query, call in HISTORY:
    expected = [(f"history.{call[0]}", *call[1:])]
    ROWS.append((new, "GET", f"/history{path}", query, expected))
    ROWS.append((old, "GET", f"/runtime/{HR}/history{path}", query, expected))
CLEAR = ("history.clear", ("everything", True))
ROWS.append(("H01", "POST", "/history/clear", "", [CLEAR]))
ROWS.append(("R17", "POST", f"/runtime/{HR}/history/clear", "", [CLEAR]))


@pytest.mark.parametrize(
    ("id", "method", "path", "query", "calls"), ROWS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_route_is_one_call_of_a_service(
    id: str, method: str, path: str, query: str, calls: list[tuple[Any, ...]]
) -> None:
    answers = {"tasks.get": task(), "work_items.get": WORK_ITEM, "processes.get": instance()}

    reply, made, route = go(method, path, query, answers=answers)

    assert route.id == (id if path.islower() else "")
    assert route.permission in TABLE
    assert route.summary.endswith(".")
    assert reply.shape is not None
    if id != "T02":
        assert made == calls


def test_every_row_of_the_reference_that_is_served_is_in_the_table() -> None:
    served = {route.id for route in dialect().routes.routes} - {""}

    rows = {f"R{n:02}" for n in range(1, 27)} | {f"H{n:02}" for n in range(1, 14)}
    rows |= {f"T{n:02}" for n in range(1, 23)} | {f"D{n:02}" for n in range(1, 10)}
    assert served == rows | {"Q01", "Q02", "X01"}


def test_changes_run_as_turns_and_what_blocks_in_the_pool() -> None:
    for route in dialect().routes.routes:
        pool = {"D04", "D05", "D06", "H01", "R01", "R16", "R17", "T01", "X01"}
        expected = "read" if route.method == "GET" or route.id == "R04" else "turn"
        expected = "glance" if route.id == "T03" else expected
        assert route.lane == ("pool" if route.id in pool else expected), route.path


@pytest.mark.parametrize("dep", ["com.acme%3Ahr%3A1.0", "com.acme:hr:1.0:kb:ks", "myDeployment"])
def test_any_deployment_id_is_taken_plain_or_encoded(dep: str) -> None:
    _, calls, _ = go("POST", f"/runtime/{dep}/process/p/start")

    assert calls[0][1] == (dep.replace("%3A", ":"), "p")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("GET", "/task/x"), ("POST", "/runtime/a/b")]
)
def test_an_address_that_is_none_is_not_found(method: str, path: str) -> None:
    with pytest.raises(NoRoute) as missing:
        MATCHER.match(method, path)
    assert not missing.value.allowed


def test_a_wrong_method_is_told_the_right_one() -> None:
    with pytest.raises(NoRoute) as wrong:
        MATCHER.match("GET", "/task/5/claim")
    assert wrong.value.allowed == ("POST",)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/task/5/frobnicate"),
        ("POST", "/task/5/content"),
        ("POST", f"/runtime/{HR}/workitem/3/start"),
        ("GET", "/history/instance/7/tasks"),
        ("GET", f"/runtime/{HR}/history/instance/7/tasks/x"),
        ("POST", "/task/5/delegate"),
        ("POST", "/task/5/nominate"),
        ("POST", f"{PROCESS}/instance/7/signal"),
        ("POST", f"/runtime/{HR}/signal"),
    ],
)
def test_an_unknown_operation_or_a_missing_parameter_is_a_bad_request(
    method: str, path: str
) -> None:
    with pytest.raises(Invalid):
        go(method, path, "mySignal=1")


@pytest.mark.parametrize("path", ["/task/-5", f"/runtime/{HR}/workitem/1-2", "/task/content/-1"])
def test_an_id_that_cannot_be_one_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        go("GET", path)


# -- details ------------------------------------------------------------------------------------


def test_started_with_variables_shows_their_texts_and_leaves_out_what_has_no_value() -> None:
    reply, _, _ = go("POST", f"/runtime/{HR}/withvars/process/p/start")

    assert reply.view.variables == {"name": "Ann", "age": "30"}


def test_a_signal_to_a_session_goes_to_its_instance_only() -> None:
    answers = {"deployments.get": unit(strategy="PER_PROCESS_INSTANCE")}

    _, calls, _ = go(
        "POST", f"/runtime/{HR}/signal", "signal=go&runtimeProcInstId=7", answers=answers
    )

    assert calls[1][-1] == ("instance", 7)


def test_one_history_is_a_list_in_l_and_a_single_log_in_m() -> None:
    assert go("GET", "/history/instance/7")[0].shape is shapes.LOG_LIST
    assert go("GET", "/history/instance/7", form="M")[0].shape is shapes.PROCESS_LOG
    old, _, _ = go("GET", f"/runtime/{HR}/history/instance/7", form="M")
    assert old.shape is shapes.LOG_LIST


def test_one_history_may_show_its_children() -> None:
    reply, _, _ = go("GET", "/history/instance/7", "children=true", form="M")

    assert reply.view.items == (LOG, LOG)
    assert reply.shape is shapes.LOG_LIST


def test_a_number_in_place_of_a_definition_is_an_instance_if_there_is_one() -> None:
    _, calls, _ = go("GET", "/history/process/7")
    _, others, _ = go("GET", "/history/process/7", answers={"history.instance": NotFound()})

    assert calls == [("history.instance", 7)]
    assert others[1][:2] == ("history.by_process", "7")


@pytest.mark.parametrize(
    ("form", "code", "word"), [("L", 404, "NONEXISTENT"), ("M", 200, "UNDEPLOYED")]
)
def test_an_unknown_unit_is_answered_as_a_unit(form: str, code: int, word: str) -> None:
    reply, _, _ = go(
        "GET", "/deployment/a:b:1:kb", form=form, answers={"deployments.get": NotFound()}
    )

    assert (reply.status, reply.view.status) == (code, word)
    assert (reply.view.group, reply.view.artifact, reply.view.version) == ("a", "b", "1")
    assert (reply.view.kbase, reply.view.ksession) == ("kb", None)


@pytest.mark.parametrize(("form", "success"), [("L", True), ("M", False)])
def test_undeploying_what_is_not_deployed_is_accepted(form: str, success: bool) -> None:
    reply, _, _ = go(
        "POST", f"/deployment/{HR}/undeploy", form=form,
        answers={"undeploy": NotFound("not deployed")},
    )  # fmt: skip

    assert (reply.status, reply.view.success) == (202, success)
    assert reply.view.explanation == "not deployed"


@pytest.mark.parametrize(("form", "everything"), [("L", True), ("M", False)])
def test_clearing_history_spares_running_instances_in_m(form: str, everything: bool) -> None:
    _, calls, _ = go("POST", "/history/clear", form=form)

    assert calls == [("history.clear", ("everything", everything))]
