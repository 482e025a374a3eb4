"""XML costs at most twice what JSON costs, for whole requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import encodings
from tests.golden.talk import serving

NAMES = ("written: 50 tasks", "written: 50 process logs", "read: a start with 10 variables")


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, tuple[encodings.Ask, encodings.Ask]]]:
    with serving(jbpm_dialect="6.0") as server:
        yield {name: (xml, json) for name, xml, json in encodings.questions(server)}


@pytest.mark.parametrize("name", NAMES)
def test_a_request_in_xml_costs_at_most_twice_one_in_json(
    asked: dict[str, tuple[encodings.Ask, encodings.Ask]], name: str
) -> None:
    tries = [encodings.compared(*asked[name], calls=25) for _ in range(2)]

    assert min(values["ratio"] for values in tries) <= encodings.LIMIT, tries
