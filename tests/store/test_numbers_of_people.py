"""The numbers under which people and places are looked for."""

from __future__ import annotations

from procession.store.digests import KINDS, RELATIONS, digest, place, who
from procession.store.repositories.visibility import VIEWING
from procession.tasks.changes import RELATIONS as CHANGED
from procession.tasks.people import GROUP, PARTY, ROLE, USER


def test_every_relation_and_kind_there_is_has_numbers() -> None:
    assert set(RELATIONS) == set(CHANGED)
    assert set(KINDS) == {USER, GROUP, ROLE, PARTY}
    assert set(VIEWING) < set(RELATIONS)


def test_somebody_has_another_number_in_every_relation_and_kind() -> None:
    numbers = {who(relation, kind, "ann") for relation in RELATIONS for kind in KINDS}

    assert len(numbers) == len(RELATIONS) * len(KINDS)
    assert who("potential_owner", "USER", "ann") == who("potential_owner", "USER", "ann")


def test_numbers_fit_a_column_and_stay_what_they_are() -> None:
    """They are stored, so a change of how they are made is a change of the schema."""
    assert who("potential_owner", "GROUP", "sales") == digest("potential_owner\0GROUP", "sales")
    assert -(2**63) <= place("acme:orders:1.0") < 2**63
    assert (who("potential_owner", "USER", "ann"), place("acme:orders:1.0")) == (
        -470644445530119826,
        -1770535349824953117,
    )
