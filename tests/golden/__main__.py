"""``python -m tests.golden``: checks the recorded exchanges; ``--record`` renews them, with a diff.

Read the difference against the reference before it is committed: a wrong record is worse than none.
"""

from __future__ import annotations

import difflib
import sys

from tests.golden.records import (
    ENCODINGS,
    FOLDER,
    PROFILES,
    Exchange,
    Way,
    differences,
    texts,
)
from tests.golden.scenarios import SCENARIOS
from tests.golden.talk import Talk, serving

WAYS: tuple[Way, ...] = tuple((p, e) for p in PROFILES for e in ENCODINGS)


def said(way: Way) -> list[Exchange]:
    """What all scenarios say in one way, each to a fresh server."""
    profile, encoding = way
    found: list[Exchange] = []
    for scenario in SCENARIOS.values():
        with serving(jbpm_dialect=profile) as server:
            talk = Talk(server, profile, encoding)
            scenario(talk)
            found += talk.exchanges
    return found


def record() -> int:
    """Write the files anew; prints what changed."""
    written = texts({way: said(way) for way in WAYS})
    before = {path.stem: path for path in FOLDER.glob("*.txt")}
    for route in sorted(before.keys() | written.keys()):
        path = FOLDER / f"{route}.txt"
        old = path.read_text() if path.exists() else ""
        new = written.get(route, "")
        sys.stdout.writelines(
            difflib.unified_diff(
                old.splitlines(True),
                new.splitlines(True),
                f"{route} as it was",
                f"{route} as it is",
            )
        )
        if new:
            path.write_text(new)
        else:
            path.unlink()
    return 0


def check() -> int:
    """Compare; 1 if anything differs."""
    wrong = count = 0
    for way in WAYS:
        exchanges = said(way)
        count += len(exchanges)
        for each in differences(way, exchanges):
            wrong += 1
            print(f"{' '.join(way)}: {each}")
    print(f"{count} exchanges, {wrong} differ from the record")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(record() if "--record" in sys.argv[1:] else check())
