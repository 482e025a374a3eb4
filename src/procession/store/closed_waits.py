"""Waits that open and close within one batch: nothing of them is written."""

from __future__ import annotations

from typing import Any

from procession.store.rows import IncidentRow, JobRow, Row, WaitRow


def drop_closed(closed: dict[tuple[int, int], Any], inserts: dict[type[Row], list[Any]]) -> None:
    """A wait that opened and closed in one batch is not written, nor are its jobs."""

    def keep(kind: type[Row], rows: list[Any]) -> None:
        if rows:
            inserts[kind] = rows
        else:
            del inserts[kind]

    if JobRow in inserts:
        jobs = inserts[JobRow]
        gone = {row.id for row in jobs if (row.instance_id, row.wait_id) in closed}
        if gone:
            keep(JobRow, [row for row in jobs if row.id not in gone])
            incidents = inserts.get(IncidentRow)
            if incidents:
                keep(IncidentRow, [row for row in incidents if row.job_id not in gone])
    if WaitRow in inserts:
        waits = inserts[WaitRow]
        born = [key for row in waits if (key := (row.instance_id, row.wait_id)) in closed]
        if born:
            keep(WaitRow, [row for row in waits if (row.instance_id, row.wait_id) not in closed])
            for key in born:
                del closed[key]
