"""The network: for every rule (and every branch of an ``or`` in it) a path of nodes.

Facts reach the entrances of paths through alpha patterns, which are shared: a pattern that stands
in many rules is tested once for each change of a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias

from procession.core.live import LiveText, Shape
from procession.rules.matcher.rows import Handle

AlphaTest: TypeAlias = Callable[[Any, Any], bool]
"""From the run and an object to whether the object matches."""
Salience: TypeAlias = Callable[[Any, tuple[Handle, ...]], int]
Reader: TypeAlias = Callable[[Any, tuple[Handle, ...]], Any]


@dataclass(frozen=True, eq=False)
class Alpha:
    """What a fact must be by itself to come in at some entrances: ``(path, entrance)``."""

    number: int
    type_name: str
    entry_point: str
    tests: tuple[AlphaTest, ...]
    entrances: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """A rule apart from its conditions."""

    name: str
    package: str
    order: int
    consequence: LiveText | Callable[..., Any] | None = None
    arguments: tuple[tuple[str, Reader], ...] = ()
    salience: int = 0
    dynamic_salience: Salience | None = None
    group: str = "MAIN"
    activation_group: str = ""
    no_loop: bool = False
    lock_on_active: bool = False
    auto_focus: bool = False
    enabled: Reader | bool = True
    effective: datetime | None = None
    expires: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    needs_initial: bool = False

    @property
    def eager(self) -> bool:
        """Evaluated as soon as something changes, not when the agenda comes to it."""
        return bool(
            self.auto_focus or self.activation_group or self.dynamic_salience or self.lock_on_active
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """One way through the conditions of a rule.

    ``needed`` are the entrances that must have a fact before the rule can match at all;
    ``blocking`` those of a ``not`` without conditions on others, which must have none.
    ``entrance_nodes`` says by which nodes, inner ones included, an entrance is found.
    """

    number: int
    rule: Rule
    nodes: tuple[Any, ...]
    needed: frozenset[int]
    blocking: frozenset[int]
    places: Mapping[int, tuple[int, ...]]
    bindings: Mapping[str, Reader]
    visible: tuple[int, ...] = ()
    """Positions of the facts that a match shows: those of patterns, not of inner results."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Query:
    """A query: its branches are walked afresh whenever it is asked."""

    name: str
    package: str
    parameters: tuple[str, ...]
    branches: tuple[tuple[tuple[Any, ...], Mapping[str, Reader]], ...]


@dataclass(frozen=True, eq=False)
class Network:
    """All paths, the alpha patterns before them, queries, and declared types."""

    alphas: tuple[Alpha, ...]
    paths: tuple[Path, ...]
    queries: Mapping[str, Query]
    shapes: Mapping[str, Shape]
    initial: tuple[tuple[int, int], ...]
    """Entrances of paths that do not begin with a pattern."""

    @cached_property
    def by_type(self) -> Mapping[tuple[str, str], tuple[Alpha, ...]]:
        """Alpha patterns by entry point and type name."""
        found: dict[tuple[str, str], list[Alpha]] = {}
        for alpha in self.alphas:
            found.setdefault((alpha.entry_point, alpha.type_name), []).append(alpha)
        return {key: tuple(value) for key, value in found.items()}

    @cached_property
    def by_rule(self) -> Mapping[str, tuple[Path, ...]]:
        """Paths by the name of their rule."""
        found: dict[str, list[Path]] = {}
        for path in self.paths:
            found.setdefault(path.rule.name, []).append(path)
        return {key: tuple(value) for key, value in found.items()}
