"""The pages of recorded exchanges: what the jBPM dialect is asked and what it answers.

Made from the records that the suite compares the server with (``tests/golden``). Every case is
listed with its status; the first good answer of each route is shown in full, in each form that any
version gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.dom import minidom

import msgspec

from tests.golden.records import ENCODINGS, PROFILES, Way, recorded

Record = Mapping[tuple[str, Way], tuple[str, str]]
PAGES: Final[dict[str, tuple[str, str]]] = {
    "processes": (
        "Process instances",
        "R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R14 R15 R16",
    ),
    "history": (
        "History",
        "H01 H02 H03 H04 H05 H06 H07 H08 H09 H10 H11 H12 H13 "
        "R17 R18 R19 R20 R21 R22 R23 R24 R25 R26",
    ),
    "tasks": (
        "Tasks",
        "T03 T04 T05 T06 T07 T08 T09 T10 T11 T12 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22",
    ),
    "queries": ("Queries", "T02 Q01 Q02 Q03"),
    "deployments": ("Deployments", "D01 D02 D03 D04 D05 D06 D07 D08 D09"),
    "commands": ("Commands", "R01 T01 X01"),
}
"""Name of a page -> its title, and the routes on it."""
LONGEST: Final = 2_000


def exchange_pages() -> dict[str, Callable[[], str]]:
    """The pages by file name."""
    return {f"jbpm-{name}.md": _maker(title, routes) for name, (title, routes) in PAGES.items()}


def _maker(title: str, routes: str) -> Callable[[], str]:
    return lambda: exchange_page(title, routes.split())


def exchange_page(title: str, routes: list[str]) -> str:
    """One page."""
    known = recorded()
    parts = [
        f"# {title} over the jBPM dialect\n",
        "Recorded from the server and compared with it by `make golden`; `TIME` and `MS` stand "
        "for what differs from run to run. Where versions answer differently each answer says "
        "whose it is. Addresses are below `/business-central/rest`.\n",
    ]
    for route in routes:
        parts += _route(route, known[route])
    return "\n".join(parts)


def _route(route: str, record: Record) -> Iterator[str]:
    titles = list(dict.fromkeys(title for title, _ in record))
    yield f"## {route}\n"
    yield "| case | request | status |\n| --- | --- | --- |"
    for title in titles:
        request = next(words[0] for (its, _), words in record.items() if its == title)
        statuses = dict.fromkeys(words[1][:3] for (its, _), words in record.items() if its == title)
        line = request.partition("\n")[0].partition(" ")[2].replace("|", "\\|")
        yield f"| {title} | `{line}` | {' or '.join(statuses)} |"
    yield ""
    good = next((title for title in titles if _is_good(record, title)), None)
    if good is not None:
        yield f"{good[:1].upper()}{good[1:]}:\n"
        yield from _answers(record, good)


def _is_good(record: Record, title: str) -> bool:
    return all(words[1].startswith("2") for (its, _), words in record.items() if its == title)


def _answers(record: Record, title: str) -> Iterator[str]:
    for encoding in ENCODINGS:
        seen: dict[str, list[str]] = {}
        for profile in PROFILES:
            words = record.get((title, (profile, encoding)))
            if words is not None:
                seen.setdefault(words[1].partition("\n")[2], []).append(profile)
        for body, profiles in seen.items():
            shown = _pretty(body, encoding)
            if shown:
                yield f"{', '.join(profiles)}:\n\n```{encoding}\n{shown}\n```\n"


def _pretty(body: str, encoding: str) -> str:
    """The body with line breaks, as far as it is a document."""
    try:
        if encoding == "json":
            text = msgspec.json.format(msgspec.json.encode(msgspec.json.decode(body))).decode()
        else:
            document = minidom.parseString(body)  # noqa: S318 - our own record
            text = document.toprettyxml(indent="  ").partition("\n")[2]
    except Exception:  # a bare text
        text = body.strip()
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    text = "\n".join(lines)
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition("\n")[0] + "\n…"
