"""One server for a module of tests about commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rest.jbpm.commands import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that takes commands."""
    with opened() as found:
        yield found
