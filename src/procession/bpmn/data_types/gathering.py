"""The types among the files of a unit, whichever way they are told.

``types.toml`` and ``types.json`` go before Java sources, sources before class files. A class file
or source that cannot be read is a warning, because a kjar brings many that no model needs; a fault
in a ``types`` file refuses the deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from procession.bpmn.data_types.class_files import read_class
from procession.bpmn.data_types.declarations import read_declarations
from procession.bpmn.data_types.faults import Unreadable
from procession.bpmn.data_types.java_sources import read_source
from procession.bpmn.problems import Problem, Severity
from procession.core.data_types import DataType, DataTypes, from_text

STORED: Final = "META-INF/procession-types.json"
"""Where a unit keeps what was read from its class files, which are not kept."""
MOST_TYPES: Final = 2_000
_FILES: Final = ("types.toml", "types.json", STORED)


def gather_types(files: Mapping[str, bytes]) -> tuple[DataTypes, list[Problem]]:
    """All types of a unit, and what is wrong with the files that tell of them."""
    found: dict[str, DataType] = {}
    problems: list[Problem] = []
    for name, content in sorted(files.items(), key=lambda one: (_rank(one[0]), one[0])):
        rank = _rank(name)
        if rank > 3:
            continue
        try:
            types = _read(name, content, rank)
        except (Unreadable, RecursionError) as fault:
            severity: Severity = "error" if rank < 2 else "warning"
            line = getattr(fault, "line", 0) or 1
            problems.append(_problem(severity, name, line, str(fault) or "nested too deeply"))
            continue
        for one in types:
            known = found.get(one.name)
            if known is not None and rank == 0 and known.origin != one.origin:
                text = f"type {one.name!r} is declared in {known.origin} too"
                problems.append(_problem("error", name, 1, text))
            found.setdefault(one.name, one)
    if len(found) > MOST_TYPES:
        problems.append(_problem("error", "", 1, f"a unit may have {MOST_TYPES} types"))
        return DataTypes(), problems
    return DataTypes(found.values()), problems


def _rank(name: str) -> int:
    last = name.rpartition("/")[2].lower()
    if name == STORED:
        return 1
    if last in _FILES:
        return 0
    return 2 if last.endswith(".java") else 3 if last.endswith(".class") else 4


def _read(name: str, content: bytes, rank: int) -> list[DataType]:
    if rank == 0:
        return read_declarations(content, name)
    if rank == 1:
        try:
            return list(from_text(content.decode("utf-8")).values())
        except ValueError as fault:
            raise Unreadable(f"this is no file of types: {fault}") from None
    if rank == 2:
        return read_source(content, name)
    found = read_class(content, name)
    return [] if found is None else [found]


def _problem(severity: Severity, file: str, line: int, text: str) -> Problem:
    return Problem(severity=severity, element="", line=line, text=text, rule="types", file=file)
