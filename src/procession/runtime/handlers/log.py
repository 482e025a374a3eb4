"""Log: work items named ``Log`` or ``SystemOut`` write one line and complete at once.

``reference/jbpm-engine.md`` section 10. The parameters stand on the line as they are, but for what
looks like a credential; values are cut to a reasonable length.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from procession.runtime.work_items import WorkItem
from procession.values import EMPTY, Value

log: Final = logging.getLogger("procession.work_item")
LONGEST: Final = 1_000
_PRIVATE: Final = ("password", "secret", "token", "credential", "authorization")


def write_line(item: WorkItem) -> Mapping[str, Value]:
    """Write the line."""
    log.info(
        "%s",
        item.parameters.get("Message") or item.name,
        extra={
            "process_id": item.process_id,
            "process_instance": item.process_instance_id,
            "node": item.node_id,
            "work_item": item.id,
            "parameters": {name: _shown(name, value) for name, value in item.parameters.items()},
        },
    )
    return EMPTY


def complete_at_once(item: WorkItem) -> Mapping[str, Value]:
    """Manual work needs nobody's report (``reference/rulings.md`` 5)."""
    return EMPTY


def _shown(name: str, value: Value) -> str:
    if any(word in name.lower() for word in _PRIVATE):
        return "…"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
