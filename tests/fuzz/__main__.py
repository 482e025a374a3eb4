"""``python -m tests.fuzz``: generated requests, as many as wanted.

``--requests 100000`` says how many, ``--seed`` where to begin. Each round has a fresh server in
another version and mode. What is found is printed once for each address; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter

from tests.fuzz.doors import Finding, doors
from tests.golden.records import PROFILES

EACH = 40
"""How often a round asks each operation."""


def main() -> int:
    """Ask until there is enough; 1 if anything was found."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--requests", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)  # the servers would tell of every refusal
    print(f"seeds from {given.seed} on", flush=True)
    return 1 if soak(given.requests, given.seed) else 0


def soak(most: int, seed: int) -> int:
    """Round after round; gives how many kinds of findings there were."""
    count, known = 0, set[str]()
    statuses: Counter[int] = Counter()
    began = time.monotonic()
    while count < most:
        profile, mode = PROFILES[seed % len(PROFILES)], ("guarded", "compat")[seed // 6 % 2]
        with doors(jbpm_dialect=profile, access_mode=mode) as opened:
            for finding in opened.run(seed, EACH):
                if kind_of(finding) not in known:
                    known.add(kind_of(finding))
                    print(f"seed {seed}: {finding}", flush=True)
                if count + opened.asked >= most:
                    break
            count += opened.asked
            statuses += opened.statuses
        seed += 1
        told = ", ".join(f"{n} times {status}" for status, n in sorted(statuses.items()))
        seconds = time.monotonic() - began
        print(f"{count} requests, {seconds:.0f} s, {len(known)} findings ({told})", flush=True)
    return len(known)


def kind_of(finding: Finding) -> str:
    """What a finding has in common with others like it."""
    _, method, target, *_ = finding.request.split(" ")
    words = target.partition("?")[0].split("/")
    return " ".join((finding.what, method, *(word for word in words if word.isalpha())))


if __name__ == "__main__":
    sys.exit(main())
