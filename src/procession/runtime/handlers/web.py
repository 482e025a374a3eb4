"""Web: HTTP calls within the bounds the operator set. Loaded with the first call.

Every connection, that of a redirect as well, goes through :class:`Guarded`: the host must be
allowed and the connection is made to the very address that was checked. Redirects are followed for
GET and HEAD only. The whole call has a time limit and its answer a largest size.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, Final

import httpx2
import msgspec

from procession.runtime.handlers.given import wrong
from procession.runtime.handlers.reach import UNREACHABLE, Reach
from procession.runtime.work_items import WorkFailed

TIMEOUT: Final = "HTTP_TIMEOUT"
TOO_LARGE: Final = "ANSWER_TOO_LARGE"
REDIRECTS: Final = 5
LONGEST_PAUSE: Final = 3_600
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NO_POOL: Final = httpx2.Limits(max_keepalive_connections=0)


class Answer(msgspec.Struct, frozen=True):
    """What a server answered."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes
    charset: str

    @property
    def media_type(self) -> str:
        """``application/json`` and the like."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The content as text."""
        try:
            return self.content.decode(self.charset, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed later."""
        return self.status in _LATER

    @property
    def pause(self) -> timedelta | None:
        """How long the server asks to wait."""
        asked = self.headers.get("retry-after", "")
        return timedelta(seconds=min(int(asked), LONGEST_PAUSE)) if asked.isdigit() else None


class Guarded(httpx2.BaseTransport):
    """Connects to addresses that were checked, and to no others."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpx2.HTTPTransport(verify=_trust(), trust_env=False, limits=_NO_POOL)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the address its host leads to."""
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise wrong(f"not an http(s) address: {shown(str(url))}")
        if url.userinfo:
            raise wrong("credentials do not belong into an address; use Username and Password")
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        address = self._reach.address(host, port)
        request.url = url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        try:
            return self._inner.handle_request(request)
        finally:
            request.url = url

    def close(self) -> None:
        """Let go of connections."""
        self._inner.close()


class Web:
    """Makes calls. ``seconds`` bounds a whole call, ``most`` the bytes of its answer."""

    def __init__(self, reach: Reach, seconds: float, most: int) -> None:
        self._reach = reach
        self._seconds = seconds
        self._most = most

    @contextmanager
    def session(
        self, connect: float | None = None, read: float | None = None
    ) -> Iterator[httpx2.Client]:
        """A client whose calls share cookies."""
        limits = httpx2.Timeout(read or self._seconds, connect=connect or self._seconds)
        with httpx2.Client(
            transport=Guarded(self._reach),
            timeout=limits,
            max_redirects=REDIRECTS,
            trust_env=False,
        ) as client:
            yield client

    def call(self, client: httpx2.Client, method: str, url: str, **what: Any) -> Answer:
        """Make one call. Raises :class:`WorkFailed` if there is no answer."""
        end = time.monotonic() + self._seconds
        place = f"{method} {shown(url)}"
        try:
            follow = method in ("GET", "HEAD")
            with client.stream(method, url, follow_redirects=follow, **what) as response:
                content = self._read(response, end, place)
                return Answer(
                    response.status_code,
                    response.reason_phrase,
                    {name.lower(): value for name, value in response.headers.items()},
                    content,
                    response.charset_encoding or "utf-8",
                )
        except httpx2.TimeoutException as error:
            raise late(place) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
            raise wrong(f"{place}: the address or a header cannot be used") from error
        except httpx2.TooManyRedirects as error:
            raise WorkFailed(
                f"{place} was redirected too often", UNREACHABLE, is_final=True
            ) from error
        except httpx2.HTTPError as error:
            raise WorkFailed(
                f"{place} failed: {type(error).__name__}",
                UNREACHABLE,
                "java.net.ConnectException",
                "java.io.IOException",
            ) from error

    def _read(self, response: httpx2.Response, end: float, place: str) -> bytes:
        parts = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self._most:
                raise WorkFailed(
                    f"{place} answered more than {self._most} bytes", TOO_LARGE, is_final=True
                )
            if time.monotonic() > end:
                raise late(place)
            parts.append(part)
        return b"".join(parts)


def late(place: str) -> WorkFailed:
    """A call that took too long."""
    return WorkFailed(f"{place} did not answer in time", TIMEOUT, "java.net.SocketTimeoutException")


def shown(url: str) -> str:
    """An address as it may stand in messages: its query may carry what is secret."""
    try:
        parts = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError):
        return "(not an address)"
    return str(parts.copy_with(query=None, fragment=None, userinfo=b""))


@cache
def _trust() -> Any:
    """Whose certificates are believed: the system's, or those of ``SSL_CERT_FILE``.

    Kept, since reading them takes longer than most calls.
    """
    return httpx2.create_ssl_context(trust_env=True)
