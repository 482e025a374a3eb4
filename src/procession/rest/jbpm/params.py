"""Parameters of a request: where they are read from, and what their texts mean.

``reference/jbpm-rest-api.md`` section 3. Query string and form body count alike, the query first;
names are compared without regard to case, except ``map_…`` and ``corrProp``; a single-valued
parameter given twice is refused. Beside ``map_`` a JSON object ``{name: value}`` may be sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from procession.errors import Fault, Invalid, NotFound
from procession.rest.jbpm.profiles import Profile, profile_of
from procession.rest.jbpm.wishes import wants_count
from procession.services.paging import PageRequest
from procession.services.views import Page
from procession.values import EMPTY, Float, Long, Map, Value, freeze
from procession.web.http import Request, pairs

if TYPE_CHECKING:
    from procession.engine import Engine

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"
DEFAULT_SIZE = 10
LONGEST_LIST = 1000
_MAP = "map_"
_DIGITS = re.compile(r"[0-9]+[li]?")
_FLOAT = re.compile(r"[0-9][0-9.]{1,9}(?:E-?[0-9]{1,2})?f?")
_NUMBER = re.compile(r"[0-9]{1,18}l?")


class Parameters:
    """The parameters of one request, read once."""

    def __init__(self, request: Request, engine: Engine) -> None:
        self.request = request
        self.profile: Profile = profile_of(request, engine.settings)
        self.pairs = request.query
        is_form = request.content_type == FORM and not self.profile.accidents.forgets_forms
        if is_form and not request.body.startswith(b"PK\x03\x04"):
            self.pairs = [*self.pairs, *pairs(_utf8(request.body))]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            found.setdefault(name.lower(), []).append(value)
        return found

    # -- single values -----------------------------------------------------------------------

    def text(self, *names: str) -> str | None:
        """The value of a parameter under the first of its names that is given.

        One that is given in two spellings, as clients of several versions do with ``pageSize`` and
        ``pagesize``, counts by its first.
        """
        for name in names:
            values = self._by_name.get(name.lower())
            if values is not None:
                if len(values) > 1 and len(values) > len(self._spellings(name.lower())):
                    raise Invalid(f"parameter '{name}' is given {len(values)} times; give it once")
                return values[0]
        return None

    def _spellings(self, lower: str) -> set[str]:
        return {name for name, _ in self.pairs if name.lower() == lower}

    def required(self, *names: str) -> str:
        """The same; raises :class:`Invalid` if it is missing."""
        value = self.text(*names)
        if value is None:
            raise Invalid(f"parameter '{names[0]}' is missing")
        return value

    def number(self, name: str) -> int | None:
        """A Long: digits, optionally with ``l``."""
        value = self.text(name)
        return None if value is None else _long(name, value)

    def flag(self, name: str) -> bool:
        """Whether the value is ``true`` in any case."""
        return (self.text(name) or "").lower() == "true"

    def choice(self, name: str, words: tuple[str, ...], default: str) -> str:
        """One of some words, in any case."""
        value = self.text(name)
        if value is None:
            return default
        if value.upper() not in words:
            raise Invalid(f"parameter '{name}' is '{value}'; it may be {', '.join(words)}")
        return value.upper()

    # -- several values ----------------------------------------------------------------------

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a repeatable parameter, in order."""
        return tuple(self._by_name.get(name.lower(), ()))

    def numbers(self, name: str) -> tuple[int, ...]:
        """All values of a repeatable Long."""
        return tuple(_long(name, value) for value in self.many(name))

    def correlation_key(self) -> str | None:
        """The values of ``corrProp``, which is case-sensitive, joined with ``:``."""
        if self.profile.accidents.ignores_keys:
            return None
        values = [value for name, value in self.pairs if name == "corrProp"]
        return ":".join(values) if values else None

    def unknown(self, known: frozenset[str]) -> list[str]:
        """Names that are not among the (lower-case) known ones, as they were spelled."""
        return [name for name, _ in self.pairs if name.lower() not in known]

    def lone(self, known: frozenset[str]) -> tuple[str, Value] | None:
        """Name and typed value of a single unknown parameter, unless a signal is named."""
        others = [(name, value) for name, value in self.pairs if name.lower() not in known]
        if len(others) != 1 or self.text("signal") is not None:
            return None
        return others[0][0], typed_value(*others[0], self.profile)

    # -- values of processes -----------------------------------------------------------------

    def variables(self) -> Map:
        """``map_NAME=value`` parameters and the members of a JSON body."""
        values: dict[str, Value] = {}
        for name, value in self.pairs:
            if not name.startswith(_MAP):
                continue
            key = name[len(_MAP) :]
            if not key:
                raise Invalid("a parameter 'map_' needs a name after the underscore")
            if key in values:
                raise Invalid(f"parameter '{name}' is given twice; give it once")
            values[key] = typed_value(name, value.strip(), self.profile)
        for key, value in self._json_members().items() if self.request.body else ():
            if key in values:
                raise Invalid(f"'{key}' is given as a parameter and in the body")
            values[key] = value
        return Map(values) if values else EMPTY

    def event(self) -> Value:
        """The value that goes with a signal: ``event``, else a JSON body, else null."""
        return self.value("event")

    def value(self, name: str) -> Value:
        """One typed value: a parameter, else a JSON body, else null."""
        value = self.text(name)
        if value is not None:
            return typed_value(name, value, self.profile)
        return self._json()

    def _json_members(self) -> Map:
        body = self._json()
        if body is None:
            return EMPTY
        if not isinstance(body, Map):
            raise Invalid("the body must be a JSON object of names and values")
        return body

    def _json(self) -> Value:
        request = self.request
        if not request.body or request.content_type != "application/json":
            return None
        try:
            return freeze(msgspec.json.decode(request.body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(f"the body is not JSON: {error}") from error

    # -- pages -------------------------------------------------------------------------------

    def page(self) -> PageRequest:
        """``page``/``p`` and ``pageSize``/``s`` (3.5): page 0 is 1, size 0 is everything."""
        number = self._count("page", "p")
        size = self._count("pageSize", "s")
        accidents = self.profile.accidents
        as_made = accidents.made_order
        if (number is None and size is None) or size == 0:
            return PageRequest(as_made=as_made)
        lone = accidents.lone_page if size is None else ""
        if lone:
            everything = PageRequest(as_made=as_made)
            return everything if lone == "everything" else PageRequest(LONGEST_LIST, 1)
        size = DEFAULT_SIZE if size is None else size
        return PageRequest(max(number or 1, 1), size, wants_count(self.request), as_made)

    def _count(self, *names: str) -> int | None:
        value = self.text(*names)
        if value is None:
            return None
        if not value.isascii() or not value.isdecimal() or len(value) > 9:
            raise Invalid(f"parameter '{names[0]}' must be a whole number, not '{value}'")
        return int(value)

    def bounded(self, ask: Callable[[PageRequest], Page[T]]) -> Page[T]:
        """A page of a list that is cut at 1000 items when nobody asked for pages (4.3)."""
        page = self.page()
        if page.size is not None:
            return ask(page)
        whole = PageRequest(1, LONGEST_LIST, page.counted)
        return msgspec.structs.replace(ask(whole), number=None, size=None)


def _long(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise Invalid(f"parameter '{name}' must be a whole number, not '{value}'")
    return int(value.rstrip("l"))


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Invalid("the body is not UTF-8") from error


def typed_value(name: str, text: str, profile: Profile) -> Value:
    """What a text of a ``map_`` or ``event`` parameter stands for (3.2)."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text if profile.accidents.keeps_quotes else text[1:-1]
    starts_as_number = "0" <= text[:1] <= "9"
    if starts_as_number and _DIGITS.fullmatch(text):
        return _typed_integer(name, text)
    if text in profile.typed_words:
        return text.lower() == "true"
    if profile.typed_floats and starts_as_number and _FLOAT.fullmatch(text):
        return _typed_float(name, text, profile)
    return text


def _typed_integer(name: str, text: str) -> Value:
    if len(text) > 18:
        raise Invalid(f"parameter '{name}': the number is too long for a Long")
    if not text.endswith("i"):
        return Long(text.rstrip("l"))
    if len(text) > 10:
        raise Invalid(f"parameter '{name}': the number is too long for an Integer")
    return int(text[:-1])


def _typed_float(name: str, text: str, profile: Profile) -> Value:
    if len(text) > 10:
        raise Invalid(f"parameter '{name}': the number is too long for a Float")
    try:
        return Float(text.rstrip("f"))
    except ValueError as error:  # 1.2.3
        if profile.accidents.odd_floats_fail:
            raise Fault(f"parameter '{name}': {text!r} is no number") from error
        return text


def path_number(request: Request, name: str, what: str) -> int:
    """A number of the path; what cannot be one does not exist."""
    text = request.path[name]
    if not (text.isdecimal() and text.isascii() and len(text) <= 18):
        raise NotFound(f"{what} {text} could not be found")
    return int(text)
