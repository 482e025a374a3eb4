"""Parameters of work items, read leniently: models give numbers as text and flags as words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from procession.bpmn.timer_expressions.spans import engine_time
from procession.runtime.work_items import WorkFailed
from procession.values import Value

WRONG: Final = "INVALID_PARAMETER"


def wrong(message: str) -> WorkFailed:
    """A parameter that cannot be used: trying again would change nothing."""
    return WorkFailed(message, WRONG, "java.lang.IllegalArgumentException", is_final=True)


def text(parameters: Mapping[str, Value], name: str, default: str = "") -> str:
    """A parameter as text; the default if it is missing or empty."""
    value = parameters.get(name)
    return default if value is None or value == "" else str(value)


def needed(parameters: Mapping[str, Value], name: str) -> str:
    """A parameter that must be there, as text."""
    found = text(parameters, name)
    if not found:
        raise wrong(f"{name} is a required parameter")
    return found


def flag(parameters: Mapping[str, Value], name: str) -> bool:
    """A parameter that is true or ``"true"``."""
    return text(parameters, name).strip().lower() == "true"


def number(parameters: Mapping[str, Value], name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    given = text(parameters, name)
    if not given:
        return default
    try:
        found = int(given)
    except ValueError:
        raise wrong(f"{name} is not a whole number: {given[:40]!r}") from None
    if not least <= found <= most:
        raise wrong(f"{name} must be {least} to {most}, not {found}")
    return found


def seconds(parameters: Mapping[str, Value], name: str, longest: float) -> float:
    """A time limit given in milliseconds; none, zero and nonsense mean the longest."""
    try:
        ms = float(parameters.get(name) or 0)
    except (TypeError, ValueError):
        return longest
    return min(max(ms / 1000, 0.001), longest) if ms > 0 else longest


def milliseconds(name: str, given: str) -> int:
    """A time string (``5s``, ``1h30m``, ``250``) in milliseconds."""
    span = engine_time(given)
    if span is None or span.is_endless or span.mean_seconds < 0:
        raise wrong(f"{name} is not a time such as 30s or 1h30m: {given[:40]!r}")
    return int(span.mean_seconds * 1000)


def pairs(setting: str, entries: tuple[str, ...]) -> dict[str, str]:
    """What a setting of ``name=value`` entries says."""
    from procession.errors import Invalid

    found = {}
    for entry in entries:
        name, sign, value = entry.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise Invalid(f"wrong setting: {setting}: expected entries of the form name=value")
        found[name.strip()] = value.strip()
    return found


class Secrets:
    """Credentials by name: a model says ``secret:name`` and never learns the value.

    One that was given as ``name@host=value`` is told to that host only.
    """

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._by_name: dict[str, tuple[str, str]] = {}
        for entry, value in pairs("secrets", entries).items():
            name, _, host = entry.partition("@")
            self._by_name[name] = (host.lower(), value)

    def reveal(self, given: str, *urls: str) -> str:
        """The value of ``secret:name``, to be told to these places; other text is itself."""
        if not given.startswith("secret:"):
            return given
        name = given.removeprefix("secret:").strip()
        if name not in self._by_name:
            raise wrong(f"there is no secret {name[:40]!r}; add it to the setting secrets")
        host, value = self._by_name[name]
        if host and any(host_of(url) != host for url in urls):
            raise wrong(f"the secret {name!r} is for {host} only")
        return value


def host_of(url: str) -> str:
    """The host that an address names; nothing if it names none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
