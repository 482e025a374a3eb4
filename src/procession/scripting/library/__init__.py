"""What scripts may call, by family. ``LIBRARY`` is the one table; the reference is made from it."""

from __future__ import annotations

from typing import Final

from procession.scripting.library import (
    big_numbers,
    boxes,
    collections,
    dates,
    exceptions,
    functional,
    functions,
    lists,
    maps,
    mathematics,
    optionals,
    process,
    sets,
    streams,
    system,
    text,
)
from procession.scripting.library.objects import COMMON
from procession.scripting.library.table import JavaClass, Library

_FAMILIES: Final = (
    text,
    boxes,
    mathematics,
    big_numbers,
    lists,
    sets,
    collections,
    maps,
    dates,
    exceptions,
    functions,
    functional,
    optionals,
    streams,
    system,
    process,
)
LIBRARY: Final = Library([one for family in _FAMILIES for one in family.CLASSES], COMMON)

__all__ = ["LIBRARY", "JavaClass", "Library"]
