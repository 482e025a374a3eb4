"""Classes of a deployment: what scripts, rules and doors know of types that a model imports.

A type is data: the names and types of its fields, what its constructors take, and the names of the
methods whose bodies nobody here has (``reference/rulings.md`` 7). Where it was read from does not
matter; :mod:`procession.bpmn.data_types` reads ``types`` files, Java sources and class files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from procession.values import EMPTY, Map

DEFAULTS: Final[Mapping[str, object]] = {
    "boolean": False,
    **dict.fromkeys(("byte", "short", "int", "long", "float", "double", "char"), 0),
}
"""What fields of primitive types hold before they are set: false, or a zero of the type."""
MOST_PARENTS: Final = 20


class DataType(msgspec.Struct, frozen=True):
    """One class: ``fields`` are name to type as Java writes it, own ones after inherited ones."""

    name: str
    fields: Mapping[str, str] = EMPTY
    parent: str = ""
    constructors: tuple[tuple[str, ...], ...] = ()
    """For each constructor the fields that its arguments set; without any, none and all fields."""
    methods: tuple[tuple[str, int], ...] = ()
    """Methods whose bodies are not known, with the number of their arguments."""
    constants: tuple[str, ...] = ()
    """The constants of an enum."""
    text: str = ""
    """What ``toString`` gives, with fields in braces: ``{name} ({age})``."""
    origin: str = ""

    @property
    def simple(self) -> str:
        """The name without its package."""
        return self.name.rpartition(".")[2]

    def accepts(self, count: int) -> tuple[str, ...] | None:
        """The fields that a constructor of that many arguments sets, if there is one."""
        if not self.constructors:
            return () if not count else tuple(self.fields) if count == len(self.fields) else None
        return next((one for one in self.constructors if len(one) == count), None)

    def field_of(self, accessor: str, count: int) -> str | None:
        """The field that a getter or setter is for, if it is one."""
        for prefix, arguments in (("get", 0), ("is", 0), ("set", 1)):
            rest = accessor[len(prefix) :]
            if accessor.startswith(prefix) and rest and count == arguments:
                for name in (rest[:1].lower() + rest[1:], rest, f"is{rest}"):
                    if name in self.fields:
                        return name
        return accessor if not count and accessor in self.fields else None


class DataTypes(Mapping[str, DataType]):
    """The types of a deployment by full name; found by simple name too where it is unambiguous."""

    __slots__ = ("_simple", "_types", "fingerprint")

    def __init__(self, types: Iterable[DataType] = ()) -> None:
        known = {one.name: one for one in types}
        self._types = {name: _whole(one, known) for name, one in known.items()}
        self._simple: dict[str, str] = {}
        twice: set[str] = set()
        for one in self._types.values():
            if self._simple.setdefault(one.simple, one.name) != one.name:
                twice.add(one.simple)
        for name in twice:
            del self._simple[name]
        told = msgspec.json.encode([self._types[name] for name in sorted(self._types)])
        self.fingerprint = hashlib.sha256(told).hexdigest()[:16] if self._types else ""

    def __getitem__(self, name: str) -> DataType:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataTypes) and self.fingerprint == other.fingerprint

    def named(self, written: str) -> DataType | None:
        """The type of a written name, full or simple."""
        return self._types.get(self._simple.get(written, written))

    def is_kind(self, name: str, wanted: str) -> bool | None:
        """Whether a type is another or extends it; None where that is not known."""
        for _ in range(MOST_PARENTS):
            if name == wanted:
                return True
            known = self._types.get(name)
            if known is None:
                return None if name else False
            name = known.parent
        return False

    def to_text(self) -> str:
        """As a text that can be stored; empty without types."""
        types = list(self._types.values())
        return msgspec.json.encode(types).decode() if types else ""


def from_text(stored: str) -> DataTypes:
    """What :meth:`DataTypes.to_text` gave."""
    if not stored:
        return NO_TYPES
    return DataTypes(msgspec.json.decode(stored, type=list[DataType]))


def _whole(one: DataType, known: Mapping[str, DataType]) -> DataType:
    """With the fields and methods of its parents."""
    fields, methods = [one.fields], list(one.methods)
    at = one
    for _ in range(MOST_PARENTS):
        found = known.get(at.parent)
        if found is None or found is one:
            break
        fields.append(found.fields)
        methods.extend(found.methods)
        at = found
    if len(fields) == 1:
        return one
    merged = {name: kind for part in reversed(fields) for name, kind in part.items()}
    return msgspec.structs.replace(
        one, fields=Map(merged), methods=tuple(dict.fromkeys(methods)), text=one.text or at.text
    )


NO_TYPES: Final = DataTypes()
"""The types of a deployment that brings none."""
