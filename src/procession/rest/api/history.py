"""What ended long ago: how much of it there is, and forgetting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_MAY: dict[str, Any] = {"permission": "history.clear"}


class Purge(msgspec.Struct, forbid_unknown_fields=True):
    """Instances that ended longer ago than ``days``; with ``dry_run`` they are only counted."""

    days: Annotated[int, Meta(ge=1, le=1_000_000)]
    dry_run: bool = False


@routes.post("/history/purge", id="history.purge", body=Purge, **_MAY)
def purge(request: Request, engine: Engine) -> Reply:
    """Forget a portion of old instances with their tasks; again until ``is_all``."""
    body = json.decode(request, Purge)
    keeping = engine.housekeeping
    asked = keeping.preview if body.dry_run else keeping.purge
    return Reply(asked(request.actor, body.days))


@routes.add("POST", "/attachments/sweep", lane="pool", id="attachments.sweep", **_MAY)
def sweep(request: Request, engine: Engine) -> Reply:
    """Take away files of attachments that belong to no task any more."""
    return Reply({"files": engine.housekeeping.sweep(request.actor)})
