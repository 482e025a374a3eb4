"""The recorded exchanges: every route of the jBPM dialect, in every version and encoding."""

from __future__ import annotations

import re

import pytest

from procession.rest.jbpm import dialect
from procession.rest.jbpm.execute import rows
from procession.rest.jbpm.execute.table import COMMANDS
from tests.golden.__main__ import WAYS, said
from tests.golden.records import (
    ENCODINGS,
    PROFILES,
    Exchange,
    Way,
    differences,
    read,
    recorded,
    texts,
)

ONLY_XML = {"R01", "T01", "X01"}
"""Commands are answered as XML whatever is wanted; the wish for JSON is one of the refusals."""
SAME = {"Q03": "T02"}


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_what_the_server_says_is_what_is_recorded(way: Way) -> None:
    wrong = differences(way, said(way))

    assert not wrong, "\n".join(wrong)[:4_000]


def test_every_route_is_recorded() -> None:
    routes = {
        route.id
        for module in (
            dialect.execute, dialect.runtime, dialect.forms, dialect.task, dialect.history,
            dialect.rich_query, dialect.deployment,
        )
        for route in module.routes.routes
        if route.id
    }  # fmt: skip

    assert routes <= recorded().keys()
    assert len(recorded()) == 74


@pytest.mark.parametrize("route", sorted(recorded()))
def test_every_route_is_asked_well_and_badly_in_every_version(route: str) -> None:
    ways: dict[Way, set[str]] = {}
    for (_, way), (_, answer) in recorded()[route].items():
        ways.setdefault(way, set()).add(answer[0])

    versions = {"R01": PROFILES[:2], "T01": PROFILES[:2], "X01": PROFILES[2:]}.get(route, PROFILES)
    for profile in versions:
        assert "2" in ways[profile, "xml"]
        for encoding in ENCODINGS:
            if route not in ONLY_XML:
                assert "2" in ways[profile, encoding]
            assert "4" in ways[profile, encoding] or route in CANNOT_FAIL


def test_every_command_is_sent_well_and_badly_in_every_version() -> None:
    found: dict[tuple[str, bool], set[str]] = {}
    for route in ("R01", "X01"):
        for (_, (profile, _encoding)), (request, answer) in recorded()[route].items():
            is_good = answer.startswith("200") and "<exception" not in answer
            for name in re.findall(r"<([a-z-]+)[ />]", request):
                if name in COMMANDS:
                    found.setdefault((COMMANDS[name].id, is_good), set()).add(profile)

    assert len(rows()) == 71
    for row in rows():
        for is_good in (True, False):
            assert found.get((row.id, is_good)) == set(PROFILES), (row.id, is_good)


CANNOT_FAIL = {"R08", "R18", "R23", "R24", "R25", "R26", "H05", "H06", "H07", "H08", "H10", "H11",
               "H12", "H13"}  # fmt: skip
"""Lists about what is not there are empty; their other refusals are those of the same parameters
elsewhere.
"""


def test_there_are_enough() -> None:
    assert sum(len(ways) for ways in recorded().values()) >= 600


def test_nothing_in_the_records_tells_of_this_machine() -> None:
    for route in recorded().values():
        for _, answer in route.values():
            assert "Traceback" not in answer
            assert "internal error" not in answer


def test_what_is_written_is_read_again() -> None:
    one = Exchange("R05", "a title", "ann GET /x\naccept: y", "200\n{}\n")
    two = one._replace(answer="404\ntext\n\nmore\n")
    told = texts({("6.0", "xml"): [one], ("6.1", "xml"): [one], ("6.5", "json"): [two]})

    assert read(told["R05"]) == {
        ("a title", ("6.0", "xml")): (one.request, one.answer),
        ("a title", ("6.1", "xml")): (one.request, one.answer),
        ("a title", ("6.5", "json")): (one.request, two.answer.rstrip("\n")),
    }
