"""What a unit's deployment descriptor says (``reference/jbpm-engine.md`` 8).

Environment entries named ``procession.semantics`` (``jbpm``, ``specification``, or a list such as
``loops_are_parallel=false``) or ``procession.semantics.<flag>`` (``true``, ``false``); the value is
the entry's identifier, in quotes if its resolver is ``mvel``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from procession.errors import Invalid

DESCRIPTOR: Final = "META-INF/kie-deployment-descriptor.xml"
NAMED: Final = "procession.semantics"
_ENTRY: Final = "environment-entry"
_ROLE: Final = "required-role"


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


def required_roles_in(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The roles of which one is needed to work with the unit (``required_roles.py``)."""
    content = files.get(DESCRIPTOR)
    return () if content is None else tuple(dict.fromkeys(_texts(content, _ROLE)))


def _entries(content: bytes) -> list[tuple[str, str]]:
    """Name and identifier of the environment entries."""
    found: list[dict[str, str]] = []

    def start(path: list[str]) -> None:
        if path[-1] == _ENTRY:
            found.append({})

    def text(path: list[str], data: str) -> None:
        if len(path) > 1 and path[-2] == _ENTRY:
            found[-1][path[-1]] = found[-1].get(path[-1], "") + data

    _read(content, start, text)
    return [
        (entry.get("name", "").strip(), entry.get("identifier", "").strip().strip("\"'"))
        for entry in found
    ]


def _texts(content: bytes, tag: str) -> list[str]:
    """The texts of all elements of a name."""
    found: list[str] = []

    def start(path: list[str]) -> None:
        if path[-1] == tag:
            found.append("")

    def text(path: list[str], data: str) -> None:
        if path[-1] == tag:
            found[-1] += data

    _read(content, start, text)
    return [one.strip() for one in found if one.strip()]


def _read(
    content: bytes, begun: Callable[[list[str]], None], said: Callable[[list[str], str], None]
) -> None:
    """Tell of every element and text, with the names of the elements around it."""
    path: list[str] = []

    def refuse(*_: object) -> None:
        raise Invalid("the deployment descriptor may not have a document type")

    def start(tag: str, _: object) -> None:
        path.append(tag.rpartition(" ")[2])
        begun(path)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: path.pop()
    parser.CharacterDataHandler = lambda data: said(path, data)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Invalid(f"the deployment descriptor is not XML: {error}") from error
