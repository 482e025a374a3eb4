"""From results to a table, ratios and the floors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

Results = dict[str, dict[str, Any]]


class Floor(msgspec.Struct, frozen=True):
    """A figure to hold: ``value`` of ``name`` is at least, or at most, ``limit``."""

    what: str
    name: str
    value: str
    limit: float
    unit: str
    at_most: bool = False
    over: str = ""
    """Divide by the same value of this result: a ratio."""


_FLOORS: Final = (
    Floor(
        "straight process over REST, SQLite, 8 callers",
        "rest/sqlite/script, 1 call/xml/8 callers",
        "flows_per_second",
        1800,
        "/s",
    ),
    Floor(
        "straight process over REST, PostgreSQL, 8 callers",
        "rest/postgresql/script, 1 call/xml/8 callers",
        "flows_per_second",
        1000,
        "/s",
    ),
    Floor(
        "user task in three calls, SQLite, 8 callers",
        "rest/sqlite/user task, 3 calls/json/8 callers",
        "flows_per_second",
        450,
        "/s",
    ),
    Floor(
        "user task in three calls, PostgreSQL, 8 callers",
        "rest/postgresql/user task, 3 calls/json/8 callers",
        "flows_per_second",
        250,
        "/s",
    ),
    Floor(
        "p99 of a script start, SQLite, 8 callers",
        "rest/sqlite/script, 1 call/xml/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "p99 of the human flow's calls, SQLite, 8 callers",
        "rest/sqlite/human flow, 5 calls/xml/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "p99 of a script start, PostgreSQL, 8 callers",
        "rest/postgresql/script, 1 call/xml/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "p99 of the human flow's calls, PostgreSQL, 8 callers",
        "rest/postgresql/human flow, 5 calls/xml/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "p99 of a user task's calls, SQLite, 8 callers",
        "rest/sqlite/user task, 3 calls/json/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "p99 of a user task's calls, PostgreSQL, 8 callers",
        "rest/postgresql/user task, 3 calls/json/8 callers",
        "p99_ms",
        15,
        "ms",
        True,
    ),
    Floor(
        "five scripts in process",
        "engine only/sequence of 5 scripts",
        "best_per_second",
        10_000,
        "/s",
    ),
    Floor(
        "sequence against SpiffWorkflow",
        "engine only/sequence of 5 scripts",
        "per_second",
        8,
        "times",
        over="spiffworkflow/sequence",
    ),
    Floor(
        "ten-way fork against SpiffWorkflow",
        "engine only/parallel 10",
        "per_second",
        20,
        "times",
        over="spiffworkflow/fork 10",
    ),
    Floor(
        "script over REST against camunda-python, SQLite, 8 callers",
        "rest/sqlite/script, 1 call/json/8 callers",
        "flows_per_second",
        5,
        "times",
        over="rest/camunda-python/script, 1 call/json/8 callers",
    ),
    Floor(
        "user task over REST against camunda-python, SQLite, 8 callers",
        "rest/sqlite/user task, 3 calls/json/8 callers",
        "flows_per_second",
        5,
        "times",
        over="rest/camunda-python/user task, 3 calls/json/8 callers",
    ),
    Floor("idle server", "rest/sqlite/idle server", "memory_mib", 90, "MiB", True),
    Floor("start to first answer", "rest/sqlite/idle server", "ready_seconds", 1, "s", True),
    Floor(
        "cost of a late round of a loop against an early one",
        "persisted/sqlite/cost of the n-th round",
        "ratio",
        1.3,
        "times",
        True,
    ),
)


def _on_two(floor: Floor) -> Floor:
    """The same of a server of two processes."""
    for database in ("sqlite", "postgresql"):
        if floor.name.startswith(f"rest/{database}/") and floor.unit in ("/s", "ms", "MiB", "s"):
            name = floor.name.replace(f"rest/{database}/", f"rest/{database}, 2 nodes/", 1)
            return msgspec.structs.replace(floor, what=f"{floor.what}, 2 nodes", name=name)
    return floor


FLOORS: Final = (
    *_FLOORS,
    *[twice for floor in _FLOORS if (twice := _on_two(floor)) is not floor],
)
"""Each is one of a server as it comes; those of rates, times and memory of one of two too."""


def floors(results: Results) -> list[dict[str, Any]]:
    """Every floor whose figures are there."""
    found = []
    for floor in FLOORS:
        value = results.get(floor.name, {}).get(floor.value)
        if value is None:
            continue
        if floor.over:
            against = results.get(floor.over, {}).get(floor.value)
            if not against:
                continue
            value = value / against
        held = value <= floor.limit if floor.at_most else value >= floor.limit
        found.append(
            {
                "what": floor.what,
                "measured": round(value, 2),
                "floor": floor.limit,
                "unit": floor.unit,
                "at_most": floor.at_most,
                "held": held,
            }
        )
    return found


def tables(results: Results) -> str:
    """Everything, as Markdown: one table for each kind of figure."""
    kinds: dict[tuple[str, ...], list[tuple[str, dict[str, Any]]]] = {}
    for name, values in results.items():
        shown = {k: v for k, v in values.items() if not isinstance(v, list)}
        kinds.setdefault(tuple(shown), []).append((name, shown))
    return "\n\n".join(_table(columns, rows) for columns, rows in kinds.items())


def _table(columns: tuple[str, ...], rows: list[tuple[str, dict[str, Any]]]) -> str:
    heads = [name.replace("_", " ") for name in columns]
    lines = [line(["", *heads]), line(["---", *["---:"] * len(columns)])]
    lines += [line([name, *[text(values[c]) for c in columns]]) for name, values in rows]
    return "\n".join(lines)


def floor_table(found: Iterable[dict[str, Any]]) -> str:
    """The floors, as Markdown."""
    lines = [line(["", "measured", "floor", ""]), line(["---", "---:", "---:", "---"])]
    for floor in found:
        sign = "≤" if floor["at_most"] else "≥"
        lines.append(
            line(
                [
                    floor["what"],
                    f"{text(floor['measured'])} {floor['unit']}",
                    f"{sign} {text(floor['floor'])} {floor['unit']}",
                    "held" if floor["held"] else "**missed**",
                ]
            )
        )
    return "\n".join(lines)


def line(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def text(value: Any) -> str:
    """A figure, as short as it can be read."""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)
