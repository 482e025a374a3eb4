"""Rule benchmarks: joins by key, Miss Manners and Waltz, here and in the published Drools.

``python -m bench.rules`` prints facts and firings a second as JSON, and runs the same rules and
facts in Drools (a JDK and Maven; ``--alone`` does without, as where there are none); both must fire
the same rules in the same order. The bound is generous: ours is Python, the other is compiled.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

from bench.rules.classics import Facts, dinner, drawing
from procession.core.ports import Limits
from procession.rules.working_memory import RuleSource, WorkingMemory, compile_rules
from procession.scripting.evaluator import Evaluator
from procession.values import Bean, Map

HERE = Path(__file__).parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = Limits(rule_steps=1 << 30, firings_per_turn=20_000)
MOST_TIMES_SLOWER = 400.0
MOST_SECONDS = 120


def pairs(number: int) -> Facts:
    """As many facts on either side, joined by key, some of them without a partner."""
    made: Facts = []
    for at in range(number):
        made.append(("Left", {"key": at, "value": at % 7}))
        made.append(("Right", {"key": at * 10 // 9, "value": at % 5}))
    return made


def memory_with(name: str, facts: Facts) -> WorkingMemory:
    """A session of the rules of that name, with facts in it."""
    text = (HERE / f"{name}.drl").read_text()
    memory = WorkingMemory(compile_rules([RuleSource(name, text)], Evaluator()))
    for kind, fields in facts:
        memory.insert(Bean(f"{name}.{kind}", Map(fields)))
    return memory


def here(name: str, facts: Facts) -> tuple[int, int, float]:
    """Firings, a sum over the rules in their order, seconds (of CPU; the best of three)."""
    best = float("inf")
    for _ in range(3):
        memory = memory_with(name, facts)
        start = time.process_time()
        firings = memory.fire(now=NOW, limits=LIMITS)
        best = min(best, time.process_time() - start)
    fired = "".join(f"fired: {one.rule}\n" for one in firings.fired)
    return firings.number, zlib.crc32(fired.encode()), best


def there(cases: dict[str, tuple[str, Facts]]) -> dict[str, tuple[int, int, float]]:
    """The same of Drools; nothing where there is no JDK or Maven."""
    from tests.rules.drools.__main__ import build, java

    if not (shutil.which("javac") and shutil.which("mvn")):
        return {}
    text = ""
    for name, (file, facts) in cases.items():
        lines = "".join(_line(kind, fields) for kind, fields in facts)
        text += f"=== {name}\n--- rules\n{(HERE / f'{file}.drl').read_text()}--- actions\n{lines}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.txt"
        path.write_text(text)
        told = json.loads(java(build(), "Bench", str(path), seconds=MOST_SECONDS))
    return {name: tuple(found) for name, found in told.items()}


def _line(kind: str, fields: dict[str, object]) -> str:
    shown = " ".join(f"{name}={json.dumps(value)}" for name, value in fields.items())
    return f"insert {kind} {shown}\n"


def main() -> int:
    cases = {
        "joins 200": ("joins", pairs(100)),
        "joins 2000": ("joins", pairs(1000)),
        "manners 8": ("manners", dinner(8)),
        "manners 16": ("manners", dinner(16)),
        "manners 32": ("manners", dinner(32)),
        "waltz 12": ("waltz", drawing(1)),
        "waltz 144": ("waltz", drawing(12)),
    }
    beside = {} if "--alone" in sys.argv else there(cases)
    wrong = 0
    for name, (file, facts) in cases.items():
        number, order, seconds = here(file, facts)
        line: dict[str, object] = {
            "case": name,
            "facts": len(facts),
            "firings": number,
            "firings_per_s": round(number / max(seconds, 1e-6)),
            "seconds": round(seconds, 4),
        }
        if name in beside:
            fired, other, taken = beside[name]
            times = seconds / max(taken, 1e-4)
            line |= {"drools_seconds": round(taken, 4), "times_slower": round(times, 1)}
            line |= {"drools_firings": fired, "same_order": order == other}
            wrong += fired != number or order != other or times > MOST_TIMES_SLOWER
        print(json.dumps(line), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
