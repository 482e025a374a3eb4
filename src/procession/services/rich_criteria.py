"""What rich queries ask for, and where a search for it may begin.

``reference/jbpm-rest-api.md`` 2.8. A pattern of names (of processes, deployments, people,
variables) becomes the list of the names that fit, as those are few; a pattern of values is looked
for in the values of each variable, by its beginning if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from procession.services.task_lists import RELATIONS, like
from procession.services.tasks.criteria import OPEN_STATUSES
from procession.store.phrases import Phrase, all_of, any_of
from procession.store.repositories import log_walks
from procession.store.repositories.log_walks import Start
from procession.store.store import Reader

PROCESS: Final = {
    "process_instance_id": "instance_id", "process_id": "process_id",
    "deployment_id": "deployment_id", "status": "status", "version": "process_version",
    "started_at": "started_at", "ended_at": "ended_at",
}  # fmt: skip
TASK: Final = {
    "task_id": "id", "initiator": "created_by", "task_owner": "actual_owner",
    "task_status": "status",
}  # fmt: skip
VARIABLE: Final = {"variable": "variable_id", "value": "value"}
PEOPLE: Final = frozenset({"stakeholder", "potential_owner", "business_administrator"})
BOUNDS: Final = {"min": ">=", "max": "<="}
RUNNING: Final = 1
_SOURCES: Final = {
    "process_id": ("process_log", "process_id"),
    "deployment_id": ("process_log", "deployment_id"),
    "version": ("process_definition", "version"),
    "initiator": ("task", "created_by"),
    "task_owner": ("task", "actual_owner"),
    "variable": ("variable_log", "variable_id"),
    **dict.fromkeys(PEOPLE, ("task_person", "name")),
}
"""Where the names stand, with an index for all but the versions, of which there are few."""
_RANGES: Final = ("process_instance_id", "started_at", "ended_at")
_MOST_VARIABLES: Final = 200
Kind = Literal["equal", "like", "min", "max", "named"]


class Wanted(msgspec.Struct, frozen=True):
    """A field and its values, which are alternatives; ``named``: people by just these names."""

    field: str
    values: tuple[str | int, ...]
    kind: Kind = "equal"

    @property
    def is_of_task(self) -> bool:
        """Whether it speaks of tasks."""
        return self.field in TASK or self.field in PEOPLE


class WantedVariable(msgspec.Struct, frozen=True):
    """A variable of some value; several of these are alternatives."""

    name: str
    value: str
    is_pattern: bool = False


class RichQuery(msgspec.Struct, frozen=True):
    """What is asked for. ``every``: each logged value of a variable counts, not just the last."""

    criteria: tuple[Wanted, ...] = ()
    variables: tuple[WantedVariable, ...] = ()
    every: bool = False


class Search(msgspec.Struct, frozen=True):
    """The same with names for patterns, where to begin, and whether only living instances fit."""

    asked: RichQuery
    starts: tuple[Start, ...]
    is_active: bool


def fits(column: str, pattern: str) -> Phrase:
    """A column fits a pattern of the clients."""
    return log_walks.like_on(column, like(pattern), re.split(r"[*.]", pattern, maxsplit=1)[0])


def narrowed(reader: Reader, asked: RichQuery) -> Search | None:
    """How to search; ``None`` if a name is asked for that nothing has."""
    criteria = tuple(_named(reader, one) for one in asked.criteria)
    if any(not one.values for one in criteria):
        return None
    asked = RichQuery(criteria, asked.variables, asked.every)
    starts = (*_starts(criteria), *_of_variables(reader, asked))
    return Search(asked, starts, any(map(_is_of_active, criteria)))


def _is_of_active(one: Wanted) -> bool:
    """Only living instances have it: that is their status, or they have an open task."""
    if one.kind != "equal":
        return False
    if one.field == "status":
        return set(one.values) == {RUNNING}
    return one.field == "task_status" and OPEN_STATUSES.issuperset(map(str, one.values))


def _named(reader: Reader, one: Wanted) -> Wanted:
    """The names there are for a pattern, and for versions, which logs have no index of."""
    source = _SOURCES.get(one.field)
    if source is None or (one.kind != "like" and one.field != "version"):
        return one
    texts = [str(value) for value in one.values]
    if one.kind == "like":
        check = any_of(*(Phrase("known.name like ? escape '!'", (like(t),)) for t in texts))
    else:
        check = Phrase("known.name in $$", (tuple(texts),))
    if one.field in PEOPLE:
        found = log_walks.names_of_people(reader, check)
    else:
        found = log_walks.names(reader, *source, check)
    if found is None:
        return one
    return Wanted(one.field, found, "named" if one.field in PEOPLE else "equal")


def _starts(criteria: tuple[Wanted, ...]) -> Iterator[Start]:
    for one in criteria:
        if one.kind != "equal":
            continue
        texts = tuple(str(value) for value in one.values)
        if one.field == "process_instance_id":
            yield log_walks.of_numbers(one.values)
        elif one.field == "process_id":
            yield log_walks.of_processes(texts)
        elif one.field == "deployment_id":
            yield log_walks.of_deployments(texts)
        elif one.field == "status" and not {1, 2}.intersection(one.values):
            yield log_walks.of_odd_status(one.values)
    for one in criteria:
        if one.kind == "named":
            names = tuple(str(value) for value in one.values)
            yield log_walks.of_people(RELATIONS[one.field], names)
    ids = [one for one in criteria if one.field == "task_id"]
    if {one.kind for one in ids} >= {"min", "max"}:
        yield log_walks.of_task_ids(all_of(*(compared("t.id", one) for one in ids)))
    for field in _RANGES:
        some = [one for one in criteria if one.field == field]
        if some:
            column, is_date = PROCESS[field], field != "process_instance_id"
            bounds = all_of(*(compared(f"l.{column}", one) for one in some))
            is_below = is_date and any(one.kind != "max" for one in some)
            yield log_walks.of_range(column, bounds, is_below=is_below)


def _of_variables(reader: Reader, asked: RichQuery) -> Iterator[Start]:
    """Values are asked for of any variable, of one by name, or together with it."""
    names = [one for one in asked.criteria if one.field == "variable" and one.kind == "equal"]
    values = [one for one in asked.criteria if one.field == "value"]
    variables = tuple(str(name) for one in names[:1] for name in one.values)
    if names:
        yield log_walks.of_variables(variables)
    elif values:
        known = log_walks.names(reader, "variable_log", "variable_id")
        variables = known if known is not None else ()
    if values and 0 < len(variables) <= _MOST_VARIABLES:
        alternatives = [(n, values[0].kind == "like", str(v)) for n in variables
                        for v in values[0].values]  # fmt: skip
        yield from _valued(alternatives)
    if asked.variables:
        yield from _valued([(one.name, one.is_pattern, one.value) for one in asked.variables])


def _valued(alternatives: list[tuple[str, bool, str]]) -> Iterator[Start]:
    """Variables by name, whether a pattern is meant, and text."""
    if any(is_pattern for _, is_pattern, _ in alternatives):
        conditions = [
            (name, fits("v.value", text) if is_pattern else Phrase("v.value = ?", (text,)))
            for name, is_pattern, text in alternatives
        ]
        yield log_walks.of_patterns(conditions)
    else:
        yield log_walks.of_values([(name, text) for name, _, text in alternatives])


def compared(column: str, one: Wanted) -> Phrase:
    """A column, named with its table, has one of the values."""
    if one.kind == "like":
        return any_of(*(fits(column, str(each)) for each in one.values))
    if one.kind in BOUNDS:
        return any_of(*(Phrase(f"{column} {BOUNDS[one.kind]} ?", (each,)) for each in one.values))
    if all(isinstance(each, int) for each in one.values):
        return Phrase(f"{column} in ??", (tuple(one.values),))
    return Phrase(f"{column} in $$", (tuple(str(each) for each in one.values),))
