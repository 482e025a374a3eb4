"""Houses that several tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.house import House, house


@pytest.fixture(scope="package")
def guarded() -> Iterator[House]:
    """One sees what one takes part in."""
    with house() as opened:
        yield opened


@pytest.fixture(scope="package")
def compat() -> Iterator[House]:
    """Everybody may read, as with jBPM 6.0."""
    with house(access_mode="compat") as opened:
        yield opened
