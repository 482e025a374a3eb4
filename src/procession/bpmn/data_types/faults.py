"""What is wrong with a file that types are read from."""

from __future__ import annotations


class Unreadable(Exception):
    """The file cannot be read; the message says why, ``line`` where it is known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
