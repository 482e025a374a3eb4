"""What a unit's deployment descriptor says of its semantics (``reference/jbpm-engine.md`` 8).

Environment entries named ``procession.semantics`` (``jbpm``, ``specification``, or a list such as
``loops_are_parallel=false``) or ``procession.semantics.<flag>`` (``true``, ``false``); the value is
the entry's identifier, in quotes if its resolver is ``mvel``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from procession.errors import Invalid

DESCRIPTOR: Final = "META-INF/kie-deployment-descriptor.xml"
NAMED: Final = "procession.semantics"
_ENTRY: Final = "environment-entry"


def semantics_of(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What the descriptor among the files chooses, as texts for ``read_choice``."""
    content = files.get(DESCRIPTOR)
    if content is None:
        return ()
    found: list[str] = []
    for name, value in _entries(content):
        if name == NAMED:
            found.extend(part for part in value.split(",") if part.strip())
        elif name.startswith(NAMED + "."):
            found.append(f"{name.removeprefix(NAMED + '.')}={value}")
    return tuple(found)


def _entries(content: bytes) -> list[tuple[str, str]]:
    """Name and identifier of the environment entries."""
    path: list[str] = []
    found: list[dict[str, str]] = []

    def refuse(*_: object) -> None:
        raise Invalid("the deployment descriptor may not have a document type")

    def start(tag: str, _: object) -> None:
        path.append(tag.rpartition(" ")[2])
        if path[-1] == _ENTRY:
            found.append({})

    def text(data: str) -> None:
        if len(path) > 1 and path[-2] == _ENTRY:
            found[-1][path[-1]] = found[-1].get(path[-1], "") + data

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: path.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Invalid(f"the deployment descriptor is not XML: {error}") from error
    return [
        (entry.get("name", "").strip(), entry.get("identifier", "").strip().strip("\"'"))
        for entry in found
    ]
