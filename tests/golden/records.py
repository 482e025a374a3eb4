"""Files of recorded exchanges: one for each route, each answer once for all who gave it.

A file names the route; then comes each exchange with its request, and under lines that begin
with ``--- `` the answers, each with the profiles that give it in one encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "jbpm"
PROFILES = ("6.0", "6.1", "6.2", "6.3", "6.4", "6.5")
ENCODINGS = ("xml", "json")
Way = tuple[str, str]
"""Profile and encoding."""


class Exchange(NamedTuple):
    """A request as it is told, and the answer without what changes from run to run."""

    route: str
    title: str
    request: str
    answer: str


Told = Mapping[Way, list[Exchange]]
_TITLE, _ANSWER = "=== ", "--- "
_HEAD = re.compile(r"--- ([\d. ]+) (xml|json)")


def texts(told: Told) -> dict[str, str]:
    """The text of each route's file, from what was said in every way."""
    routes: dict[str, dict[str, dict[Way, Exchange]]] = {}
    for way, exchanges in told.items():
        for one in exchanges:
            routes.setdefault(one.route, {}).setdefault(one.title, {})[way] = one
    return {
        route: "\n\n".join([route, *(_exchange(title, ways) for title, ways in titles.items())])
        + "\n"
        for route, titles in sorted(routes.items())
    }


def _exchange(title: str, ways: Mapping[Way, Exchange]) -> str:
    requests = {one.request for one in ways.values()}
    if len(requests) != 1:
        raise AssertionError(f"'{title}' is asked in {len(requests)} ways: {sorted(requests)[:2]}")
    parts = [_TITLE + title, *requests, ""]
    for encoding in ENCODINGS:
        answers: dict[str, list[str]] = {}
        for profile in PROFILES:
            if (profile, encoding) in ways:
                answers.setdefault(ways[profile, encoding].answer, []).append(profile)
        for answer, profiles in answers.items():
            parts += [f"{_ANSWER}{' '.join(profiles)} {encoding}", answer]
    return "\n".join(parts)


def read(text: str) -> dict[tuple[str, Way], tuple[str, str]]:
    """Request and answer by title, profile and encoding."""
    found: dict[tuple[str, Way], tuple[str, str]] = {}
    for part in ("\n" + text.removesuffix("\n")).split("\n" + _TITLE)[1:]:
        told, *answers = part.removesuffix("\n").split("\n" + _ANSWER)
        title, _, request = told.partition("\n")
        for answer in answers:
            head, _, words = answer.partition("\n")
            match = _HEAD.fullmatch(_ANSWER + head)
            assert match, head
            for profile in match[1].split():
                found[title, (profile, match[2])] = request.removesuffix("\n"), words
    return found


def recorded() -> dict[str, dict[tuple[str, Way], tuple[str, str]]]:
    """Everything that is recorded, by route."""
    return {path.stem: read(path.read_text()) for path in sorted(FOLDER.glob("*.txt"))}


def differences(way: Way, said: Iterable[Exchange]) -> list[str]:
    """What is not as recorded, in one way."""
    known = {
        (route, title): words
        for route, all_ways in recorded().items()
        for (title, its_way), words in all_ways.items()
        if its_way == way
    }
    wrong, seen = [], set()
    for one in said:
        key = one.route, one.title
        assert key not in seen, f"{key} is said twice"
        seen.add(key)
        before = known.get(key)
        now = one.request, one.answer.removesuffix("\n")
        if before is None:
            wrong.append(f"{one.route}, {one.title}: not recorded")
        elif (before[0], before[1].removesuffix("\n")) != now:
            wrong.append(f"{one.route}, {one.title}:\n- {before}\n+ {now}")
    return wrong + [f"{route}, {title}: not said" for route, title in known.keys() - seen]
