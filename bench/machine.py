"""What machine this is, how busy it is, and what a process of ours costs on it."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """The machine, as it belongs beside every figure."""
    model = platform.processor() or "unknown"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "load_before": round(os.getloadavg()[0], 2),
        "loop_ns": loop_ns(),
        "fdatasync_ms": fdatasync_ms(),
    }


def loop_ns(rounds: int = 100_000) -> float:
    """A plain Python addition in a loop, the best of ten: how fast, or how busy, the machine is."""
    best = float("inf")
    for _ in range(10):
        begun = time.perf_counter()
        total = 0
        for number in range(rounds):
            total += number
        best = min(best, time.perf_counter() - begun)
    return round(best / rounds * 1e9, 1)


def fdatasync_ms(folder: str = ".") -> float:
    """How long the disk takes to make a page durable, the median of 51."""
    path = Path(folder) / f".fdatasync-{os.getpid()}"
    times = []
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        for number in range(51):
            os.pwrite(descriptor, b"x" * 4096, number * 4096)
            begun = time.perf_counter()
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - begun)
    finally:
        os.close(descriptor)
        path.unlink()
    return round(sorted(times)[25] * 1000, 3)


def cpu_seconds(pid: int) -> float:
    """What a process and those it started have used of the processor so far, all their threads."""
    ticks = 0
    for one in (pid, *children(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def processors() -> int:
    """How many processors there are to run on; two at least, four at most."""
    return max(2, min(len(os.sched_getaffinity(0)), 4))


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for one in threads for child in (one / "children").read_text().split()]


def memory_mib(pid: int) -> float:
    """What a process and those it started hold in memory, what they share counted once (Pss)."""
    return memory(pid)["Pss"]


def memory(pid: int) -> dict[str, float]:
    """The same, and what the usual count (``Rss``) says, which counts shared pages for each."""
    found = {"Pss": 0, "Rss": 0, "Private": 0}
    for one in (pid, *children(pid)):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, size = line.partition(":")
            name = name.partition("_")[0] if name.startswith("Private_") else name
            if name in found and not line.startswith("Private_Hugetlb"):
                found[name] += int(size.split()[0])
    return {name: round(size / 1024, 1) for name, size in found.items()}
