"""Scripts over live objects: what rules are given to read, test and change their facts.

A process' script gets copies of values and answers what it changed. Facts of rules are held much
longer than one script and are changed in place by many, so rules hold the objects themselves, which
only the script machine knows how to make, read and turn into values again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import msgspec

from procession.core.ports import Limits, Purpose, ScriptContext
from procession.values import EMPTY, Value

Known: TypeAlias = dict[int, tuple[Value, Any]]
"""Values of beans with the live objects that were made of them, by the identity of the value."""


class FactHost(Protocol):
    """The working memory as scripts reach it: ``insert(…)``, ``drools.halt()``, …

    What goes in and out are live objects, see :class:`LiveScripts`.
    """

    def insert(self, fact: Any, entry_point: str = "", logical: bool = False) -> Any:
        """Put a fact in; answers its handle as scripts hold it."""
        ...

    def update(self, target: Any) -> None:
        """Tell that a fact, or the fact of a handle, has changed."""
        ...

    def delete(self, target: Any) -> None:
        """Take a fact, or the fact of a handle, out."""
        ...

    def objects(self, entry_point: str | None = None) -> list[Any]:
        """All facts."""
        ...

    def global_object(self, name: str) -> Any:
        """A global; :data:`UNDEFINED` if it is not declared."""
        ...

    def set_global(self, name: str, value: Any) -> None:
        """Set a declared global."""
        ...

    def control(self, what: str, *args: Any) -> Any:
        """Everything else by name: ``halt``, ``focus``, ``clear``, ``rule``, ``package``, …"""
        ...


class Shape(msgspec.Struct, frozen=True):
    """A data type that was declared with its fields: name, type and initial text of each.

    ``keys`` are the fields by which two objects are equal; without any, each equals itself only.
    Inherited fields come first.
    """

    name: str
    fields: tuple[tuple[str, str, str | None], ...] = ()
    keys: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    constants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of an enum: the names, each with the literals that its fields get."""
    enums: tuple[tuple[str, Shape], ...] = ()
    """Fields that hold a constant of an enum."""
    is_event: bool = False
    timestamp: str = ""
    """The field that says when an event began; without one, it is when it was inserted."""
    duration: str = ""


class LiveScope(msgspec.Struct, frozen=True):
    """What is known of the place of a :class:`LiveText`.

    ``parameters`` are the names under which it gets its arguments, with their types (``""`` where
    unknown). Where ``receiver`` is one of them, other names are fields and methods of that one;
    ``fields`` are all it has, if that is known. ``functions`` are called by name. ``kept``
    names locals of the text whose values it answers, as a tuple (custom accumulates).
    """

    parameters: tuple[tuple[str, str], ...] = ()
    receiver: str = ""
    fields: frozenset[str] | None = None
    imports: tuple[str, ...] = ()
    globals: Mapping[str, str] = EMPTY
    shapes: Mapping[str, Shape] = EMPTY
    functions: Mapping[str, LiveText] = EMPTY
    kept: tuple[str, ...] = ()
    statics: tuple[str, ...] = ()
    """Static members called by their bare names: ``java.lang.Math.max``, ``java.lang.Math.*``."""


class LiveText(Protocol):
    """A compiled text over live objects; immutable, shared by all threads.

    ``locals`` are the variables declared at its outermost level.
    """

    warnings: tuple[str, ...]
    locals: tuple[str, ...]

    def __call__(self, run: Any, /, *args: Any) -> Any:
        """Run it within a run. Raises :class:`ScriptThrow`."""
        ...


class LiveScripts(Protocol):
    """Texts over objects that live longer than one run and keep their identity (facts of rules).

    A live object is made of a value once, is changed by scripts in place, and is made a value
    again to be kept. A run carries the limits, the printed lines and the wishes of many texts.
    """

    def compile(self, language: str, source: str, purpose: Purpose, scope: LiveScope) -> LiveText:
        """Compile a text in Java or MVEL. Raises :class:`ScriptSyntax`."""
        ...

    def run(self, context: ScriptContext, limits: Limits) -> Any:
        """A run: has ``printed``, ``wishes`` and ``burn(steps)``."""
        ...

    def live(self, value: Value, shapes: Mapping[str, Shape], known: Known | None = None) -> Any:
        """A live object of a value.

        Beans inside that are ``known`` are the same objects again, and all of them are known then.
        """
        ...

    def value(self, live: Any) -> Value:
        """The value a live object has now."""
        ...

    def parts(self, live: Any) -> tuple[str, str, list[Any]] | None:
        """A container taken apart: its sort, its class and what it holds; None for plain values."""
        ...

    def empty(self, sort: str, type_name: str, shapes: Mapping[str, Shape]) -> Any:
        """A container without content, to be filled."""
        ...

    def fill(self, live: Any, parts: list[Any]) -> None:
        """Fill a container with what :meth:`parts` gave."""
        ...

    def watch(self, live: Any, keeper: Any) -> None:
        """Call ``keeper.touch`` with this container whenever a script changes it."""
        ...

    def key(self, run: Any, live: Any) -> Any:
        """Something hashable that is equal where ``==`` of MVEL is."""
        ...

    def identity(self, run: Any, live: Any) -> Any:
        """Something hashable that is equal where ``equals`` of Java is."""
        ...

    def class_names(self, live: Any, shapes: Mapping[str, Shape]) -> tuple[str, ...]:
        """The full name of the class of an object and of all its ancestors."""
        ...

    def has_static(self, name: str) -> bool:
        """Whether a class of the platform has a static member of this full name (or ``.*``)."""
        ...

    def class_name(self, written: str, imports: tuple[str, ...]) -> str | None:
        """The full name of a known class of the platform by the name as written."""
        ...

    def elements(self, run: Any, live: Any) -> list[Any]:
        """What a loop over an object visits: its members, or itself."""
        ...
