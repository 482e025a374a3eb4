"""Containers that tell whoever keeps them of changes, as the facts of rules do."""

from __future__ import annotations

from typing import Any


class Noticing:
    """``changed`` says that it was changed in place; ``keeper``, if there is one, is told then."""

    __slots__ = ("__weakref__", "_changed", "keeper")
    _changed: bool
    keeper: Any

    @property
    def changed(self) -> bool:
        """Whether it was changed since it was made."""
        return self._changed

    @changed.setter
    def changed(self, value: bool) -> None:
        self._changed = value
        if not value:
            self.keeper = None
        elif self.keeper is not None:
            self.keeper.touch(self)
