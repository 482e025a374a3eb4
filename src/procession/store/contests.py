"""What is told to a turn that another one was ahead of."""

from __future__ import annotations

from procession.errors import Conflict, Fault, Rejected
from procession.store.writing import Write, Writes


def lost(write: Write) -> Conflict:
    """The error of a guarded write that did not find its row."""
    return Conflict(f"another turn changed the same {write.subject} first; try again")


def key_taken(unit: Writes, fault: Fault, is_key: bool) -> Fault:
    """The error of a turn; a correlation key that is taken is named."""
    if not is_key:
        return fault
    keys = ", ".join(repr(key) for key in unit.correlation_keys())
    return Rejected(
        f"the correlation key {keys} belongs to a running process instance already;"
        " use another one or wait until that instance has ended",
        reason="correlation_key",
    )
