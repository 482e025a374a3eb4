"""What the items of a loop cost, in counts: each as much as the one before, nothing afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from bench.counting import Counts, Meter, metered
from procession.core.ports import Limits
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.services.tasks import TaskCriteria
from procession.testing import compile_model, model, start
from procession.values import Map, freeze_all

LIST = "<loopDataInputRef>list</loopDataInputRef><inputDataItem id='item'/>"


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[Meter]:
    with metered(tmp_path, processes.UNIT, processes.patterns()) as made:
        yield made


def run(meter: Meter, kind: str, count: int) -> Counts:
    """Start the loop of that kind over so many items."""
    ref = ProcessRef(deployment=processes.UNIT, process_id=f"bench.items1000.{kind}")
    given = freeze_all({"list": [7] * count})
    return meter.count(lambda: meter.engine.processes.start(meter.admin, ref, given))[1]


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_each_item_writes_as_much_as_the_one_before(meter: Meter, kind: str) -> None:
    run(meter, kind, 1)
    few, more, many = (run(meter, kind, 1000 + count) for count in (0, 100, 200))

    assert (many.reads, many.commits) == (few.reads, few.commits) == (0, 1)
    assert many.rows - more.rows == more.rows - few.rows
    # Numbers of elements grow from three bytes to five, sizes of lists by two; nothing else does.
    assert (
        abs((many.journal_bytes - more.journal_bytes) - (more.journal_bytes - few.journal_bytes))
        <= 200
    )


@pytest.mark.parametrize("kind", ["parallel", "sequential"])
def test_each_item_is_as_many_records_as_the_one_before(kind: str) -> None:
    process = compile_model(processes.items(1000, sequential=kind == "sequential"))

    def records(count: int) -> int:
        return len(start(process, limits=Limits(records_per_step=100), list=[1] * count).records)

    assert records(4000) - records(3000) == records(2000) - records(1000)


def test_a_state_does_not_grow_with_the_items_that_are_done(meter: Meter) -> None:
    loop = f"<multiInstanceLoopCharacteristics isSequential='true'>{LIST}"
    made = model("rounds").variable("list").start()
    made.user("work", loop + "</multiInstanceLoopCharacteristics>").end()
    unit = "bench:rounds:1"
    meter.engine.deployments.deploy(meter.admin, unit, {"model.bpmn2": made.xml()})
    ref = ProcessRef(deployment=unit, process_id="rounds")
    given = freeze_all({"list": ["x"] * 120})
    instance = meter.engine.processes.start(meter.admin, ref, given).id
    criteria = TaskCriteria(process_instance_ids=(instance,), statuses=("Ready", "Created"))

    def finish() -> int:
        task = meter.engine.tasks.query(meter.admin, criteria, PageRequest()).items[0].id
        done = lambda: meter.engine.tasks.finish(meter.admin, task, Map())  # noqa: E731
        return meter.count(done)[1].state_bytes

    sizes = [finish() for _ in range(100)]

    # Numbers in it grow from one byte to three; nothing else does.
    assert sizes[99] - sizes[9] <= 32
