"""Decisions over the plain interface."""

from __future__ import annotations

import pytest

from serving import Served
from tests.services.test_decisions import LOANS, UNIT

from .test_service import problem


@pytest.fixture
def loans(served: Served) -> str:
    served.engine.deployments.deploy(served.engine.admin, UNIT, {"loans.dmn": LOANS})
    return f"/api/decisions/{UNIT}"


def test_a_decision_is_made_with_a_trace(served: Served, loans: str) -> None:
    body = {"decision": "yearly cost", "model": "Loans", "variables": {"age": 30}}

    answer = served.client("watch").post(loans, json=body)

    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["result"] == 500
    first, second = made["decisions"]
    assert first["tables"] == [
        {"table": "rate", "inputs": {"age": 30}, "rules": [2], "annotations": []}
    ]
    assert second["inputs"] == {"rate": 5}


def test_models_are_listed(served: Served, loans: str) -> None:
    (found,) = served.client("watch").get(loans).json()

    assert found["inputs"] == {"age": "number"}


def test_it_takes_a_role_a_unit_and_a_decision(served: Served, loans: str) -> None:
    body = {"decision": "rate", "variables": {"age": 30}}

    problem(served.client("ann").post(loans, json=body), 403)
    problem(served.client().post(loans, json=body), 401)
    problem(served.client("watch").post("/api/decisions/acme:no:1", json=body), 404)
    problem(served.client("watch").post(loans, json={"decision": "no"}), 404)
    problem(served.client("watch").post(loans, json={"variables": [1]}), 400)


def test_a_loop_in_a_decision_is_stopped(served: Served) -> None:
    from tests.rules.dmn.models import decision, document, literal

    text = "count(for i in 1..9999, j in 1..9999 return i)"
    files = {"l.dmn": document(decision("d", literal(text))).encode()}
    served.engine.deployments.deploy(served.engine.admin, "acme:loop:1", files)

    answer = served.client("watch").post(
        "/api/decisions/acme:loop:1", json={"decision": "d"}, timeout=60
    )

    assert "too" in problem(answer, 500)["detail"]
