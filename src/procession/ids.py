"""Public ids: one ascending number shared by process instances, tasks and work items, plus a UUID.

The jBPM dialect shows the number, the ONEWEB dialect ``number-uuid`` (``reference/rulings.md`` 12,
``reference/oneweb-rest-api.md`` 1.5). The number is drawn from the store; the UUID is random and
keeps the long form from being guessed.
"""

from __future__ import annotations

import re

_LONG_FORM = re.compile(
    r"([1-9][0-9]{0,18})-([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
)


def long_form(number: int, uuid: str) -> str:
    """``number-uuid``, at most 64 characters."""
    return f"{number}-{uuid}"


def parse_long_form(text: str) -> tuple[int, str] | None:
    """Number and UUID of a complete id; ``None`` for anything else, a bare number included."""
    match = _LONG_FORM.fullmatch(text)
    return (int(match[1]), match[2]) if match else None
