"""Every event definition in every position: it happens, or the model is refused."""

from __future__ import annotations

import pytest

from procession.core.records import ErrorThrown, MessageThrown, SignalThrown
from procession.testing import Run, start
from python_scripts import definition, faults
from tests.conformance.event_matrix import Cell, cells

CELLS = list(cells())
ALLOWED = [cell for cell in CELLS if cell.is_allowed]
FORBIDDEN = [cell for cell in CELLS if not cell.is_allowed]
STARTING = {"multiple": "message", "parallel multiple": "message"}


@pytest.mark.parametrize("cell", FORBIDDEN, ids=lambda cell: cell.name)
def test_what_may_not_stand_there_is_refused_by_name(cell: Cell):
    found = faults(cell.xml.decode())

    assert found
    assert any(element == "ev" for element, _ in found), found


@pytest.mark.parametrize("cell", ALLOWED, ids=lambda cell: cell.name)
def test_what_may_stand_there_happens(cell: Cell):
    assert not faults(cell.xml.decode())

    if cell.position == "process start":
        run = begun(cell)
    else:
        run = start(definition(cell.xml.decode()), x=0)
        happen(run, cell)

    assert "ev" in run.visited
    assert run.is_completed or cell.definition in ("error",) or "non-interrupting" in cell.position


def begun(cell: Cell) -> Run:
    """A process that the event itself starts."""
    process = definition(cell.xml.decode())
    if cell.definition == "none":
        return start(process)
    run = start(process, start_event="ev", x=1)
    if cell.definition == "parallel multiple":
        run.signal("s")
        run.message("m")
    return run


def happen(run: Run, cell: Cell) -> None:
    """Bring about what the event is for."""
    kind = cell.definition
    if cell.position in ("intermediate throw", "end"):
        thrown = {"message": MessageThrown, "signal": SignalThrown, "error": ErrorThrown}
        assert kind not in thrown or run.of(thrown[kind])
    elif kind in ("message", "multiple"):
        run.message("m")
    elif kind == "signal":
        run.signal("s")
    elif kind == "parallel multiple":
        run.message("m")
        assert not run.is_completed
        run.signal("s")
    elif kind == "timer":
        run.advance(seconds=6)
    elif kind == "conditional":
        run.do_set(x=1)
    elif kind != "link":
        run.complete("task")
