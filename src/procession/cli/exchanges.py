"""Recorded exchanges of ONEWEB clients: how they are kept, and what counts as the same answer.

One exchange is one line of JSON. Secrets are not kept: of the credentials only the user's name,
of a login neither password nor token. Two answers are the same if they differ in nothing but ids,
times and words for people (``message``); ids are compared by what they stood for before.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from procession.errors import Invalid

ID: Final = re.compile(
    r"[1-9][0-9]*-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
VOLATILE: Final = frozenset({"timestamp", "createTime", "dueDate", "message", "exception"})
SECRETS: Final = frozenset({"password", "id_token"})
HIDDEN: Final = "***"


class Exchange(msgspec.Struct, omit_defaults=True):
    """A request and its answer. ``target`` is path and query as they were sent."""

    method: str
    target: str
    status: int
    who: str = ""
    body: Any = None
    answer: Any = None
    text: str | None = None
    """A body that is no JSON."""
    kind: str = ""
    """The content type of the request, if it had one."""


def load(path: Path) -> list[Exchange]:
    """The exchanges of a file, in order. Raises :class:`Invalid` naming the line that is none."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=Exchange))
        except msgspec.MsgspecError as error:
            raise Invalid(f"{path}, line {number}: not a recorded exchange: {error}") from error
    return found


def line_of(exchange: Exchange) -> str:
    """An exchange as a line of its file."""
    members = msgspec.to_builtins(exchange)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"


def parsed(content: bytes) -> tuple[Any, str | None]:
    """A body as JSON without its secrets, or else as text."""
    if not content.strip():
        return None, None
    try:
        return _hidden(json.loads(content)), None
    except ValueError:
        return None, content.decode("utf-8", "backslashreplace")


def caller(authorization: str) -> str:
    """The user's name in an Authorization header; nothing if there is none in it."""
    scheme, _, rest = authorization.partition(" ")
    try:
        if scheme.lower() == "basic":
            return base64.b64decode(rest).decode().partition(":")[0]
        if scheme.lower() == "bearer":
            claims = rest.split(".")[1]
            name = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
            return str(name)
    except (ValueError, LookupError, TypeError):
        return ""
    return ""


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: HIDDEN if k in SECRETS and v else _hidden(v) for k, v in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value


class Names:
    """What the ids of a recording are called on the server it is replayed against."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    def translate(self, text: str) -> str:
        """A text with every known id replaced."""
        return ID.sub(lambda match: self._now.get(match[0], match[0]), text)

    def translated(self, value: Any) -> Any:
        """JSON with every known id replaced."""
        return json.loads(self.translate(json.dumps(value, ensure_ascii=False)))

    def learn(self, before: str, now: str) -> bool:
        """Whether an id stands for what it stood for; a new one is remembered."""
        if before not in self._now and now in self._now.values():
            return False
        return self._now.setdefault(before, now) == now


def differences(before: Any, now: Any, names: Names, place: str = "") -> Iterator[str]:
    """Where two answers differ, one line each."""
    here = place or "the answer"
    if isinstance(before, dict) and isinstance(now, dict):
        yield from _members(before, now, names, place)
    elif isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            yield f"{here} has {len(now)} items, recorded were {len(before)}"
        for number, (one, other) in enumerate(zip(before, now, strict=False)):
            yield from differences(one, other, names, f"{place}[{number}]")
    elif _is_id(before) and _is_id(now):
        if not names.learn(before, now):
            yield f"{here} is another id than before"
    elif before != now or isinstance(before, bool) is not isinstance(now, bool):
        yield f"{here} is {_short(now)}, recorded was {_short(before)}"


def _members(
    before: Mapping[str, Any], now: Mapping[str, Any], names: Names, place: str
) -> Iterator[str]:
    for name in before:
        where = f"{place}.{name}" if place else name
        if name not in now:
            yield f"{where} is missing"
        elif name in VOLATILE:
            if type(before[name]) is not type(now[name]):
                yield f"{where} is {_short(now[name])}, recorded was {_short(before[name])}"
        elif name not in SECRETS:
            yield from differences(before[name], now[name], names, where)
    for name in now:
        if name not in before:
            yield f"{f'{place}.{name}' if place else name} was not there"


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
