"""Random Java bodies give on our machine what they give on a JDK.

``python -m tests.scripting.test_java_programs --seconds 600`` goes on for as long as there is time;
``make soak`` does it for a while.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import pytest

from tests.scripting.java_programs import Programs
from tests.scripting.java_table import JDK_HERE, Case, alike, jdk, ours, same_release
from tests.scripting.test_java_table import REQUIRED

BATCH = 200
SEED = 20_240_105


def disagreements(seed: int, count: int) -> list[str]:
    """Bodies that come out otherwise than on the JDK; those that no compiler takes are left out."""
    programs = Programs(seed)
    cases: list[Case] = [programs.case(number) for number in range(count)]
    results, complaints = jdk(cases)
    exactly = same_release()
    assert len(complaints) < count // 20, complaints
    return [
        f"{case.source}\n  wanted {wanted}\n  gave   {given}"
        for at, (case, wanted) in enumerate(zip(cases, results, strict=True))
        if at not in complaints and not alike(given := ours(case), wanted, exactly)
    ]


@pytest.mark.skipif(
    not JDK_HERE and not os.environ.get(REQUIRED), reason="no JDK is on this machine"
)
def test_random_bodies_give_what_a_jdk_gives():
    assert JDK_HERE, f"{REQUIRED} is set, but there is no javac"

    found = disagreements(SEED, BATCH)

    assert not found, "\n".join(found)


def main() -> int:
    """Batch after batch; 1 if anything was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    given = asked.parse_args()
    seed, until, found, done = given.seed, time.monotonic() + given.seconds, 0, 0
    while time.monotonic() < until:
        for told in disagreements(seed, BATCH):
            found += 1
            print(told, flush=True)
        done += BATCH
        seed += 1
    print(f"{done} bodies, {found} disagreements, next seed {seed}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
