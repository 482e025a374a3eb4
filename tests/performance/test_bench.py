"""The benchmark itself runs: briefly, and only what needs neither network nor PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import page, report

ROOT = Path(__file__).parents[2]


def bench(tmp_path: Path, *arguments: str) -> tuple[dict[str, object], str]:
    """Run ``python -m bench``; its file and what it printed."""
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "bench", "--no-peers", "--databases", "sqlite"]
    command += ["--out", str(out), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text()), done.stdout


def test_it_measures_what_is_asked_for_and_writes_a_file(tmp_path: Path) -> None:
    document, printed = bench(
        tmp_path, "--seconds", "0.2", "--only", "engine only/signal", "--only", "counts/script5"
    )

    assert set(document["results"]) == {"engine only/signal", "counts/script5/start"}
    assert document["machine"]["cores"] >= 1
    assert "| engine only/signal |" in printed


@pytest.mark.acceptance
def test_it_loads_a_real_server(tmp_path: Path) -> None:
    document, _ = bench(tmp_path, "--seconds", "0.6", "--only", "rest/sqlite/*/xml/8 callers")

    script = document["results"]["rest/sqlite/script, 1 call/xml/8 callers"]
    human = document["results"]["rest/sqlite/human flow, 5 calls/xml/8 callers"]
    assert script["flows"] > 0
    assert human["calls"] >= 5 * human["flows"] > 0


def test_a_floor_is_told_to_be_held_or_missed() -> None:
    results = {
        "engine only/sequence of 5 scripts": {"per_second": 900.0, "best_per_second": 9_000.0},
        "spiffworkflow/sequence": {"per_second": 100.0},
        "rest/sqlite/idle server": {"memory_mib": 70.0, "ready_seconds": 0.5},
    }

    found = {floor["what"]: floor["held"] for floor in report.floors(results)}

    assert found == {
        "five scripts in process": False,
        "sequence against SpiffWorkflow": True,
        "idle server": True,
        "start to first answer": True,
    }


def test_the_page_keeps_what_stands_around_the_figures(tmp_path: Path) -> None:
    written = tmp_path / "benchmarks.md"
    written.write_text(f"# Before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    document = {
        "at": "2026-01-05T09:00:00",
        "seconds": 5,
        "machine": {
            "cpu": "a processor",
            "cores": 2,
            "memory_gib": 4,
            "python": "3.11",
            "system": "Linux",
            "load_before": 0,
            "loop_ns": 25,
            "fdatasync_ms": 0.1,
        },
        "results": {"counts/script5/start": {"reads": 0, "writes": 10}},
        "floors": [],
    }

    page.write(document, written)

    text = written.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith(f"{page.END}\nafter\n")
    assert "old" not in text
    assert "a processor, 2 cores" in text
