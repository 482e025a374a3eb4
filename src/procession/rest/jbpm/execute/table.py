"""The table of commands: what each is called, what it takes, what it does and what it answers.

One row per command of ``reference/jbpm-rest-api.md`` 5.6, with the number it has there. The
families fill it: :mod:`.session`, :mod:`.task`, :mod:`.lists`, :mod:`.contents`,
:mod:`.papers`, :mod:`.audit`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from procession.errors import Fault, Invalid
from procession.identity.model import Actor
from procession.rest.jbpm.execute.arguments import Argument
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.latest import real_id
from procession.rest.jbpm.profiles import Profile, named
from procession.rest.shapes import Shape
from procession.services.paging import PageRequest

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.settings import Settings

Kind = Literal["session", "task", "audit"]
Handler: TypeAlias = Callable[..., Any]
_LEGACY = re.compile(r"6\.([01])(?!\d).*")
_MODERN = re.compile(r"6\.(\d{1,2})(?!\d).*")


class Version(msgspec.Struct, frozen=True, order=True):
    """The version of jBPM a request speaks; it decides how the answer is written.

    ``micro`` only tells 6.0.0 and 6.0.1, which read other tasks and contents, from what came later.
    """

    major: int
    minor: int
    micro: int = 2

    @property
    def form(self) -> str:
        """The wire form: ``L`` is 6.0 and 6.1, ``M`` what came later."""
        return "L" if self < FIRST_MODERN else "M"


FIRST_MODERN = Version(6, 2)
EARLIEST, OLDEST, NEWEST = Version(6, 0, 1), Version(6, 0), Version(6, 5)


def version_of(text: str | None) -> Version:
    """The version that ``ver`` names: none is 6.0, a plain 1 is 6.0.1, a strange one the newest."""
    text = (text or "6.0").strip()
    if text == "1":
        return EARLIEST
    found = _LEGACY.fullmatch(text)
    if found:
        return Version(6, int(found[1]))
    found = _MODERN.fullmatch(text)
    return min(Version(6, int(found[1])), NEWEST) if found else NEWEST


def profile_in(version: Version, settings: Settings) -> Profile:
    """The profile of a version."""
    minor = f"{version.major}.{version.minor}"
    return named("6.0.1" if version == EARLIEST else minor, settings)


class Answer(msgspec.Struct, frozen=True):
    """The element of a response and its shape in a version.

    ``is_bare``: it has neither ``index`` nor ``command-name``.
    """

    element: str
    shape: Callable[[Version], Shape]
    is_bare: bool = False


class Call(msgspec.Struct, frozen=True):
    """What all commands of a request have in common, and whom one of them names as its user."""

    engine: Engine
    actor: Actor
    user: str
    version: Version
    deployment: str | None
    instance: int | None
    correlation_key: str | None
    about: int | None = None
    """The instance that the command itself names."""

    @property
    def acting(self) -> Actor:
        """Whose rights an operation has: the caller, or whom the caller acts for.

        6.0 and 6.1 let a client name any user. Here it takes the permission *act for others*.
        Raises :class:`procession.errors.Denied`.
        """
        return self.engine.access.acting_for(self.actor, self.user)

    @property
    def profile(self) -> Profile:
        """The meanings of the version."""
        return profile_in(self.version, self.engine.settings)

    @property
    def everything(self) -> PageRequest:
        """A whole list of history, in the order of the version."""
        return PageRequest(as_made=self.profile.accidents.made_order)

    @property
    def unit(self) -> str:
        """The deployment. Raises :class:`Invalid` if the request names none."""
        if not self.deployment:
            raise Invalid("the command needs a deployment: send its id as 'deployment-id'")
        about = self.instance if self.about is None else self.about
        return real_id(self.engine, self.actor, self.deployment, about)


class Command(msgspec.Struct, frozen=True):
    """One row: ``names`` are the elements a command was ever sent as, ``java`` is what the answer
    calls it, unless it was ``renamed`` later. ``answer`` is ``None`` where nothing is answered.
    ``since`` is the first version.
    """

    id: str
    kind: Kind
    names: tuple[str, ...]
    java: str
    does: Handler
    arguments: tuple[Argument, ...] = ()
    answer: Answer | None = None
    since: str = "6.0"
    renamed: tuple[Version, str] | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be carried out again: it reads, or what it clears away is gone already."""
        return self.names[0].startswith(("get-", "find-", "task-query", "clear-"))

    def java_in(self, version: Version) -> str:
        """What the answer calls it in a version."""
        later = self.renamed
        return later[1] if later is not None and version >= later[0] else self.java

    def read(self, element: Element) -> Reading:
        """What a request says to this command. Raises :class:`Invalid`."""
        given = {argument.key: argument.of(element) for argument in self.arguments}
        lacking = [a.names[0] for a in self.arguments if a.is_missing(given[a.key])]
        user = next((e.text.strip() for e in element.all("user-id")), "")
        return Reading(self, given, user, tuple(lacking))


class Reading(msgspec.Struct, frozen=True):
    """A command as one request has it."""

    command: Command
    given: dict[str, Any]
    user: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def acts_for(self) -> str:
        """The user that the command names; a composite's is that of its main command."""
        main = self.given.get("main")
        return self.user or (main.user if isinstance(main, Reading) else "")

    def run(self, call: Call) -> Any:
        """Carry it out. Raises :class:`procession.errors.Fault`."""
        if self.lacking:
            raise Invalid(f"the command lacks its '{self.lacking[0]}'")
        return self.command.does(call, **self.given)


class Unsupported(Fault):
    """The command is known, but this server does not do it."""


COMMANDS: dict[str, Command] = {}
"""By element name."""
BY_TYPE: dict[str, Command] = {}
"""By the type name that an ``xsi:type`` calls the command's class."""


def command(
    id: str,
    kind: Kind,
    names: str,
    java: str,
    *arguments: Argument,
    answer: Answer | None = None,
    since: str = "6.0",
    renamed: tuple[Version, str] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler as what a command does; ``names`` are separated by blanks."""

    def register(handler: Handler) -> Handler:
        row = Command(
            id, kind, tuple(names.split()), java, handler, arguments, answer, since, renamed
        )
        for name in row.names:
            COMMANDS[name] = row
        for java_name in {java, row.java_in(NEWEST)}:
            BY_TYPE.setdefault(java_name[0].lower() + java_name[1:], row)
        return handler

    return register


def rows() -> list[Command]:
    """Every command once, in the order of the numbers."""
    return sorted({row.id: row for row in COMMANDS.values()}.values(), key=lambda row: row.id)
