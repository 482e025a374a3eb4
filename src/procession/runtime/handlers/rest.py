"""Rest: work items named ``Rest`` or ``REST`` call a web address.

``reference/jbpm-engine.md`` section 10. Parameters: ``Url``, ``Method`` (GET), ``Content``,
``ContentType``, ``Headers``, ``ConnectTimeout`` and ``ReadTimeout`` (ms), ``AuthType`` (``BASIC``,
the default where there is a ``Username``; ``FORM`` with ``AuthUrl``; ``NONE``), ``Password``,
``ResultClass``, ``HandleResponseErrors``. Results: ``Result``, ``Status``, ``StatusMsg``. With
``HandleResponseErrors`` a status of 300 and above is an error ``HTTP_<status>`` for the model; what
may pass (408, 425, 429, 500, 502-504) is tried again first. ``Idempotency-Key`` is the work item's
stable key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from procession.runtime.handlers.bounds import Bounds
from procession.runtime.handlers.given import flag, needed, text, wrong
from procession.runtime.work_items import WorkFailed, WorkItem
from procession.values import Map, Value, freeze

if TYPE_CHECKING:
    from procession.runtime.handlers.web import Answer

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
FAILED: Final = "org.jbpm.process.workitem.rest.RESTServiceException"
_RESERVED: Final = frozenset({"host", "content-length", "transfer-encoding", "connection"})
_NUMBERS: Final = {"Integer": int, "Long": int, "Short": int, "Double": float, "Float": float}


class RestHandler:
    """Calls web addresses of allowed hosts."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Make the call."""
        from procession.runtime.handlers.web import shown

        p = item.parameters
        url = needed(p, "Url")
        method = text(p, "Method", "GET").upper()
        if method not in METHODS:
            raise wrong(f"not a method that may be used: {method[:20]}")
        web = self._bounds.web
        content, headers = _request(p, item.key)
        with self._bounds.session(web, p, "ConnectTimeout", "ReadTimeout") as client:
            auth = self._sign_in(web, client, url, p)
            answer = web.call(client, method, url, content=content, headers=headers, auth=auth)
        place = f"{method} {shown(url)}"
        if answer.status >= 300 and flag(p, "HandleResponseErrors"):
            raise refused(place, answer)
        return {
            "Result": result(answer, text(p, "ResultClass")),
            "Status": answer.status,
            "StatusMsg": _told(shown(url), answer),
        }

    def abort(self, item: WorkItem) -> None:
        """A call that is over cannot be taken back."""

    def _sign_in(self, web: Any, client: Any, url: str, p: Map) -> tuple[str, str] | None:
        """Credentials for each call, or a form filled in beforehand whose cookie does."""
        places = [url] + [text(p, "AuthUrl")] * bool(text(p, "AuthUrl"))
        user = self._bounds.secrets.reveal(text(p, "Username"), *places)
        kind = text(p, "AuthType", "BASIC" if user else "NONE").upper()
        if kind == "NONE":
            return None
        password = self._bounds.secrets.reveal(text(p, "Password"), *places)
        if not user:
            raise wrong(f"AuthType {kind} needs a Username")
        if kind == "BASIC":
            return user, password
        if kind != "FORM":
            raise wrong(f"AuthType must be BASIC, FORM or NONE, not {kind[:20]}")
        web.call(client, "GET", url)
        form = {"j_username": user, "j_password": password}
        answer = web.call(client, "POST", needed(p, "AuthUrl"), data=form)
        if answer.status >= 400:
            raise refused("signing in", answer)
        return None


def _request(p: Map, key: str) -> tuple[bytes | None, dict[str, str]]:
    """Body and headers of the call."""
    content = p.get("Content")
    headers = {"Accept": text(p, "AcceptHeader", "*/*"), "Idempotency-Key": key}
    if content is not None and content != "":
        headers["Content-Type"] = text(p, "ContentType", "application/json")
    headers.update(_headers(p.get("Headers")))
    return body(content), headers


def _headers(given: Value) -> dict[str, str]:
    """Headers as an object, or as text ``Name=value;Name=value``."""
    if not given:
        return {}
    if isinstance(given, str):
        given = dict(part.partition("=")[::2] for part in given.split(";") if part.strip())
    if not isinstance(given, Mapping):
        raise wrong("Headers must be an object or text like Name=value;Name=value")
    found = {str(name).strip(): str(value).strip() for name, value in given.items()}
    if any(name.lower() in _RESERVED for name in found):
        raise wrong(f"Headers must not set {', '.join(sorted(_RESERVED))}")
    return found


def body(content: Value) -> bytes | None:
    """Text and bytes as they are, anything else as JSON."""
    if content is None or content == "" or isinstance(content, bytes):
        return content or None
    if isinstance(content, str):
        return content.encode()
    import msgspec

    return msgspec.json.encode(content, enc_hook=_plain)


def _plain(value: Any) -> Any:
    fields = getattr(value, "fields", None)
    return fields if fields is not None else str(value)


def result(answer: Answer, wanted: str) -> Value:
    """The answer as a value: an object if it is JSON, unless the model wants it as text."""
    kind = wanted.rpartition(".")[2]
    if kind == "String":
        return answer.text
    if kind in _NUMBERS:
        try:
            return freeze(_NUMBERS[kind](answer.text.strip()))
        except ValueError:
            raise wrong(f"the answer is not a {kind}, as ResultClass says") from None
    if kind == "Boolean":
        return answer.text.strip().lower() == "true"
    if answer.media_type == "application/json" or answer.media_type.endswith("+json"):
        import msgspec

        try:
            return freeze(msgspec.json.decode(answer.content)) if answer.content else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return answer.text
    return answer.text


def refused(place: str, answer: Answer) -> WorkFailed:
    """An answer that says no, as an error that the model may catch by its status."""
    return WorkFailed(
        f"{place} answered {answer.status}",
        f"HTTP_{answer.status}",
        f"HTTP_{answer.status // 100}xx",
        FAILED,
        value=Map(status=answer.status, reason=answer.reason, body=result(answer, "")),
        is_final=not answer.is_passing,
        pause=answer.pause,
    )


def _told(url: str, answer: Answer) -> str:
    if answer.status < 300:
        return f"request to endpoint {url} successfully completed {answer.reason}"
    return f"endpoint {url} could not be reached: {answer.text[:1000]}"
