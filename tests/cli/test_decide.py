"""``procession decide``: from files and from a unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Commands
from tests.services.test_decisions import LOANS, UNIT


@pytest.fixture
def loans(tmp_path: Path) -> str:
    path = tmp_path / "loans.dmn"
    path.write_bytes(LOANS)
    return str(path)


def test_a_file_is_tried_without_a_server(alone: Commands, loans: str) -> None:
    shown = alone("decide", loans, "-d", "rate", "-i", "age=30")

    assert shown.code == 0
    assert "2" in shown.out
    assert shown.out.strip().endswith("5")

    made = alone("decide", loans, "-i", "age=70", "--json").json
    assert made["result"] == {"rate": 7, "yearly cost": 700}
    assert made["decisions"][0]["tables"][0]["rules"] == [3]


def test_inputs_come_from_a_file_too(alone: Commands, loans: str, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_text('{"age": 20}')

    assert (
        alone("decide", loans, "-d", "rate", "--inputs", str(inputs), "--json").json["result"] == 9
    )


def test_a_deployed_unit_is_asked(procession: Commands, loans: str) -> None:
    assert procession("deploy", UNIT, loans).code == 0

    made = procession("decide", UNIT, "-d", "yearly cost", "-i", "age=30", "--json").json

    assert made["result"] == 500


def test_what_is_wrong_is_one_line(alone: Commands, loans: str, tmp_path: Path) -> None:
    alone("decide", loans, "-d", "none").fails_with("no decision none")
    alone("decide", loans, "-i", "age").fails_with("NAME=VALUE")
    broken = tmp_path / "broken.dmn"
    broken.write_bytes(LOANS.replace(b"rate * 100", b"rate *"))
    alone("decide", str(broken)).fails_with("broken.dmn, line", "yearly cost")


def test_decision_files_are_checked_together(alone: Commands, loans: str, tmp_path: Path) -> None:
    assert alone("check", loans).code == 0
    broken = tmp_path / "broken.dmn"
    broken.write_bytes(LOANS.replace(b"rate * 100", b"rate *").replace(b"urn:loans", b"urn:b"))

    (row,) = alone("check", loans, str(broken), "--json").json

    assert (row["severity"], row["element"]) == ("error", "yearly cost")


ORDERS = """package acme
rule "large" ruleflow-group "routing"
when $order : java.util.Map(this["amount"] > 100)
then $order.put("route", "check"); System.out.println("seen"); end
"""


@pytest.fixture
def orders(tmp_path: Path) -> str:
    path = tmp_path / "orders.drl"
    path.write_text(ORDERS)
    return str(path)


def test_rules_of_a_file_are_tried_without_a_server(alone: Commands, orders: str) -> None:
    shown = alone("decide", orders, "-g", "routing", "-f", '{"amount": 500}')
    assert shown.code == 0
    assert "seen" in shown.out
    assert '{"amount": 500, "route": "check"}' in shown.out

    made = alone("decide", orders, "-f", '{"amount": 500}', "--json").json
    assert made["fired"] == []


def test_rules_of_a_deployed_unit_are_tried(procession: Commands, orders: str) -> None:
    assert procession("deploy", "acme:orders:1.0", orders).code == 0

    made = procession(
        "decide", "acme:orders:1.0", "-g", "routing", "-f", '{"amount": 500}', "--json"
    ).json

    assert made["fired"] == [{"rule": "large", "facts": [0]}]


def test_what_is_wrong_with_rules_is_told_with_its_line(
    alone: Commands, orders: str, tmp_path: Path
) -> None:
    alone("decide", orders, "-g", "none").fails_with("no ruleflow group none", "routing")
    broken = tmp_path / "broken.drl"
    broken.write_text(ORDERS.replace("then", "than"))
    alone("decide", str(broken)).fails_with("broken.drl, line")

    assert alone("check", orders).code == 0
    found = alone("check", orders, str(broken), "--json")
    assert found.code == 1
    assert {Path(row["file"]).name for row in found.json} == {"broken.drl"}
