"""Route, Request, Reply: the little we need of HTTP.

A dialect is a :class:`Dialect`: a table of routes, a way to write replies and a way to write
errors. ``server.py`` compiles all tables into one matcher. A route says in which *lane* its
handler runs: ``turn`` on the executive (it changes something), ``read`` on a reader, ``pool``
where it may block (password hashes, compiling), ``here`` on the event loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import unquote

import msgspec

from procession.errors import Invalid
from procession.identity.model import Actor

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.tasks.foreseeing import Foreseen

Lane = Literal["turn", "read", "glance", "pool", "here"]


class Request(msgspec.Struct):
    """One request, decoded once: ``path`` holds the route's parameters, percent-decoded.

    ``target`` is the path as the client sent it (undecoded, with the mount), ``query`` the pairs
    in order. ``base`` is scheme and host as the client sees them, ``mount`` what stands before the
    route's own path. ``once`` is how a handler of several turns keeps what each of them did, where
    a client asked for that. ``speaks`` is the version of a dialect that the body itself names,
    ``kept`` what was worked out of it before its handler runs.
    """

    method: str
    target: str
    query_string: str
    headers: dict[str, str]
    body: bytes
    actor: Actor
    path: dict[str, str] = {}
    mount: str = ""
    base: str = ""
    client: str = ""
    once: Any = None
    speaks: Any = None
    kept: Any = None
    _query: list[tuple[str, str]] | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """Query parameters in order; ``+`` is a space, text is UTF-8."""
        if self._query is None:
            self._query = pairs(self.query_string)
        return self._query

    @property
    def content_type(self) -> str:
        """The media type of the body without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def url(self) -> str:
        """The complete address as received."""
        query = f"?{self.query_string}" if self.query_string else ""
        return f"{self.base}{self.target}{query}"


class Reply(msgspec.Struct):
    """What a handler answers. The dialect writes ``view`` by ``shape`` once it is durable."""

    view: Any = None
    shape: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = ""


Handler = Callable[[Request, "Engine"], Reply]


class Route(msgspec.Struct, frozen=True):
    """One row of a dialect's table.

    ``path`` is a template: ``{name}`` matches one segment, ``{name:regex}`` a segment of that
    form, ``{name:path}`` everything up to what follows. ``permission`` names a row of
    ``services/access.py``. ``id`` is the row of the reference (``R03``). ``foresees`` tells of a
    request what its handler will ask the database (``services/tasks/foreseeing.py``), or nothing
    if it is not known.
    """

    method: str
    path: str
    handler: Handler
    lane: Lane
    permission: str
    id: str = ""
    summary: str = ""
    body: Any = None
    answer: Any = None
    query: tuple[str, ...] = ()
    foresees: Callable[[Request, Engine], Foreseen | None] | None = None


class RouteTable:
    """The routes of one dialect, in the order in which they are tried."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(
        self, method: str, *paths: str, lane: Lane, permission: str, id: str = "", **more: Any
    ) -> Callable[[Handler], Handler]:
        """Register a handler under one or more paths; its docstring becomes the summary."""

        def register(handler: Handler) -> Handler:
            summary = (handler.__doc__ or "").strip().partition("\n")[0]
            for path in paths:
                self.routes.append(
                    Route(method, path, handler, lane, permission, id, summary, **more)
                )
            return handler

        return register

    def get(self, *paths: str, lane: Lane = "read", **more: Any) -> Callable[[Handler], Handler]:
        """Register a reading route."""
        return self.add("GET", *paths, lane=lane, **more)

    def post(self, *paths: str, lane: Lane = "turn", **more: Any) -> Callable[[Handler], Handler]:
        """Register a changing route."""
        return self.add("POST", *paths, lane=lane, **more)


class Dialect(Protocol):
    """A door that speaks HTTP. Both writers are called on the event loop and never raise."""

    name: str
    routes: RouteTable

    def write(self, request: Request, reply: Reply) -> Reply:
        """The reply with ``body``, ``content_type`` and ``status`` filled in."""
        ...

    def fail(self, request: Request, error: BaseException) -> Reply:
        """The same for an error; what is not one of ours is an internal error."""
        ...


class NoRoute(Exception):
    """No route has that path (``allowed`` empty), or only other methods have it."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        super().__init__("no such address")
        self.allowed = tuple(sorted(set(allowed)))


class TooLarge(Invalid):
    """The body is larger than this server takes."""


class UnsupportedMediaType(Invalid):
    """The body is of a kind that this address does not read."""


MOST_PAIRS = 2_000
_PARAMETER = re.compile(r"\{([a-z_]+)(?::([^{}]+(?:\{[^}]*\}[^{}]*)*))?\}")


LONGEST_REMEMBERED = 200
MOST_REMEMBERED = 2_000


