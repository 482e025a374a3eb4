"""The table of elements in ``docs/conformance.md``: complete, and never with fewer tests."""

from __future__ import annotations

from tests.conformance import elements, page


def test_every_element_has_tests_of_its_own() -> None:
    assert not [tag for tag, path in elements.tests().items() if not elements.counted(path)]


def test_no_element_has_fewer_tests_than_are_stored() -> None:
    files, stored = elements.tests(), elements.stored()

    fewer = [tag for tag, number in stored.items() if elements.counted(files[tag]) < number]

    assert not fewer


def test_the_page_names_every_element_with_its_tests_and_their_result() -> None:
    """If this fails: ``python -m tests.conformance --elements``."""
    written = page.PAGE.read_text(encoding="utf-8")
    stored = elements.stored()

    assert set(stored) == set(elements.tests())
    assert elements.section(stored) in written
