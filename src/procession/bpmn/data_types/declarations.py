"""``types.toml`` and ``types.json``: classes that a model imports, written down by hand.

.. code-block:: toml

    [types."com.acme.Person"]
    extends = "com.acme.Being"
    fields = { name = "String", age = "int", address = "com.acme.Address" }
    constructors = [[], ["name", "age"]]
    methods = ["fullName()", "greet(String)"]
    text = "{name} ({age})"

    [types."com.acme.Colour"]
    constants = ["RED", "GREEN"]

``fields`` may also be a list of names, which may then hold anything.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from procession.bpmn.data_types.faults import Unreadable
from procession.core.data_types import DataType
from procession.values import Map

_NAME: Final = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*")
_METHOD: Final = re.compile(r"([^\W\d][\w$]*)\(([^()]*)\)")
_KEYS: Final = frozenset(
    {"extends", "fields", "constructors", "methods", "text", "constants", "origin"}
)


def read_declarations(content: bytes, origin: str) -> list[DataType]:
    """The types of a file. Raises :class:`Unreadable`."""
    try:
        text = content.decode("utf-8")
        read = json.loads(text) if origin.lower().endswith(".json") else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Unreadable(f"this is no types file: {fault}") from None
    declared = read.get("types") if isinstance(read, dict) else None
    if not isinstance(declared, dict):
        raise Unreadable('a types file has tables such as [types."com.acme.Person"]')
    return [_type(name, told, origin) for name, told in declared.items()]


def _type(name: str, told: Any, origin: str) -> DataType:
    where = f"type {name!r}"
    if not _NAME.fullmatch(name):
        raise Unreadable(f"{where}: this is no name of a class")
    if not isinstance(told, dict):
        raise Unreadable(f"{where}: a table with fields is needed")
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise Unreadable(f"{where}: unknown key {unknown[0]!r}; known are {sorted(_KEYS)}")
    fields = _fields(where, told.get("fields", {}))
    constructors = tuple(
        tuple(_texts(where, "constructors", one))
        for one in _list(where, "constructors", told.get("constructors", []))
    )
    methods = tuple(
        _method(where, one) for one in _texts(where, "methods", told.get("methods", []))
    )
    return DataType(
        name,
        fields,
        _text(where, "extends", told.get("extends", "")),
        constructors,
        methods,
        tuple(_texts(where, "constants", told.get("constants", []))),
        _text(where, "text", told.get("text", "")),
        origin,
    )


def _fields(where: str, told: Any) -> Map:
    if isinstance(told, list):
        told = dict.fromkeys(_texts(where, "fields", told), "Object")
    if not isinstance(told, Mapping):
        raise Unreadable(f"{where}: fields are names and types")
    for name, kind in told.items():
        if not _NAME.fullmatch(name) or "." in name:
            raise Unreadable(f"{where}: {name!r} is no name of a field")
        if not isinstance(kind, str) or not kind.strip():
            raise Unreadable(f"{where}: field {name!r} needs a type, such as String")
    return Map({name: kind.strip() for name, kind in told.items()})


def _method(where: str, told: str) -> tuple[str, int]:
    found = _METHOD.fullmatch(told.strip())
    if found is None:
        raise Unreadable(f"{where}: {told!r} is no method; write fullName() or greet(String)")
    return found[1], len([one for one in found[2].split(",") if one.strip()])


def _list(where: str, key: str, told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise Unreadable(f"{where}: {key} is a list")
    return told


def _texts(where: str, key: str, told: Any) -> list[str]:
    found = _list(where, key, told)
    if not all(isinstance(one, str) for one in found):
        raise Unreadable(f"{where}: {key} are texts")
    return found


def _text(where: str, key: str, told: Any) -> str:
    if not isinstance(told, str):
        raise Unreadable(f"{where}: {key} is a text")
    return told
