"""``@element``: ties a BPMN tag to the class that reads it and behaves for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

REGISTRY: dict[str, type] = {}
"""Every tag we understand. What is not here is refused, or listed in ``compiler.IGNORED``."""

T = TypeVar("T", bound=type)


def element(tag: str) -> Callable[[T], T]:
    """Register a class for a BPMN tag; class and module carry the same name in their spelling."""

    def register(cls: T) -> T:
        expected = tag[0].upper() + tag[1:]
        if cls.__name__ != expected:
            raise TypeError(f"the class for {tag} is called {expected}, not {cls.__name__}")
        if tag in REGISTRY and REGISTRY[tag].__module__ != cls.__module__:
            raise TypeError(f"{tag} is registered twice")
        REGISTRY[tag] = cls
        return cls

    return register
