"""What the core is given from outside: time, limits, and compiled scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from procession.values import EMPTY, Map, Value


class _Undefined:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = _Undefined()
"""What a look-up gives for a name that nothing is called."""


class Purpose(StrEnum):
    """What a text is for: it decides how its result is used and checked."""

    SCRIPT = "script"
    CONDITION = "condition"
    EXPRESSION = "expression"
    TEMPLATE = "template"


class Limits(msgspec.Struct, frozen=True):
    """Bounds that keep one command from holding up the others."""

    records_per_step: int = 10_000
    script_steps: int = 1_000_000
    script_cells: int = 4_000_000
    signals_per_turn: int = 1_000
    commands_per_turn: int = 10_000
    rounds_per_step: int = 200_000


class ScriptContext(msgspec.Struct):
    """What a script may see. Look-ups answer :data:`UNDEFINED` for unknown names.

    ``node_instance`` is the number of the element instance as audit shows it, ``seed`` feeds the
    script's random numbers and UUIDs, so that the same turn computed again gives the same result.
    """

    lookup: Callable[[str], Value]
    now: datetime
    seed: int
    instance: int
    process: str
    process_name: str = ""
    process_version: str = ""
    deployment: str = ""
    parent_instance: int = 0
    status: int = 1
    node: str = ""
    node_name: str = ""
    node_instance: int = 0
    metadata: Map = EMPTY
    node_metadata: Map = EMPTY
    process_variables: Callable[[], Mapping[str, Value]] = dict
    globals: Mapping[str, Value] = EMPTY


class Wish(msgspec.Struct, frozen=True):
    """Something a script wants done by the turn: it is recorded, never done by the script.

    ``kind`` is ``signal``, ``start``, ``abort``, ``complete_work_item``, ``abort_work_item``,
    ``set_global`` or ``data_store`` (which comes of associations, not of scripts); ``instance`` 0
    means none in particular, -1 this one.
    """

    kind: str
    name: str = ""
    value: Any = None
    instance: int = 0


class ScriptResult(msgspec.Struct, frozen=True):
    """What came of a script: its value, variables in the order they were set, printed lines."""

    value: Any = None
    changes: tuple[tuple[str, Any], ...] = ()
    printed: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()


class Script(Protocol):
    """A compiled text; immutable, shared by all instances."""

    language: str
    source: str
    warnings: tuple[str, ...]

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Run it. Raises :class:`ScriptThrow` for what the model may catch."""
        ...


class ScriptThrow(Exception):
    """An exception inside a script, as the model may catch it by class name.

    ``supertypes`` lists the class and its ancestors, nearest first, as full Java names.
    """

    def __init__(
        self,
        type_name: str,
        message: str | None,
        *,
        supertypes: tuple[str, ...] = (),
        value: Value = None,
        line: int = 0,
        column: int = 0,
    ) -> None:
        super().__init__(message or type_name)
        self.type_name = type_name
        self.text = message
        self.supertypes = supertypes or (type_name,)
        self.value = value
        self.line = line
        self.column = column


class ScriptSyntax(Exception):
    """A text that cannot be compiled: refused at deployment, with its place."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class ScriptScope(msgspec.Struct, frozen=True):
    """What is known at deployment of the place a text stands in.

    ``types`` are the declared variables (name to structureRef) that are visible, ``imports`` the
    classes imported by the process, ``globals`` the declared globals (name to type).
    ``namespaces`` are the prefixes of the document, for languages that know them.
    """

    types: Mapping[str, str] = EMPTY
    imports: tuple[str, ...] = ()
    globals: Mapping[str, str] = EMPTY
    namespaces: Mapping[str, str] = EMPTY


NOWHERE: Final = ScriptScope()
"""A place where nothing is declared."""


class ScriptEvaluator(Protocol):
    """Compiles texts of every language we know."""

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = NOWHERE
    ) -> Script:
        """Compile a text.

        ``language`` is a URI or name of ``reference/jbpm-engine.md`` 2.1, ``""`` for none given.
        Raises :class:`ScriptSyntax`. For :attr:`Purpose.TEMPLATE` the text is one of 2.5 with
        ``#{...}``: a text that is one single ``#{...}`` gives its typed value, else text.
        """
        ...


def _nothing_stored(name: str) -> Value:
    return None


class Env(msgspec.Struct, frozen=True):
    """What one step is given: the time, the limits, a seed for scripts, and the server's zone.

    ``stores`` looks up what a data store of the deployment holds.
    """

    now: datetime
    limits: Limits = Limits()
    seed: int = 0
    globals: Mapping[str, Any] = EMPTY
    zone: tzinfo = UTC
    stores: Callable[[str], Value] = _nothing_stored
