"""REST: jBPM's three scenarios and the five-call human flow, on real servers.

In jBPM 6 a task must be started before it can be completed, so what jBPM 7 measured in three calls
takes four there. The ONEWEB dialect's ``complete`` takes, starts and completes a task in one call;
through it the scenarios have the same number of calls as jBPM's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from bench import machine, serving
from bench.processes import BOOKING, UNIT, served
from bench.serving import Server, request

CALLERS: Final = (1, 8, 32)
RUNS: Final = 3
LONGER: Final = {8: 2}
"""So many callers are let go on for so many times as long: their slowest hundredth has a limit, and
of a second's thousand calls that would be one pause of the machine that met all eight."""
FLOWS: Final = 5_000
"""More are not run at once."""
SETTLED: Final = 2.0
"""Seconds after which a server has loaded all it loads by itself, or gives back what it gives."""
VARIABLES: Final = "map_customer=ann&map_amount=1000&map_note=nothing"
_FORMATS: Final = {"xml": "application/xml", "json": "application/json"}
_ID: Final = {"xml": r"<id>(\d+)</id>", "json": r'"id":(\d+)'}
_ONEWEB: Final = "/BPMREST/service/runtime"
_TASK: Final = r'"id":"([^"]+)"'

Call = dict[str, Any]


def _call(text: str, **keep: str) -> Call:
    return {"request": text, "keep": keep}


def script(wire: str, process: str = "bench.script5") -> list[Call]:
    """jBPM 1: start a process of scripts, which is over when the answer comes."""
    path = f"/rest/runtime/{UNIT}/process/{process}/start?{VARIABLES}"
    return [_call(request("POST", path, accept=_FORMATS[wire]))]


def human(wire: str, operations: tuple[str, ...] = ("claim", "start", "complete")) -> list[Call]:
    """Start, query, claim, start, complete, as a jBPM 6 client does it."""
    accept = _FORMATS[wire]
    process = "bench.human" if "claim" in operations else "bench.user"
    begin = f"/rest/runtime/{UNIT}/process/{process}/start?{VARIABLES}"
    query = "/rest/task/query?processInstanceId=%(instance)s"
    calls = [
        _call(request("POST", begin, accept=accept), instance=_ID[wire]),
        _call(request("GET", query, accept=accept), task=_ID[wire]),
    ]
    for operation in operations:
        path = f"/rest/task/%(task)s/{operation}"
        path += "?map_outcome=done" if operation == "complete" else ""
        calls.append(_call(request("POST", path, accept=accept)))
    return calls


def _oneweb(method: str, path: str, body: str = "") -> str:
    kind = "application/json" if body else ""
    return request(method, _ONEWEB + path, accept="application/json", body=body, kind=kind)


def _begin(process: str) -> Call:
    body = f'{{"processName":"{process}","object":{{"order":{{"customer":"ann","amount":1000}}}}}}'
    return _call(_oneweb("POST", "/process/start", body), instance=r'"data":"([^"]+)"')


def _first_task() -> Call:
    return _call(_oneweb("GET", "/instance/%(instance)s/tasks"), task=_TASK)


def _finish() -> Call:
    path = "/tasks/%(task)s/complete"
    return _call(_oneweb("POST", path, '{"order":{"approved":true}}'))


def user_task(wire: str) -> list[Call]:
    """jBPM 2: start, get tasks, complete."""
    return [_begin("bench.user"), _first_task(), _finish()]


def parallel(wire: str) -> list[Call]:
    """jBPM 3: start a script and two user tasks side by side; get tasks and complete, twice."""
    return [_begin("bench.parallel"), *[_first_task(), _finish()] * 2]


_ROOM: Final = (
    '{"processName":"Booking Room","object":{"RoomObject":{"roomNo":"A-12","nights":2},'
    '"CustomerInfo":{"firstname":"Malee","lastname":"Jaidee"}}}'
)
_CHOICES: Final = ("BOOKED", "BOOKED", "FREE")


def booking_by_oneweb(wire: str) -> list[Call]:
    """Books a room over ONEWEB, with its loop: the walk-through of the cookbook."""
    calls = [_call(_oneweb("POST", "/process/start", _ROOM), instance=r'"data":"([^"]+)"')]
    for status in _CHOICES:
        body = f'{{"RoomObject":{{"status":"{status}"}}}}'
        calls += [
            _first_task(),
            _call(_oneweb("POST", "/tasks/%(task)s/assign?user=admin")),
            _call(_oneweb("POST", "/tasks/%(task)s/claim")),
            _call(_oneweb("POST", "/tasks/%(task)s/complete", body)),
        ]
    last = '{"CustomerInfo":{"phone":"02 123 4567"}}'
    return [
        *calls,
        _first_task(),
        _call(_oneweb("POST", "/tasks/%(task)s/assign?user=admin")),
        _call(_oneweb("POST", "/tasks/%(task)s/complete", last)),
    ]


