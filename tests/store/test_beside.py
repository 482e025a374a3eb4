"""A second connection reads what the first one reads, if nobody else reads at that time."""

from __future__ import annotations

import pytest

from procession.errors import Fault
from procession.store.opening import open_store
from procession.store.store import Store

from . import rows
from .test_reading import add, elsewhere

pytestmark = pytest.mark.postgresql
HOW_MANY = "select count(*) from process_instance where id >= ?"


@pytest.fixture
def store(empty_postgresql: str):
    made = open_store(empty_postgresql)
    yield made
    made.close()


def is_lent(store: Store) -> bool:
    with store.read() as reader, reader.beside() as other:
        return other is not None


def test_both_see_one_moment(store: Store) -> None:
    add(store, rows.instance(1))

    with store.read() as reader:
        assert reader.ask(HOW_MANY, (0,)) == [(1,)]
        elsewhere(lambda: add(store, rows.instance(2)))
        with reader.beside() as other:
            assert other is not None
            other.set_out(HOW_MANY, (0,))
            assert reader.ask(HOW_MANY, (0,)) == [(1,)]
            assert other.rows() == [(1,)]
        assert reader.ask(HOW_MANY, (2,)) == [(0,)]

    with store.read() as reader:
        assert reader.ask(HOW_MANY, (0,)) == [(2,)]


def test_there_is_one_for_all(store: Store) -> None:
    with store.read() as reader, reader.beside() as other:
        assert other is not None
        assert not elsewhere(lambda: is_lent(store))

    assert is_lent(store)


def test_whoever_reads_beside_others_asks_alone(store: Store) -> None:
    with store.read() as reader:
        reader.ask(HOW_MANY, (0,))
        assert not elsewhere(lambda: is_lent(store))

    assert elsewhere(lambda: is_lent(store))


def test_whoever_hurries_asks_alone(store: Store) -> None:
    with store.read():
        pass

    with store.read(wait=False) as reader, reader.beside() as other:
        assert other is None


def test_what_fails_on_it_or_meanwhile_leaves_it_for_the_next(store: Store) -> None:
    add(store, rows.instance(1))

    def divided() -> None:
        with store.read() as reader, reader.beside() as other:
            assert other is not None
            other.set_out("select 1 / ?", (0,))
            other.rows()

    def left() -> None:
        with store.read() as reader, reader.beside() as other:
            assert other is not None
            other.set_out(HOW_MANY, (0,))
            raise ValueError("mine")

    with pytest.raises(Fault):
        divided()
    with pytest.raises(ValueError, match="mine"):
        left()
    with store.read() as reader, reader.beside() as other:
        assert other is not None
        other.set_out(HOW_MANY, (0,))
        assert other.rows() == reader.ask(HOW_MANY, (0,)) == [(1,)]


def test_none_is_lent_where_the_snapshot_cannot_be_followed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.read() as reader:
        kind = type(reader)
    with monkeypatch.context() as patch:
        patch.setattr(kind, "snapshot", lambda _: "00000000-00000000-9")
        assert not is_lent(store)

    assert is_lent(store)


def test_sqlite_has_none() -> None:
    store = open_store("sqlite://")
    with store.read() as reader, reader.beside() as other:
        assert other is None
    store.close()
