"""Every endpoint of the reference and its aliases, against the routes that are registered."""

from __future__ import annotations

import pytest

from procession.web.http import Matcher
from tests.rest.jbpm.jbpm_samples import dialect

_LOGS = [
    ("GET", "instances"), ("GET", "instance/7"), ("GET", "instance/7/{oper}"),
    ("GET", "instance/7/{oper}/x"), ("GET", "process/a.b"), ("GET", "variable/x"),
    ("GET", "variable/x/value/y"), ("GET", "variable/x/instances"),
    ("GET", "variable/x/value/y/instances"),
]  # fmt: skip
_OPERATIONS = (
    "activate", "claim", "claimnextavailable", "complete", "delegate", "exit", "fail", "forward",
    "release", "resume", "skip", "start", "stop", "suspend", "nominate",
)  # fmt: skip
_R = "/runtime/com.acme:hr:1.0"
ENDPOINTS = {
    "R01": [("POST", f"{_R}/execute"), ("POST", "/runtime/null/execute")],
    "R02": [("GET", f"{_R}/process/acme.hiring/"), ("GET", f"{_R}/process/acme.hiring")],
    "R03": [("POST", f"{_R}/process/acme.hiring/start")],
    "R04": [("POST", f"{_R}/process/a/startform"), ("GET", f"{_R}/process/a/startform")],
    "R05": [("GET", f"{_R}/process/instance/7")],
    "R06": [("POST", f"{_R}/process/instance/7/abort")],
    "R07": [("POST", f"{_R}/process/instance/7/signal")],
    "R08": [("GET", f"{_R}/process/instance/7/variables")],
    "R09": [("GET", f"{_R}/process/instance/7/variable/x")],
    "R10": [("POST", f"{_R}/signal")],
    "R11": [("GET", f"{_R}/workitem/3")],
    "R12": [("POST", f"{_R}/workitem/3/complete")],
    "R13": [("POST", f"{_R}/workitem/3/abort")],
    "R14": [("POST", f"{_R}/withvars/process/a/start")],
    "R15": [("GET", f"{_R}/withvars/process/instance/7")],
    "R16": [("POST", f"{_R}/withvars/process/instance/7/signal")],
    "R17": [("POST", f"{_R}/history/clear")],
    **{
        f"R{18 + n}": [
            (method, f"{_R}/history/{path.format(oper=oper)}")
            for oper in ("node", "variable", *(("child",) if n == 2 else ()))
        ]
        for n, (method, path) in enumerate(_LOGS)
    },
    "H01": [("POST", "/history/clear")],
    "H02": [("GET", "/history/instances")],
    "H03": [("GET", "/history/instance/7")],
    "H04": [("GET", "/history/instance/7/child")],
    "H05": [("GET", "/history/instance/7/node")],
    "H06": [("GET", "/history/instance/7/node/x")],
    "H07": [("GET", "/history/instance/7/variable")],
    "H08": [("GET", "/history/instance/7/variable/x")],
    "H09": [("GET", "/history/process/a.b")],
    "H10": [("GET", "/history/variable/x")],
    "H11": [("GET", "/history/variable/x/value/y/z")],
    "H12": [("GET", "/history/variable/x/instances")],
    "H13": [("GET", "/history/variable/x/value/y/z/instances")],
    "T01": [("POST", "/task/execute")],
    "T02": [("GET", "/task/query")],
    "T03": [("GET", "/task/5")],
    **{f"T{4 + n:02}": [("POST", f"/task/5/{word}")] for n, word in enumerate(_OPERATIONS)},
    "T19": [("GET", "/task/5/content")],
    "T20": [("GET", "/task/content/4")],
    "T21": [("GET", "/task/5/showTaskForm")],
    "T22": [("POST", "/task/history/bam/clear")],
    "D01": [("GET", "/deployment")],
    "D02": [("GET", "/deployment/processes")],
    "D03": [("GET", "/deployment/com.acme:hr:1.0")],
    "D04": [("POST", "/deployment/com.acme:hr:1.0/deploy")],
    "D05": [("PUT", "/deployment/com.acme:hr:1.0/deploy")],
    "D06": [("POST", "/deployment/com.acme:hr:1.0/undeploy")],
    "D07": [("GET", "/deployment/com.acme:hr:1.0/processes")],
    "D08": [("POST", "/deployment/com.acme:hr:1.0/activate")],
    "D09": [("POST", "/deployment/com.acme:hr:1.0/deactivate")],
    "Q01": [("GET", "/query/runtime/task")],
    "Q02": [("GET", "/query/runtime/process")],
    "Q03": [("GET", "/query/task")],
    "X01": [("POST", "/execute")],
}
ALIASES = [
    ("GET", "/tasks", "T02"), ("GET", "/tasks/5", "T03"), ("POST", "/history/execute", "T01"),
    ("GET", "/history/instance", "H02"), ("POST", f"{_R}/execute/StartProcessCommand", "R01"),
    ("POST", f"{_R}/process/acme.hiring/instance/7/signal", "R07"),
]  # fmt: skip
SAME = {"Q03": "T02"}
MATCHER = Matcher(dialect().routes.routes)


def test_the_reference_has_74_endpoints() -> None:
    assert len(ENDPOINTS) == 74


@pytest.mark.parametrize("number", ENDPOINTS)
def test_every_endpoint_is_served(number: str) -> None:
    for method, path in ENDPOINTS[number]:
        route, _ = MATCHER.match(method, path)

        assert route.id == SAME.get(number, number), path


@pytest.mark.parametrize(("method", "path", "number"), ALIASES)
def test_aliases_are_served(method: str, path: str, number: str) -> None:
    assert MATCHER.match(method, path)[0].id == number


def test_every_registered_route_is_in_the_reference() -> None:
    known = set(ENDPOINTS) | {""}

    assert {route.id for route in dialect().routes.routes} <= known
