"""The built-in HTTP handler: work items named ``Rest`` call a web address.

``reference/jbpm-engine.md`` section 10: parameters ``Url``, ``Method`` (GET), ``Content``,
``ContentType``, ``ConnectTimeout`` and ``ReadTimeout`` (ms), ``Username``, ``Password``,
``HandleResponseErrors``; results ``Result``, ``Status``, ``StatusMsg``. It runs as a job
(``reference/rulings.md`` 6), reaches only hosts that the settings name, and follows no redirects,
since they would lead around that list. ``Idempotency-Key`` is the work item's stable key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from procession.errors import HandlerFailure
from procession.runtime.work_items import WorkItem
from procession.values import Value, freeze

NAME: Final = "Rest"
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
MAX_ANSWER: Final = 5 * 1024 * 1024


class HttpHandler:
    """Calls web addresses of allowed hosts. ``host:port`` allows one port, ``*`` every host."""

    def __init__(self, allowed_hosts: Collection[str], seconds: float = 30.0) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._seconds = seconds

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Make the call; a status of 400 and above fails unless the model handles it."""
        import httpx2

        p = item.parameters
        url = str(p.get("Url") or "")
        method = str(p.get("Method") or "GET").upper()
        self._check(url, method)
        content = p.get("Content")
        headers = {"Idempotency-Key": item.key}
        if content is not None:
            headers["Content-Type"] = str(p.get("ContentType") or "application/json")
        auth = (str(p["Username"]), str(p.get("Password") or "")) if p.get("Username") else None
        limits = httpx2.Timeout(
            _seconds(p.get("ReadTimeout"), self._seconds),
            connect=_seconds(p.get("ConnectTimeout"), self._seconds),
        )
        try:
            with httpx2.Client(timeout=limits, follow_redirects=False, trust_env=False) as client:
                answer = client.request(
                    method, url, content=_body(content), headers=headers, auth=auth
                )
        except httpx2.HTTPError as error:
            raise HandlerFailure(f"{method} {url} failed: {error}") from error
        if answer.status_code >= 400 and _is_true(p.get("HandleResponseErrors")):
            raise HandlerFailure(f"{method} {url} answered {answer.status_code}")
        return {
            "Result": _result(answer),
            "Status": answer.status_code,
            "StatusMsg": f"request to endpoint {url} completed: {answer.reason_phrase}",
        }

    def abort(self, item: WorkItem) -> None:
        """A call that is over cannot be taken back."""

    def _check(self, url: str, method: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise HandlerFailure(f"not an address: {url!r}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise HandlerFailure(f"not an http(s) address: {url!r}")
        if method not in METHODS:
            raise HandlerFailure(f"not a method that may be used: {method}")
        if not self._allowed & {"*", host, f"{host}:{port}"}:
            raise HandlerFailure(f"host {host} is not allowed; add it to the setting allowed_hosts")


def _body(content: Value) -> bytes | None:
    if content is None or isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    import msgspec

    return msgspec.json.encode(content)


def _result(answer: Any) -> Value:
    if len(answer.content) > MAX_ANSWER:
        raise HandlerFailure(f"the answer is larger than {MAX_ANSWER} bytes")
    if "json" in answer.headers.get("content-type", ""):
        try:
            return freeze(answer.json())
        except ValueError:
            return answer.text
    return answer.text


def _seconds(ms: Value, default: float) -> float:
    try:
        return min(max(float(ms) / 1000, 0.001), 300.0) if ms else default
    except (TypeError, ValueError):
        return default


def _is_true(value: Value) -> bool:
    return value is True or str(value).lower() == "true"
