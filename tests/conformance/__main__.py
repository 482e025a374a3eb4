"""``python -m tests.conformance``: run the corpus and write what came of it.

With ``--elements`` only the tests of the elements are run, and their table is written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conformance import elements, page
from tests.conformance.corpus import MISSING, ROOT, SUITES, cases, folder
from tests.conformance.harness import run, running


def main() -> int:
    """Run every suite, print the counts, write the page; 1 if a covered case failed."""
    if "--elements" in sys.argv:
        return 1 if elements.write(page.PAGE) else 0
    if folder() is None:
        print(MISSING)
        return 2
    with tempfile.TemporaryDirectory() as directory, running(Path(directory)) as server:
        results = {suite: run(suite, server) for suite in SUITES}
    failed = 0
    for suite in SUITES:
        print(page.line(suite, page.counts(suite, results[suite])))
        for case in cases(suite):
            found = results[suite][case.id]
            if case.is_covered and found["status"] != "pass":
                failed += 1
                print(f"  FAILED {case.id}: {found['reason']}")
    page.write(results)
    print(f"written: {page.PAGE.relative_to(ROOT)}, {page.COUNTS.relative_to(ROOT)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
