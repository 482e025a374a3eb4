"""Log lines: for people, or one JSON object each; and one line per request if asked for."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from procession.errors import ScriptFailure, logged
from procession.web.http import Reply, Request

if TYPE_CHECKING:
    from procession.settings import Settings

access = logging.getLogger("procession.access")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUIET = ("uvicorn.error", "httpx2", "httpcore2")
"""Others' loggers: the addresses that handlers call carry variables."""
_BUILT_IN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a line; what was given as ``extra`` become members."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _BUILT_IN}
        if record.exc_info:
            line["exception"] = told(record.exc_info[1])
        return msgspec.json.encode(line, enc_hook=str).decode()


class TextLines(logging.Formatter):
    """Time, level, logger, message, then ``name=value`` for what was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; a stack that follows is indented, so that it forges no line."""
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S.%f")[:-3]
        extra = "".join(
            f" {name}={value}" for name, value in vars(record).items() if name not in _BUILT_IN
        )
        message = visible(f"{record.getMessage()}{extra}")
        line = f"{at} {record.levelname.lower():7} {record.name}: {message}"
        if not record.exc_info:
            return line
        trace = told(record.exc_info[1]).splitlines()
        return "\n".join([line, *(f"    {visible(each)}" for each in trace)])


def told(error: BaseException | None) -> str:
    """Where an error and those before it arose, each with what a log may have of it.

    A failing script's own error, and what led to that, would show values: its failure stands for
    them (:func:`procession.errors.logged`).
    """
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        text = logged(error)
        if type(error).__module__.startswith("procession.scripting"):
            text = "a script failed"
        frames = "".join(traceback.format_tb(error.__traceback__))
        head = "Traceback (most recent call last):\n" if frames else ""
        kind = type(error).__qualname__
        text = text if text.startswith(f"{kind}: ") else f"{kind}: {text}"
        parts.append(f"{head}{frames}{text}")
        if isinstance(error, ScriptFailure):
            break
        before = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or before
    return "\n\nwhich led to:\n\n".join(reversed(parts))


def visible(text: str) -> str:
    """The text on one line: what would break it, or turn it about on a terminal, is spelled out."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def configure_logging(settings: Settings) -> None:
    """Log to standard error as the settings say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "_granian"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    for name in _QUIET:
        logging.getLogger(name).setLevel("WARNING")


def log_access(request: Request, reply: Reply, request_id: str, seconds: float) -> None:
    """One line for one request. Query strings stay out of it: they carry variables."""
    access.info(
        "%s %s",
        request.method,
        request.target,
        extra={
            "status": reply.status,
            "user": request.actor.name,
            "client": request.client,
            "bytes": len(reply.body or b""),
            "ms": round(seconds * 1_000, 2),
            "request_id": request_id,
        },
    )
