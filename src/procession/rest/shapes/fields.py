"""The description of a payload: shapes and their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from procession.rest.shapes.kinds import BOOLEAN, DATE, NUMBER, TEXT, Kind


class OneOf(msgspec.Struct, frozen=True):
    """Items of several classes: by class, the element name, the shape and its JSON wrapper.

    In JSON each item stands in an object of its own whose only key is ``wrapper``.
    """

    cases: dict[type, tuple[str, Shape, str]]


class Field(msgspec.Struct, frozen=True):
    """One field: its names (``None``: not there), where the value comes from, its kind.

    ``get`` is the name of an attribute of the view or a function of it; with ``of_frame`` it is a
    function of what the dialect adds to the view when it writes a document.
    """

    xml: str | None
    json: str | None
    get: str | Callable[[Any], Any]
    kind: Kind | Shape | OneOf = TEXT
    many: bool = False
    nillable: bool = False
    attribute: bool = False
    of_frame: bool = False


class Shape(msgspec.Struct, frozen=True):
    """The fields of a payload, in the order in which both representations have them.

    ``indented`` sets each child on a line of its own (for flat shapes).
    """

    fields: tuple[Field, ...]
    indented: bool = False


def text(xml: str | None, json: str | None, get: str | Callable[[Any], Any]) -> Field:
    """A text field."""
    return Field(xml, json, get)


def number(xml: str | None, json: str | None, get: str | Callable[[Any], Any]) -> Field:
    """A field with a whole number."""
    return Field(xml, json, get, NUMBER)


def boolean(xml: str | None, json: str | None, get: str | Callable[[Any], Any]) -> Field:
    """A field that is true or false."""
    return Field(xml, json, get, BOOLEAN)


def date(xml: str | None, json: str | None, get: str | Callable[[Any], Any]) -> Field:
    """A field with a moment."""
    return Field(xml, json, get, DATE)


def constant(xml: str | None, json: str | None, value: Any, kind: Kind = TEXT) -> Field:
    """A field that always has the same value."""
    return Field(xml, json, lambda view: value, kind)
