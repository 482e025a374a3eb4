"""Web service: work items named ``WebService`` and tasks of ``##WebService`` call SOAP operations.

``reference/jbpm-engine.md`` section 10. Parameters: ``Url`` (of the WSDL), ``Namespace``,
``Interface`` (a service or port type), ``Operation``, ``Endpoint``, ``Parameter`` (a list for
several, an object for named ones), ``Mode``: ``SYNC`` and ``ASYNC`` wait for ``Result`` as jobs,
``ONEWAY`` completes at once. ``ConnectionTimeout`` and ``ReceiveTimeout`` are in ms. The WSDL, what
it imports and the endpoint must be on allowed hosts. A fault is an error for the model: by its
code, or as ``SOAP_FAULT``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from procession.runtime.handlers.bounds import Bounds
from procession.runtime.handlers.given import needed, text, wrong
from procession.runtime.work_items import Plan, WorkItem
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.runtime.handlers.soap import Call, Descriptions

MODES: Final = frozenset({"SYNC", "ASYNC", "ONEWAY"})


class WebServiceHandler:
    """Calls operations that a WSDL describes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._known: Descriptions | None = None

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Call the operation."""
        from procession.runtime.handlers.soap import Descriptions, invoke

        p = item.parameters
        web = self._bounds.web
        with self._bounds.session(web, p, "ConnectionTimeout", "ReceiveTimeout") as client:
            if self._known is None:
                self._known = Descriptions()
            result = invoke(web, client, self._call(item), self._known)
        return EMPTY if mode(p) == "ONEWAY" else {"Result": result}

    def abort(self, item: WorkItem) -> None:
        """A call that is over cannot be taken back."""

    def _call(self, item: WorkItem) -> Call:
        from procession.runtime.handlers.soap import Call

        p = item.parameters
        endpoint = text(p, "Endpoint") or text(p, "endpoint")
        places = [needed(p, "Url"), *([endpoint] if endpoint else [])]
        user = self._bounds.secrets.reveal(text(p, "Username"), *places)
        password = self._bounds.secrets.reveal(text(p, "Password"), *places)
        return Call(
            wsdl=needed(p, "Url"),
            namespace=text(p, "Namespace"),
            interface=text(p, "Interface"),
            operation=needed(p, "Operation"),
            endpoint=endpoint,
            parameter=p.get("Parameter"),
            key=item.key,
            auth=(user, password) if user else None,
        )


def mode(parameters: Mapping[str, Value]) -> str:
    """How the call is made."""
    found = (text(parameters, "Mode") or text(parameters, "mode", "SYNC")).upper()
    if found not in MODES:
        raise wrong(f"Mode must be SYNC, ASYNC or ONEWAY, not {found[:20]}")
    return found


def plan(parameters: Map) -> Plan:
    """``ONEWAY`` calls complete at once and are made afterwards."""
    return Plan(is_detached=mode(parameters) == "ONEWAY")
