"""Rule sessions: a row with a version, and pages with all that the session remembers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_unless

from procession.store.store import UnitOfWork
from procession.store.tables import rule_page, rule_session

Key = tuple[str, int]
"""Unit, and root instance or 0."""
AT_ONCE = 200
"""Pages that are written by one statement."""


def save_session(
    uow: UnitOfWork, key: Key, version: int, body: bytes, globals: bytes | None
) -> None:
    """Write the row of a session whose version was read; ``globals`` if they have changed."""
    deployment, root = key
    values = {"version": version + 1, "value": body}
    if globals is not None:
        values["globals"] = globals
    if version == 0:
        row = {"deployment_id": deployment, "root_id": root, "globals": b"", **values}
        first = insert_unless(rule_session).values(**row).on_conflict_do_nothing()
        uow.execute(first.execution_options(preserve_rowcount=True), guard=1)
        return
    mine = update(rule_session).where(
        rule_session.c.deployment_id == deployment,
        rule_session.c.root_id == root,
        rule_session.c.version == version,
    )
    uow.execute(mine.values(**values), guard=1)


def save_pages(uow: UnitOfWork, key: Key, pages: Mapping[int, bytes | None], whole: bool) -> None:
    """Replace pages; ``None`` deletes one. ``whole``: there are no others afterwards."""
    deployment, root = key
    mine = delete(rule_page).where(
        rule_page.c.deployment_id == deployment, rule_page.c.root_id == root
    )
    if whole:
        uow.execute(mine)
    numbers = sorted(pages)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        if not whole:
            uow.execute(mine.where(rule_page.c.page.in_(some)))
        rows = [
            {"deployment_id": deployment, "root_id": root, "page": page, "body": pages[page]}
            for page in some
            if pages[page] is not None
        ]
        if rows:
            uow.execute(insert(rule_page).values(rows))


def end_sessions(uow: UnitOfWork, deployment: str, root: int | None = None) -> None:
    """Delete the session of a root instance, or all of a unit."""
    for table in (rule_session, rule_page):
        gone = delete(table).where(table.c.deployment_id == deployment)
        uow.execute(gone if root is None else gone.where(table.c.root_id == root))
