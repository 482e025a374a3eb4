"""Webhook: tells another system that something happened, signed so that it can be believed.

Work items named ``Webhook`` or ``Push``, and tasks with the implementation ``push``
(``reference/oneweb-rest-api.md`` 3.1). Parameters: ``Url``, ``Payload``, ``Event``, ``Secret``
(``secret:name``). The body is JSON: ``id`` (the work item's stable key), ``event``, ``process``,
``instance``, ``payload``. With a secret the header ``X-Procession-Signature`` is ``sha256=`` and
the HMAC of the body. An answer of 300 and above is a failure; result is ``Status``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from procession.runtime.handlers.bounds import Bounds
from procession.runtime.handlers.given import needed, text
from procession.runtime.handlers.rest import body, refused
from procession.runtime.work_items import WorkItem
from procession.values import EMPTY, Map, Value

SIGNATURE: Final = "X-Procession-Signature"
_OWN: Final = frozenset({"Url", "Event", "Secret", "implementation", "Payload"})


class WebhookHandler:
    """Posts to addresses of allowed hosts."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Post what happened; without a ``Payload`` all other parameters are it."""
        from procession.runtime.handlers.web import shown

        p = item.parameters
        url = needed(p, "Url")
        rest = Map({name: value for name, value in p.items() if name not in _OWN})
        told = Map(
            id=f"{item.process_instance_uuid}-{item.key}",
            event=text(p, "Event", item.node_id),
            process=item.process_id,
            instance=item.process_instance_id,
            payload=p.get("Payload", rest or EMPTY),
        )
        content = body(told) or b""
        headers = {"Content-Type": "application/json", "Idempotency-Key": item.key}
        secret = self._bounds.secrets.reveal(text(p, "Secret"), url)
        if secret:
            signed = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
            headers[SIGNATURE] = f"sha256={signed}"
        web = self._bounds.web
        with web.session() as client:
            answer = web.call(client, "POST", url, content=content, headers=headers)
        if answer.status >= 300:
            raise refused(f"POST {shown(url)}", answer)
        return {"Status": answer.status}

    def abort(self, item: WorkItem) -> None:
        """What was told cannot be taken back."""
