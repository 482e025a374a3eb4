"""Forms of human tasks: the key of the form, and the parameters it is opened with.

``reference/oneweb-rest-api.md`` 2.5: parameters are ``KEY=value`` pairs joined by ``&``, values
percent-encoded, and exactly ``=`` if nothing is mapped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from procession.values import Map, Value

NOTHING_MAPPED: Final = "="
_REFERENCE: Final = re.compile(r"#\{([^}]+)\}")


def load_param(parameters: Map, lookup: Callable[[str], Value]) -> str:
    """The parameter text; ``#{object.member}`` in a value is looked up when the task is made."""
    pairs = [
        f"{quote(str(key), safe='')}={quote(_filled(value, lookup), safe='')}"
        for key, value in parameters.items()
    ]
    return "&".join(pairs) or NOTHING_MAPPED


def _filled(value: Value, lookup: Callable[[str], Value]) -> str:
    return _REFERENCE.sub(lambda match: as_text(_reach(match[1], lookup)), as_text(value))


def _reach(path: str, lookup: Callable[[str], Value]) -> Value:
    name, *members = path.strip().split(".")
    value = lookup(name)
    for member in members:
        value = value.get(member) if isinstance(value, Map) else None
    return value


def as_text(value: Value) -> str:
    """A value as it stands in a text; nothing for null and for what is unknown."""
    if value is None or value is False or value is True:
        return {None: "", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, str | int | float) else ""
