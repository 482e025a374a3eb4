"""Forms as form-js writes them (``*.form``), and whether what was filled in fits them.

A form says of each field what must hold: required, length, pattern, bounds, one of some values.
What only a browser knows is left to it: a field that a condition may hide is not required here, and
one whose choices come from data takes any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from procession.errors import Invalid
from procession.values import Value

ENDING: Final = ".form"
LONGEST_CHECKED: Final = 10_000
"""Texts longer than this fit no pattern: patterns come with a deployment, texts from anybody."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE: Final = re.compile(r"\+?[0-9 ()/.-]{3,40}")
_KINDS: Final = {"email": _EMAIL, "phone": _PHONE}
_CHOOSING: Final = frozenset({"select", "radio"})
_CHOOSING_MANY: Final = frozenset({"checklist", "taglist"})
_NESTED: Final = frozenset({"group", "default"})


class Field(msgspec.Struct, frozen=True):
    """One field: where its value stands, what it is called, and what must hold."""

    path: tuple[str, ...]
    label: str
    kind: str
    rules: Mapping[str, Any]
    choices: tuple[Any, ...] | None = None
    pattern: re.Pattern[str] | None = None
    is_required: bool = False


class Form(msgspec.Struct, frozen=True):
    """A form with its fields; ``schema`` is the file as it was deployed."""

    id: str
    schema: Mapping[str, Any]
    fields: tuple[Field, ...]

    def faults(self, document: Mapping[str, Value]) -> list[str]:
        """What does not fit, field by field."""
        found = []
        for field in self.fields:
            fault = _fault(field, _reach(document, field.path))
            if fault:
                found.append(f"{'.'.join(field.path)} {fault}")
        return found


def read_form(content: bytes) -> Form | None:
    """A form; ``None`` for a file of that ending that is of another kind (jBPM's own).

    Raises :class:`Invalid` for a form that cannot be used.
    """
    try:
        schema = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return None
    fields = tuple(_fields(schema["components"], ()))
    return Form(str(schema.get("id") or ""), schema, fields)


def form_fault(content: bytes) -> str:
    """Why a form cannot be deployed; nothing if it can."""
    try:
        read_form(content)
    except Invalid as error:
        return error.message
    return ""


def _fields(components: list[Any], at: tuple[str, ...]) -> Iterator[Field]:
    for component in components:
        if not isinstance(component, dict):
            raise Invalid("a component of the form is no object")
        kind = str(component.get("type") or "")
        inside = component.get("components")
        if isinstance(inside, list):
            if kind in _NESTED:
                yield from _fields(inside, (*at, *_path(component.get("path"))))
            continue
        path = _path(component.get("key"))
        if not path or component.get("disabled") or component.get("readonly"):
            continue
        yield _field(component, kind, (*at, *path))


def _field(component: Mapping[str, Any], kind: str, path: tuple[str, ...]) -> Field:
    rules = component.get("validate") or {}
    if not isinstance(rules, dict):
        raise Invalid(f"validate of {'.'.join(path)} is no object")
    pattern = None
    if rules.get("pattern"):
        try:
            pattern = re.compile(str(rules["pattern"]))
        except (re.error, RecursionError, OverflowError) as error:
            raise Invalid(f"the pattern of {'.'.join(path)} cannot be read: {error}") from None
    for name in ("min", "max", "minLength", "maxLength"):
        bound = rules.get(name)
        if bound is not None and not _is_number(bound):
            rules = {k: v for k, v in rules.items() if k != name}
    given = component.get("values")
    choices = None
    if isinstance(given, list) and kind in _CHOOSING | _CHOOSING_MANY:
        choices = tuple(one.get("value") for one in given if isinstance(one, dict))
    return Field(
        path,
        str(component.get("label") or ""),
        kind,
        rules,
        choices,
        pattern,
        bool(rules.get("required")) and not component.get("conditional"),
    )


def _path(text: Any) -> tuple[str, ...]:
    return tuple(part for part in str(text or "").split(".") if part)


def _reach(document: Mapping[str, Value], path: tuple[str, ...]) -> Value:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# -- what must hold ------------------------------------------------------------------------------


def _fault(field: Field, value: Value) -> str:
    if value is None or value in ("", ()) or (field.kind == "checkbox" and value is False):
        return "is required" if field.is_required else ""
    match field.kind:
        case "number":
            return _number(field, value)
        case "checkbox":
            return "" if isinstance(value, bool) else "must be true or false"
        case kind if kind in _CHOOSING:
            return (
                "" if field.choices is None or value in field.choices else "is none of its values"
            )
        case kind if kind in _CHOOSING_MANY:
            if not isinstance(value, tuple):
                return "must be a list"
            known = field.choices
            is_known = known is None or all(one in known for one in value)
            return "" if is_known else "has a value that is none of its values"
        case "textfield" | "textarea":
            return _text(field, value)
        case _:
            return ""


def _number(field: Field, value: Value) -> str:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return "must be a number"
    if isinstance(value, bool):
        return "must be a number"
    if not _is_number(value):
        try:
            value = float(value)
        except (TypeError, ValueError):
            return "must be a number"
    least, most = field.rules.get("min"), field.rules.get("max")
    if least is not None and value < least:
        return f"must be at least {least}"
    if most is not None and value > most:
        return f"must be at most {most}"
    return ""


def _text(field: Field, value: Value) -> str:
    if not isinstance(value, str):
        return "must be a text"
    least, most = field.rules.get("minLength"), field.rules.get("maxLength")
    if least is not None and len(value) < least:
        return f"must have at least {least} characters"
    if most is not None and len(value) > most:
        return f"must have at most {most} characters"
    pattern = field.pattern or _KINDS.get(str(field.rules.get("validationType")))
    if pattern is None:
        return ""
    fits = len(value) <= LONGEST_CHECKED and (
        pattern.search(value) if field.pattern else pattern.fullmatch(value)
    )
    return "" if fits else "does not have the form that is asked for"
