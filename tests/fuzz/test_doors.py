"""A small part of the generated requests; ``make soak`` sends a hundred thousand."""

from __future__ import annotations

import pytest

from tests.fuzz.doors import doors


@pytest.mark.parametrize(
    ("profile", "mode", "part"),
    [("6.0", "compat", slice(0, None, 2)), ("6.5", "guarded", slice(1, None, 2))],
)
def test_no_request_is_answered_in_a_way_that_is_not_described(
    profile: str, mode: str, part: slice
) -> None:
    with doors(jbpm_dialect=profile, access_mode=mode) as opened:
        found = list(opened.run(7, 4, part))

        assert not found, "\n".join(map(str, found[:20]))
        assert opened.asked > 200
        assert opened.statuses[200] > 10


def test_every_address_is_described() -> None:
    with doors() as opened:
        described = {
            (path, method.upper())
            for path, item in opened.described["paths"].items()
            for method in item
            if method != "parameters"
        }
        assert len(opened.operations) == len(described)
        assert {"/api", "/rest", "/BPMREST", "/eaf-rest"} <= {
            "/" + path.split("/")[1] for path, _ in described
        }
