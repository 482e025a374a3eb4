"""``python -m tests.laws.soak``: as many histories as there is time for.

``--histories 1000000`` or ``--minutes 30`` says how many, ``--seed`` where to begin. Everything
that is found is printed as a seed with the smallest model that shows it; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.laws.campaigns import HISTORIES_PER_MODEL, MAKERS, kind_of, walked
from tests.laws.histories import Tally

EVERY = 10.0
"""Seconds between two lines of progress."""


def main() -> int:
    """Run until there is enough; 1 if anything was found."""
    asked = argparse.ArgumentParser(prog="make soak", description=__doc__)
    asked.add_argument("--histories", type=int, default=0, help="stop after so many")
    asked.add_argument("--minutes", type=float, default=0.0, help="stop after that time")
    asked.add_argument("--seed", type=int, default=int(time.time()), help="the first seed")
    given = asked.parse_args()
    most = given.histories or (sys.maxsize if given.minutes else 500_000)
    until = time.monotonic() + (given.minutes * 60 if given.minutes else float("inf"))
    print(f"seeds from {given.seed} on", flush=True)
    return 1 if soak(given.seed, most, until) else 0


def soak(seed: int, most: int, until: float) -> int:
    """Walk seed after seed; gives how many findings there were."""
    tally, found, kinds = Tally(), 0, set[str]()
    began = told = time.monotonic()
    while tally.histories < most and time.monotonic() < until:
        for make in MAKERS:
            finding = walked(make, seed, min(HISTORIES_PER_MODEL, most - tally.histories), tally)
            if finding is not None:
                found += 1
                if kind_of(finding.broken) not in kinds:
                    kinds.add(kind_of(finding.broken))
                    print(finding, flush=True)
        seed += 1
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            tell(tally, seed, found, told - began)
    tell(tally, seed, found, time.monotonic() - began)
    return found


def tell(tally: Tally, seed: int, found: int, seconds: float) -> None:
    """One line of progress."""
    ends = ", ".join(f"{count} {how}" for how, count in sorted(tally.ends.items()))
    print(
        f"{tally.histories} histories, {tally.steps} steps, {seconds:.0f} s, next seed {seed}, "
        f"{found} findings ({ends})",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
