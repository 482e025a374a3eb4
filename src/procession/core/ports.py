"""What the core is given from outside: time, limits, and compiled scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from procession.core.data_types import NO_TYPES, DataTypes
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.live import LiveScripts


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
    firings_per_turn: int = 10_000
    rule_steps: int = 20_000_000
    script_steps_per_turn: int = 10_000_000
    script_text: int = 10_000_000
    script_items: int = 1_000_000
    script_depth: int = 50
    script_pattern_steps: int = 400_000


class Budget(msgspec.Struct):
    """What the scripts of one turn have left together. A bound, never an input of a script."""

    steps: int


class ScriptContext(msgspec.Struct):
    """What a script may see. Look-ups answer :data:`UNDEFINED` for unknown names.

    ``node_instance`` is the number of the element instance as audit shows it, ``seed`` feeds the
    script's random numbers and UUIDs, so that the same turn computed again gives the same result.
    ``memory`` is a :class:`~procession.core.live.FactHost`: the working memory, where there is one.
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
    rules: RuleEvaluator | None = None
    correlation_key: str | None = None
    memory: Any = None
    budget: Budget | None = None
    """What all scripts of the turn have left, where they are counted together."""


class Wish(msgspec.Struct, frozen=True):
    """Something a script wants done by the turn: it is recorded, never done by the script.

    ``kind`` is ``signal``, ``start``, ``abort``, ``complete_work_item``, ``abort_work_item``,
    ``set_global``, ``set_variable`` (of rules: of the instance named) or ``data_store`` (which
    comes of associations, not of scripts); ``instance`` 0
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
    ``namespaces`` are the prefixes of the document, for languages that know them. ``data_types``
    are the classes that the deployment brings (:mod:`procession.core.data_types`).
    """

    types: Mapping[str, str] = EMPTY
    imports: tuple[str, ...] = ()
    globals: Mapping[str, str] = EMPTY
    namespaces: Mapping[str, str] = EMPTY
    data_types: DataTypes = NO_TYPES
    bodies: Mapping[str, Callable[..., Any]] = EMPTY
    """Methods of classes from elsewhere that the operator gave, by full name."""


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

    @property
    def live(self) -> LiveScripts:
        """Texts over live objects."""
        ...


class RuleRun(msgspec.Struct, frozen=True):
    """What came of firing rules: their names in order, and the facts that were given as they are.

    ``values`` holds those facts by the name they came under; ``wishes`` are what consequences want
    done by the turn.
    """

    fired: tuple[str, ...] = ()
    values: Map = EMPTY
    printed: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()


class Decided(msgspec.Struct, frozen=True):
    """What a decision gave: its value, or the values of all decisions of the model by name.

    ``rules`` are the rows of decision tables that matched, as ``decision: number``.
    """

    value: Value = None
    rules: tuple[str, ...] = ()


class RuleEvaluator(Protocol):
    """The rules and decisions of the unit that an instance belongs to.

    Its session outlives the step: what it is told is undone together with the turn, and counts for
    the rest of the turn at once. A step computed again finds the session as it was before.
    """

    def fire_group(self, group: str, facts: Map, context: ScriptContext) -> RuleRun:
        """Insert facts, activate a ruleflow group, fire until nothing is left, take them out again.

        ``reference/jbpm-engine.md`` 7.2. Raises :class:`procession.errors.ScriptFailure` for what a
        consequence throws.
        """
        ...

    def holds(self, condition: str, instance: int) -> bool:
        """Whether a rule condition (its ``name``) is met by facts; see :class:`RuleCondition`."""
        ...

    def insert(self, value: Value) -> int:
        """A fact; its handle."""
        ...

    def update(self, handle: int, value: Value) -> None:
        """A fact has changed."""
        ...

    def delete(self, handle: int) -> None:
        """A fact is gone."""
        ...

    def fire_all(self, context: ScriptContext, limit: int = -1) -> RuleRun:
        """Fire what is on the agenda, at most ``limit`` rules (-1: all)."""
        ...

    def facts(self) -> tuple[tuple[int, Value], ...]:
        """All facts with their handles."""
        ...

    def decide(
        self, model: str, decision: str, inputs: Map, *, namespace: str = "", resource: str = ""
    ) -> Decided:
        """Evaluate a decision (by id or name; ``""``: all) of a model (name or id; ``""``: any).

        Raises :class:`procession.errors.ScriptFailure` if the decision cannot be made.
        """
        ...


RULE_CONDITION: Final = "rule condition"
"""The name of waits for conditions that the rule session answers."""


class RuleCondition(Protocol):
    """A compiled condition that is a rule pattern: the session is asked about it by ``name``."""

    name: str
    source: str
    imports: tuple[str, ...]
    globals: tuple[tuple[str, str], ...]


def _nothing_stored(name: str) -> Value:
    return None


class Env(msgspec.Struct, frozen=True):
    """What one step is given: the time, the limits, a seed for scripts, and the server's zone.

    ``stores`` looks up what a data store of the deployment holds; ``rules`` is its rule session,
    ``None`` where there is none, as in a search that only looks ahead.
    """

    now: datetime
    limits: Limits = Limits()
    seed: int = 0
    globals: Mapping[str, Any] = EMPTY
    zone: tzinfo = UTC
    stores: Callable[[str], Value] = _nothing_stored
    rules: RuleEvaluator | None = None
    budget: Budget | None = None
