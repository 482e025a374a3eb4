"""Rules tried by themselves over the plain interface."""

from __future__ import annotations

import pytest

from serving import Served
from tests.runtime.rule_models import END, START, flow, process, rule_task, work

from .test_service import problem

UNIT = "acme:rules:1.0"
DRL = b"""package acme
global java.lang.Integer limit
rule "large" ruleflow-group "routing"
when $order : java.util.Map(this["amount"] > 100)
then $order.put("route", "check"); insert("checked"); System.out.println("seen"); end
rule "noted" ruleflow-group "routing"
when String()
then end
rule "endless" ruleflow-group "loop"
when $order : java.util.Map()
then update($order); end
"""


@pytest.fixture
def ruled(served: Served) -> str:
    inside = START + flow("start", "r") + rule_task("routing") + flow("r", "w") + work()
    files = {"p.bpmn2": process(inside + flow("w", "end") + END), "orders.drl": DRL}
    served.engine.deployments.deploy(served.engine.admin, UNIT, files)
    return f"/api/rules/{UNIT}"


def test_rules_are_listed_with_their_place(served: Served, ruled: str) -> None:
    found = served.client("watch").get(ruled).json()

    assert [(one["name"], one["ruleflow_group"]) for one in found] == [
        ("large", "routing"),
        ("noted", "routing"),
        ("endless", "loop"),
    ]
    assert found[0]["resource"] == "orders.drl"
    assert found[0]["line"] == 3


def test_a_group_is_fired_over_facts_of_its_own(served: Served, ruled: str) -> None:
    body = {"group": "routing", "facts": [{"amount": 5}, {"amount": 500}]}

    answer = served.client("watch").post(ruled, json=body)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "fired": [{"rule": "large", "facts": [1]}, {"rule": "noted", "facts": [-1]}],
        "facts": [{"amount": 5}, {"amount": 500, "route": "check"}],
        "more": ["checked"],
        "globals": {"limit": None},
        "printed": ["seen"],
    }
    assert served.engine.sessions.count_facts(served.engine.admin, UNIT) == 0


def test_without_a_group_only_the_other_rules_fire(served: Served, ruled: str) -> None:
    answer = served.client("watch").post(ruled, json={"facts": [{"amount": 500}]})

    assert answer.json()["fired"] == []


def test_it_takes_a_role_a_unit_a_group_and_facts(served: Served, ruled: str) -> None:
    body = {"facts": [{"amount": 500}]}

    problem(served.client("ann").post(ruled, json=body), 403)
    problem(served.client().post(ruled, json=body), 401)
    problem(served.client("watch").post("/api/rules/acme:no:1", json=body), 404)
    problem(served.client("watch").post(ruled, json={**body, "group": "no"}), 404)
    problem(served.client("watch").post(ruled, json={"facts": 7}), 400)
    problem(served.client("watch").post(ruled, json={**body, "globals": {"no": 1}}), 400)


def test_a_loop_stops_at_its_limit(served: Served, ruled: str) -> None:
    body = {"group": "loop", "facts": [{}], "limit": 50}

    assert len(served.client("watch").post(ruled, json=body).json()["fired"]) == 50
