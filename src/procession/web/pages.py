"""What surrounds the dialects: the page of addresses and OpenAPI."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from procession.web import json, openapi

if TYPE_CHECKING:
    from procession.settings import Settings

_POLICY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def make_pages(settings: Settings, dialects: openapi.Described) -> Starlette:
    """The application around the dialects."""

    @lru_cache(maxsize=1)
    def page() -> str:
        return openapi.page(dialects)

    @lru_cache(maxsize=1)
    def document() -> bytes:
        return json.encode(openapi.document(dialects))

    async def docs(request: Request) -> Response:
        return HTMLResponse(page(), headers=_POLICY)

    async def machine_readable(request: Request) -> Response:
        return Response(document(), media_type="application/json", headers=_POLICY)

    async def home(request: Request) -> Response:
        return RedirectResponse("/docs", headers=_POLICY)

    async def missing(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        problem = {
            "type": "about:blank",
            "title": "Not found" if status == 404 else "Refused",
            "status": status,
            "detail": "there is nothing at this address",
        }
        body = json.encode(problem)
        return Response(body, status, _POLICY, media_type="application/problem+json")

    routes = []
    if settings.docs:
        routes = [
            Route("/docs", docs),
            Route("/openapi.json", machine_readable),
            Route("/", home),
        ]
    return Starlette(routes=routes, exception_handlers={404: missing, 405: missing})