def booking_by_jbpm(wire: str) -> list[Call]:
    """The same over the jBPM dialect: as many tasks, each delegated, started and completed."""
    accept = _FORMATS[wire]

    def post(path: str, body: str = "", **keep: str) -> Call:
        kind = "application/json" if body else ""
        return _call(request("POST", path, accept=accept, body=body, kind=kind), **keep)

    start = f"/rest/runtime/{UNIT}/process/{BOOKING}/start"
    given = _ROOM.partition('"object":')[2][:-1]
    calls = [post(start, given, instance=_ID[wire])]
    bodies = [f'{{"RoomObject":{{"status":"{status}"}}}}' for status in _CHOICES]
    for body in (*bodies, '{"CustomerInfo":{"phone":"02 123 4567"}}'):
        query = "/rest/task/query?processInstanceId=%(instance)s&status=Ready"
        task = "/rest/task/%(task)s"
        calls += [
            _call(request("GET", query, accept=accept), task=_ID[wire]),
            post(f"{task}/delegate?targetId=admin"),
            post(f"{task}/start"),
            post(f"{task}/complete", body),
        ]
    return calls


SCENARIOS: Final[tuple[tuple[str, Callable[[str], list[Call]], tuple[str, ...]], ...]] = (
    ("script, 1 call", script, ("xml", "json")),
    ("user task, 3 calls", user_task, ("json",)),
    ("parallel script and user tasks, 5 calls", parallel, ("json",)),
    ("human flow, 5 calls", human, ("xml", "json")),
    ("booking room by ONEWEB", booking_by_oneweb, ("json",)),
    ("booking room by jBPM", booking_by_jbpm, ("json",)),
)


Result = dict[str, Any]


def once(server: Server, calls: list[Call], callers: int, *, seconds: float) -> Result:
    """A run of load on a server, with what it cost the server and how fast the machine was."""
    addition = machine.loop_ns(20_000)
    before = machine.cpu_seconds(server.pid)
    result = serving.load(server.port, calls, callers, seconds=seconds, flows=FLOWS)
    used = machine.cpu_seconds(server.pid) - before
    result["server_cpu_us_per_call"] = round(used / max(result["calls"], 1) * 1e6)
    result["loop_ns"] = max(addition, machine.loop_ns(20_000))
    return result


def middle(found: Sequence[Result]) -> Result:
    """Of several runs the middle of each figure, but of the slowest call the slowest."""
    one: Result = {}
    for key, value in found[0].items():
        several = [result[key] for result in found]
        if isinstance(value, int | float):
            one[key] = sorted(several)[len(several) // 2]
        elif key == "p50_ms_by_call":
            one[key] = [sorted(each)[len(several) // 2] for each in zip(*several, strict=True)]
        else:
            one[key] = value
    one["max_ms"] = max(result["max_ms"] for result in found)
    one["best_flows_per_second"] = max(result["flows_per_second"] for result in found)
    return one


def measure(server: Server, calls: list[Call], callers: int, *, seconds: float) -> Result:
    """Runs of load one behind the other, in the middle."""
    return middle([once(server, calls, callers, seconds=seconds / RUNS) for _ in range(RUNS)])


def held(pid: int) -> dict[str, float]:
    """The memory of a whole server, as it counts and as others count it."""
    found = machine.memory(pid)
    return {
        "memory_mib": found["Pss"],
        "memory_rss_mib": found["Rss"],
        "memory_private_mib": found["Private"],
    }


def _in_rounds(
    server: Server, place: str, chosen: Sequence[tuple[str, list[Call], int]], seconds: float
) -> Iterator[tuple[str, Result]]:
    """Everything once, then again: a few bad seconds of the machine meet one run of each."""
    found: dict[str, list[Result]] = {name: [] for name, _, _ in chosen}
    for number in range(RUNS):
        print(f"  {place}: round {number + 1} of {RUNS} …", flush=True)
        for name, calls, callers in chosen:
            long = seconds * LONGER.get(callers, 1)
            found[name].append(once(server, calls, callers, seconds=long))
    for name, results in found.items():
        yield name, middle(results)


def run(
    database: str, url: str, *, seconds: float, wanted: Callable[[str], bool], nodes: int = 1
) -> Iterator[Any]:
    """All scenarios on one database and so many nodes; yields one result after the other."""
    place = f"rest/{database}, {nodes} nodes" if nodes > 1 else f"rest/{database}"
    names = [
        (f"{place}/{name}/{wire}/{callers} callers", scenario(wire), callers)
        for name, scenario, wires in SCENARIOS
        for wire in wires
        for callers in CALLERS
    ]
    chosen = [each for each in names if wanted(each[0])]
    idle = f"{place}/idle server"
    if not chosen and not wanted(idle):
        return
    serving.prepare(url, served())
    with serving.procession(url, nodes) as server:
        if wanted(idle):
            used = machine.cpu_seconds(server.pid)
            time.sleep(SETTLED)
            yield (
                idle,
                {
                    **held(server.pid),
                    "ready_seconds": server.ready_seconds,
                    "cpu_seconds_to_ready": round(used, 2),
                },
            )
        if chosen:
            measure(server, script("xml"), 8, seconds=seconds / 2)  # warm up
        yield from _in_rounds(server, place, chosen, seconds / RUNS)
        if chosen:
            time.sleep(SETTLED)
            yield f"{place}/after the load", held(server.pid)
