"""How long audit is kept: forgetting instances that ended long ago.

Nothing is forgotten by itself; somebody calls :func:`purge`. The journal is not touched.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from procession.errors import Invalid
from procession.store.repositories.history import forget_ended
from procession.store.store import UnitOfWork


def purge(uow: UnitOfWork, now: datetime, keep: timedelta) -> datetime:
    """Forget the logs of every instance that ended longer ago than ``keep``; answers since when.

    Logs of running instances stay whatever their age.
    """
    if keep < timedelta(0):
        raise Invalid("audit cannot be kept for a negative time")
    before = now - keep
    for statement in forget_ended(before=round(before.timestamp() * 1000)):
        uow.execute(statement)
    return before
