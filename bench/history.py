"""``python -m bench.history``: questions to the audit among millions of rows.

The rows of one real instance are multiplied inside the database (process logs, node pages, variable
logs: ten rows an instance), then every search of ``/history`` is asked over a server, page by page.
Each has the floor of the quality bar as its limit; the target is told beside it. ``--rows`` says
how many rows: 1,000,000 takes a minute on each database, 10,000,000 ten.
"""

from __future__ import annotations

import argparse
import base64
import json
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench import machine, report, serving
from procession.engine import Engine
from procession.services.processes import ProcessRef
from procession.testing.models import model
from procession.values import Map

FLOOR_MS, TARGET_MS = 60, 20
"""R8 of the quality bar: history of one instance, p99."""
LISTS_MS: Final = 80
"""A page of a long list: the floor of R7, which is about the pages of inboxes."""
UNIT, PROCESS = "bench:history:1.0", "bench.history"
FIRST: Final = 1_000
ROWS_OF_ONE: Final = 10
TABLES: Final = ("process_log", "node_page", "variable_log")
BLOCK: Final = 100_000
Ask = Callable[[int], str]


def main() -> None:
    """Fill, ask, tell."""
    given = _arguments()
    results: dict[str, dict[str, Any]] = {}
    instances = given.rows // ROWS_OF_ONE
    with serving.folder() as folder, serving.postgresql() as server:
        for database in given.databases:
            if database == "postgresql" and server is None:
                print("there is no PostgreSQL to start", file=sys.stderr)
                continue
            url = f"sqlite:///{folder}/history.db"
            if database == "postgresql" and server is not None:
                url = server.database()
            begun = time.perf_counter()
            fill(url, instances)
            print(f"{database}: filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            with serving.procession(url) as running:
                for name, limit, path in questions(instances):
                    values = _timed(running.port, path, given.calls, limit)
                    results[f"{database}/{name}"] = values
                    print(f"{database}/{name}: {values}", file=sys.stderr, flush=True)
    document = {"machine": machine.describe(), "rows": given.rows, "results": results}
    out = Path(given.out or Path(__file__).parent / "results" / "history.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n")
    slow = [name for name, values in results.items() if not values["held"]]
    print(f"\nMachine: {document['machine']}\n\n{report.tables(results)}\n")
    print(f"{len(results)} questions, {len(slow)} over their limit; written to {out}")
    sys.exit(bool(slow) and given.strict)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of history [1000000]")
    parser.add_argument("--calls", type=int, default=60, help="calls of each question [60]")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--out", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true", help="fail if a limit is missed")
    given = parser.parse_args()
    given.databases = given.databases.split(",")
    if not 10_000 <= given.rows <= 100_000_000:
        parser.error("10,000 to 100,000,000 rows")
    return given


def questions(instances: int) -> Iterator[tuple[str, int, Ask]]:
    """Name, limit and address of each; a call has a number, so that no two are alike."""

    def one(number: int) -> int:
        return FIRST + number * 7_919 % instances

    at, page = "/rest/history", "page=1&pageSize=20"
    yield "instance", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}"
    yield "instance/child", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}/child"
    yield "instance/node", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}/node"
    yield "instance/node/one", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}/node/task"
    yield "instance/variable", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}/variable"
    yield "instance/variable/one", FLOOR_MS, lambda n: f"{at}/instance/{one(n)}/variable/order"
    yield "instances", LISTS_MS, lambda n: f"{at}/instances?{page}"
    yield "instances/page 100", LISTS_MS, lambda n: f"{at}/instances?page={n + 100}&pageSize=20"
    yield "instances/active", LISTS_MS, lambda n: f"{at}/instances?activeProcesses=true&{page}"
    for status in ("", "&status=1", "&status=2", "&status=3"):
        yield (
            f"process{status.replace('&', ', ')}",
            LISTS_MS,
            lambda n, status=status: f"{at}/process/{PROCESS}?{page}{status}",
        )
    value = f"{at}/variable/order/value"
    yield "variable/value", LISTS_MS, lambda n: f"{value}/order-{one(n)}"
    yield "variable/value/instances", LISTS_MS, lambda n: f"{value}/order-{one(n)}/instances"
    yield "variable/value, of 1000", LISTS_MS, lambda n: f"{at}/variable/team/value/t{n}?{page}"
    query = "/rest/query/runtime/process"
    yield "query/instance", LISTS_MS, lambda n: f"{query}?piid={one(n)}"
    yield "query/variable", LISTS_MS, lambda n: f"{query}?var_order=order-{one(n)}&{page}"
    yield "query/process, status", LISTS_MS, lambda n: f"{query}?pid={PROCESS}&pist=2&{page}"
    # What has no bound but the table: told, not judged.
    yield "variable, of everybody", 0, lambda n: f"{at}/variable/order?{page}"
    yield "variable, of everybody, instances", 0, lambda n: f"{at}/variable/order/instances?{page}"


