"""The installed command, run as a person would."""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from procession.cli.main import main
from procession.testing import Model


class Answer:
    """What a command printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        assert self.code in (0, 1), self.err
        return json.loads(self.out)

    def fails_with(self, *words: str) -> None:
        """One clear line and exit status 1."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert "Traceback" not in self.err
        assert len(self.err.strip().splitlines()) == 1, self.err
        for word in words:
            assert word in self.err, self.err


class Commands:
    """``procession …`` with a database of its own."""

    def __init__(self, database: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PROCESSION_DATABASE": database,
            "PROCESSION_DATA_DIR": str(folder),
            "PROCESSION_NODES": "1",  # a process that runs tests must not be split
        }

    def __call__(self, *arguments: str, stdin: str = "", **environment: str) -> Answer:
        """In this process, which saves the second that Python takes to load everything."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("PROCESSION_")]:
                patch.delenv(name)
            for name, value in {**self.environment, **environment}.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["procession", *arguments])
            patch.setattr(sys, "stdin", StringIO(stdin))
            out, err = StringIO(), StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                try:
                    main()
                    code = 0
                except SystemExit as ending:
                    code = int(ending.code or 0)
        gc.enable()  # `serve` holds it off until it is ready
        return Answer(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, stdin: str = "") -> str:
        answer = self(*arguments, stdin=stdin)
        assert answer.code == 0, answer.err
        return answer.out

    def file(self, name: str, model: Model | bytes) -> str:
        path = self.folder / name
        path.write_bytes(model.xml() if isinstance(model, Model) else model)
        return str(path)
