"""A decision table of 10,000 rows: evaluations per second, beside a published DMN engine.

The peer is the DMN engine of Camunda 7 (Apache 2.0), fetched by Maven into the peers' environment
and run by the JDK that is here; without either it is left out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench import peers

HERE: Final = Path(__file__).parent / "peer_dmn"
LIBRARY: Final = peers.HOME / "dmn"
NAME: Final = "decisions/10,000 rows"
PEER: Final = "camunda dmn/10,000 rows"
REGIONS, SEGMENTS, STEPS, WIDTH = 50, 4, 50, 100


def document() -> str:
    """The table: two columns of texts, one of ranges."""
    inputs = "".join(
        f'<input id="i{n}"><inputExpression id="e{n}" typeRef="{kind}"><text>{name}</text>'
        "</inputExpression></input>"
        for n, (name, kind) in enumerate(
            (("region", "string"), ("segment", "string"), ("amount", "number"))
        )
    )
    rows = []
    for region in range(REGIONS):
        for segment in range(SEGMENTS):
            for step in range(STEPS):
                low = step * WIDTH
                tests = (f'"r{region}"', f'"s{segment}"', f"[{low}..{low + WIDTH})")
                number = len(rows)
                rows.append(
                    f'<rule id="u{number}">'
                    + "".join(
                        f'<inputEntry id="t{number}_{n}"><text>{test}</text></inputEntry>'
                        for n, test in enumerate(tests)
                    )
                    + f'<outputEntry id="o{number}"><text>{number}</text></outputEntry></rule>'
                )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="rates" '
        'namespace="urn:rates">'
        + "".join(
            f'<inputData id="in_{n}" name="{n}"><variable id="v_{n}" name="{n}"/></inputData>'
            for n in ("region", "segment", "amount")
        )
        + '<decision id="rate" name="rate"><variable id="v" name="rate"/>'
        + "".join(
            f'<informationRequirement id="r_{n}"><requiredInput href="#in_{n}"/>'
            "</informationRequirement>"
            for n in ("region", "segment", "amount")
        )
        + f'<decisionTable id="t" hitPolicy="UNIQUE">{inputs}<output id="o" name="rate" '
        f'typeRef="number"/>{"".join(rows)}</decisionTable></decision></definitions>'
    )


def given(number: int) -> dict[str, Any]:
    """The inputs of an evaluation; the peer makes the same."""
    return {
        "region": f"r{number * 7 % REGIONS}",
        "segment": f"s{number % SEGMENTS}",
        "amount": number * 131 % (STEPS * WIDTH),
    }


def ours(content: bytes, seconds: float) -> dict[str, Any]:
    """Evaluations per second of one thread, with the trace of each."""
    from procession.core.ports import UNDEFINED, Limits, ScriptContext
    from procession.rules.dmn.compiler import compile_unit
    from procession.scripting.languages.feel_formulas import FeelFormulas
    from procession.values import Map

    begun = time.perf_counter()
    unit, problems = compile_unit({"rates.dmn": content}, FeelFormulas())
    assert not problems, problems[0]
    compiled = time.perf_counter() - begun
    context = ScriptContext(lambda name: UNDEFINED, datetime.now(UTC), 0, 0, "")
    model, limits = unit.model(), Limits()
    count, total, begun = 0, 0, time.perf_counter()
    cpu = time.process_time()
    while time.perf_counter() - begun < seconds:
        total += unit.decide(model, "rate", Map(given(count)), context, limits).value
        count += 1
    took = time.perf_counter() - begun
    return {
        "per_second": round(count / took, 1),
        "cpu_us": round((time.process_time() - cpu) / count * 1e6, 1),
        "compile_s": round(compiled, 2),
        "evaluations": count,
        "sum": total,
    }


def peer(content: bytes, seconds: float, say: Callable[[str], None]) -> dict[str, Any] | None:
    """The same by the peer; ``None`` where it cannot be had."""
    if not (shutil.which("mvn") and shutil.which("java")):
        say("no Camunda DMN engine: it takes Maven and a JDK")
        return None
    if not any(LIBRARY.glob("camunda-engine-dmn-*.jar")):
        say("fetching the DMN peer into .venv-bench …")
        copy = ["mvn", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        done = subprocess.run([*copy, f"-DoutputDirectory={LIBRARY}"], capture_output=True)
        if done.returncode:
            say(f"no Camunda DMN engine: {done.stdout.decode()[-300:]}")
            return None
    model = LIBRARY / "rates.dmn"
    model.write_bytes(content)
    command = ["java", "-cp", f"{LIBRARY}/*", str(HERE / "PeerDmn.java"), str(model), str(seconds)]
    done = subprocess.run(command, capture_output=True, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-1500:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(
    seconds: float, wanted: Callable[[str], bool], say: Callable[[str], None], *, peers: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both, one after the other."""
    content = document().encode()
    if wanted(NAME):
        yield NAME, ours(content, seconds)
    if peers and wanted(PEER):
        found = peer(content, max(seconds, 2.0), say)
        if found is not None:
            yield PEER, found
