"""What scripts may call, by family. ``LIBRARY`` is the one table; the reference is made from it."""

from __future__ import annotations

from typing import Final

from procession.scripting.library import (
    amounts,
    big_numbers,
    bits,
    boxes,
    builders,
    chance,
    characters,
    collections,
    collectors,
    dates,
    exceptions,
    executions,
    functional,
    functions,
    lists,
    local_times,
    locales,
    maps,
    mathematics,
    optionals,
    patterns,
    precision,
    process,
    rules,
    sets,
    sorted,
    statistics,
    streams,
    system,
    temporal,
    text,
    time_texts,
    units,
    writers,
)
from procession.scripting.library.objects import COMMON
from procession.scripting.library.table import JavaClass, Library

_FAMILIES: Final = (
    text,
    builders,
    boxes,
    bits,
    characters,
    mathematics,
    big_numbers,
    precision,
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
    statistics,
    collectors,
    sorted,
    system,
    chance,
    units,
    writers,
    patterns,
    local_times,
    temporal,
    amounts,
    time_texts,
    locales,
    process,
    executions,
    rules,
)
LIBRARY: Final = Library([one for family in _FAMILIES for one in family.CLASSES], COMMON)

__all__ = ["LIBRARY", "JavaClass", "Library"]
