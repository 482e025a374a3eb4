"""The node log is written in pages and read row by row."""

from __future__ import annotations

from sqlalchemy import func, select

from procession.store.node_pages import PAGE
from procession.store.store import Store
from procession.store.tables import node_log, node_page

from . import rows


def write(store: Store, *units: list[str]) -> None:
    batch = []
    for number, names in enumerate(units, 1):
        unit = store.unit_of_work()
        for name in names:
            unit.insert(rows.node(number, name))
        batch.append(unit)
    assert store.commit(batch) == [None] * len(batch)


def test_what_a_turn_did_is_one_row_and_reads_as_many(store: Store) -> None:
    write(store, ["a", "b", "a"], ["c"])

    with store.read() as reader:
        assert reader.execute(select(func.count()).select_from(node_page))[0][0] == 2
        found = reader.execute(select(node_log.c.instance_id, node_log.c.node_id))
    assert sorted(map(tuple, found)) == [(1, "a"), (1, "a"), (1, "b"), (2, "c")]


def test_a_long_turn_takes_several_pages_and_keeps_its_order(store: Store) -> None:
    names = [f"n{number % 7}" for number in range(2 * PAGE + 3)]
    write(store, names)

    with store.read() as reader:
        assert reader.execute(select(func.count()).select_from(node_page))[0][0] == 3
        found = reader.execute(select(node_log.c.node_id).order_by(node_log.c.id))
        assert [row[0] for row in found] == names
        ids = [row[0] for row in reader.execute(select(node_log.c.id))]
    assert len(set(ids)) == len(names)


def test_names_of_any_script_and_empty_fields_come_back_as_they_were(store: Store) -> None:
    row = rows.node(1, 'สวัสดี "é" \\ 🙂\n', node_name="", work_item_id=None, connection=None)
    unit = store.unit_of_work()
    unit.insert(row)
    assert store.commit([unit]) == [None]

    with store.read() as reader:
        (found,) = reader.execute(select(node_log))
    assert tuple(found)[1:] == tuple(getattr(row, name) for name in row.__struct_fields__)[1:]
