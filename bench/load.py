"""The load generator: a process of its own that keeps callers busy with prepared bytes.

It shares the two cores with what it measures, so it does as little as possible: one keep-alive
connection for each caller, requests that are bytes with holes, answers that are searched and not
parsed. No coroutines either: an answer that arrives sends the next request.

``python -m bench.load`` reads a plan (JSON) from its input and writes the result to its output.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from typing import Any


class Call:
    """One request of a flow: a text with holes, and what is kept of the answer."""

    def __init__(self, plan: dict[str, Any], index: int) -> None:
        self.index = index
        self.template = plan["request"].encode("latin-1")
        self.has_holes = b"%(" in self.template
        self.keep = [(name.encode(), re.compile(p.encode())) for name, p in plan["keep"].items()]
        self.expect = plan.get("expect", 200)


class Tally:
    """What all callers together have done."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.calls = [Call(call, n) for n, call in enumerate(plan["calls"])]
        self.left = plan["flows"]
        self.until = 0.0
        self.flows = 0
        self.times: list[list[float]] = [[] for _ in self.calls]
        self.flow_times: list[float] = []
        self.errors: list[str] = []
        self.running = 0
        self.warm = plan.get("warm", 0)
        self.began = 0.0
        self.ended = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def may_begin(self) -> bool:
        """Whether a caller may begin another flow."""
        if self.errors or self.left <= 0 or time.perf_counter() > self.until:
            return False
        self.left -= 1
        return True

    def leave(self) -> None:
        """A caller has nothing more to do."""
        self.running -= 1
        if not self.running and not self.done.done():
            self.done.set_result(None)


class Caller(asyncio.Protocol):
    """One connection that goes through the flow again and again."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.buffer = b""
        self.at = 0
        self.kept: dict[bytes, bytes] = {}
        self.sent = 0.0
        self.began = 0.0
        self.transport: Any = None
        self.is_over = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def begin(self) -> None:
        """Begin a flow, or leave."""
        if not self.tally.may_begin():
            self.over()
            return
        self.at = 0
        self.kept.clear()
        self.began = time.perf_counter()
        self.send()

    def over(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.tally.leave()
            self.transport.close()

    def send(self) -> None:
        call = self.tally.calls[self.at]
        data = call.template % self.kept if call.has_holes else call.template
        self.sent = time.perf_counter()
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        head_end = data.find(b"\r\n\r\n")
        if head_end < 0:
            self.buffer = data
            return
        head = data[:head_end].lower()
        place = head.find(b"content-length:")
        length = int(head[place + 15 :].split(b"\r", 1)[0]) if place >= 0 else 0
        if len(data) < head_end + 4 + length:
            self.buffer = data
            return
        self.buffer = b""
        self.answered(int(data[9:12]), data[head_end + 4 :])

    def answered(self, status: int, body: bytes) -> None:
        now = time.perf_counter()
        tally = self.tally
        call = tally.calls[self.at]
        tally.times[self.at].append(now - self.sent)
        if status != call.expect:
            tally.errors.append(f"call {self.at}: {status} {body[:300]!r}")
            self.over()
            return
        for name, pattern in call.keep:
            found = pattern.findall(body)
            if not found:
                tally.errors.append(f"call {self.at}: no {name!r} in {body[:300]!r}")
                self.over()
                return
            self.kept[name] = found[0]
        self.at += 1
        if self.at == len(tally.calls):
            tally.flows += 1
            tally.flow_times.append(now - self.began)
            tally.ended = now
            self.begin()
        else:
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_over:
            self.tally.errors.append(f"the server hung up: {exc}")
            self.over()


async def drive(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out a plan."""
    loop = asyncio.get_running_loop()
    tally = Tally(plan)
    callers = []
    for _ in range(plan["callers"]):
        _, caller = await loop.create_connection(lambda: Caller(tally), "127.0.0.1", plan["port"])
        callers.append(caller)
    tally.running = len(callers)
    gc.disable()
    tally.began = time.perf_counter()
    processor = time.process_time()
    tally.until = tally.began + plan["seconds"]
    for caller in callers:
        caller.begin()
    await tally.done
    seconds = max(tally.ended - tally.began, 1e-9)
    calls = sorted(t for several in tally.times for t in several)
    return {
        "flows": tally.flows,
        "seconds": round(seconds, 4),
        "flows_per_second": round(tally.flows / seconds, 1),
        "calls": len(calls),
        "calls_per_second": round(len(calls) / seconds, 1),
        "p50_ms": _ms(calls, 0.50),
        "p99_ms": _ms(calls, 0.99),
        "max_ms": _ms(calls, 1.0),
        "p50_ms_by_call": [_ms(sorted(t), 0.50) for t in tally.times],
        "client_cpu_us_per_call": round(
            (time.process_time() - processor) * 1e6 / max(len(calls), 1)
        ),
        "errors": tally.errors[:5],
    }


def _ms(ordered: list[float], share: float) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3)


def main() -> None:
    """Read the plan, carry it out, tell."""
    plan = json.load(sys.stdin)
    try:
        import uvloop

        result = uvloop.run(drive(plan))
    except ImportError:
        result = asyncio.run(drive(plan))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
