"""What a call makes the database do, in counts: the same on every machine, so CI can gate on them.

When a count changes on purpose, run ``python -m bench --only counts --databases sqlite``, look at
the table it prints, and write the new numbers into :data:`EXPECTED`. When one changes without a
purpose, something reads or writes more than it did.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from bench.counted import SCENARIOS
from bench.counting import Counts, Meter, metered
from procession.engine import Engine
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.services.tasks import TaskCriteria
from procession.values import freeze_all

FILES = processes.patterns()
GO = freeze_all({"go": "on"})
OPEN = ("Ready", "Reserved")

# reads: selects · writes: statements that write, several rows each · rows: rows written, deleted ·
# state: bytes of the instance's stored state afterwards · journal: bytes appended to the journal
EXPECTED = """
scenario    call               reads writes commits rows state journal
script1     start                  0      4       1    6     0     221
script5     start                  0      4       1    6     0     387
fork10      start                  0      4       1    6     0    1000
call        start                  0      4       1   10     0     466
user_task   start                  0     11       1   16   164     203
user_task   query                  3      0       0    0   164       0
user_task   start_the_task         2      3       1    2   164       0
user_task   complete_the_task      2     11       1   11     0      81
finish      finish                 2      9       1   11     0      81
timer       start                  0      8       1   12   241     282
timer       fire                   2      9       2    7     0      75
signal      start                  0      7       1   11   132     173
signal      signal                 0      6       1    5     0      73
"""


def expected() -> dict[tuple[str, str], tuple[int, ...]]:
    """The table as numbers, by scenario and call (in which ``_`` stands for a space)."""
    rows = [line.split() for line in EXPECTED.strip().splitlines()[1:]]
    return {
        (row[0].replace("_", " "), row[1].replace("_", " ")): tuple(map(int, row[2:]))
        for row in rows
    }


def numbers(counts: Counts) -> tuple[int, ...]:
    return (
        counts.reads,
        counts.writes,
        counts.commits,
        counts.rows,
        counts.state_bytes,
        counts.journal_bytes,
    )


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[Meter]:
    with metered(tmp_path, processes.UNIT, FILES) as made:
        yield made


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_call_does_as_much_as_is_recorded(meter: Meter, name: str) -> None:
    counted = {(name, call): numbers(counts) for call, counts in SCENARIOS[name](meter)}

    assert counted == {key: value for key, value in expected().items() if key[0] == name}


def test_every_recorded_count_belongs_to_a_scenario() -> None:
    assert {name for name, _ in expected()} == set(SCENARIOS)


def test_every_change_is_one_commit_and_a_question_none() -> None:
    for (scenario, call), (_, writes, commits, *_) in expected().items():
        leases = 1 if (scenario, call) == ("timer", "fire") else 0

        assert commits == (1 + leases if writes else 0), (scenario, call)


def test_a_start_writes_two_rows_for_each_variable_the_log_and_what_it_is_now(
    meter: Meter,
) -> None:
    def rows(count: int) -> Counts:
        given = freeze_all({f"v{number}": "text" for number in range(count)})
        ref = ProcessRef(deployment=processes.UNIT, process_id="bench.user")
        meter.engine.processes.start(meter.admin, ref, given)
        return meter.count(lambda: meter.engine.processes.start(meter.admin, ref, given))[1]

    few, many = rows(1), rows(21)

    assert many.rows - few.rows == 2 * 20
    assert many.reads == few.reads


class Rounds:
    """One instance that goes round and round through a user task."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.engine = meter.engine
        ref = ProcessRef(deployment=processes.UNIT, process_id="bench.rounds")
        self.instance = self.engine.processes.start(meter.admin, ref, GO).id

    def go(self) -> list[Counts]:
        """One round: the counts of starting and of completing the task."""
        admin, tasks = self.meter.admin, self.engine.tasks
        criteria = TaskCriteria(process_instance_ids=(self.instance,), statuses=OPEN)
        (task,) = tasks.query(admin, criteria, PageRequest()).items
        begun = self.meter.count(lambda: tasks.start(admin, task.id))[1]
        done = self.meter.count(lambda: tasks.complete(admin, task.id, GO))[1]
        return [begun, done]


def test_the_hundredth_round_of_a_loop_costs_what_the_tenth_did(meter: Meter) -> None:
    rounds = Rounds(meter)
    counted = [rounds.go() for _ in range(100)]

    for early, late in zip(counted[9], counted[99], strict=True):
        assert (early.reads, early.writes, early.commits, early.rows) == (
            late.reads,
            late.writes,
            late.commits,
            late.rows,
        )


def test_a_state_does_not_grow_with_the_rounds_of_a_loop(meter: Meter) -> None:
    rounds = Rounds(meter)
    sizes = [rounds.go()[-1].state_bytes for _ in range(100)]

    # Numbers in it grow from one byte to three and to five; nothing else does.
    assert sizes[99] - sizes[9] <= 32
    assert sizes[99] - sizes[49] <= 16


def test_a_turn_reads_no_more_when_the_history_is_long(meter: Meter) -> None:
    rounds = Rounds(meter)
    counted = [rounds.go() for _ in range(100)]

    for early, late in zip(counted[9], counted[99], strict=True):
        assert late.steps <= early.steps * 1.1 + 10


def test_the_state_follows_what_is_active(meter: Meter) -> None:
    """Ten times as many scripts behind it, the same bytes."""
    sizes = []
    for count in (1, 30):
        made = processes.script(count, id=f"behind{count}")
        made.back_to(f"script{count - 1}").user("rest").end("other")
        unit = f"bench:behind{count}:1"
        files = {"model.bpmn2": made.xml()}
        meter.engine.deployments.deploy(meter.admin, unit, files)
        before = meter.count(lambda: None)[1].state_bytes
        ref = ProcessRef(deployment=unit, process_id=f"behind{count}")
        after = meter.count(lambda ref=ref: meter.engine.processes.start(meter.admin, ref))[1]
        sizes.append(after.state_bytes - before)

    assert abs(sizes[1] - sizes[0]) <= 16


def test_eight_callers_share_commits(tmp_path: Path) -> None:
    """Fewer commits than requests: whoever is ready while a commit runs is in the next one."""
    ref = ProcessRef(deployment=processes.UNIT, process_id="bench.script1")
    requests = 8 * 25

    with Engine.open(f"sqlite:///{tmp_path / 'shared.db'}") as engine:
        engine.deployments.deploy(engine.admin, processes.UNIT, FILES)
        engine.processes.start(engine.admin, ref, GO)
        before = engine.executive.commits

        def call() -> None:
            for _ in range(25):
                engine.processes.start(engine.admin, ref, GO)

        callers = [threading.Thread(target=call) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        commits = engine.executive.commits - before

    assert commits < requests
