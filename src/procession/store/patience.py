"""How long one question may take that was put together from what a caller asked for.

Most are answered by an index in milliseconds. Some cannot be (a pattern that may begin with
anything, among millions of values), and those must not keep a thread for ever.
"""

from __future__ import annotations

from procession.errors import Invalid

SECONDS = 20.0


class Patience:
    """The limit in seconds, of one store."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = SECONDS

    def lost(self) -> Invalid:
        """What is answered then."""
        return Invalid(
            f"the search takes longer than {self.seconds:g} s; narrow it down to a process, a"
            " deployment, a person or a variable, or begin a pattern with what is known",
            reason="parameter",
        )
