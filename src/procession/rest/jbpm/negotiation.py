"""Which representation a client gets (``reference/jbpm-rest-api.md`` 1.4).

XML is the default and wins ties; when nothing that the client names can be served, it gets XML
all the same, never a 406.
"""

from __future__ import annotations

from functools import lru_cache

XML, JSON = "application/xml", "application/json"


@lru_cache(maxsize=256)
def wants_json(accept: str | None) -> bool:
    """Whether an ``Accept`` header prefers JSON."""
    if not accept or "json" not in accept.lower():
        return False
    ranges = [_range(part) for part in accept.lower().split(",")]
    return _quality(ranges, "json") > _quality(ranges, "xml")


@lru_cache(maxsize=256)
def takes_xml(accept: str | None) -> bool:
    """Whether an ``Accept`` header leaves room for XML; none takes anything."""
    if not accept:
        return True
    return _quality([_range(part) for part in accept.lower().split(",")], "xml") > 0


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return media, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _quality(ranges: list[tuple[str, float]], subtype: str) -> float:
    """The quality of the most specific range that covers the type."""
    for wanted in (f"application/{subtype}", "application/*", "*/*"):
        found = [quality for media, quality in ranges if media == wanted]
        if found:
            return max(found)
    return 0.0
