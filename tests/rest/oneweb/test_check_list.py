"""Every row of the check list has its test, and the page says what came of it."""

from __future__ import annotations

import pytest

from docs.check_list import rows_with_tests

from .check_list import ROWS


def test_rows_are_numbered_through() -> None:
    assert list(ROWS) == list(range(1, 119))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_that_is_called_after_it(row: int) -> None:
    assert rows_with_tests().get(row)


def test_no_test_is_called_after_a_row_that_is_not_there() -> None:
    assert set(rows_with_tests()) <= set(ROWS)
