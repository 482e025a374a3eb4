"""Which files of a kjar a deployment id means: ``group:artifact:version:kbase:ksession``.

``reference/jbpm-rest-api.md`` 6.1. ``META-INF/kmodule.xml`` names the knowledge bases of a kjar,
the packages (folders) that each takes its files from, and the sessions of each. An id without a
knowledge base means the default one. A unit without the file has one knowledge base under any name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

import msgspec

from procession.errors import Invalid
from procession.xml_bounds import Attributes, feed

KMODULE: Final = "META-INF/kmodule.xml"
KNOWLEDGE: Final = (
    ".bpmn", ".bpmn2", ".drl", ".rdrl", ".dmn", ".gdst", ".dsl", ".dslr", ".rf",
    ".xls", ".xlsx", ".csv",
)  # fmt: skip
"""What a knowledge base holds; forms, classes and descriptors belong to the whole kjar."""


class KBase(msgspec.Struct):
    """One knowledge base."""

    name: str
    is_default: bool
    packages: tuple[str, ...]
    includes: tuple[str, ...]
    sessions: list[str] = []


def files_of(files: dict[str, bytes], deployment_id: str) -> dict[str, bytes]:
    """The files that an id means. Raises :class:`Invalid` for a name the kjar does not have."""
    kbases = _read(files[KMODULE]) if KMODULE in files else {}
    if not kbases:
        return files
    kbase = _chosen(kbases, *[*deployment_id.split(":")[3:], "", ""][:2])
    if kbase is None:
        return files
    reached = list(_reached(kbases, kbase))
    return {
        name: content
        for name, content in files.items()
        if not name.lower().endswith(KNOWLEDGE) or any(_holds(one, name) for one in reached)
    }


def _chosen(kbases: dict[str, KBase], name: str, session: str) -> KBase | None:
    """The knowledge base of those names; ``None`` for everything, if none is the default."""
    if name and name not in kbases:
        raise Invalid(f"the kjar has no knowledge base '{name}'; it has {', '.join(kbases)}")
    if name:
        found: KBase | None = kbases[name]
    elif session:
        found = next((one for one in kbases.values() if session in one.sessions), None)
    else:
        found = next((one for one in kbases.values() if one.is_default), None)
        found = found or (next(iter(kbases.values())) if len(kbases) == 1 else None)
    if session and (found is None or session not in found.sessions):
        known = found.sessions if found else [s for one in kbases.values() for s in one.sessions]
        raise Invalid(f"the kjar has no session '{session}'; it has {', '.join(known) or 'none'}")
    return found


def _reached(kbases: dict[str, KBase], start: KBase) -> Iterable[KBase]:
    """A knowledge base and those it includes, each once."""
    seen, todo = {start.name}, [start]
    while todo:
        one = todo.pop()
        yield one
        for name in one.includes:
            if name in kbases and name not in seen:
                seen.add(name)
                todo.append(kbases[name])


def _holds(kbase: KBase, name: str) -> bool:
    package = name.rpartition("/")[0].replace("/", ".")
    if not kbase.packages or "*" in kbase.packages:
        return True
    return any(
        package == wanted or (wanted.endswith(".*") and f"{package}.".startswith(wanted[:-1]))
        for wanted in kbase.packages
    )


def _read(content: bytes) -> dict[str, KBase]:
    """The knowledge bases of a ``kmodule.xml`` by name."""
    found: dict[str, KBase] = {}
    attributes = Attributes()

    def refuse(*_: object) -> None:
        raise Invalid(f"{KMODULE} may not have a document type")

    def start(tag: str, given: dict[str, str]) -> None:
        attributes.element(len(given))
        word = tag.rpartition(" ")[2]
        if word == "kbase":
            name = given.get("name", "")
            found[name] = KBase(
                name,
                given.get("default") == "true",
                _words(given.get("packages", "")),
                _words(given.get("includes", "")),
            )
        elif word == "ksession" and found:
            next(reversed(found.values())).sessions.append(given.get("name", ""))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    try:
        feed(parser, content)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Invalid(f"{KMODULE} is not XML: {error}") from error
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
