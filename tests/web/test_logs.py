"""What a log has of errors: where they arose, and nothing that a script made of values."""

from __future__ import annotations

import logging
import sys

import pytest

from procession.errors import Fault, ScriptFailure
from procession.web.logs import JsonLines, TextLines


def line(formatter: logging.Formatter) -> str:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", None, sys.exc_info())
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_a_trace_tells_of_a_script_what_a_log_may_have(formatter: logging.Formatter) -> None:
    secret = "-".join(("not", "for", "logs"))

    def fail() -> None:
        try:
            try:
                int(secret)
            except ValueError as error:
                failure = ScriptFailure(f"no number: {secret}", logged="NumberFormatException")
                raise failure from error
        except ScriptFailure as error:
            raise Fault(f"the batch: {secret}") from error

    told = ""
    try:
        fail()
    except Fault:
        told = line(formatter)

    assert secret not in told
    assert "NumberFormatException" in told
    assert "test_logs.py" in told
    assert told.index("ScriptFailure") < told.index("Fault")


def test_a_trace_of_any_other_error_is_whole() -> None:
    try:
        {}["missing"]
    except KeyError as error:
        try:
            raise RuntimeError("worse") from error
        except RuntimeError:
            told = line(TextLines())

    assert "KeyError: 'missing'" in told
    assert "RuntimeError: worse" in told
    assert "which led to" in told
