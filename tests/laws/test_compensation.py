"""Random models of activities that can be undone: each is, once, from the last to the first.

What has to be undone, and when, is told by a reading of the records that knows nothing of logs: a
tree of what was completed inside what, walked backwards.
"""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from procession.core import records as r
from procession.core.evolve import evolve
from procession.core.state import Role, empty_state
from procession.store.codec import decode_records, decode_state, encode_records, encode_state
from procession.testing import Model, Run, model
from python_scripts import play
from undoing import (
    CANCEL,
    COMPENSATE,
    begin_transaction,
    compensate,
    end_transaction,
    undo,
    undoing,
)

MANY = (
    "<multiInstanceLoopCharacteristics isSequential='{}'><loopCardinality>{}</loopCardinality>"
    "</multiInstanceLoopCharacteristics>"
)
RETHROW = f"<intermediateThrowEvent id='@'>{COMPENSATE}</intermediateThrowEvent>"


class Maker:
    """Makes block-structured models, and keeps who undoes what in them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.handlers: dict[str, str] = {}
        self.rethrows: set[str] = set()

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def loop(self) -> str:
        pick = self.random.randrange(5)
        if pick > 1:
            return ""
        return MANY.format("true" if pick else "false", self.random.randint(0, 3))

    def block(self, process: Model, depth: int) -> None:
        for _ in range(self.random.randint(1, 3)):
            kinds = [self.leaf, self.leaf]
            if depth > 0:
                kinds += [self.split, self.sub, self.sub]
            self.random.choice(kinds)(process, depth)

    def leaf(self, process: Model, depth: int) -> None:
        id, tag = self.id("a"), self.random.choice(["manualTask", "userTask"])
        process.node(tag, id, self.loop())
        if self.random.random() < 0.7:
            self.handler(process, id)

    def handler(self, process: Model, id: str) -> None:
        tag = self.random.choice(["manualTask", "userTask"])
        process.inside(undo(id, tag=tag))
        self.handlers[id] = f"undo_{id}"

    def split(self, process: Model, depth: int) -> None:
        opening, closing = self.id("fork"), self.id("join")
        process.parallel(opening)
        for _ in range(2):
            process.back_to(opening)
            self.block(process, depth - 1)
            process.parallel(closing)
        process.back_to(closing)

    def sub(self, process: Model, depth: int) -> None:
        id = self.id("s")
        process.sub(id, self.loop()).start(self.id("in"))
        self.block(process, depth - 1)
        process.end(self.id("out"))
        own = self.random.random()
        if own < 0.3:
            inside = ["<manualTask id='@'/>", RETHROW][: self.random.randint(1, 2)]
            handler = self.id("h")
            process.inside(undoing(handler, *inside))
            self.handlers[id] = f"{handler}.0"
            if RETHROW in inside:
                self.rethrows.add(id)
        process.end_sub()
        if 0.3 <= own < 0.5:
            self.handler(process, id)


class History:
    """What was completed inside what, in order, before compensation began."""

    def __init__(self, made: Maker, records: list[r.Record], until: str) -> None:
        self.made = made
        self.done: dict[int, list[tuple[int, str, Role]]] = defaultdict(list)
        at: dict[int, r.ElementActivated] = {}
        for record in records:
            if isinstance(record, r.ElementActivated):
                if record.node == until:
                    break
                at[record.element] = record
            elif isinstance(record, r.ElementCompleted) and record.element in at:
                began = at[record.element]
                self.done[began.scope].append((record.element, began.node, began.role))

    def undone(self, scope: int) -> list[str]:
        """The handlers that have to run for what was done in a scope, in that order."""
        found: list[str] = []
        for element, node, role in reversed(self.done[scope]):
            handler = None if role is Role.BODY else self.made.handlers.get(node)
            if handler is not None:
                found.append(handler)
            if handler is None or node in self.made.rethrows:
                found += self.undone(element)
        return found


def settle(run: Run, dice: random.Random) -> None:
    """Complete what waits in any order; between two steps the instance is stored and read."""
    for _ in range(2000):
        waiting = run.waits()
        if not waiting or run.state.is_over:
            return
        wait = dice.choice(waiting)
        stored, _ = decode_state(encode_state(run.state, {}))
        assert stored == run.state
        run.state = stored
        run.complete(wait.handler)
    raise AssertionError("it does not come to an end")


def ran(run: Run, made: Maker) -> list[str]:
    """The handlers in the order in which they were begun."""
    known = set(made.handlers.values())
    return [
        record.node
        for record in run.of(r.ElementActivated)
        if record.node in known and record.role is not Role.COMPENSATION
    ]


def check_replay(run: Run) -> None:
    state = empty_state(1, run.definition.key)
    for record in decode_records(encode_records(run.records)):
        evolve(state, record)
    assert state == run.state


@pytest.mark.parametrize("seed", range(60))
def test_all_that_is_done_is_undone_once_from_the_last_to_the_first(seed: int):
    made = Maker(seed)
    process = model().start()
    made.block(process, 3)
    process.throw("back", compensate()).throw("again", compensate()).end()
    run = play(process)
    settle(run, random.Random(seed))

    assert run.is_completed
    assert ran(run, made) == History(made, run.records, "back").undone(1)
    check_replay(run)


@pytest.mark.parametrize("seed", range(60))
def test_a_transaction_called_off_at_any_moment_undoes_what_was_done_by_then(seed: int):
    """What is active is stopped; of what is done inside of it, too, everything is undone."""
    made = Maker(seed)
    process = begin_transaction(model().start(), "t").start("begin").parallel("beside")
    made.block(process, 2)
    process.end("t.end").back_to("beside").user("decide").end("off", CANCEL)
    end_transaction(process).end("no").boundary("t", "out", CANCEL).end("left")
    run = play(process)
    settle(run, random.Random(seed))

    assert run.is_completed
    assert run.visited[-2:] == ["out", "left"]
    expected = History(made, run.records, "off")
    assert sorted(ran(run, made)) == sorted(all_of(expected, run))
    check_replay(run)


def all_of(history: History, run: Run) -> list[str]:
    """What is undone when the transaction ends: what was done in it and in what was active."""
    began = {x.element: x for x in run.of(r.ElementActivated)}
    completed = {element for done in history.done.values() for element, _, _ in done}
    off = next(x.element for x in began.values() if x.node == "off")
    found: list[str] = []
    for element, record in began.items():
        if element < off and element not in completed and record.node not in ("", "decide"):
            found += history.undone(element)
    return found
