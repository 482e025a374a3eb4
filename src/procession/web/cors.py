"""Pages of other sites: which may call us, and which must not make a browser do so.

Browsers add remembered Basic credentials to requests that a foreign page sends, so a request that
changes something and names a foreign ``Origin`` (or none, but says by ``Sec-Fetch-Site`` that it
comes from another site) is refused unless that origin is configured. Calls without these headers,
as every program makes them, are not affected. Nothing is changed by a GET.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from procession.errors import Denied

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Headers = list[tuple[str, str]]


class Origins:
    """The origins that may call us."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._allowed = frozenset(origin.rstrip("/") for origin in origins)

    def check(self, method: str, base: str, headers: Mapping[str, str]) -> None:
        """Raise :class:`Denied` for a change that a foreign page asks for."""
        origin = headers.get("origin")
        if method in SAFE:
            return
        if origin is None:
            if headers.get("sec-fetch-site") == "cross-site":
                raise Denied("pages of other sites may not call this server", reason="origin")
            return
        if origin == base or self.allows(origin):
            return
        raise Denied(f"pages of {origin[:100]} may not call this server", reason="origin")

    def allows(self, origin: str) -> bool:
        """Whether pages of that origin may call us."""
        return origin in self._allowed or "*" in self._allowed

    def headers(self, origin: str | None) -> Headers:
        """What to tell the browser with every answer."""
        if origin is None or not self.allows(origin):
            return []
        return [
            ("access-control-allow-origin", origin),
            ("access-control-expose-headers", "X-Request-Id, Retry-After"),
            ("vary", "Origin"),
        ]

    def preflight(self, headers: Mapping[str, str], methods: Iterable[str]) -> Headers:
        """What else to tell a browser that asks before it calls; nothing if it may not."""
        if not self.allows(headers.get("origin", "")):
            return []
        return [
            ("access-control-allow-methods", ", ".join(methods)),
            ("access-control-allow-headers", "Authorization, Content-Type, clientId"),
            ("access-control-max-age", "600"),
        ]
