"""What tables are made of: the lists they are in, numbers, and indexes of what is seldom known."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, MetaData, text

metadata = MetaData()
views = MetaData()
"""What is read like a table and is none."""

Id = BigInteger().with_variant(Integer, "sqlite")


def own_id() -> Column[int]:
    """A primary key that the database numbers by itself."""
    return Column("id", Id, Identity(always=False), primary_key=True)


def where_known(name: str, column: str) -> Index:
    """An index of the rows that have the column, where most have not.

    ``schema.create_schema`` says the same to PostgreSQL: here it would load that dialect for all.
    """
    known = text(f"{column} is not null")
    return Index(name, column, sqlite_where=known)
