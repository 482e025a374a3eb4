"""The small templates of notifications (``reference/jbpm-engine.md`` 5.8).

``${taskId}``, ``${doc.name}``, ``${doc['name']}``, ``${owners[0].id}``, and
``$foreach{owner : owners}…$end{}``. Nothing is computed: a path leads to a value or it does not,
and then it stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final

from procession.tasks.forms import as_text

_FOREACH: Final = re.compile(
    r"\$foreach\{\s*(?P<name>\w+)\s*:\s*(?P<path>[^}]+)\}(?P<body>.*?)\$end\{\}", re.S
)
_EXPRESSION: Final = re.compile(r"\$\{([^}]+)\}")
_STEP: Final = re.compile(
    r"""\.?(?P<name>\w+)|\[(?:'(?P<one>[^']*)'|"(?P<two>[^"]*)"|(?P<n>\d+))\]"""
)
_MARKUP: Final = re.compile(r"<\s*[a-zA-Z!/]")
_UNKNOWN: Final = object()


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The text with its values; values are data, so in HTML they are escaped.

    What was plain stays plain: if values alone would make it look like HTML, it is quoted whole.
    """
    if _MARKUP.search(template):
        return _fill(template, values, escape)
    text = _fill(template, values, str)
    return f"<html><pre>{escape(text)}</pre></html>" if _MARKUP.search(text) else text


def fill_line(template: str, values: Mapping[str, Any]) -> str:
    """The same for one line that is never HTML."""
    return " ".join(_fill(template, values, str).split())


def _fill(template: str, values: Mapping[str, Any], quote: Callable[[str], str]) -> str:
    def repeat(match: re.Match[str]) -> str:
        found = _reach(match["path"].strip(), values)
        if not isinstance(found, tuple | list):
            return match[0]
        return "".join(_fill(match["body"], {**values, match["name"]: one}, quote) for one in found)

    def write(match: re.Match[str]) -> str:
        found = _reach(match[1].strip(), values)
        return match[0] if found is _UNKNOWN else quote(_text(found))

    return _EXPRESSION.sub(write, _FOREACH.sub(repeat, template))


def _reach(path: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return _UNKNOWN
        at = step.end()
        if step["n"] is not None:
            number = int(step["n"])
            is_there = isinstance(found, tuple | list) and number < len(found)
            found = found[number] if is_there else _UNKNOWN
        else:
            name = step["name"] or step["one"] or step["two"] or ""
            is_there = isinstance(found, Mapping) and name in found
            found = found[name] if is_there else _UNKNOWN
        if found is _UNKNOWN:
            return _UNKNOWN
    return found


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, tuple | list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, Mapping):
        return str(value["id"]) if set(value) == {"id"} else str(dict(value))
    return as_text(value)
