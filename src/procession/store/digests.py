"""Names and values as one number of 64 bits, to look for them by a short index.

Two different values have the same number once in 2^64: among a million tasks with ten values each,
an exact count is wrong by one with a chance of one to two million millions.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from procession.store.rows import TaskRow, VariableLogRow


@lru_cache(10_000)
def digest(name: str, value: str) -> int:
    """The number; the same on every machine and in every version."""
    text = f"{name}\0{value}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


RELATIONS: Final = (
    "potential_owner",
    "business_administrator",
    "excluded_owner",
    "stakeholder",
    "recipient",
)
KINDS: Final = ("USER", "GROUP", "ROLE", "PARTY")


@lru_cache(10_000)
def who(relation: str, kind: str, name: str) -> int:
    """Somebody in one relation to tasks."""
    return digest.__wrapped__(f"{relation}\0{kind}", name)


@lru_cache(1_000)
def place(deployment_id: str) -> int:
    """A deployment."""
    return digest.__wrapped__("", deployment_id)


def present(
    rows: Iterable[VariableLogRow],
    saved: Iterable[tuple[int, object, int | None]],
    tasks: Iterable[TaskRow],
) -> list[tuple[int, int, int]]:
    """The values that variables have at the end of a batch: digest, instance, which variable.

    Those of instances that came and went within it without a task are never looked for.
    """
    kept: set[int | None] = {
        number for number, row, read in saved if row is not None or read is not None
    }
    kept.update(task.instance_id for task in tasks)
    last = {(row.instance_id, row.variable_instance_id): row for row in rows}
    return [
        (digest(row.variable_id, row.value), row.instance_id, digest("", row.variable_instance_id))
        for row in last.values()
        if row.instance_id in kept
    ]
