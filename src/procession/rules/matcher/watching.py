"""Objects that notice when they are changed, once somebody keeps them: what is stored by delta.

A new object is as quick as any other. When a :class:`~.depot.Depot` has stored it, it becomes one
of a class of the same slots whose first assignment tells the depot and makes it an ordinary object
again. So what is changed often in one run is noticed once.
"""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeVar


class Keeper(Protocol):
    """Who is told of changes."""

    def touch(self, thing: Any) -> None:
        """A stored object is about to change."""
        ...


class Watched:
    """What can be kept: who keeps it (if anybody does), and a place for weak references."""

    __slots__ = ("__weakref__", "keeper")
    keeper: Keeper


KEPT: Final[dict[type, type]] = {}
"""The class of stored and unchanged objects by the class they have otherwise."""
Kind = TypeVar("Kind", bound=type)


def watched(kind: Kind) -> Kind:
    """A decorator: make the class of those that are stored."""
    assign = object.__setattr__

    def notice(self: Any, name: str, value: Any) -> None:
        assign(self, "__class__", kind)
        self.keeper.touch(self)
        assign(self, name, value)

    names = {"__slots__": (), "__setattr__": notice, "__module__": kind.__module__}
    KEPT[kind] = type(f"Kept{kind.__name__}", (kind,), names)
    return kind


class Table(dict[Any, Any]):
    """A dictionary whose order counts; ``log`` is for the depot."""

    __slots__ = ("__weakref__", "keeper", "log")
    keeper: Keeper
    log: dict[Any, bool]
    """Keys changed since a big table was stored, and whether they are in another place now."""


class KeptTable(Table):
    """A small one that is stored as a whole."""

    __slots__ = ()

    def _notice(self) -> None:
        self.__class__ = Table  # type: ignore[assignment]
        self.keeper.touch(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._notice()
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: Any) -> None:
        self._notice()
        dict.__delitem__(self, key)

    def pop(self, key: Any, *default: Any) -> Any:
        """As any dictionary."""
        if key in self:
            self._notice()
        return dict.pop(self, key, *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As any dictionary."""
        if key not in self:
            self._notice()
        return dict.setdefault(self, key, default)

    def clear(self) -> None:
        """As any dictionary."""
        self._notice()
        dict.clear(self)


class LoggedTable(Table):
    """A big one of which every entry is stored by itself."""

    __slots__ = ()

    def _log(self, key: Any, moved: bool) -> None:
        log = self.log
        if not log:
            self.keeper.touch(self)
        if moved:
            log.pop(key, None)
            log[key] = True
        else:
            log.setdefault(key, False)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._log(key, key not in self)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: Any) -> None:
        dict.__delitem__(self, key)
        self._log(key, True)

    def pop(self, key: Any, *default: Any) -> Any:
        """As any dictionary."""
        if key in self:
            self._log(key, True)
        return dict.pop(self, key, *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As any dictionary."""
        if key not in self:
            self[key] = default
        return self[key]

    def clear(self) -> None:
        """As any dictionary."""
        for key in list(self):
            del self[key]


TABLES: Final = frozenset({Table, KeptTable, LoggedTable})
