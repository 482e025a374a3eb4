"""Python for service tasks and for asynchronous tasks, by the names that models give them.

Models written for Java name a class and a method; here the operator says which Python stands for
them: a function, or an object (a class is instantiated at first use) whose method of the
operation's name is called. It is given the one parameter and its answer is ``Result``.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from procession.errors import Invalid
from procession.runtime.handlers.given import pairs, wrong
from procession.runtime.work_items import WorkItem
from procession.values import Value


def imported(setting: str, place: str) -> Callable[[], Any]:
    """What ``module:name`` stands for, imported when it is first asked for, and kept."""
    module, _, name = place.partition(":")
    if not (module and name) or any(part.startswith("_") for part in name.split(".")):
        raise Invalid(f"wrong setting: {setting}: expected module:name, found {place!r}")
    kept: list[Any] = []
    lock = threading.Lock()

    def find() -> Any:
        with lock:
            if not kept:
                found: Any = importlib.import_module(module)
                for part in name.split("."):
                    found = getattr(found, part)
                kept.append(found)
            return kept[0]

    return find


def method_bodies(entries: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    """Functions for methods of a model's own classes, imported when they are first called."""

    def late(find: Callable[[], Any]) -> Callable[..., Any]:
        return lambda *args: find()(*args)

    told = pairs("methods", entries)
    return {name: late(imported("methods", place)) for name, place in told.items()}


class Service:
    """A Python function or object in place of a Java class."""

    def __init__(self, interface: str, find: Callable[[], Any]) -> None:
        self._interface = interface
        self._find = find
        self._target: Any = None
        self._lock = threading.Lock()

    def __call__(self, item: WorkItem) -> Mapping[str, Value]:
        """Call the operation; what it raises the model may catch by its class."""
        p = item.parameters
        function = self._operation(str(p.get("Operation") or ""))
        if "Parameter" in p or p.get("ParameterType"):
            return {"Result": function(p.get("Parameter"))}
        return {"Result": function()}

    def _operation(self, name: str) -> Callable[..., Any]:
        with self._lock:
            if self._target is None:
                found = self._find()
                self._target = found() if isinstance(found, type) else found
        method = None if name.startswith("_") else getattr(self._target, name or "_", None)
        if callable(method):
            return method  # type: ignore[no-any-return]
        if callable(self._target) and not hasattr(type(self._target), name or "_"):
            return self._target  # type: ignore[no-any-return]
        raise wrong(f"the service {self._interface} has no operation {name!r}")
