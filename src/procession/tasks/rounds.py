"""To which multi-instance human task a task belongs: an id shared by all of its members.

``reference/oneweb-rest-api.md`` 2.5 (``parentTaskId``). The loop itself is no task and has no row;
its id is made from the instance's own id and the number of the loop in it, so that members made at
different times, on different nodes, have the same one without looking for each other.
"""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from procession.core.state import Role, Wait
from procession.ids import long_form
from procession.runtime.projection import InstanceContext


def loop_id(instance: InstanceContext, wait: Wait) -> str | None:
    """The id of the loop that a wait is a round of; ``None`` outside of loops."""
    owner = instance.state.elements.get(wait.owner)
    if owner is None or owner.role != Role.ITERATION:
        return None
    seed = f"{instance.uuid} {owner.scope}".encode()
    return long_form(
        instance.id, str(UUID(bytes=blake2b(seed, digest_size=16).digest(), version=4))
    )
