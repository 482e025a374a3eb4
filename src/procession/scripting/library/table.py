"""The table of what scripts may call: classes with constructors, methods, statics and constants.

Nothing outside this table can be reached from a script. An entry is its Java signature, which
tells the number of arguments and documents it, and a function that gets the frame, the object
(for methods) and the arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from procession.values import Value

Function: TypeAlias = Callable[..., Value]
_SIGNATURE: Final = re.compile(r"(static )?(?:(\S+) )?(\w+)(?:\((.*)\))?$")
MAX_ARGUMENTS: Final = 12


class Member(msgspec.Struct, frozen=True):
    """One constructor, method or static method."""

    signature: str
    name: str
    returns: str
    arguments: tuple[int, ...]
    function: Function


class JavaClass:
    """A class that scripts may use."""

    def __init__(
        self, name: str, *hosts: type, parents: tuple[str, ...] = (), doc: str = ""
    ) -> None:
        self.name = name
        self.simple = name.rpartition(".")[2]
        self.hosts = hosts
        self.parents = parents
        self.doc = doc
        self.methods: dict[tuple[str, int], Member] = {}
        self.statics: dict[tuple[str, int], Member] = {}
        self.constructors: dict[int, Member] = {}
        self.constants: dict[str, Value] = {}
        self.members: list[Member] = []

    def add(self, signature: str, function: Function) -> None:
        """Add a member, told by its Java signature."""
        found = _SIGNATURE.match(signature)
        if found is None:
            raise ValueError(f"not a signature: {signature}")
        static, returns, name, parameters = found.groups()
        listed = [part.strip() for part in (parameters or "").split(",") if part.strip()]
        counts: tuple[int, ...] = (len(listed),)
        if listed and listed[-1].endswith("..."):
            counts = tuple(range(len(listed) - 1, MAX_ARGUMENTS + 1))
        member = Member(signature, name, returns or self.name, counts, function)
        self.members.append(member)
        for count in counts:
            if static:
                self.statics.setdefault((name, count), member)
            elif returns is None:
                self.constructors.setdefault(count, member)
            else:
                self.methods.setdefault((name, count), member)

    def all(self, entries: dict[str, Function]) -> None:
        """Add many members."""
        for signature, function in entries.items():
            self.add(signature, function)


class Library:
    """All classes, found by name and by the host type of a value."""

    def __init__(self, classes: list[JavaClass], common: JavaClass) -> None:
        self.common = common
        self.classes = {one.name: one for one in [*classes, common]}
        self.simple: dict[str, str] = {}
        for name, one in self.classes.items():
            self.simple.setdefault(one.simple, name)
        self.of_host: dict[type, list[JavaClass]] = {}
        for one in classes:
            for host in one.hosts:
                self.of_host.setdefault(host, []).append(one)
        self._method_names = {key[0] for one in self.classes.values() for key in one.methods}

    def calls(self, name: str, count: int) -> dict[type, Function]:
        """For each host type that has this method, its function."""
        common = self.common.methods.get((name, count))
        found: dict[type, Function] = {}
        for host, classes in self.of_host.items():
            for one in classes:
                member = one.methods.get((name, count), None)
                if member is not None:
                    found[host] = member.function
                    break
            else:
                if common is not None:
                    found[host] = common.function
        return found

    def knows_method(self, name: str) -> bool:
        """Whether any class has a method of that name."""
        return name in self._method_names

    def lineage(self, name: str) -> tuple[str, ...]:
        """The class and all that it extends or implements."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            at = waiting.pop(0)
            if at not in found:
                found.append(at)
                known = self.classes.get(at)
                waiting.extend(known.parents if known else ())
        return tuple(found)

    def documentation(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Each class with its remark and the signatures of its members, for the reference."""
        for name in sorted(self.classes):
            one = self.classes[name]
            yield name, one.doc, tuple(member.signature for member in one.members)
