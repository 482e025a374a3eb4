"""What a working memory tells: facts as they stand, and what came of firing."""

from __future__ import annotations

import msgspec

from procession.core.ports import Wish
from procession.values import Value

DEFAULT: str = "DEFAULT"
"""The entry point of facts for which none is named."""


class Fact(msgspec.Struct, frozen=True):
    """A fact as it stands. ``logical`` ones go away when the last rule that justifies them does."""

    handle: int
    value: Value
    entry_point: str = DEFAULT
    logical: bool = False


class Fired(msgspec.Struct, frozen=True):
    """One rule that fired, with the handles of the facts it matched, in the order of patterns."""

    rule: str
    package: str
    handles: tuple[int, ...]


class FactChange(msgspec.Struct, frozen=True):
    """What became of a fact; ``kind`` is ``inserted``, ``updated`` or ``deleted``."""

    kind: str
    handle: int


class Firings(msgspec.Struct, frozen=True):
    """What came of firing.

    ``wishes`` are those of :class:`~procession.core.ports.Wish`, of consequences in the order in
    which they ran; beyond those of scripts there is ``set_variable`` (``instance`` is the process
    instance, ``name`` the variable).
    """

    number: int
    fired: tuple[Fired, ...] = ()
    printed: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    changes: tuple[FactChange, ...] = ()
    halted: bool = False
