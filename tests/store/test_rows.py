"""Rows, tables and what the databases write agree."""

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, String, Table

from procession.store.rows import NodeLogRow, Row, StoredPersonRow, TaskPersonRow
from procession.store.tables import metadata, views
from procession.store.writing import ROWS, WRITES

_PYTHON = {
    LargeBinary: "bytes",
    Boolean: "bool",
    BigInteger: "int",
    Integer: "int",
    String: "str",
}


KINDS = [kind for kind in Row.__subclasses__() if kind is not TaskPersonRow] + [StoredPersonRow]


def table_of(kind: type[Row]) -> Table:
    plain = TaskPersonRow if kind is StoredPersonRow else kind
    return views.tables["node_log"] if kind is NodeLogRow else metadata.tables[ROWS[plain]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_row_has_the_columns_of_its_table_in_order(kind: type[Row]) -> None:
    table = table_of(kind)

    assert kind.__struct_fields__ == tuple(column.name for column in table.columns)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_row_has_the_types_of_its_table(kind: type[Row]) -> None:
    stored = kind is StoredPersonRow
    written = (
        TaskPersonRow.__annotations__ | kind.__annotations__ if stored else kind.__annotations__
    )
    for column in table_of(kind).columns:
        python = next(name for sql, name in _PYTHON.items() if isinstance(column.type, sql))
        optional = column.nullable or column.identity is not None
        expected = f"{python} | None" if optional else python
        assert written[column.name] == expected, column


def test_writes_name_columns_that_exist() -> None:
    for write in WRITES:
        columns = metadata.tables[write.table].c
        assert {*write.values, *write.keys} <= set(columns.keys())


def test_rows_are_inserted_after_those_they_refer_to() -> None:
    order = list(ROWS.values())
    for name in order:
        for key in metadata.tables[name].foreign_keys:
            assert order.index(key.column.table.name) < order.index(name)
