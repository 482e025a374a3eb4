"""Arguments of commands: under which names they stand, and how their texts are read.

``reference/jbpm-rest-api.md`` 5.6. Clients of different versions send the same argument as an
attribute or as a child, under several names; every one of them is taken from every client.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from procession.errors import Invalid
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.typed import map_of, moment_of, value_of
from procession.rest.jbpm.task_query import STATUSES
from procession.values import EMPTY, Map, Value

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


class Argument(msgspec.Struct, frozen=True):
    """One argument: the handler's name for it, and the names it has on the wire.

    ``many``: all of that name, as a tuple. ``required``: without it the command fails.
    """

    key: str
    names: tuple[str, ...]
    read: Callable[[Element], Any]
    is_attribute: bool = False
    many: bool = False
    required: bool = False
    otherwise: Any = None

    def of(self, command: Element) -> Any:
        """What a command says. Raises :class:`Invalid` for what cannot be read."""
        if self.many:
            return tuple(
                value for child in command.all(*self.names) if (value := self._read(child)) != ""
            )
        for name in self.names:
            text = command.attributes.get(name)
            if text is not None:
                return self._read(Element(name, text))
        child = command.first(*self.names)
        return self.otherwise if child is None else self._read(child)

    def _read(self, element: Element) -> Any:
        return None if element.is_nil else self.read(element)

    def is_missing(self, value: Any) -> bool:
        """Whether that value will not do."""
        return self.required and (value is None or value == "")

    @property
    def shown(self) -> str:
        """As the reference writes it: attributes with an at sign, alternatives with a slash."""
        sign = "@" if self.is_attribute else ""
        return "/".join(f"{sign}{name}" for name in self.names) + ("…" if self.many else "")


# -- how texts are read -------------------------------------------------------------------------


def text_of(element: Element) -> str:
    """A text without the blanks around it."""
    return element.text.strip()


def number_of(element: Element) -> int:
    """A whole number."""
    text = element.text.strip()
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"'{element.name}' must be a whole number, not '{text[:100]}'")
    return int(text)


def flag_of(element: Element) -> bool:
    """Whether it says true."""
    return element.text.strip().lower() in {"true", "1"}


def date_of(element: Element) -> Any:
    """A moment."""
    try:
        return moment_of(element.text)
    except ValueError as error:
        raise Invalid(f"'{element.name}' is no xs:dateTime: '{element.text[:100]}'") from error


def status_of(element: Element) -> str:
    """The name of a task status, in any mixture of capital and small letters."""
    text = element.text.strip()
    if text.lower() not in STATUSES:
        raise Invalid(f"'{text[:100]}' is no task status; it may be {', '.join(STATUSES.values())}")
    return STATUSES[text.lower()]


def facts_of(element: Element) -> tuple[Value, ...]:
    """The items of a wrapper: ``<data><data xsi:type="…">…</data></data>``."""
    return tuple(value_of(child) for child in element.children)


# -- arguments ----------------------------------------------------------------------------------


def attribute(key: str, *names: str, read: Callable[[Element], Any] = text_of,
              required: bool = False) -> Argument:  # fmt: skip
    """An attribute of the command's element."""
    return Argument(key, names, read, is_attribute=True, required=required)


def child(key: str, *names: str, read: Callable[[Element], Any] = text_of,
          required: bool = False, otherwise: Any = None) -> Argument:  # fmt: skip
    """A child of the command's element."""
    return Argument(key, names, read, required=required, otherwise=otherwise)


def many(key: str, *names: str, read: Callable[[Element], Any] = text_of) -> Argument:
    """A child that may repeat."""
    return Argument(key, names, read, many=True)


def mapping(key: str, *names: str) -> Argument:
    """A map of typed values."""
    return Argument(key, names, _items, otherwise=EMPTY)


def _items(element: Element) -> Map:
    return map_of(element)
