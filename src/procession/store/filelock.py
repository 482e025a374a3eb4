"""An advisory lock on a file: one serving process per SQLite database."""

from __future__ import annotations

import os
import sys
import time
from typing import Final

from procession.errors import StoreUnavailable

if sys.platform == "win32":
    import msvcrt

    def _try(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_ENDING: Final = 1.0
"""Seconds in which a server that was killed ends with all of its processes."""


def _take(file: int) -> None:
    until = time.monotonic() + _ENDING
    while True:
        try:
            _try(file)
            return
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.02)


class FileLock:
    """Held from the moment it is made; the system frees it when the process ends, however."""

    def __init__(self, path: str) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"cannot open the lock file: {error.strerror}") from error
        try:
            _take(self._file)
        except OSError:
            os.close(self._file)
            raise StoreUnavailable(
                "another process serves this database; stop it first, or use PostgreSQL to run"
                " several"
            ) from None

    def fileno(self) -> int:
        """The open file. A process that inherits it holds the lock too, as long as it lives."""
        return self._file

    def release(self) -> None:
        """Let go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