class Matcher:
    """All routes of a table compiled once: method, first segment and length of a path pick a short
    list of patterns, in the order of the table. Paths without parameters are looked up first.
    A pattern is compiled when its list is first needed; what was matched lately is remembered."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._exact: dict[str, dict[str, Route]] = {}
        self._templates: list[tuple[Route, str, int]] = []
        for route in routes:
            if "{" not in route.path:
                self._exact.setdefault(route.path, {}).setdefault(route.method, route)
            else:
                self._templates.append((route, *_outline(route.path)))
        self._firsts = frozenset(first for _, first, _ in self._templates)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._lately: dict[tuple[str, str], tuple[Route, dict[str, str]]] = {}
        self._short: dict[tuple[str, str, int], list[tuple[re.Pattern[str], Route]]] = {}

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route of an undecoded path, with its decoded parameters; raises :class:`NoRoute`.

        Path parameters (``;x``), empty and dot segments in any spelling match nothing, so that no
        two spellings of an address can be judged differently; nor do line breaks, except in a
        ``{name:path}``.
        """
        known = self._lately.get((method, path))
        if known is not None:
            return known[0], known[1].copy()
        route, parameters = self._find(method, path)
        if len(path) <= LONGEST_REMEMBERED:
            if len(self._lately) >= MOST_REMEMBERED:
                self._lately.clear()
            self._lately[method, path] = route, parameters.copy()
        return route, parameters

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        if _TRICKS.search(path):
            raise NoRoute
        path = path.rstrip("/") or "/"
        exact = self._exact.get(path)
        if exact is not None and method in exact:
            return exact[method], {}
        for pattern, route in self._candidates(method, path):
            found = pattern.fullmatch(path)
            if found is not None and not (_LINES.search(path) and _breaks_line(route, found)):
                return route, {k: decode(v) for k, v in found.groupdict().items()}
        raise NoRoute(self.allowed(path))

    def allowed(self, path: str) -> tuple[str, ...]:
        """The methods that an address answers to."""
        path = path.rstrip("/") or "/"
        methods = set(self._exact.get(path, ()))
        if not _TRICKS.search(path) and not _LINES.search(path):
            methods |= {r.method for r, _, _ in self._templates if self._pattern(r).fullmatch(path)}
        if "GET" in methods:
            methods.add("HEAD")
        return tuple(sorted(methods))

    def _candidates(self, method: str, path: str) -> list[tuple[re.Pattern[str], Route]]:
        first = path.split("/", 2)[1]
        key = (method, first if first in self._firsts else "", min(path.count("/"), 32))
        short = self._short.get(key)
        if short is None:
            short = [
                (self._pattern(route), route)
                for route, begins, long in self._templates
                if route.method == method and begins in {"", key[1]} and long in {0, key[2]}
            ]
            if len(self._short) < 4_096:
                self._short[key] = short
        return short

    def _pattern(self, route: Route) -> re.Pattern[str]:
        pattern = self._patterns.get(route.path)
        if pattern is None:
            pattern = self._patterns[route.path] = re.compile(_regex(route.path))
        return pattern


_TRICKS = re.compile(r"//|[;\\\x00-\x20]|/(?:\.|%2e){1,2}(?=/|$)|%00", re.IGNORECASE)
_LINES = re.compile(r"%0[ad]", re.IGNORECASE)


def _breaks_line(route: Route, found: re.Match[str]) -> bool:
    """Whether there is a line break elsewhere than in a parameter that holds any text."""
    spans = [found.span(name) for name, form in _PARAMETER.findall(route.path) if form == "path"]
    return not all(
        any(begin <= line.start() and line.end() <= end for begin, end in spans)
        for line in _LINES.finditer(found.string)
    )


def _outline(path: str) -> tuple[str, int]:
    """A template's first segment (empty if a parameter) and number of segments (0: any number)."""
    first = path.split("/", 2)[1]
    free = [form for _, form in _PARAMETER.findall(path) if form]
    any_length = any(form == "path" or "/" in form for form in free)
    return "" if "{" in first else first, 0 if any_length else path.count("/")


def _regex(template: str) -> str:
    out, at = [], 0
    for found in _PARAMETER.finditer(template):
        out.append(re.escape(template[at : found.start()]))
        form = found[2] or "[^/]+"
        out.append(f"(?P<{found[1]}>{'.+' if form == 'path' else form})")
        at = found.end()
    out.append(re.escape(template[at:]))
    return "".join(out)


def decode(text: str) -> str:
    """Percent-decode one path segment as UTF-8, once. Raises :class:`Invalid`."""
    if "%" not in text:
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise Invalid("the address is not UTF-8") from error


def pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form body. Raises :class:`Invalid`."""
    if not text:
        return []
    if text.count("&") >= MOST_PAIRS:
        raise Invalid(f"there are more than {MOST_PAIRS} parameters")
    split = [part.partition("=") for part in text.split("&") if part]
    if "%" not in text and "+" not in text:
        return [(name, value) for name, _, value in split]
    try:
        return [(_decoded(name), _decoded(value)) for name, _, value in split]
    except UnicodeDecodeError as error:
        raise Invalid("the parameters are not UTF-8") from error


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="strict") if "%" in text or "+" in text else text


def plain_path(template: str) -> str:
    """A route's path with its parameters by name only: ``/jobs/{job_id}``."""
    return _PARAMETER.sub(lambda found: f"{{{found[1]}}}", template)
