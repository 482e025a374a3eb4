"""Units that could not be deployed, kept so that who asks for their status is told."""

from __future__ import annotations

from procession.identity.model import Actor
from procession.runtime.lanes import Room
from procession.services.unit_files import digest_of
from procession.store.codec import encode_value
from procession.store.repositories import deployments as repository
from procession.values import Map


def note_failure(room: Room, actor: Actor, deployment_id: str, message: str) -> None:
    """Keep that a unit of that id could not be deployed, unless one is."""
    room.access.check(actor, "deployment.write")
    executive = room.executive

    def write() -> None:
        turn = executive.turn
        known = repository.unit(turn.reader, deployment_id)
        if known is not None and known.status != "UNDEPLOYED":
            return
        unit = repository.Unit(
            revision=turn.next_id("revision"),
            id=deployment_id,
            status="DEPLOY_FAILED",
            strategy="",
            is_active=False,
            deployed_at=turn.now_ms,
            deployed_by=actor.name,
            message=message,
            options=encode_value(Map()),
            digest=digest_of({}),
        )
        repository.add_unit(turn.uow, unit, {})

    executive.run(write, actor=actor.name)
