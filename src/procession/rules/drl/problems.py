"""A mistake in a rule file, on its way to the list of problems."""

from __future__ import annotations


class Mistake(Exception):
    """Something that cannot be compiled, with its place."""

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.column = column
