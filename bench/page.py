"""``docs/benchmarks.md``: the figures of a run between the two marks of the page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from bench.report import Results, floor_table, line, text

BEGIN: Final = "<!-- figures: begin -->"
END: Final = "<!-- figures: end -->"
PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def write(document: dict[str, Any], page: Path = PAGE) -> None:
    """Replace what stands between the marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(before + BEGIN + "\n" + figures(document) + END + after, encoding="utf-8")


def figures(document: dict[str, Any]) -> str:
    """The figures of a run as Markdown."""
    results: Results = document["results"]
    parts = [
        _machine(document),
        "## Floors\n\n" + floor_table(document["floors"]),
        _rest(results),
        _inside(results),
        _counts(results),
        _rest_of_it(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _machine(document: dict[str, Any]) -> str:
    machine = document["machine"]
    return (
        f"Run of {document['at'][:10]}, {document['seconds']} s: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}, "
        f"{machine['system']}. Load average when it began {machine['load_before']}; an addition "
        f"in a Python loop took {machine['loop_ns']} ns; the disk answered fdatasync in "
        f"{machine['fdatasync_ms']} ms (median)."
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    names = list(heads)
    lines = [line(names), line(["---", *["---:"] * (len(names) - 1)])]
    return "\n".join(lines + [line([text(cell) for cell in row]) for row in rows])


def _rest(results: Results) -> str:
    rows = [
        (
            name.removeprefix("rest/"),
            values["flows_per_second"],
            values["best_flows_per_second"],
            values["calls_per_second"],
            values["p50_ms"],
            values["p99_ms"],
            values["server_cpu_us_per_call"],
            values["loop_ns"],
        )
        for name, values in results.items()
        if name.startswith("rest/") and "flows_per_second" in values
    ]
    if not rows:
        return ""
    heads = ["", "instances/s", "best", "calls/s", "p50 ms", "p99 ms", "CPU µs/call", "loop ns"]
    return "## Over REST\n\n" + _table(heads, rows)


def _inside(results: Results) -> str:
    names = dict.fromkeys(
        name.rpartition("/")[2]
        for name in results
        if name.startswith(("engine only/", "persisted/")) and "per_second" in results[name]
    )
    if not names:
        return ""
    peers = {
        "sequence of 5 scripts": "sequence",
        "parallel 2": "fork 2",
        "parallel 10": "fork 10",
        "user task": "user task",
    }
    rows = []
    for name in names:
        peer = f"spiffworkflow/{peers[name]}" if name in peers else ""
        ours = _of(results, f"engine only/{name}", "per_second")
        theirs = _of(results, peer, "per_second")
        rows.append(
            [
                name,
                ours,
                _of(results, f"engine only/{name}", "cpu_us"),
                _of(results, f"persisted/sqlite/{name}", "per_second"),
                _of(results, f"persisted/postgresql/{name}", "per_second"),
                theirs,
                f"{ours / theirs:.1f}" if ours and theirs else "",
            ]
        )
    heads = [
        "instances/s",
        "engine only",
        "CPU µs",
        "SQLite",
        "PostgreSQL",
        "SpiffWorkflow",
        "ratio",
    ]
    told = (
        "Engine only is the bare step, as a peer without a store runs it. SQLite and PostgreSQL: "
        "one caller in process, every call a commit that is synced before it returns."
    )
    return f"## In process\n\n{told}\n\n" + _table(heads, rows)


def _of(results: Results, name: str, value: str) -> Any:
    return results.get(name, {}).get(value, "")


def _counts(results: Results) -> str:
    rows = [
        (name.removeprefix("counts/"), *values.values())
        for name, values in results.items()
        if name.startswith("counts/")
    ]
    if not rows:
        return ""
    heads = ["call", "selects", "writes", "commits", "rows", "state bytes", "journal bytes"]
    told = "One call, one caller, SQLite; a write is a statement for several rows."
    return f"## What a call costs the database\n\n{told}\n\n" + _table(heads, rows)


def _rest_of_it(results: Results) -> str:
    lines = []
    for name, values in results.items():
        if "cost of the n-th" in name or "restart" in name or "memory_mib" in values:
            shown = ", ".join(f"{k.replace('_', ' ')} {text(v)}" for k, v in values.items())
            lines.append(f"- **{name}**: {shown}")
    return "## Loops, memory, restart\n\n" + "\n".join(lines) if lines else ""
