"""``python -m bench.encodings``: what reading and writing XML and JSON cost, request by request.

Processor time of this process for whole requests, without a socket: the same question with two
``Accept`` headers, and the same work asked for by form, by JSON and by commands in XML.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench import machine, report
from tests.golden.models import UNIT
from tests.golden.talk import FORM, REST, Server, serving

LIMIT: Final = 2.0
"""XML may cost so many times what JSON costs."""
XML, JSON = "application/xml", "application/json"
Ask = Callable[[], Any]
_NAMES: Final = tuple(f"field{number}" for number in range(10))
_XS: Final = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def main() -> None:
    """Measure, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.encodings", description=__doc__)
    parser.add_argument("--calls", type=int, default=400, help="calls of each request [400]")
    parser.add_argument("--out", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true", help="fail if XML costs too much")
    given = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    for dialect in ("6.0", "6.5"):
        with serving(jbpm_dialect=dialect) as server:
            for name, xml, as_json in questions(server):
                results[f"{dialect}/{name}"] = compared(xml, as_json, given.calls)
    document = {"machine": machine.describe(), "results": results}
    out = Path(given.out or Path(__file__).parent / "results" / "encodings.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n")
    print(report.tables(results))
    dear = [name for name, values in results.items() if values["ratio"] > LIMIT]
    print(f"{len(results)} requests, XML over {LIMIT} times JSON in {len(dear)}; {out}")
    sys.exit(bool(dear) and given.strict)


def compared(xml: Ask, as_json: Ask, calls: int) -> dict[str, Any]:
    """The cheapest of several rounds each, in microseconds of processor time."""
    costs = {"xml": 1e9, "json": 1e9}
    for _ in range(5):
        for name, ask in (("xml", xml), ("json", as_json)):
            began = time.process_time()
            for _ in range(max(calls // 5, 1)):
                ask()
            spent = (time.process_time() - began) * 1e6 / max(calls // 5, 1)
            costs[name] = min(costs[name], spent)
    ratio = costs["xml"] / costs["json"]
    return {
        "xml_us": round(costs["xml"]),
        "json_us": round(costs["json"]),
        "ratio": round(ratio, 2),
        "limit": LIMIT,
        "held": ratio <= LIMIT,
    }


def questions(server: Server) -> Iterator[tuple[str, Ask, Ask]]:
    """The same request in XML and in JSON: what is read, what is written."""
    engine = server.engine
    ann = engine.people.actor("ann")
    for number in range(60):
        engine.processes.start(ann, "acme.hiring", {"name": f"n{number}", "age": number})
    task = engine.tasks.of_instance(engine.admin, 1).items[0].id
    for name, path in {
        "one instance": f"/runtime/{UNIT}/process/instance/1",
        "one instance with variables": f"/runtime/{UNIT}/withvars/process/instance/1",
        "one task": f"/task/{task}",
        "content of a task": f"/task/{task}/content",
        "work item": f"/runtime/{UNIT}/workitem/2",
        "10 tasks": "/task/query?page=1&pageSize=10",
        "50 tasks": "/task/query?page=1&pageSize=50",
        "50 process logs": "/history/instances?page=1&pageSize=50",
        "nodes of an instance": "/history/instance/1/node",
        "50 variable logs": "/history/variable/name?page=1&pageSize=50",
        "20 instances with variables": "/query/runtime/process?p=1&s=20",
        "definitions": "/deployment/processes",
        "an error": "/task/99999",
    }.items():
        yield (
            f"written: {name}",
            _get(server, path, XML),
            _get(server, path, JSON),
        )
    yield "read: a start with 10 variables", _execute(server), _start(server, JSON)
    yield "read: a start by form", _start(server, FORM), _start(server, JSON)


def _get(server: Server, path: str, accept: str) -> Ask:
    def ask() -> None:
        answer = server.call("ann", "GET", REST + path, accept=accept)
        assert answer.headers["content-type"] == accept, path

    return ask


def _start(server: Server, kind: str) -> Ask:
    if kind == JSON:
        body = json.dumps(dict.fromkeys(_NAMES, "some text")).encode()
    else:
        body = "&".join(f"map_{name}=some+text" for name in _NAMES).encode()
    path = f"{REST}/runtime/{UNIT}/process/acme.quick/start"

    def ask() -> None:
        answer = server.call("ann", "POST", path, body, content_type=kind, accept=JSON)
        assert answer.status == 200, answer.text

    return ask


def _execute(server: Server) -> Ask:
    items = "".join(
        f'<item key="{name}"><value xsi:type="xs:string" {_XS}>some text</value></item>'
        for name in _NAMES
    )
    body = (
        f"<command-request><deployment-id>{UNIT}</deployment-id><ver>6.5.0.1</ver>"
        f'<start-process processId="acme.quick"><parameter>{items}</parameter></start-process>'
        "</command-request>"
    ).encode()

    def ask() -> None:
        answer = server.call("ann", "POST", f"{REST}/execute", body, content_type=XML, accept=XML)
        assert b"exception" not in answer.body, answer.text

    return ask


if __name__ == "__main__":
    main()
