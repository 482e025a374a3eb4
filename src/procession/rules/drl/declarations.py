"""Declared types and enums: their fields with those they inherit, and what is refused of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from procession.core.live import Shape
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import FieldText, FileText, TypeText
from procession.rules.rule_base import RuleProblem

if TYPE_CHECKING:
    from procession.rules.drl.building import Building

_REFUSED: Final = {
    "propertyreactive": "property reactivity",
    "traitable": "traits",
}


def shapes_of(building: Building) -> None:
    """Collect the types of all files into ``building.shapes``."""
    found: dict[str, tuple[FileText, TypeText]] = {}
    for file, _ in building.files:
        for declared in file.types:
            name = _full(file, declared.name)
            if name in found:
                what = f"the type {declared.name} is declared twice"
                building.mistake(file.path, Mistake(what, declared.line, declared.column))
            found[name] = (file, declared)
    for name in found:
        _shape(building, name, found, ())


def _full(file: FileText, name: str) -> str:
    if "." in name:
        return name
    for imported in file.imports:
        if imported.rpartition(".")[2] == name:
            return imported
    return f"{file.package}.{name}" if file.package else name


def _shape(
    building: Building,
    name: str,
    found: dict[str, tuple[FileText, TypeText]],
    below: tuple[str, ...],
) -> Shape | None:
    if name in building.shapes:
        return building.shapes[name]
    if name not in found:
        return None
    file, declared = found[name]
    if name in below:
        what = f"the type {declared.name} extends itself"
        building.mistake(file.path, Mistake(what, declared.line, declared.column))
        return None
    _check(building, file, declared)
    inherited: tuple[tuple[str, str, str | None], ...] = ()
    keys: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    parent: Shape | None = None
    if declared.extends:
        parent_name = _full(file, declared.extends)
        parent = _shape(building, parent_name, found, (*below, name))
        parents = (parent_name,)
        if parent is not None:
            inherited, keys = parent.fields, parent.keys
            parents = (parent_name, *parent.parents)
    own = _ordered(declared.fields)
    taken = {field[0] for field in inherited}
    fields = (*inherited, *[(f.name, f.type_name, f.initial) for f in own if f.name not in taken])
    keys = (*keys, *[f.name for f in own if f.is_key])
    held = [
        (field.name, _shape(building, kind, found, (*below, name)))
        for field in own
        if (kind := _full(file, field.type_name)) in found and found[kind][1].constants
    ]
    enums = () if parent is None else parent.enums
    enums = (*enums, *[(field, enum) for field, enum in held if enum is not None])
    constants = tuple((one.name, one.arguments) for one in declared.constants)
    if constants:
        parents = ("java.lang.Enum",)
    shape = Shape(name, fields, keys, parents, constants, enums, *_times(declared, parent))
    building.shapes[name] = shape
    _check_times(building, file, declared, shape)
    return shape


def _times(declared: TypeText, parent: Shape | None) -> tuple[bool, str, str]:
    """Whether a type is an event, and the fields that say when it began and how long it lasts."""
    notes = {key.lower(): value.strip() for key, value in declared.metadata}
    before = (False, "", "")
    if parent is not None:
        before = (parent.is_event, parent.timestamp, parent.duration)
    return (
        notes.get("role") == "event" or before[0],
        notes.get("timestamp") or before[1],
        notes.get("duration") or before[2],
    )


def _ordered(fields: tuple[FieldText, ...]) -> tuple[FieldText, ...]:
    if all(field.position is not None for field in fields):
        return tuple(sorted(fields, key=lambda field: field.position or 0))
    return fields


def _check(building: Building, file: FileText, declared: TypeText) -> None:
    for name, value in declared.metadata:
        refused = _REFUSED.get(name.lower())
        if refused is not None:
            what = f"@{name} on a type: {refused} is not supported"
            building.mistake(file.path, Mistake(what, declared.line, declared.column))
        elif name.lower() == "expires":
            what = f"@{name}({value}): events stay until they are deleted, as in cloud mode"
            building.problems.append(
                RuleProblem(file.path, declared.line, declared.column, what, "", "warning")
            )
    seen: set[str] = set()
    for field in declared.fields:
        if field.name in seen:
            what = f"the field {field.name} is declared twice"
            building.mistake(file.path, Mistake(what, field.line, field.column))
        seen.add(field.name)


def _check_times(building: Building, file: FileText, declared: TypeText, shape: Shape) -> None:
    """The fields that hold the times of an event must be there."""
    known = {field[0] for field in shape.fields}
    for what, name in (("timestamp", shape.timestamp), ("duration", shape.duration)):
        if name and name not in known:
            told = f"@{what}({name}): {declared.name} has no field '{name}'"
            building.mistake(file.path, Mistake(told, declared.line, declared.column))
