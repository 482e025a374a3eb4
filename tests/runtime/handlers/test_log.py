"""Log, SystemOut and Manual Task: they complete at once."""

from __future__ import annotations

import logging

import pytest

from procession.web.logs import JsonLines, TextLines
from tests.runtime.handlers.house import calling
from tests.runtime.rooms import deploy


@pytest.mark.parametrize("name", ["Log", "SystemOut"])
def test_one_line_is_written_and_the_process_goes_on(open_engine, caplog, name):
    engine = open_engine()
    deploy(engine, calling(name, Message="booked\nFORGED", room="12", Password="s3cret"))

    with caplog.at_level(logging.INFO, "procession.work_item"):
        view = engine.processes.start(engine.admin, "p")

    assert view.state == 2
    [line] = caplog.records
    assert line.parameters["room"] == "12"
    for formatter in (JsonLines(), TextLines()):
        written = formatter.format(line)
        assert "\n" not in written
        assert "s3cret" not in written
        assert "booked" in written


def test_manual_work_completes_at_once(open_engine):
    engine = open_engine()
    deploy(engine, calling("Manual Task"))

    assert engine.processes.start(engine.admin, "p").state == 2
