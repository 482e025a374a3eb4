"""What an element costs in small and large processes, and in young and old instances.

Each shape is a chain of so many blocks of one kind. Cost is counted in calls of Python functions
(the same on every machine) and taken in CPU time; both per element, and as ratios.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from procession.core import commands as c
from procession.core.graph import ProcessDefinition
from procession.core.ports import Limits
from procession.core.state import WaitKind
from procession.testing import ManualClock, Run, compile_model

SMALL: Final = 100
LARGE: Final = 1_000
_BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_HEAD: Final = f'<definitions xmlns="{_BPMN}" targetNamespace="t">'
_WAIT: Final = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
_UNDO: Final = "<compensateEventDefinition/>"


class Shape(msgspec.Struct, frozen=True):
    """A kind of block: the XML of one with its first and last node, and nodes in it."""

    block: Callable[[int], tuple[str, str, str]]
    nodes: int
    waits: bool = False


def _flow(id: str, source: str, target: str, inside: str = "") -> str:
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{id}" {ends}>{inside}</sequenceFlow>'


def _one(tag: str, inside: str = "") -> Callable[[int], tuple[str, str, str]]:
    def block(n: int) -> tuple[str, str, str]:
        return f'<{tag} id="n{n}">{inside.replace("@", str(n))}</{tag}>', f"n{n}", f"n{n}"

    return block


def _split(tag: str, condition: str = "") -> Callable[[int], tuple[str, str, str]]:
    """Two ways from a gateway to another."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""

    def block(n: int) -> tuple[str, str, str]:
        ways = (
            f'<manualTask id="n{n}.{way}"/>'
            + _flow(f"a{n}.{way}", f"g{n}", f"n{n}.{way}", inside)
            + _flow(f"b{n}.{way}", f"n{n}.{way}", f"h{n}")
            for way in (1, 2)
        )
        return f'<{tag} id="g{n}"/><{tag} id="h{n}"/>{"".join(ways)}', f"g{n}", f"h{n}"

    return block


def _guarded(n: int) -> tuple[str, str, str]:
    """A user task with a timer at its boundary."""
    at = f'<boundaryEvent id="b{n}" attachedToRef="n{n}">{_WAIT}</boundaryEvent>'
    out = f'<endEvent id="e{n}"/>' + _flow(f"o{n}", f"b{n}", f"e{n}")
    return f'<userTask id="n{n}"/>{at}{out}', f"n{n}", f"n{n}"


def _undone(n: int) -> tuple[str, str, str]:
    """A task that could be undone."""
    at = f'<boundaryEvent id="b{n}" attachedToRef="n{n}">{_UNDO}</boundaryEvent>'
    by = f'<manualTask id="u{n}" isForCompensation="true"/>'
    tie = f'<association id="t{n}" sourceRef="b{n}" targetRef="u{n}"/>'
    return f'<manualTask id="n{n}"/>{at}{by}{tie}', f"n{n}", f"n{n}"


_INNER: Final = '<startEvent id="s@"/><endEvent id="e@"/>' + _flow("i@", "s@", "e@")
SHAPES: Final = {
    "tasks": Shape(_one("manualTask"), 1),
    "scripts": Shape(_one("scriptTask", "<script>kcontext.setVariable('n', @);</script>"), 1),
    "exclusive choices": Shape(_split("exclusiveGateway", "n == null || n != 0"), 3),
    "parallel splits and joins": Shape(_split("parallelGateway"), 4),
    "inclusive splits and joins": Shape(_split("inclusiveGateway", "n == null || n != 0"), 4),
    "sub-processes": Shape(_one("subProcess", _INNER), 3),
    "tasks that can be undone": Shape(_undone, 1),
    "user tasks": Shape(_one("userTask"), 1, True),
    "user tasks with a timer": Shape(_guarded, 1, True),
}


def process(shape: Shape, count: int) -> ProcessDefinition:
    """A chain of so many blocks."""
    parts, before = ['<startEvent id="start"/>'], "start"
    for number in range(count):
        text, first, last = shape.block(number)
        parts.append(text + _flow(f"f{number}", before, first))
        before = last
    parts.append('<endEvent id="end"/>' + _flow("last", before, "end"))
    body = '<property id="n"/>' + "".join(parts)
    xml = f'{_HEAD}<process id="p">{body}</process></definitions>'
    return compile_model(xml.encode())


class Counted:
    """Counts calls of functions while it is entered, and the CPU time they take."""

    def __enter__(self) -> Counted:
        self.calls = 0
        self.seconds = -time.process_time()
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self.seconds += time.process_time()

    def _see(self, _: Any, event: str, __: Any) -> None:
        self.calls += event == "call"


def run(definition: ProcessDefinition, shape: Shape) -> list[int]:
    """Run one instance from start to end; the calls that each of its steps took."""
    costs = []
    run = Run(definition, ManualClock(), Limits())
    with Counted() as counted:
        run.do(c.StartProcess(root=1))
    costs.append(counted.calls)
    while shape.waits and run.state.waits:
        [wait] = run.waits(WaitKind.WORK_ITEM)
        run.records.clear()
        with Counted() as counted:
            run.do(c.TriggerWait(wait.id))
        costs.append(counted.calls)
    return costs


def per_element(shape: Shape, count: int) -> tuple[float, list[int]]:
    """Calls for each element of a process of so many, once its indexes are made; and by step."""
    blocks = max(count // shape.nodes, 1)
    definition = process(shape, blocks)
    run(definition, shape)
    steps = run(definition, shape)
    return sum(steps) / (blocks * shape.nodes), steps


def flatness(wanted: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For every shape the calls for an element at both sizes and ages, and their ratios."""
    for name, shape in SHAPES.items():
        if not wanted(f"flat/{name}"):
            continue
        small, _ = per_element(shape, SMALL)
        large, steps = per_element(shape, LARGE)
        found = {
            f"calls_of_{SMALL}": round(small, 1),
            f"calls_of_{LARGE}": round(large, 1),
            "ratio": round(large / small, 3),
        }
        if shape.waits:
            tenth = len(steps) // 10
            young, old = sum(steps[1 : tenth + 1]), sum(steps[-tenth - 1 : -1])
            found["ratio_of_age"] = round(old / young, 3)
        yield f"flat/{name}", found
