"""People from properties files, as jBPM reads them (``reference/jbpm-engine.md`` 5.11).

Lines are ``user=group,group`` or, with colons, what is known of a user or group:
``id=email:locale:name:[member,member]``. Who stands in a file exists and belongs to these groups
besides those of the database; to sign in takes a password, which only the database keeps. A file
that changes is read anew within seconds. One that cannot be read stops the start; later the people
of the last good reading stay.
"""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from procession.errors import Invalid
from procession.identity.source import Known

log: Final = logging.getLogger("procession.identity")
_ESCAPED: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_ENTRY: Final = re.compile(r"((?:[^=\\]|\\.)*)=(.*)", re.S)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


class PropertiesFiles:
    """A source of people (``identity/source.py``)."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = tuple(Path(name) for name in files)
        self._people: Mapping[str, Known] = self._read()

    def stamp(self) -> str:
        """Changes when a file does."""
        stamps = []
        for file in self._files:
            try:
                found = os.stat(file)
            except OSError:
                stamps.append("-")
            else:
                stamps.append(f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}")
        return ",".join(stamps)

    def people(self) -> Mapping[str, Known]:
        """Everybody in the files, as of now if they can be read."""
        try:
            self._people = self._read()
        except Invalid as error:
            log.warning("%s; the people read before stay", error)
        return self._people

    def _read(self) -> Mapping[str, Known]:
        groups: dict[str, set[str]] = defaultdict(set)
        told: dict[str, tuple[str, ...]] = {}
        for file in self._files:
            try:
                text = file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise Invalid(f"people_files: {file.name} cannot be read: {error}") from None
            for name, value in _entries(text, file.name):
                if ":" not in value:
                    groups[name] |= _names(value)
                    continue
                particulars, _, members = value.partition("[")
                for member in _names(members.rstrip("] ")):
                    groups[member].add(name)
                if not members:
                    groups[name] |= set()
                    told[name] = tuple(part.strip() for part in particulars.split(":"))
        return {name: _known(belongs, told.get(name, ())) for name, belongs in groups.items()}


def _known(groups: set[str], told: tuple[str, ...]) -> Known:
    email, language, display_name = (*told, "", "", "")[:3]
    return Known(frozenset(groups), display_name or None, email or None, language or None)


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",") if name.strip()}


def _entries(text: str, file: str) -> Iterator[tuple[str, str]]:
    """Keys and values of Java's properties."""
    for number, line in enumerate(re.sub(r"\\\r?\n[ \t]*", "", text).splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#!":
            continue
        found = _ENTRY.fullmatch(stripped)
        name = _plain(found[1]).strip() if found else ""
        if found is None or not name:
            raise Invalid(f"people_files: {file}, line {number}: expected user=group,group")
        yield name, _plain(found[2]).strip()


def _plain(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        letter = match[1]
        return chr(int(letter[1:], 16)) if len(letter) > 1 else _LETTERS.get(letter, letter)

    return _ESCAPED.sub(one, text)
