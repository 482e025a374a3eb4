"""Declared types: their fields with those they inherit, and what is refused of them."""

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
    "expires": "expiration of events",
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
    shape = building.shapes[name] = Shape(name, fields, keys, parents)
    return shape


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
        elif name.lower() == "role" and value.strip() == "event":
            what = f"{declared.name} is an event: it is matched as a fact, without time"
            building.problems.append(
                RuleProblem(file.path, declared.line, declared.column, what, "", "warning")
            )
    seen: set[str] = set()
    for field in declared.fields:
        if field.name in seen:
            what = f"the field {field.name} is declared twice"
            building.mistake(file.path, Mistake(what, field.line, field.column))
        seen.add(field.name)