def _timed(port: int, path: Ask, calls: int, limit: int) -> dict[str, Any]:
    basic = base64.b64encode(f"admin:{serving.PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
    calls = calls if limit else 3
    costs = []
    for number in range(calls + 3):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path(number)}", None, headers)
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=600) as answer:
            answer.read()
        costs.append((time.perf_counter() - begun) * 1000)
    costs = sorted(costs[3:])
    p50, p99 = costs[len(costs) // 2], costs[min(len(costs) - 1, round(len(costs) * 0.99))]
    return {
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "limit": limit,
        "target": TARGET_MS,
        "held": not limit or p99 <= limit,
    }


# -- the rows ----------------------------------------------------------------------------------


def fill(url: str, instances: int) -> None:
    """Run one instance, and write as many like it with a statement for each table."""
    columns = _template(url)
    many = _Sqlite(url) if url.startswith("sqlite") else _PostgreSQL(url)
    many.begin()
    for table in TABLES:
        names = [name for name in columns[table] if name != "id"]
        values = ", ".join(_value(table, name) for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        for begin in range(0, instances, BLOCK):
            end = min(begin + BLOCK, instances) - 1
            many.run(
                f"insert into {table} ({listed}) select {values} from {many.series(begin, end)}"
                f" cross join (select * from {table} where instance_id < {FIRST}) as t"
            )
    many.end()


def _template(url: str) -> dict[str, list[str]]:
    from procession.store.tables import metadata

    made = model(PROCESS).variable("order", "String").variable("team", "String")
    content = made.variable("amount", "Integer").start().script("task", "").script("more", "").end()
    with Engine.open(url, threads=False) as engine:
        engine.people.ensure_first_administrator(serving.PASSWORD)
        engine.deployments.deploy(engine.admin, UNIT, {"history.bpmn2": content.xml()})
        given = Map(order="order", team="t", amount=1)
        engine.processes.start(engine.admin, ProcessRef(UNIT, PROCESS), given)
    return {name: [column.name for column in metadata.tables[name].c] for name in TABLES}


def _value(table: str, name: str) -> str:
    """What a column of a copy holds; ``s.n`` is the number of the copy.

    One in a hundred is active, one in ten thousand was aborted.
    """
    number = f"({FIRST} + s.n)"
    active, aborted = "s.n % 100 = 7", "s.n % 10000 = 11"
    known = {
        "instance_id": number,
        "root_id": number,
        "uuid": "'u' || s.n",
        "identity": "'user' || (s.n % 1000)",
        "ended_at": f"case when {active} then null else t.ended_at end",
        "status": f"case when {active} then 1 when {aborted} then 3 else 2 end",
        "value": f"case t.variable_id when 'order' then 'order-' || {number}"
        " when 'team' then 't' || (s.n % 1000) else t.value end",
    }
    return known.get(name, f't."{name}"')


class _Sqlite:
    def __init__(self, url: str) -> None:
        self._raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._raw.execute("pragma synchronous = off")
        self._raw.execute("pragma cache_size = -400000")
        self._made: list[str] = []

    def begin(self) -> None:
        for table in TABLES:
            listed = "select name, sql from sqlite_master where type = 'index' and tbl_name = ?"
            for name, sql in self._raw.execute(listed, (table,)).fetchall():
                if sql:
                    self._made.append(sql)
                    self._raw.execute(f'drop index "{name}"')

    def series(self, begin: int, end: int) -> str:
        return (
            f"(with recursive k(n) as (select {begin} union all select n + 1 from k"
            f" where n < {end}) select n from k) as s"
        )

    def run(self, sql: str) -> None:
        self._raw.execute(sql)

    def end(self) -> None:
        for sql in (*self._made, "analyze", "pragma wal_checkpoint(truncate)"):
            self._raw.execute(sql)
        self._raw.close()


class _PostgreSQL:
    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True)
        self._made: list[str] = []

    def begin(self) -> None:
        for table in TABLES:
            listed = "select indexname, indexdef from pg_indexes where tablename = %s"
            for name, sql in self._connection.execute(listed, (table,)).fetchall():
                if not name.endswith("_pkey"):
                    self._made.append(sql)
                    self._connection.execute(f'drop index "{name}"'.encode())

    def series(self, begin: int, end: int) -> str:
        return f"(select n from generate_series({begin}, {end}) as k(n)) as s"

    def run(self, sql: str) -> None:
        self._connection.execute(sql.encode())

    def end(self) -> None:
        for sql in (*self._made, "vacuum analyze"):
            self._connection.execute(sql.encode())
        self._connection.close()


if __name__ == "__main__":
    main()
