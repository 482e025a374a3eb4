"""How Python writes values, and format specifications of f-strings, bounded in width."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.objects import ArrayObject, ListObject, MapObject, SetObject
from procession.scripting.pythonic.operators import TUPLE, plain
from procession.scripting.throwables import Throwable, throw
from procession.values import Value

_SPEC: Final = re.compile(
    r"(?:.?[<>=^])?[ +-]?#?0?(\d{0,3})[,_]?(?:\.(\d{1,2}))?[bcdeEfFgGnosxX%]?"
)
_DATE_SPEC: Final = re.compile(r"(?:%[YmdHMSfyjaAbBpIzZ]|[^%]){1,60}")
_MAX_NESTING: Final = 40


def text_of(f: Frame, value: Value) -> str:
    """``str(value)``."""
    if isinstance(value, str):
        return str(value)
    return _shown(f, value, 0)


def quoted(f: Frame, value: Value) -> str:
    """``repr(value)``."""
    return _shown(f, value, 0)


def _shown(f: Frame, value: Value, depth: int) -> str:
    f.burn(1)
    if isinstance(value, str):
        f.make_text(len(value) + 2)
        return repr(str(value))
    if value is None or value is True or value is False:
        return str(value)
    if isinstance(value, int | float):
        return repr(plain(value))
    if isinstance(value, datetime):
        return str(value.astimezone(f.zone))
    if isinstance(value, Throwable):
        return value.message or ""
    if depth > _MAX_NESTING:
        raise throw("StackOverflowError", "the structure is nested too deeply")
    if isinstance(value, ListObject | ArrayObject):
        parts = [_shown(f, item, depth + 1) for item in value.items]
        made = ", ".join(parts)
        if getattr(value, "kind", "") == TUPLE:
            made = f"({made},)" if len(parts) == 1 else f"({made})"
        else:
            made = f"[{made}]"
    elif isinstance(value, MapObject):
        pairs = [
            f"{_shown(f, entry.key, depth + 1)}: {_shown(f, entry.value, depth + 1)}"
            for entry in value.ordered(f)
        ]
        made = "{" + ", ".join(pairs) + "}"
    elif isinstance(value, SetObject):
        members = ", ".join([_shown(f, item, depth + 1) for item in value.members(f)])
        made = "{" + members + "}" if members else "set()"
    else:
        return f.text(value)
    f.make_text(len(made))
    return made


def formatted(f: Frame, value: Value, spec: Value) -> str:
    """``f"{value:spec}"`` for numbers, texts and dates."""
    if not spec:
        return text_of(f, value)
    if isinstance(value, datetime):
        if not _DATE_SPEC.fullmatch(spec):
            raise throw("IllegalArgumentException", "this date format is not available in scripts")
        return value.astimezone(f.zone).strftime(spec)
    if not _SPEC.fullmatch(spec):
        raise throw("IllegalArgumentException", "this format is not available in scripts")
    made = plain(value)
    if isinstance(made, int | float | str) or type(made).__name__ == "Decimal":
        f.make_text(1000 if not isinstance(made, str) else 1000 + len(made))
        return format(made, spec)
    raise throw("ClassCastException", "only numbers, texts and dates take a format")


def joined(f: Frame, *parts: Value) -> str:
    """The parts of an f-string."""
    f.make_text(sum(map(len, parts)))
    return "".join(parts)
