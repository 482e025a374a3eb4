"""A DMN document as it was written: what :mod:`.reader` reads and :mod:`.compiler` compiles.

The names are those of DMN 1.5; ``line`` is the line of the element.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """Something wrong with a document; ``severity`` is ``error`` or ``warning``."""

    severity: str
    element: str
    line: int
    text: str
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.file else f"line {self.line}"
        return f"{place}: {self.element}: {self.text}" if self.element else f"{place}: {self.text}"


class Boxed(msgspec.Struct, frozen=True, kw_only=True):
    """Any expression."""

    line: int = 0
    id: str = ""
    type_ref: str = ""


class Literal(Boxed, frozen=True):
    """A literal expression."""

    text: str
    language: str = ""


class Context(Boxed, frozen=True):
    """A boxed context; an entry without a name is its result."""

    entries: tuple[tuple[str, str, Expression | None], ...]


class Relation(Boxed, frozen=True):
    """A list of contexts with the same names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Expression | None, ...], ...]


class ListOf(Boxed, frozen=True):
    """A boxed list."""

    items: tuple[Expression | None, ...]


class Invocation(Boxed, frozen=True):
    """A call with arguments by name."""

    callee: Expression | None
    bindings: tuple[tuple[str, Expression | None], ...]


class Function(Boxed, frozen=True):
    """A function definition; ``kind`` is FEEL, Java or PMML."""

    parameters: tuple[tuple[str, str], ...]
    body: Expression | None
    kind: str = "FEEL"


class Conditional(Boxed, frozen=True):
    """``if``, ``then``, ``else``."""

    test: Expression | None
    yes: Expression | None
    no: Expression | None


class Filter(Boxed, frozen=True):
    """Those of a list for which something holds."""

    items: Expression | None
    match: Expression | None


class Iteration(Boxed, frozen=True):
    """``for``, ``some`` or ``every``, as ``kind`` says."""

    kind: str
    variable: str
    items: Expression | None
    body: Expression | None


class Input(msgspec.Struct, frozen=True):
    """A column of conditions."""

    text: str
    type_ref: str
    values: str
    line: int


class Output(msgspec.Struct, frozen=True):
    """A column of conclusions."""

    name: str
    type_ref: str
    values: str
    default: Literal | None
    line: int


class Rule(msgspec.Struct, frozen=True):
    """A row: its tests, its conclusions, and what its annotations say."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[Literal, ...]
    annotations: tuple[str, ...]
    line: int
    lines: tuple[int, ...] = ()


class Table(Boxed, frozen=True):
    """A decision table."""

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


Expression: TypeAlias = (
    Literal
    | Context
    | Relation
    | ListOf
    | Invocation
    | Function
    | Conditional
    | Filter
    | Iteration
    | Table
)


class ItemDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A type, or a component of one."""

    name: str
    line: int
    id: str = ""
    type_ref: str = ""
    is_collection: bool = False
    allowed: str = ""
    constraint: str = ""
    components: tuple[ItemDefinition, ...] = ()
    function: tuple[tuple[tuple[str, str], ...], str] | None = None


class Import(msgspec.Struct, frozen=True):
    """Another model, by its namespace, under a name that may be empty."""

    name: str
    namespace: str
    kind: str
    line: int


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the requirements graph; references are ``namespace#id``."""

    id: str
    name: str
    line: int
    variable: str = ""
    type_ref: str = ""


class InputData(Element, frozen=True):
    """What is given."""


class Decision(Element, frozen=True):
    """What is decided, from what."""

    requires: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    logic: Expression | None = None


class Knowledge(Element, frozen=True):
    """A business knowledge model: a function."""

    knowledge: tuple[str, ...] = ()
    logic: Function | None = None


class Service(Element, frozen=True):
    """A decision service: some decisions as a function of their inputs."""

    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document."""

    file: str
    id: str
    name: str
    namespace: str
    version: str
    language: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    elements: tuple[Element, ...]
